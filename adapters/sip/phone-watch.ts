/** Asks the phone of a call that is up for hours whether it still knows of it (OPTIONS in a dialog, RFC 3261, 11.2). */
import type { IncomingResponse, SessionDialog } from 'sip.js/lib/core/index.js';
import type { Clock } from '#ports/clock.ts';
import type { SipCore } from './sip-core.ts';

/** An answer that does not come within this time, seven copies of the question in it, is none. */
const patienceMs = 10_000;
/** No such call, nor such a phone: everything else, also 405, is a sign of life. */
const lifeless: ReadonlySet<number> = new Set([404, 481]);

/** Asks `everyMs` after each answer; calls back once when the phone is gone. Gives what stops it. */
export function watchPhone(
  session: SessionDialog,
  core: SipCore,
  { clock, everyMs, onGone }: { readonly clock: Clock; readonly everyMs: number; readonly onGone: () => void },
): () => void {
  let stop = clock.after(everyMs, ask);

  function ask(): void {
    const message = session.createOutgoingRequestMessage('OPTIONS', { extraHeaders: ['Accept: application/sdp'] });
    // What the library makes up itself, a 408 for silence and a 503 for no way, came over no Via.
    const hear = ({ message: { viaBranch, statusCode = 0 } }: IncomingResponse): void => {
      stop();
      if (!viaBranch || lifeless.has(statusCode)) onGone();
      else stop = clock.after(everyMs, ask);
    };
    const client = core.agent.request(message, { onAccept: hear, onRedirect: hear, onReject: hear });
    stop = clock.after(patienceMs, () => {
      core.forget(client as Parameters<SipCore['forget']>[0]);
      onGone();
    });
  }

  return () => stop();
}
