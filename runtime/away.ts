/** Commands that go to another node, and what becomes of them where it does not take them. */
import type { SteadyClock } from '#ports/clock.ts';
import type { ErrorCode } from '#ports/errors.ts';
import type { Logger } from '#ports/logger.ts';
import type { Observer } from '#ports/observer.ts';
import type { Tagged } from '#proto/codec.ts';
import type { Answer, Envelope } from '#proto/generated/envelope.ts';
import type { Answered } from './actor.ts';
import { type AnyProtocol, fromAnswer, toEnvelope } from './envelopes.ts';
import type { Mail } from './mail.ts';
import type { Nodes, Wait } from './nodes.ts';
import { refOf } from './refs.ts';
import { askTimeout, commandTooLarge, commandUnreadable, nodeUnreachable } from './refusals.ts';
import { RequestTimeout } from './requests.ts';

/** A command on its way to an actor. */
export interface Passage {
  readonly protocol: AnyProtocol;
  readonly id: string;
  readonly mail: Mail;
  readonly wait: Wait;
  readonly timeoutMs: number;
}

export interface AwayOptions {
  readonly nodes: Pick<Nodes, 'send'>;
  readonly clock: SteadyClock;
  readonly logger: Logger;
  readonly observer?: Observer;
  /** The node that was said to hold the actor does not. */
  notHeld(ref: string): void;
  /** Looks anew for the place of the actor. */
  again(passage: Passage): void;
}

/** While a node is lost or an actor moves, its place is known again soon. */
const againMs = 100;

export class Away {
  readonly #options: AwayOptions;

  constructor(options: AwayOptions) {
    this.#options = options;
  }

  /** `anchored`: to the node that the journal names, wherever the actor is placed. */
  send(nodeId: string, passage: Passage, anchored: boolean): void {
    const { protocol, id, mail, wait, timeoutMs } = passage;
    const { nodes, clock, observer } = this.#options;
    const startedAtMs = clock.elapsed();
    // Whatever comes of it, the other node may have taken it.
    mail.fresh = false;
    let envelope: Envelope;
    try {
      envelope = toEnvelope(protocol, id, mail, wait === 'acceptance', anchored);
    } catch {
      mail.settle(commandUnreadable(refOf(protocol.kind, id)));
      return;
    }
    const startMs = observer?.now() ?? 0;
    const delivered = (answered: Answered<Tagged>): void => {
      if (observer?.commandDelivered) observer.commandDelivered(delivery(nodeId, passage, answered, startMs));
      if (answered.ok || !elsewhere.has(answered.rejection.code)) mail.settle(answered);
      else this.#notTaken(passage, startedAtMs, answered, anchored);
    };
    nodes.send(nodeId, envelope, timeoutMs, {
      answered: (answer) => delivered(readable(protocol, id, answer)),
      failed: (error) => delivered(this.#failed(nodeId, passage, error)),
    });
  }

  #failed(nodeId: string, { protocol, id, mail, timeoutMs }: Passage, error: unknown): Refusal {
    const ref = refOf(protocol.kind, id);
    const { commandId } = mail;
    this.#options.logger.warn({ actor: ref, node: nodeId, commandId, err: error }, 'node did not answer');
    if (error instanceof RequestTimeout) return askTimeout(ref, timeoutMs);
    return isTooLarge(error) ? commandTooLarge(ref) : nodeUnreachable(ref);
  }

  /** The actor is elsewhere by now, or will be soon. */
  #notTaken(passage: Passage, startedAtMs: number, answered: Refusal, anchored: boolean): void {
    const { protocol, id, mail } = passage;
    const { clock, notHeld, again } = this.#options;
    const timeoutMs = passage.timeoutMs - (clock.elapsed() - startedAtMs);
    const moved = answered.rejection.code === 'ACTOR_MOVED';
    if (moved && anchored) {
      notHeld(refOf(protocol.kind, id));
      again({ ...passage, timeoutMs });
    } else if (moved && mail.comeBack) {
      mail.comeBack();
    } else if (mail.way || mail.comeBack || timeoutMs <= againMs) {
      // Whoever sent it knows better what to do.
      mail.settle(answered);
    } else {
      clock.after(againMs, () => again({ ...passage, timeoutMs: timeoutMs - againMs }));
    }
  }
}

/** As the client of NATS says it, before anything is sent. */
function isTooLarge(error: unknown): boolean {
  return (error as { readonly code?: unknown } | undefined)?.code === 'MAX_PAYLOAD_EXCEEDED';
}

type Refusal = Extract<Answered<Tagged>, { ok: false }>;

const elsewhere: ReadonlySet<string> = new Set<ErrorCode>(['ACTOR_MOVED', 'NODE_STOPPING', 'NODE_UNREACHABLE']);

function readable(protocol: AnyProtocol, id: string, answer: Answer | undefined): Answered<Tagged> {
  if (!answer) return commandUnreadable(refOf(protocol.kind, id));
  try {
    return fromAnswer(protocol, answer);
  } catch {
    return commandUnreadable(refOf(protocol.kind, id));
  }
}

function delivery(node: string, { protocol, id, mail }: Passage, answered: Answered<Tagged>, startMs: number) {
  const { kind } = protocol;
  const { correlationId, causationId } = mail;
  const code = answered.ok ? '' : answered.rejection.code;
  return { kind, ref: refOf(kind, id), correlationId, causationId, node, code, startMs };
}
