import { describe, expect, test } from '@jest/globals';
import { tailOf } from './predictive-tail.ts';

/** The tail of a sum of chances, by going through all of them. */
function exactTail(chances: readonly number[], least: number): number {
  let of = [1];
  for (const p of chances) of = [...of, 0].map((_, k) => (of[k] ?? 0) * (1 - p) + (of[k - 1] ?? 0) * p);
  return of.slice(Math.max(0, least)).reduce((sum, p) => sum + p, 0);
}
const moments = (chances: readonly number[]) =>
  [chances.reduce((sum, p) => sum + p, 0), chances.reduce((sum, p) => sum + p * (1 - p), 0)] as const;

describe('the tail of a sum of small chances', () => {
  test.each([
    ['few of them', new Array(8).fill(0.2), 0.03],
    ['a mixture', [...new Array(10).fill(0.05), ...new Array(10).fill(0.3)], 0.02],
    ['very many', new Array(400).fill(0.1), 0.01],
  ])('is near the exact one: %s', (_, chances: number[], within) => {
    const [mean, variance] = moments(chances);
    for (let least = 1; least <= mean + 3 * Math.sqrt(variance); least++) {
      expect(Math.abs(tailOf(mean, variance, least) - exactTail(chances, least))).toBeLessThan(within);
    }
  });

  test('is a step where nothing is left to chance', () => {
    expect(tailOf(3, 0, 3)).toBe(1);
    expect(tailOf(2.9, 0, 3)).toBe(0);
  });

  test('falls with what is asked for, and stays a probability', () => {
    for (const [mean, variance] of [
      [0.4, 0.3],
      [-2, 1.5],
      [5, 19.9],
      [30, 25],
    ] as const) {
      let before = 1;
      for (let least = -10; least < 60; least++) {
        const tail = tailOf(mean, variance, least);
        expect(tail).toBeGreaterThanOrEqual(0);
        expect(tail).toBeLessThanOrEqual(before + 1e-9);
        before = tail;
      }
    }
  });
});
