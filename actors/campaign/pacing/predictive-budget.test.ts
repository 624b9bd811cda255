import { describe, expect, test } from '@jest/globals';
import {
  type Budget,
  countAbandoned,
  countAnswer,
  creditOf,
  freshBudget,
  priceOf,
  reserveOf,
  steer,
} from './predictive-budget.ts';

const hour = 3_600_000;
const start = 492_000 * hour;
const limit = 0.03;

function day(budget: Budget, fromMs: number, answers: number, abandoned: number): Budget {
  for (let n = 0; n < answers; n++) countAnswer(budget, fromMs);
  for (let n = 0; n < abandoned; n++) countAbandoned(budget, fromMs);
  return budget;
}

describe('the credit of abandonments', () => {
  test('is the share of the answers less what was abandoned', () => {
    expect(creditOf(freshBudget(), limit, start)).toBe(0);
    expect(creditOf(day(freshBudget(), start, 200, 2), limit, start)).toBeCloseTo(4);
    expect(creditOf(day(freshBudget(), start, 100, 5), limit, start)).toBeCloseTo(-2);
  });

  test('begins anew with a shift, but a day that was over the limit is still in the last 24 hours', () => {
    const good = day(freshBudget(), start, 1000, 0);
    expect(creditOf(good, limit, start + 15 * hour)).toBe(0);
    const bad = day(freshBudget(), start, 1000, 50);
    expect(creditOf(bad, limit, start + 15 * hour)).toBeCloseTo(-20);
    day(bad, start + 15 * hour, 100, 0);
    expect(creditOf(bad, limit, start + 15 * hour)).toBeCloseTo(-17);
    expect(creditOf(bad, limit, start + 30 * hour)).toBe(0);
  });

  test('does not lean on answers that are about to leave the last day', () => {
    const budget = day(freshBudget(), start, 1000, 0);
    for (let at = 3; at < 24; at += 3) day(budget, start + at * hour, 100, 4);
    // Over the whole day there is plenty; without its first hour there is not.
    expect(creditOf(budget, limit, start + 20 * hour)).toBeGreaterThan(10);
    expect(creditOf(budget, limit, start + 22.5 * hour)).toBeCloseTo(-7);
  });

  test('remembers a day of hours, however long it goes on', () => {
    const budget = freshBudget();
    for (let at = 0; at < 200; at++) day(budget, start + at * hour, 10, 1);
    expect(budget.hours.length).toBeLessThanOrEqual(24);
  });
});

describe('the price of a risk', () => {
  const known = day(freshBudget(), start, 1000, 25);

  test('is nothing without credit, and rises with it up to a maximum', () => {
    const reserve = reserveOf(known, limit, 25);
    expect(reserve).toBeCloseTo(5);
    expect(priceOf(known, 0, reserve)).toBe(0);
    expect(priceOf(known, -3, reserve)).toBe(0);
    const prices = [1.5, 3, 5, 8, 100, 1000].map((credit) => priceOf(known, credit, reserve));
    expect(prices).toEqual([...prices].sort((a, b) => a - b));
    expect(prices.at(-1)).toBeLessThanOrEqual(0.6);
  });

  test('is learned: too much credit left raises it for good, too little lowers it', () => {
    const [rich, poor] = [day(freshBudget(), start, 1000, 0), day(freshBudget(), start, 1000, 30)];
    for (let n = 0; n < 3000; n++) {
      steer(rich, 12, 5, limit);
      steer(poor, 1, 5, limit);
    }
    expect(priceOf(rich, 5, 5)).toBeGreaterThan(1.5 * priceOf(freshBudget(), 5, 5));
    expect(priceOf(poor, 5, 5)).toBeLessThan(priceOf(freshBudget(), 5, 5) / 1.4);
  });

  test('needs a larger reserve for a larger team, a smaller one while little has come in', () => {
    expect(reserveOf(known, limit, 400)).toBeGreaterThan(reserveOf(known, limit, 5));
    expect(reserveOf(day(freshBudget(), start, 20, 0), limit, 400)).toBeLessThan(2);
  });
});
