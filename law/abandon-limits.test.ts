import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AbandonWindow, Law } from '#proto/generated/law.ts';
import { type AbandonCount, counted, countsFor, exceeds, isOver, windowOf } from './abandon-limits.ts';

const dayMs = 86_400_000;
const month: AbandonWindow = { most: 0.03, windowMs: 30 * dayMs, zone: '' };
const london: AbandonWindow = { most: 0.03, windowMs: 0, zone: 'Europe/London' };
const source = { citation: 'a test', url: 'https://example.org', note: '' };
const law = (...limits: AbandonWindow[]): Law => {
  const rules = limits.map((limit, at) => ({
    id: `t.${at}`,
    source,
    limit: { type: 'AbandonWindow' as const, ...limit },
  }));
  return { profile: 't', fingerprint: 'f', rules };
};
const nothing = { answered: 0, abandoned: 0 };
const began = Date.parse('2026-03-01T10:30:00Z');
const only = (limit: AbandonWindow): AbandonCount => {
  const [count] = countsFor(law(limit), [], nothing);
  if (!count) throw new Error('there is one');
  return count;
};

describe('a window of abandoned calls', () => {
  test('follows the one before it from the first attempt on', () => {
    expect(windowOf(month, began, began)).toBe('0');
    expect(windowOf(month, began, began + 30 * dayMs - 1)).toBe('0');
    expect(windowOf(month, began, began + 30 * dayMs)).toBe('1');
  });

  test('that is a day goes from midnight to midnight there, summer time or not', () => {
    // The clocks there go forward on 29 March 2026: that day has 23 hours.
    expect(windowOf(london, began, Date.parse('2026-03-28T23:59:59Z'))).toBe('2026-03-28');
    expect(windowOf(london, began, Date.parse('2026-03-29T00:00:00Z'))).toBe('2026-03-29');
    expect(windowOf(london, began, Date.parse('2026-03-29T22:59:59Z'))).toBe('2026-03-29');
    expect(windowOf(london, began, Date.parse('2026-03-29T23:00:00Z'))).toBe('2026-03-30');
  });

  test('is not over its limit at the limit, and begins anew', () => {
    expect([exceeds(0.03, 100, 3), exceeds(0.03, 99, 3), exceeds(0.03, 0, 0)]).toEqual([false, true, false]);
    const answers = Array.from({ length: 10 }, () => 'answered' as const);
    const count = [...answers, 'abandoned' as const].reduce(
      (each, what) => counted(each, what, began, began),
      only(month),
    );
    expect(isOver(count, began, began + 29 * dayMs)).toBe(true);
    expect(isOver(count, began, began + 30 * dayMs)).toBe(false);
  });

  test('counts no answer of a machine, and never less than none', () => {
    const counts = (['answered', 'answered', 'machine', 'machine', 'machine', 'answered'] as const).map(
      ((count) => (what) => {
        count = counted(count, what, began, began);
        return count.answered;
      })(only(month)),
    );
    expect(counts).toEqual([1, 2, 1, 0, 0, 1]);
  });

  test('goes on under other rules, and a new one begins with what is known', () => {
    const [before] = [counted(only(month), 'abandoned', began, began)];
    const counts = countsFor(law({ ...month, most: 0.01 }, london), [before as AbandonCount], {
      answered: 5,
      abandoned: 1,
    });
    expect(counts.map(({ answered, abandoned }) => [answered, abandoned])).toEqual([
      [0, 1],
      [5, 1],
    ]);
    expect(isOver(counts[1] as AbandonCount, began, began)).toBe(true);
  });

  test('has at any time what a recount of its events has', () => {
    const happenings = fc.array(
      fc.record({ afterMs: fc.nat(6 * 3_600_000), what: fc.constantFrom('answered' as const, 'abandoned' as const) }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(fc.constantFrom(london, { ...month, windowMs: 2 * dayMs }), happenings, (limit, story) => {
        let count = only(limit);
        let atMs = began;
        const seen: { window: string; what: string }[] = [];
        for (const { afterMs, what } of story) {
          atMs += afterMs;
          count = counted(count, what, began, atMs);
          seen.push({ window: windowOf(limit, began, atMs), what });
          const here = seen.filter(({ window }) => window === windowOf(limit, began, atMs));
          const abandoned = here.filter((each) => each.what === 'abandoned').length;
          expect(isOver(count, began, atMs)).toBe(exceeds(limit.most, here.length - abandoned, abandoned));
        }
      }),
      { seed: 4, numRuns: 200 },
    );
  });
});
