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

/** Postings of one sender to one actor. */
interface Lane {
  /** Routed, and not answered yet. */
  unanswered: number;
  /** Not routed, or to be routed again, in the order in which they were posted. */
  readonly waiting: Posted[];
  /** Set while it waits for another try. */
  cancelRetry: (() => void) | undefined;
  /** While it routes: an answer that comes at once must not route the next from within. */
  isGoing: boolean;
}

export interface OutboxOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Whether a mailbox of this node takes or refuses the command at once, in order. */
  isLocal(kind: string, id: string): boolean;
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
  /** Lanes from a sender to an actor with something under way or waiting. */
  readonly #lanes = new Map<string, Lane>();
  #order = 0;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  post(posting: Posting): void {
    const key = laneOf(posting);
    const lane = this.#lanes.get(key) ?? { unanswered: 0, waiting: [], cancelRetry: undefined, isGoing: false };
    this.#lanes.set(key, lane);
    lane.waiting.push({ ...posting, order: this.#order++, attempts: 0 });
    this.#goOn(key, lane);
  }

  /** Whether nothing waits and nothing is under way. */
  get isEmpty(): boolean {
    return this.#lanes.size === 0;
  }

  /** Forgets what waits: its senders have it in their state, and resume. */
  stop(): void {
    for (const { cancelRetry } of this.#lanes.values()) cancelRetry?.();
    this.#lanes.clear();
  }

  /**
   * Routes what may go now. To this node: all, for the mailbox keeps the order. To another node: one, and the next when
   * it was answered, for a posting that is lost on the way must not be overtaken.
   */
  #goOn(key: string, lane: Lane): void {
    if (lane.isGoing || this.#lanes.get(key) !== lane) return;
    lane.isGoing = true;
    for (let next = this.#next(lane); next; next = this.#next(lane)) this.#route(key, lane, next);
    lane.isGoing = false;
    if (lane.unanswered === 0 && lane.waiting.length === 0) this.#lanes.delete(key);
  }

  #next({ waiting, unanswered, cancelRetry }: Lane): Posted | undefined {
    const [next] = waiting;
    if (!next || cancelRetry) return undefined;
    if (unanswered > 0 && !this.#options.isLocal(next.protocol.kind, next.id)) return undefined;
    return waiting.shift();
  }

  #route(key: string, lane: Lane, posted: Posted): void {
    posted.attempts += 1;
    lane.unanswered += 1;
    let isAnswered = false;
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
      settle: (answered) => {
        if (isAnswered) return;
        isAnswered = true;
        lane.unanswered -= 1;
        this.#answered(key, lane, posted, answered);
        this.#goOn(key, lane);
      },
      comeBack: () => {
        if (isAnswered) return;
        isAnswered = true;
        lane.unanswered -= 1;
        this.#takeBack(key, lane, posted);
      },
    });
  }

  /** The actor moved. What went with it comes back in this same turn; then they go after it, in order. */
  #takeBack(key: string, lane: Lane, posted: Posted): void {
    posted.attempts -= 1;
    putBack(lane, posted);
    queueMicrotask(() => this.#goOn(key, lane));
  }

  #answered(key: string, lane: Lane, posted: Posted, answered: Answered<Tagged>): void {
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
      this.#retry(key, lane, posted);
    } else if (isPassing(answered) || undeliverable.has(code)) {
      logger.error(fields, 'command undeliverable');
      this.#options.deadLetter(posted, known ?? 'NODE_UNREACHABLE', message, posted.attempts);
    } else {
      logger.debug(fields, 'command refused');
    }
  }

  #retry(key: string, lane: Lane, posted: Posted): void {
    putBack(lane, posted);
    if (lane.cancelRetry || this.#lanes.get(key) !== lane) return;
    lane.cancelRetry = this.#options.clock.after(backoffMs(backoff, posted.attempts - 1), () => {
      lane.cancelRetry = undefined;
      this.#goOn(key, lane);
    });
  }
}

function putBack({ waiting }: Lane, posted: Posted): void {
  waiting.push(posted);
  waiting.sort((left, right) => left.order - right.order);
}

function laneOf({ sender, protocol, id }: Posting): string {
  return `${sender}>${refOf(protocol.kind, id)}`;
}
