import { describe, expect, test } from '@jest/globals';
import { type Chances, freshReturn, shareOf, weigh } from './predictive-return.ts';

const usual: Chances = { unrung: 0.27, rung: 0.3 };
const silent: Chances = { unrung: 0.0009, rung: 0.001 };
const rare: Chances = { unrung: 0.072, rung: 0.08 };
/** After so many attempts that were answered, as believed at the time. */
function remembered(answers: number, now = usual) {
  const memo = freshReturn();
  for (let n = 0; n < answers; n++) weigh(memo, { came: 'answered', rang: true }, now);
  return memo;
}

describe('what people answered before', () => {
  test('is the mean of what was believed when answers came', () => {
    expect(remembered(200).unrung).toBeCloseTo(0.27);
  });

  test('is what most of the answers of a silence would be of', () => {
    expect(shareOf(remembered(200), silent)).toBeGreaterThan(0.5);
  });

  test('weighs little where fewer answer, but some do', () => {
    expect(shareOf(remembered(200), rare)).toBeLessThan(0.03);
  });

  test('is not forgotten while nobody answers, however long', () => {
    const memo = remembered(200);
    for (let n = 0; n < 20_000; n++) weigh(memo, { came: 'failed', rang: n % 2 === 0 }, silent);
    expect(memo.unrung).toBeCloseTo(0.27);
    expect(shareOf(memo, silent)).toBeGreaterThan(0.5);
  });

  test('is forgotten by many answers of a list on which fewer answer', () => {
    const memo = remembered(300);
    for (let n = 0; n < 12_000; n++) weigh(memo, { came: n % 12 === 0 ? 'answered' : 'failed', rang: true }, rare);
    expect(memo.unrung).toBeLessThan(0.09);
  });

  test('is believed in again after two answers, or after rings where all failed', () => {
    const answered = remembered(200);
    for (let n = 0; n < 2; n++) weigh(answered, { came: 'answered', rang: true }, silent);
    expect(answered.belief).toBeGreaterThan(0.9);
    const rang = remembered(200);
    for (let n = 0; n < 2; n++) weigh(rang, { came: 'ringing', rang: false }, { unrung: 0.001, rung: 0.3 });
    expect(rang.belief).toBeGreaterThan(0.9);
  });
});
