/** One attempt, from the INVITE to its last event. */
import {
  type IncomingResponseMessage,
  type NameAddrHeader,
  type Session,
  type SessionDialog,
  URI,
} from 'sip.js/lib/core/index.js';
import type { Clock } from '#ports/clock.ts';
import type { Logger } from '#ports/logger.ts';
import type { RtpEndpoint } from '#ports/media.ts';
import type { DialRequest, TelephonyEvent, TelephonyListener } from '#ports/telephony.ts';
import { causeOf, type GivenUp, reasonOf } from './causes.ts';
import { OutgoingInvite } from './outgoing-invite.ts';
import { watchPhone } from './phone-watch.ts';
import { parseSdp } from './sdp.ts';
import { attend, LocalDescription } from './session-media.ts';
import { formatHost } from './sip-address.ts';
import { allowHeader, randomToken, type SipCore } from './sip-core.ts';
import { Transfer, transferRefused } from './transfer.ts';

export interface OutboundCallOptions {
  readonly core: SipCore;
  /** Goes in front of the Call-ID. */
  readonly callIdPrefix: string;
  /** Whom to call. */
  readonly target: URI;
  /** The user part of From: the number shown. */
  readonly shown: string;
  /** Hosts a 3xx may send us to. */
  readonly redirectHosts: readonly string[];
  /** How long after a sign of life a phone is asked for another, ms; it is not when absent. */
  readonly askEveryMs?: number | undefined;
  /** From a CANCEL to the end without a 487: 64 T1 (RFC 3261, 9.1). */
  readonly cancelTimeoutMs: number;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called once, after the last event. */
  readonly onEnd: () => void;
}

type State =
  | { readonly name: 'calling' | 'ended' }
  | { readonly name: 'answered'; readonly session: Session; readonly allow: string | undefined };

export class OutboundCall {
  readonly #request: Pick<DialRequest, 'callId' | 'media' | 'ringTimeoutMs'>;
  readonly #options: OutboundCallOptions;
  readonly #listener: TelephonyListener;
  readonly #local: LocalDescription;
  readonly #callId: string;
  readonly #fromTag = randomToken();
  #invite: OutgoingInvite;
  #state: State = { name: 'calling' };
  #givenUp: GivenUp;
  #proceeded = false;
  #redirected = false;
  #earlyMedia: RtpEndpoint | undefined;
  #transfer: Transfer | undefined;
  /** Of ringing, then of the CANCEL; of a call that is up, what misses a refresh. */
  #stopTimer: () => void;
  #stopWatching = (): void => {};

  /** Sends the INVITE. */
  constructor(
    request: Pick<DialRequest, 'callId' | 'media' | 'ringTimeoutMs'>,
    listener: TelephonyListener,
    options: OutboundCallOptions,
  ) {
    this.#request = request;
    this.#options = options;
    this.#listener = listener;
    this.#local = new LocalDescription(request.media);
    this.#callId = `${options.callIdPrefix}${randomToken(128)}`;
    this.#invite = this.#send(options.target, 1);
    this.#stopTimer = options.clock.after(request.ringTimeoutMs, () => this.#giveUp('ring-timeout'));
  }

  /** CANCEL or BYE. */
  hangUp(): void {
    if (this.#state.name === 'calling') this.#giveUp('hang-up');
    this.#bye('');
  }

  /** Has the far side call `target` itself; see the port. */
  async transfer(target: string, progress: (sipStatus: number) => void): Promise<void> {
    const { callId } = this.#request;
    if (this.#state.name !== 'answered') throw transferRefused(callId, 'is not in it');
    const { session, allow } = this.#state;
    if (this.#transfer) throw transferRefused(callId, 'is calling another already');
    // Without the header nothing is known (RFC 3261, 20.5): asking costs nothing.
    if (allow !== undefined && !/\bREFER\b/i.test(allow)) throw transferRefused(callId, 'takes no REFER');
    const { clock, core } = this.#options;
    this.#transfer = new Transfer(session, { callId, target, contactHeader: core.contactHeader, clock, progress });
    try {
      await this.#transfer.done;
    } finally {
      this.#transfer = undefined;
    }
    this.#bye('Transferred');
  }

  /** Waits no longer for a final response to what was given up. */
  abandon(): void {
    if (this.#state.name !== 'calling') return;
    this.#options.core.forget(this.#invite);
    this.#fail(0, 'No final response after CANCEL');
  }

  #send(target: URI, cseq: number): OutgoingInvite {
    const { core, shown, target: called } = this.#options;
    const from = new URI('sip', shown, core.host);
    // It names somebody, so it has no port (RFC 3261, 19.1.1), and a redirection leaves it (8.1.3.4).
    const to = new URI('sip', called.user ?? '', called.host);
    const message = core.agent.makeOutgoingRequestMessage(
      'INVITE',
      target,
      from,
      to,
      { callId: this.#callId, fromTag: this.#fromTag, cseq },
      [core.contactHeader, allowHeader],
      this.#local.body(this.#request.media),
    );
    return new OutgoingInvite(core, message, {
      provisional: (answer) => this.#provisional(answer),
      accepted: (answer, session, acknowledge) => this.#accepted(answer, session, acknowledge),
      refused: (answer) => this.#refused(answer),
      unanswered: (reason) => this.#fail(0, reason),
    });
  }

  #giveUp(why: 'hang-up' | 'ring-timeout'): void {
    if (this.#givenUp) return;
    this.#givenUp = why;
    this.#invite.giveUp();
    this.#stopTimer();
    this.#stopTimer = this.#options.clock.after(this.#options.cancelTimeoutMs, () => this.abandon());
  }

  #provisional(answer: IncomingResponseMessage): void {
    if (this.#state.name !== 'calling') return;
    this.#proceeded = true;
    if (answer.statusCode === 100) return;
    const media = answer.body === '' ? undefined : parseSdp(answer.body);
    if (media) this.#earlyMedia = media;
    this.#emit({ type: 'ringing', sipStatus: answer.statusCode ?? 0, ...(media ? { media } : {}) });
  }

  #accepted(answer: IncomingResponseMessage, session: Session, acknowledge: () => void): void {
    acknowledge();
    const media = answer.body === '' ? this.#earlyMedia : parseSdp(answer.body);
    if (this.#state.name !== 'calling' || this.#givenUp || !media) {
      // A second fork, an answer that crossed our CANCEL, or one we cannot talk to (RFC 3261, 13.2.2.4).
      session.bye();
      if (this.#state.name !== 'calling') return;
      const reason = this.#givenUp
        ? 'Answered while it was being canceled'
        : 'The answer has no G.711 audio at an IP address';
      this.#fail(answer.statusCode ?? 0, reason);
      return;
    }
    this.#stopTimer();
    this.#state = { name: 'answered', session, allow: headerOf(answer, 'allow') };
    this.#watch(session as SessionDialog);
    attend(session, this.#local, this.#options.core.contactHeader, {
      mediaChanged: (changed) => this.#emit({ type: 'media-changed', media: changed }),
      unacknowledged: () => this.#bye('Our answer to a re-INVITE was never acknowledged'),
      refreshes: (expiresMs) => this.#expectRefresh(expiresMs),
      notified: (notify) => (this.#transfer ? this.#transfer.hear(notify) : notify.reject({ statusCode: 481 })),
      hungUp: (reason) => this.#end({ type: 'hung-up', by: 'callee', reason: reasonOf('', reason) }),
    });
    this.#emit({ type: 'answered', sipStatus: answer.statusCode ?? 0, media });
  }

  /** Asks a phone for signs of life; of one that is gone nobody hears a BYE, but it may only have lost the call. */
  #watch(session: SessionDialog): void {
    const { askEveryMs: everyMs, clock, core } = this.#options;
    if (everyMs === undefined) return;
    this.#stopWatching = watchPhone(session, core, { clock, everyMs, onGone: () => this.#miss('The phone is gone') });
  }

  #expectRefresh(expiresMs: number | undefined): void {
    this.#stopTimer();
    if (expiresMs === undefined) return;
    this.#stopTimer = this.#options.clock.after(expiresMs, () => this.#miss('The session was not refreshed'));
  }

  #miss(reason: string): void {
    if (this.#state.name !== 'answered') return;
    this.#state.session.bye();
    this.#end({ type: 'hung-up', by: 'callee', reason });
  }

  #bye(reason: string): void {
    if (this.#state.name !== 'answered') return;
    this.#state.session.bye();
    this.#end({ type: 'hung-up', by: 'us', reason });
  }

  #refused(answer: IncomingResponseMessage): void {
    if (this.#state.name !== 'calling') return;
    const target = this.#redirectTarget(answer);
    if (target) {
      this.#redirected = true;
      this.#invite = this.#send(target, this.#invite.message.cseq + 1);
      return;
    }
    this.#fail(answer.statusCode ?? 0, reasonOf(answer.reasonPhrase ?? '', answer.getHeader('reason')));
  }

  /** Where a 3xx may take us: once, and to no host that we do not know (RFC 3261, 8.1.3.4). */
  #redirectTarget(answer: IncomingResponseMessage): URI | undefined {
    const status = answer.statusCode ?? 0;
    if (status < 300 || status > 399 || this.#redirected || this.#givenUp) return undefined;
    const hosts = this.#options.redirectHosts.map((host) => formatHost(host).toLowerCase());
    return answer
      .getHeaders('contact')
      .map((_, index) => (answer.parseHeader('contact', index) as NameAddrHeader | undefined)?.uri)
      .find((uri) => uri?.scheme === 'sip' && hosts.includes(uri.host));
  }

  #fail(sipStatus: number, reason: string): void {
    const cause = causeOf(sipStatus, { givenUp: this.#givenUp, proceeded: this.#proceeded });
    this.#end({ type: 'failed', cause, sipStatus, reason });
  }

  #end(event: TelephonyEvent): void {
    if (this.#state.name === 'ended') return;
    this.#state = { name: 'ended' };
    this.#stopTimer();
    this.#stopWatching();
    if (event.type === 'hung-up') this.#transfer?.callEnded(event.by);
    this.#emit(event);
    this.#options.onEnd();
  }

  #emit(event: TelephonyEvent): void {
    try {
      this.#listener(event);
    } catch (error) {
      this.#options.log.error(
        { callId: this.#request.callId, event: event.type, err: error },
        'Telephony listener threw',
      );
    }
  }
}

/** All values of a header in one; undefined where it is not there. */
function headerOf(message: IncomingResponseMessage, name: string): string | undefined {
  const values = message.getHeaders(name);
  return values.length === 0 ? undefined : values.join(', ');
}
