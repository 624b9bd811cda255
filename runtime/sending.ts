/** Commands from outside the actors, and what actors ask on their own behalf: sent, and answered in time. */
import type { SteadyClock } from '#ports/clock.ts';
import type { Observer } from '#ports/observer.ts';
import type { Tagged } from '#proto/codec.ts';
import type { Answered } from './actor.ts';
import type { Deadlines } from './deadlines.ts';
import type { AnyProtocol } from './envelopes.ts';
import { AskedMail } from './mail.ts';
import type { Wait } from './nodes.ts';
import { refOf } from './refs.ts';
import { askTimeout } from './refusals.ts';
import { defaultTimeoutMs, type Router } from './router.ts';
import type { SendOptions } from './runtime.ts';
import type { Cause } from './surroundings.ts';

export interface SendingOptions {
  readonly router: Pick<Router, 'route'>;
  readonly deadlines: Deadlines;
  readonly clock: SteadyClock;
  readonly observer: Observer | undefined;
  /** Of what names no sender. */
  readonly sender: string;
  newId(): string;
}

export class Sending {
  readonly #options: SendingOptions;

  constructor(options: SendingOptions) {
    this.#options = options;
  }

  send(
    protocol: AnyProtocol,
    id: string,
    command: Tagged,
    options: SendOptions & Partial<Cause>,
    wait: Wait,
  ): Promise<Answered<Tagged>> {
    const { router, deadlines, clock, newId, observer } = this.#options;
    const { timeoutMs = defaultTimeoutMs, sender = this.#options.sender } = options;
    const commandId = options.commandId ?? newId();
    const mail = new AskedMail(
      command,
      commandId,
      options.commandId === undefined,
      sender,
      options.correlationId ?? commandId,
      options.causationId ?? '',
      clock,
    );
    router.route(protocol, id, mail, wait, timeoutMs);
    const answered =
      mail.now ?? mail.later(deadlines, timeoutMs, () => askTimeout(refOf(protocol.kind, id), timeoutMs));
    if (observer && wait === 'answer') {
      void answered.then((each) => {
        if (!each.ok) observer.askFailed?.({ kind: protocol.kind, code: each.rejection.code });
      });
    }
    return answered;
  }
}
