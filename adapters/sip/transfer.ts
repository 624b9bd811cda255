/** One REFER and what the far side says of the call that it makes for us (RFC 3515, 2.4). */
import type { IncomingNotifyRequest, Session } from 'sip.js/lib/core/index.js';
import type { Clock } from '#ports/clock.ts';
import { FatalError, RetryableError } from '#ports/errors.ts';
import { allowHeader } from './sip-core.ts';

export interface TransferOptions {
  /** Id of the call, for errors. */
  readonly callId: string;
  /** A SIP URI that was read and written by us. */
  readonly target: string;
  readonly contactHeader: string;
  readonly clock: Clock;
  readonly progress: (sipStatus: number) => void;
}

/** A far side that says no more of its call is waited for no longer. */
const patienceMs = 120_000;

export class Transfer {
  /** Resolves when the target was reached; rejects with TRANSFER_REFUSED or TRANSFER_FAILED. */
  readonly done: Promise<void>;
  readonly #callId: string;
  readonly #progress: (sipStatus: number) => void;
  readonly #settle: (error?: Error) => void;
  #accepted = false;
  #over = false;

  /** Sends the REFER. */
  constructor(session: Session, { callId, target, contactHeader, clock, progress }: TransferOptions) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.done = promise;
    this.#callId = callId;
    this.#progress = progress;
    const stopTimer = clock.after(patienceMs, () => this.#fail('said nothing of it any more'));
    this.#settle = (error) => {
      if (this.#over) return;
      this.#over = true;
      stopTimer();
      if (error) reject(error);
      else resolve();
    };
    const extraHeaders = [`Refer-To: <${target}>`, contactHeader, `${allowHeader}, NOTIFY`];
    session.refer(
      {
        onAccept: () => {
          this.#accepted = true;
        },
        onReject: ({ message: { statusCode } }) => this.#settle(transferRefused(callId, `answered ${statusCode}`)),
      },
      { extraHeaders },
    );
  }

  /** Takes a NOTIFY of the session; what is none of this transfer gets 481 (RFC 6665, 4.1.3). */
  hear(request: IncomingNotifyRequest): void {
    const { message } = request;
    if (this.#over || !/^refer\b/i.test(message.getHeader('event') ?? '')) {
      request.reject({ statusCode: 481 });
      return;
    }
    request.accept();
    // A NOTIFY may overtake the answer to its REFER.
    this.#accepted = true;
    const status = Number(/^SIP\/2\.0 ([1-6]\d\d)\b/.exec(message.body)?.[1] ?? 0);
    if (status > 0) this.#progress(status);
    if (status >= 200 && status < 300) this.#settle();
    else if (status >= 300) this.#fail(`got ${status} from it`);
    else if (/^terminated\b/i.test(message.getHeader('subscription-state') ?? '')) this.#fail('gave it up');
  }

  /** The call ended. A far side that takes the REFER and hangs up has gone to the target. */
  callEnded(by: 'callee' | 'us'): void {
    if (by === 'callee' && this.#accepted) this.#settle();
    else this.#fail('is gone');
  }

  #fail(what: string): void {
    const sentence = `The far side of the call ${this.#callId} was to call another and ${what}: try again, or dial the target and bridge the two.`;
    this.#settle(new RetryableError('TRANSFER_FAILED', sentence));
  }
}

/** `fault` stands after "the far side". */
export function transferRefused(callId: string, fault: string): FatalError {
  return new FatalError(
    'TRANSFER_REFUSED',
    `The call ${callId} cannot be transferred, the far side ${fault}: dial the target and bridge the two.`,
  );
}
