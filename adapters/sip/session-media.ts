/** What both sides of a call do once it is answered: its description, and the far side's changes of it. */
import { randomInt } from 'node:crypto';
import {
  type Body,
  type IncomingInviteRequest,
  type IncomingNotifyRequest,
  type ReInviteUserAgentServer,
  type Session,
  type SessionDialog,
  TransactionState,
} from 'sip.js/lib/core/index.js';
import type { RtpEndpoint } from '#ports/media.ts';
import { answerTo, parseSdp, writeSdp } from './sdp.ts';
import { answerRefresh } from './session-timer.ts';
import { allowHeader } from './sip-core.ts';

/** Our side of one session's descriptions; each one written differs from the last (RFC 3264, 8). */
export class LocalDescription {
  readonly #sessionId = randomInt(2 ** 31);
  readonly media: RtpEndpoint;
  #version = 0;
  #last = '';

  constructor(media: RtpEndpoint) {
    this.media = media;
  }

  /** A body that describes `endpoint`; the same version as before where nothing changed. */
  body(endpoint: RtpEndpoint): Body {
    const same = writeSdp(endpoint, { sessionId: this.#sessionId, version: this.#version });
    if (same !== this.#last) {
      this.#version += 1;
      this.#last = writeSdp(endpoint, { sessionId: this.#sessionId, version: this.#version });
    }
    return { contentDisposition: 'session', contentType: 'application/sdp', content: this.#last };
  }
}

export interface SessionEvents {
  /** The far side moved, held or resumed. */
  mediaChanged(media: RtpEndpoint): void;
  /** The far side hung up; `reason` is its Reason header. */
  hungUp(reason: string | undefined): void;
  /** The far side acknowledged a 2xx of ours; `body` is the SDP in the ACK, if any. */
  acknowledged?(body: string): void;
  /** The far side will refresh the session before so many ms are over; undefined: it need not. Not asked when absent. */
  refreshes?(expiresMs: number | undefined): void;
  /** The far side tells of a transfer; 481 when absent. */
  notified?(request: IncomingNotifyRequest): void;
  /** It never did (timer L): the session should end with BYE (RFC 3261, 13.3.1.4 and 14.2). */
  unacknowledged(): void;
}

/** Answers what the far side sends in a session: BYE, re-INVITE with or without an offer, and ACK. */
export function attend(session: Session, local: LocalDescription, contactHeader: string, events: SessionEvents): void {
  let offeredInAnswer = false;
  session.delegate = {
    onBye: (request) => {
      request.accept();
      events.hungUp(request.message.getHeader('reason'));
    },
    onInvite: (request) => {
      watchAck(session as SessionDialog, request as ReInviteUserAgentServer, () => events.unacknowledged());
      const change = answerReInvite(request, local, contactHeader, events);
      offeredInAnswer = change === 'offered';
      if (typeof change === 'object') events.mediaChanged(change);
    },
    onAck: ({ message }) => {
      const answer = offeredInAnswer ? parseSdp(message.body) : undefined;
      offeredInAnswer = false;
      if (answer) events.mediaChanged(answer);
      events.acknowledged?.(message.body);
    },
    onNotify: (request) => {
      if (events.notified) events.notified(request);
      else request.reject({ statusCode: 481 });
    },
    onAckTimeout: () => events.unacknowledged(),
  };
}

/**
 * The library waits for the ACK of a re-INVITE for ever and answers 500 to the next one meanwhile. When its
 * transaction has ended, no ACK will come any more.
 */
function watchAck(session: SessionDialog, request: ReInviteUserAgentServer, onMissing: () => void): void {
  const { transaction } = request;
  transaction.addStateChangeListener(() => {
    if (transaction.state !== TransactionState.Terminated || session.reinviteUserAgentServer !== request) return;
    session.reinviteUserAgentServer = undefined;
    onMissing();
  });
}

function answerReInvite(
  request: IncomingInviteRequest,
  local: LocalDescription,
  contactHeader: string,
  events: SessionEvents,
): RtpEndpoint | 'offered' | 'refused' {
  const refresh = answerRefresh({
    sessionExpires: events.refreshes ? request.message.getHeader('session-expires') : undefined,
    supported: request.message.getHeader('supported'),
    require: request.message.getHeader('require'),
  });
  if (refresh.type === 'reject') {
    request.reject({ statusCode: refresh.statusCode, extraHeaders: [...refresh.headers] });
    return 'refused';
  }
  const extraHeaders = [contactHeader, allowHeader, ...refresh.headers];
  if (request.message.body === '') {
    // RFC 3261, 14.2: an INVITE without an offer asks for ours; the answer comes with the ACK.
    request.accept({ statusCode: 200, extraHeaders, body: local.body(local.media) });
    events.refreshes?.(refresh.expiresMs);
    return 'offered';
  }
  const offer = parseSdp(request.message.body);
  const answer = offer && answerTo(offer, local.media);
  if (!answer) {
    request.reject({ statusCode: 488 });
    return 'refused';
  }
  request.accept({ statusCode: 200, extraHeaders, body: local.body(answer) });
  events.refreshes?.(refresh.expiresMs);
  return offer;
}
