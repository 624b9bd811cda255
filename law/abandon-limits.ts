/**
 * The windows in which a law counts who answered and found no agent. They follow each other, from the first attempt of a
 * campaign or from midnight to midnight, as the laws that we know have them (16 CFR 310.4(b)(4)(i): each successive
 * period of 30 days; Ofcom: each day). The live campaign counts in them, and an audit does so again.
 */
import type { AbandonWindow, Law } from '#proto/generated/law.ts';
import { localTime } from './local-time.ts';

/** Which window a moment is in: a name that only that window of a campaign has. */
export function windowOf({ windowMs, zone }: AbandonWindow, beganAtMs: number, atMs: number): string {
  if (windowMs === 0) return localTime(zone, atMs)?.date ?? '';
  return String(Math.max(0, Math.floor((atMs - beganAtMs) / windowMs)));
}

/** What is counted in the window that is open. */
export interface AbandonCount {
  /** Of the law. */
  readonly ruleId: string;
  readonly limit: AbandonWindow;
  /** Name of the window. */
  readonly window: string;
  readonly answered: number;
  readonly abandoned: number;
}

/**
 * For other rules. A window that the new ones have too goes on; a new one begins with what is given, so that nobody
 * begins anew by changing the rules.
 */
export function countsFor(
  law: Law | undefined,
  before: readonly AbandonCount[],
  known: { readonly answered: number; readonly abandoned: number },
): readonly AbandonCount[] {
  return (law?.rules ?? []).flatMap(({ id: ruleId, limit }) => {
    if (limit.type !== 'AbandonWindow') return [];
    const same = before.find((one) => one.limit.windowMs === limit.windowMs && one.limit.zone === limit.zone);
    return [same ? { ...same, ruleId, limit } : { ruleId, limit, window: anyWindow, ...known }];
  });
}

/** Until something is counted nobody knows which window is open. */
const anyWindow = '';

/** Somebody answered, or found no agent after that; or an answer turns out to have been a machine's, which is no live one. */
export function counted(
  count: AbandonCount,
  what: 'answered' | 'abandoned' | 'machine',
  beganAtMs: number,
  atMs: number,
): AbandonCount {
  const current = inWindow(count, beganAtMs, atMs);
  if (what === 'machine') return { ...current, answered: Math.max(0, current.answered - 1) };
  return { ...current, [what]: current[what] + 1 };
}

/** Whether more were abandoned in the open window than its limit allows. */
export function isOver(count: AbandonCount, beganAtMs: number, atMs: number): boolean {
  const { limit, answered, abandoned } = inWindow(count, beganAtMs, atMs);
  return exceeds(limit.most, answered, abandoned);
}

/** `most` 0 to 1. The counts are whole: a share that is exactly the limit is within it. */
export function exceeds(most: number, answered: number, abandoned: number): boolean {
  return abandoned > 0 && abandoned > most * answered + 1e-9;
}

/** The count of the window that a moment is in. */
export function inWindow(count: AbandonCount, beganAtMs: number, atMs: number): AbandonCount {
  const window = windowOf(count.limit, beganAtMs, atMs);
  if (window === count.window) return count;
  // Whoever answered just before the window ended may be abandoned just after it: of two windows the later one counts.
  if (count.window === anyWindow) return { ...count, window };
  return { ...count, window, answered: 0, abandoned: 0 };
}
