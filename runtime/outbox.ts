/**
 * Commands from actors to actors, delivered at least once: sent again with backoff while the receiver cannot take
 * them, then given to the dead letters. What follows from the same sender to the same actor waits its turn.
 */
import type { Clock } from '#ports/clock.ts';
import { codeOf, type ErrorCode } from '#ports/errors.ts';
import type { Logger } from '#ports/logger.ts';
import type { Tagged } from '#proto/codec.ts';
import type { Answered } from './actor.ts';
import type { AnyProtocol } from './envelopes.ts';
import type { Mail } from './mail.ts';
import { refOf } from './refs.ts';
import { isPassing } from './refusals.ts';
import { backoffMs } from './supervisor.ts';

/** A command that has its effect once under its id. */
export interface Posting {
  readonly protocol: AnyProtocol;
  readonly id: string;
  readonly command: Tagged;
  readonly commandId: string;
  readonly sender: string;
  readonly correlationId: string;
  readonly causationId: string;
}

interface Posted extends Posting {
  readonly order: number;
  attempts: number;
}

export interface OutboxOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  route(protocol: AnyProtocol, id: string, mail: Mail): void;
  deadLetter(posting: Posting, code: ErrorCode, message: string, attempts: number): void;
}

const backoff = { minMs: 50, maxMs: 5000 };
/** About half a minute, then a person has to look. */
const maxAttempts = 12;

const undeliverable: ReadonlySet<string> = new Set<ErrorCode>([
  'ACTOR_ID_INVALID',
  'ACTOR_KIND_UNKNOWN',
  'COMMAND_UNREADABLE',
]);

export class Outbox {
  readonly #options: OutboxOptions;
  /** Lanes from a sender to an actor that wait for another try. */
  readonly #lanes = new Map<string, { readonly waiting: Posted[]; readonly cancel: () => void }>();
  #order = 0;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  post(posting: Posting): void {
    this.#send({ ...posting, order: this.#order++, attempts: 0 });
  }

  /** Forgets what waits: its senders have it in their state, and resume. */
  stop(): void {
    for (const { cancel } of this.#lanes.values()) cancel();
    this.#lanes.clear();
  }

  #send(posted: Posted): void {
    const lane = this.#lanes.get(laneOf(posted));
    if (lane) {
      lane.waiting.push(posted);
      return;
    }
    posted.attempts += 1;
    const { protocol, id, command, commandId, sender, correlationId, causationId } = posted;
    this.#options.route(protocol, id, {
      command,
      commandId,
      fresh: false,
      sender,
      correlationId,
      causationId,
      sentAtMs: this.#options.clock.now(),
      crashes: 0,
      settle: (answered) => this.#answered(posted, answered),
    });
  }

  #answered(posted: Posted, answered: Answered<Tagged>): void {
    if (answered.ok) return;
    const { logger } = this.#options;
    const { code, message } = answered.rejection;
    const known = codeOf({ code });
    const fields = {
      actor: posted.sender,
      to: refOf(posted.protocol.kind, posted.id),
      commandId: posted.commandId,
      code,
    };
    if (isPassing(answered) && posted.attempts < maxAttempts) {
      this.#retry(posted);
    } else if (isPassing(answered) || undeliverable.has(code)) {
      logger.error(fields, 'command undeliverable');
      this.#options.deadLetter(posted, known ?? 'NODE_UNREACHABLE', message, posted.attempts);
    } else {
      logger.debug(fields, 'command refused');
    }
  }

  #retry(posted: Posted): void {
    const key = laneOf(posted);
    const lane = this.#lanes.get(key);
    if (lane) {
      lane.waiting.push(posted);
      lane.waiting.sort((left, right) => left.order - right.order);
      return;
    }
    const again = (): void => {
      const waiting = this.#lanes.get(key)?.waiting ?? [];
      this.#lanes.delete(key);
      for (const each of waiting) this.#send(each);
    };
    const cancel = this.#options.clock.after(backoffMs(backoff, posted.attempts - 1), again);
    this.#lanes.set(key, { waiting: [posted], cancel });
  }
}

function laneOf({ sender, protocol, id }: Posting): string {
  return `${sender}>${refOf(protocol.kind, id)}`;
}
