/** Commands that go to another node, and what becomes of them where it does not take them. */
import type { SteadyClock } from '#ports/clock.ts';
import type { Logger } from '#ports/logger.ts';
import type { Observer } from '#ports/observer.ts';
import type { Tagged } from '#proto/codec.ts';
import type { Envelope } from '#proto/generated/envelope.ts';
import type { Answered } from './actor.ts';
import { type AnyProtocol, fromAnswer, toEnvelope } from './envelopes.ts';
import type { Mail } from './mail.ts';
import type { Nodes, Wait } from './nodes.ts';
import { refOf } from './refs.ts';
import { askTimeout, commandUnreadable, nodeUnreachable } from './refusals.ts';

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
  async send(nodeId: string, passage: Passage, anchored: boolean): Promise<void> {
    const { protocol, id, mail, wait, timeoutMs } = passage;
    const { nodes, clock, logger, observer } = this.#options;
    const ref = refOf(protocol.kind, id);
    const startedAtMs = clock.elapsed();
    // Whatever comes of it, the other node may have taken it.
    mail.fresh = false;
    let envelope: Envelope;
    try {
      envelope = toEnvelope(protocol, id, mail, { acceptance: wait === 'acceptance', anchored });
    } catch {
      mail.settle(commandUnreadable(ref));
      return;
    }
    const startMs = observer?.now() ?? 0;
    let answered: Answered<Tagged>;
    try {
      answered = fromAnswer(protocol, await nodes.send(nodeId, envelope, timeoutMs));
    } catch (error) {
      const timedOut = (error as { name?: unknown } | null)?.name === 'RequestTimeoutError';
      const { commandId } = mail;
      logger.warn({ actor: ref, node: nodeId, commandId, err: error }, 'node did not answer');
      answered = timedOut ? askTimeout(ref, timeoutMs) : nodeUnreachable(ref);
    }
    const code = answered.ok ? '' : answered.rejection.code;
    const { correlationId, causationId } = mail;
    const { kind } = protocol;
    observer?.commandDelivered?.({ kind, ref, correlationId, causationId, node: nodeId, code, startMs });
    const leftMs = timeoutMs - (clock.elapsed() - startedAtMs);
    this.#answered({ ...passage, timeoutMs: leftMs }, answered, anchored);
  }

  #answered(passage: Passage, answered: Answered<Tagged>, anchored: boolean): void {
    const { protocol, id, mail, timeoutMs } = passage;
    const { clock, notHeld, again } = this.#options;
    const code = answered.ok ? '' : answered.rejection.code;
    if (code !== 'ACTOR_MOVED' && code !== 'NODE_UNREACHABLE' && code !== 'NODE_STOPPING') {
      mail.settle(answered);
      return;
    }
    const moved = code === 'ACTOR_MOVED';
    if (moved && anchored) {
      notHeld(refOf(protocol.kind, id));
      again(passage);
    } else if (mail.way) {
      // The node that it comes from knows better what to do.
      mail.settle(answered);
    } else if (mail.comeBack) {
      if (moved) mail.comeBack();
      else mail.settle(answered);
    } else if (timeoutMs > againMs) {
      clock.after(againMs, () => again({ ...passage, timeoutMs: timeoutMs - againMs }));
    } else {
      mail.settle(answered);
    }
  }
}
