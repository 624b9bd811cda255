/**
 * The share of answered calls that found no agent, over the last day: 24 hours that are counted one by one, so that the
 * memory of it does not grow. It is a fence around every policy: over the limit, nobody dials more than a line for each
 * ready agent, whatever the policy says.
 */

interface Hour {
  /** Hours since 1970. */
  readonly hour: number;
  readonly answered: number;
  readonly abandoned: number;
}

export interface AbandonWindow {
  readonly hours: readonly Hour[];
}

const hourMs = 3_600_000;
const kept = 24;

export const noCalls: AbandonWindow = { hours: [] };

/** Somebody answered, or was abandoned after that. */
export function count(window: AbandonWindow, what: 'answered' | 'abandoned', atMs: number): AbandonWindow {
  const hour = Math.floor(atMs / hourMs);
  const known = window.hours.find((each) => each.hour === hour) ?? { hour, answered: 0, abandoned: 0 };
  const others = window.hours.filter((each) => each.hour !== hour && each.hour > hour - kept);
  return { hours: [...others, { ...known, [what]: known[what] + 1 }] };
}

export function totals(
  { hours }: AbandonWindow,
  nowMs: number,
): { readonly answered: number; readonly abandoned: number } {
  const since = Math.floor(nowMs / hourMs) - kept;
  let answered = 0;
  let abandoned = 0;
  for (const each of hours) {
    if (each.hour <= since) continue;
    answered += each.answered;
    abandoned += each.abandoned;
  }
  return { answered, abandoned };
}

/** Whether more were abandoned than the limit allows; `maxRate` 0 to 1. */
export function isOverLimit(window: AbandonWindow, maxRate: number, nowMs: number): boolean {
  const { answered, abandoned } = totals(window, nowMs);
  return abandoned > 0 && abandoned > maxRate * answered;
}
