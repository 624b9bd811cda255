/** A call that came to us, from its INVITE to its end. */
import { type InviteUserAgentServer, type Session, TransactionState } from 'sip.js/lib/core/index.js';
import type { RtpEndpoint } from '#ports/media.ts';
import { answerTo, parseSdp } from './sdp.ts';
import { attend, LocalDescription } from './session-media.ts';
import { allowHeader, type SipCore } from './sip-core.ts';

/** What the caller does, in the order in which it happened. */
export type InvitationEvent =
  /** CANCEL came before our answer; the last event. */
  | { readonly type: 'canceled' }
  /** Our answer was acknowledged. `media` where the caller described itself only now. */
  | { readonly type: 'acknowledged'; readonly media?: RtpEndpoint }
  /** The caller moved, held or resumed its media. */
  | { readonly type: 'media-changed'; readonly media: RtpEndpoint }
  /** An answered call ended, or we refused it (`us`); the last event. */
  | { readonly type: 'hung-up'; readonly by: 'caller' | 'us' };

type State =
  | { readonly name: 'proceeding' | 'ended' }
  | { readonly name: 'answered' | 'confirmed'; readonly session: Session };

export class Invitation {
  /** The Call-ID. */
  readonly callId: string;
  /** User part of the Request-URI: the number that was called. */
  readonly calledUser: string;
  /** User part of From: the number shown. */
  readonly callingUser: string;
  /** The caller's media; undefined where the INVITE has no offer (then the ACK brings its answer). */
  readonly offer: RtpEndpoint | undefined;
  readonly #invite: InviteUserAgentServer;
  readonly #core: SipCore;
  readonly #onEnd: () => void;
  #state: State = { name: 'proceeding' };
  #hangUpWanted = false;
  #local: LocalDescription | undefined;
  #listener: (event: InvitationEvent) => void = () => {};

  /** Sends 100. */
  constructor(invite: InviteUserAgentServer, core: SipCore, onEnd: () => void) {
    const { message } = invite;
    this.#invite = invite;
    this.#core = core;
    this.#onEnd = onEnd;
    this.callId = message.callId;
    this.calledUser = message.ruri?.user ?? '';
    this.callingUser = message.from.uri.user ?? '';
    this.offer = parseSdp(message.body);
    invite.delegate = { onCancel: () => this.#canceled() };
    invite.trying();
  }

  /** Hears what the caller does, from now on; must not throw. */
  listen(listener: (event: InvitationEvent) => void): void {
    this.#listener = listener;
  }

  /** 180. Nothing once the call is answered or over, as all that follows. */
  ring(): void {
    if (this.#state.name === 'proceeding') this.#invite.progress({ statusCode: 180 });
  }

  /** 183 with our media, for early media (RFC 3960). */
  progress(media: RtpEndpoint): void {
    if (this.#state.name !== 'proceeding') return;
    const body = this.#describe(media);
    if (body) this.#invite.progress({ statusCode: 183, body });
  }

  /** 200 with our media; 488 instead where no codec is shared. */
  answer(media: RtpEndpoint): void {
    if (this.#state.name !== 'proceeding') return;
    const body = this.#describe(media);
    const local = this.#local;
    if (!body || !local) {
      this.reject(488);
      return;
    }
    const { session } = this.#invite.accept({ statusCode: 200, extraHeaders: [], body });
    this.#state = { name: 'answered', session };
    attend(session, local, this.#core.contactHeader, {
      mediaChanged: (changed) => this.#listener({ type: 'media-changed', media: changed }),
      hungUp: () => this.#end({ type: 'hung-up', by: 'caller' }),
      acknowledged: (body) => this.#acknowledged(session, body),
      unacknowledged: () => {
        if (this.#state.name !== 'ended') this.#bye(session);
      },
    });
  }

  /** A final answer of 300 to 699, or with the phrase of one's own; a 3xx takes the `contact` to go to. */
  reject(status: number, options: { readonly reason?: string; readonly contact?: string } = {}): void {
    if (this.#state.name !== 'proceeding') return;
    const { reason, contact } = options;
    const extraHeaders = [allowHeader, ...(contact === undefined ? [] : [`Contact: <${contact}>`])];
    const phrase = reason === undefined ? {} : { reasonPhrase: reason };
    if (status < 400) this.#invite.redirect([], { statusCode: status, extraHeaders, ...phrase });
    else this.#invite.reject({ statusCode: status, extraHeaders, ...phrase });
    this.#end({ type: 'hung-up', by: 'us' });
  }

  /** BYE, as soon as the caller has acknowledged the answer (RFC 3261, 15); 480 before the answer. */
  hangUp(): void {
    const state = this.#state;
    if (state.name === 'proceeding') this.reject(480);
    else if (state.name === 'answered') this.#hangUpWanted = true;
    else if (state.name === 'confirmed') this.#bye(state.session);
  }

  /** Loses an answered call as a phone does whose power fails: no BYE, and 481 to all that comes of it later. */
  forget(): void {
    const state = this.#state;
    if (state.name !== 'answered' && state.name !== 'confirmed') return;
    state.session.dispose();
    this.#end({ type: 'hung-up', by: 'us' });
  }

  #describe(media: RtpEndpoint): ReturnType<LocalDescription['body']> | undefined {
    this.#local ??= new LocalDescription(media);
    if (this.#invite.message.body === '') return this.#local.body(media);
    const answer = this.offer && answerTo(this.offer, media);
    return answer && this.#local.body(answer);
  }

  #acknowledged(session: Session, body: string): void {
    if (this.#state.name !== 'answered') return;
    this.#state = { name: 'confirmed', session };
    const media = this.offer ? undefined : parseSdp(body);
    this.#listener({ type: 'acknowledged', ...(media ? { media } : {}) });
    if (this.#hangUpWanted) this.#bye(session);
  }

  #bye(session: Session): void {
    session.bye();
    this.#end({ type: 'hung-up', by: 'us' });
  }

  #canceled(): void {
    if (this.#state.name !== 'proceeding' || this.#invite.transaction.state !== TransactionState.Proceeding) return;
    this.#invite.reject({ statusCode: 487 });
    this.#end({ type: 'canceled' });
  }

  #end(event: InvitationEvent): void {
    if (this.#state.name === 'ended') return;
    this.#state = { name: 'ended' };
    this.#listener(event);
    this.#onEnd();
  }
}
