/** What a final answer means for an attempt. Pure. */
import type { FailureCause } from '#ports/telephony.ts';

/** Why we gave an attempt up ourselves, if we did. */
export type GivenUp = 'hang-up' | 'ring-timeout' | undefined;

/** What is known of an attempt besides its final status. */
export interface Attempt {
  readonly givenUp: GivenUp;
  /** Whether a provisional response ever came, 100 among them: the gateway lives and tried. */
  readonly proceeded: boolean;
}

/** Status 0: no final response came. A 2xx counts as an end only where it crossed our CANCEL. */
const endsGivenUp = (status: number): boolean =>
  status === 487 || status === 0 || status === 401 || status === 407 || (status >= 200 && status < 300);

/**
 * The cause of a final status (RFC 3261, 21; 604 and 410 are facts about the number, 480 and 408 about the
 * moment). A 487 is ours only where we asked for it. A gateway that never said a word tells nothing of the
 * callee: that is no `no-answer`, however long we waited.
 */
export function causeOf(status: number, { givenUp, proceeded }: Attempt): FailureCause {
  if (givenUp && endsGivenUp(status)) {
    if (givenUp === 'hang-up') return 'canceled';
    return status === 0 && !proceeded ? 'failed' : 'no-answer';
  }
  switch (status) {
    case 486:
    case 600:
      return 'busy';
    case 408:
    case 480:
      return 'no-answer';
    case 403:
    case 603:
      return 'rejected';
    case 404:
    case 410:
    case 484:
    case 604:
      return 'unreachable';
    default:
      return 'failed';
  }
}

/** The longest reason that leaves the adapter, in characters. */
const reasonLimit = 80;
/** As much of it is looked at. */
const readLimit = 500;

/**
 * The words a carrier gave, made safe to keep: its reason phrase and, where it sent one, the Q.850 cause of a
 * Reason header (RFC 3326). Carriers write numbers into either, with whatever between the digits: a phrase of
 * five digits and more, in all, loses every one of them.
 */
export function reasonOf(phrase: string, reasonHeader?: string): string {
  const q850 = /\bQ\.850\b[^,]*?;\s*cause\s*=\s*(\d{1,3})\b/i.exec((reasonHeader ?? '').slice(0, readLimit))?.[1];
  const words = phrase
    .slice(0, readLimit)
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim();
  const safe = (words.match(/\d/g) ?? []).length < 5 ? words : words.replace(/\+?\d(?:[^A-Za-z\d]*\d)*/g, '*****');
  return `${safe}${q850 === undefined ? '' : ` (Q.850 ${q850})`}`.slice(0, reasonLimit).trim();
}
