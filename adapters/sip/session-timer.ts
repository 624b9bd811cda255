/**
 * Session timers as far as they are asked of us: whoever refreshes a session by re-INVITE is told that we take part,
 * and missed when it stops (RFC 4028, 9 and 10). We refresh nothing ourselves, and so never say that we could. Pure.
 */

/** What a re-INVITE says of the life of its session, as header values. */
export interface RefreshHeaders {
  readonly sessionExpires: string | undefined;
  readonly supported: string | undefined;
  readonly require: string | undefined;
}

export type RefreshAnswer =
  /** 2xx with these headers; where `expiresMs` is there, another refresh is due before. */
  | { readonly type: 'accept'; readonly headers: readonly string[]; readonly expiresMs?: number }
  | { readonly type: 'reject'; readonly statusCode: 420 | 422; readonly headers: readonly string[] };

/** The shortest that may be asked (RFC 4028, 5), in seconds. */
const shortest = 90;
/** We do not wait to the last second (10). */
const earliestBye = 32;

/** How to answer. */
export function answerRefresh({ sessionExpires, supported, require }: RefreshHeaders): RefreshAnswer {
  const unknown = tagsOf(require).filter((tag) => tag !== 'timer');
  if (unknown.length > 0) {
    return { type: 'reject', statusCode: 420, headers: [`Unsupported: ${unknown.join(', ')}`] };
  }
  const match = /^(\d{1,9})\b(.*)$/.exec(sessionExpires ?? '');
  const seconds = Number(match?.[1] ?? 0);
  const weRefresh = /;\s*refresher\s*=\s*uas\b/i.test(match?.[2] ?? '');
  if (!match || weRefresh) return { type: 'accept', headers: [] };
  const peerKnowsTimers = [...tagsOf(supported), ...tagsOf(require)].includes('timer');
  if (seconds < shortest && peerKnowsTimers) {
    return { type: 'reject', statusCode: 422, headers: [`Min-SE: ${shortest}`] };
  }
  // A proxy put it in for one that does not refresh: there is nobody to wait for.
  if (!peerKnowsTimers) return { type: 'accept', headers: [] };
  const expiresMs = (seconds - Math.min(earliestBye, seconds / 3)) * 1000;
  return { type: 'accept', headers: [`Session-Expires: ${seconds};refresher=uac`, 'Require: timer'], expiresMs };
}

function tagsOf(value: string | undefined): string[] {
  return (value ?? '')
    .toLowerCase()
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => /^[a-z0-9-]+$/.test(tag));
}
