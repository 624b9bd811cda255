import { describe, expect, test } from '@jest/globals';
import { normalQuantile, uniform } from './chance.ts';
import { type Distribution, sampler } from './distribution.ts';

const draws = 40_000;
const numbers = (purpose: number) => Array.from({ length: draws }, (_, n) => uniform(7, n, purpose));
const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Of many draws: the mean, and the share below a length. */
function drawn(of: Distribution, belowMs: number) {
  const draw = sampler(of);
  const lengths = numbers(3).map((pick, n) => draw(pick, uniform(7, n, 4)));
  return { mean: meanOf(lengths), below: lengths.filter((ms) => ms < belowMs).length / draws };
}

describe('chance', () => {
  test('is the same for the same words, and another for any other', () => {
    expect(uniform(1, 2, 3)).toBe(uniform(1, 2, 3));
    const others = [uniform(2, 2, 3), uniform(1, 3, 3), uniform(1, 2, 4), uniform(1, 3, 2)];
    expect(new Set([uniform(1, 2, 3), ...others]).size).toBe(5);
  });

  test('is even over its range, and of one purpose does not tell another', () => {
    const [some, others] = [numbers(1), numbers(2)];
    // Chi-squared of 20 parts, 19 degrees of freedom: 43.8 is passed once in a thousand. The seed is fixed.
    const parts = new Array<number>(20).fill(0);
    for (const value of some) parts[Math.floor(value * 20)] = (parts[Math.floor(value * 20)] ?? 0) + 1;
    expect(parts.reduce((sum, count) => sum + (count - draws / 20) ** 2 / (draws / 20), 0)).toBeLessThan(43.8);
    const together = meanOf(some.map((value, at) => (value - 0.5) * ((others[at] ?? 0) - 0.5))) * 12;
    expect(Math.abs(together)).toBeLessThan(0.02);
    const nextInLine = meanOf(some.slice(1).map((value, at) => (value - 0.5) * ((some[at] ?? 0) - 0.5))) * 12;
    expect(Math.abs(nextInLine)).toBeLessThan(0.02);
  });

  test('knows the quantiles of the normal distribution', () => {
    expect(normalQuantile(0.5)).toBeCloseTo(0, 9);
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963985, 8);
    expect(normalQuantile(0.001)).toBeCloseTo(-3.090232306, 8);
    expect(normalQuantile(0.999)).toBeCloseTo(3.090232306, 8);
  });
});

describe('distributions', () => {
  test('have the means and medians that they promise', () => {
    expect(drawn({ exactly: 500 }, 501)).toEqual({ mean: 500, below: 1 });
    const even = drawn({ uniform: { from: 100, to: 300 } }, 150);
    expect(even.mean).toBeCloseTo(200, -1);
    expect(even.below).toBeCloseTo(0.25, 1);
    const memoryless = drawn({ exponential: { mean: 1000 } }, 1000);
    expect(memoryless.mean / 1000).toBeCloseTo(1, 1);
    expect(memoryless.below).toBeCloseTo(1 - Math.exp(-1), 1);
    const skew = drawn({ lognormal: { median: 1000, sigma: 0.5 } }, 1000);
    expect(skew.mean / (1000 * Math.exp(0.125))).toBeCloseTo(1, 1);
    expect(skew.below).toBeCloseTo(0.5, 1);
  });

  test('mix by their shares', () => {
    const mixed = drawn(
      [
        { share: 3, is: { exactly: 100 } },
        { share: 1, is: { exactly: 500 } },
      ],
      200,
    );
    expect(mixed.below).toBeCloseTo(0.75, 1);
    expect(mixed.mean / 200).toBeCloseTo(1, 1);
  });
});
