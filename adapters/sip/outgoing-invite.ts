/**
 * One INVITE on its way, over all its authentication rounds. It takes over what sip.js does with 1xx: the
 * library drops those without a Contact, keeps an early dialog for each fork, and lets a body in a 183 hide
 * the one in the 200.
 */
import {
  type ClientTransaction,
  type IncomingResponseMessage,
  InviteUserAgentClient,
  NameAddrHeader,
  type OutgoingRequestMessage,
  type Session,
  TransactionState,
} from 'sip.js/lib/core/index.js';
import type { SipCore } from './sip-core.ts';

export interface InviteOutcome {
  /** 100 to 199. */
  provisional(message: IncomingResponseMessage): void;
  /** A 2xx, once for each fork that answers; it must be acknowledged at once. */
  accepted(message: IncomingResponseMessage, session: Session, acknowledge: () => void): void;
  /** 300 to 699, the last word. */
  refused(message: IncomingResponseMessage): void;
  /** No word at all: timer B, or no way to the gateway. */
  unanswered(reason: string): void;
}

export class OutgoingInvite extends InviteUserAgentClient {
  readonly #outcome: InviteOutcome;
  #givenUp = false;
  #canceled = false;
  #challenged: ClientTransaction | undefined;

  constructor(core: SipCore, message: OutgoingRequestMessage, outcome: InviteOutcome) {
    // Sends the INVITE; no answer can come before this constructor has ended.
    super(core.agent, message, {
      onAccept: ({ message: answer, session, ack }) => outcome.accepted(answer, session, () => void ack()),
      onRedirect: ({ message: answer }) => outcome.refused(answer),
      onReject: ({ message: answer }) => outcome.refused(answer),
    });
    this.#outcome = outcome;
  }

  /**
   * CANCEL, at once or as soon as a 1xx allows it (RFC 3261, 9.1). Asked for before a 401 or 407, it keeps the
   * INVITE from being sent again, which nothing would cancel.
   */
  giveUp(): void {
    this.#givenUp = true;
    if (this.transaction.state !== TransactionState.Proceeding || this.#canceled) return;
    this.#canceled = true;
    this.cancel();
  }

  protected override receiveResponse(message: IncomingResponseMessage): void {
    const status = message.statusCode ?? 0;
    if (status < 200) {
      if (this.#givenUp) this.giveUp();
      this.#outcome.provisional(message);
      return;
    }
    if (status < 300 && !message.hasHeader('contact')) {
      // RFC 3261, 12.1.1 demands one. Without it the library would leave the answer unacknowledged; the
      // request's own target is the best guess.
      const target = new NameAddrHeader(this.message.ruri, '', {});
      message.headers.Contact = [{ raw: target.toString(), parsed: target }];
    }
    super.receiveResponse(message);
  }

  protected override authenticationGuard(message: IncomingResponseMessage): boolean {
    if (this.#givenUp) return true;
    const challenged = this.transaction;
    const goesOn = super.authenticationGuard(message);
    // The library forgets the transaction that was challenged, while its timer D runs on.
    if (this.transaction !== challenged) this.#challenged = challenged;
    return goesOn;
  }

  override dispose(): void {
    this.#challenged?.dispose();
    super.dispose();
  }

  protected override onRequestTimeout(): void {
    this.#outcome.unanswered('No response');
  }

  protected override onTransportError(): void {
    if (this.transaction.state === TransactionState.Calling) this.#outcome.unanswered('No way to the gateway');
  }
}
