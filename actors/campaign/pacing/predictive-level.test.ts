import { describe, expect, test } from '@jest/globals';
import { countLine, factorOf, freshLevel, jumpOf } from './predictive-level.ts';

/** So many lines of which each is expected to be answered with 0.3, and every nth is. */
function levelAfter(lines: number, everyNth: number, level = freshLevel()) {
  for (let n = 0; n < lines; n++) {
    countLine(level, n % everyNth === 0, 0.3);
    // As soon as enough is known, with nothing that rings meanwhile.
    if (!level.begun) jumpOf(level, 0);
  }
  return level;
}

describe('the level of answers', () => {
  test('is one, and in doubt, before anything is known', () => {
    const { mean, doubt } = factorOf(freshLevel(), 0);
    expect(mean).toBe(1);
    expect(doubt).toBeGreaterThan(0.25);
    expect(jumpOf(freshLevel(), 5)).toBe(1);
  });

  test('stays near one where answers come as expected, and doubt goes', () => {
    const { mean, doubt } = factorOf(levelAfter(2000, 3), 0);
    expect(mean).toBeGreaterThan(0.9);
    expect(mean).toBeLessThan(1.2);
    expect(doubt).toBeLessThan(0.02);
    expect(jumpOf(levelAfter(2000, 3), 0)).toBe(1);
  });

  test('counts what was to be expected of lines that still ring against the answers', () => {
    const level = levelAfter(1000, 3);
    expect(factorOf(level, 30).mean).toBeLessThan(factorOf(level, 0).mean);
  });

  test('begins with what rings then as no evidence', () => {
    const level = freshLevel();
    for (let n = 0; n < 100; n++) countLine(level, true, 0.3);
    expect(jumpOf(level, 80)).toBe(1);
    expect(factorOf(level, 80).mean).toBe(1);
  });

  test('sees a jump, up or down, and then goes on from there', () => {
    const up = levelAfter(120, 1, levelAfter(1000, 3));
    expect(jumpOf(up, 0)).toBeGreaterThan(1.5);
    expect(jumpOf(up, 0)).toBe(1);
    const down = levelAfter(250, 50, levelAfter(1000, 3));
    expect(jumpOf(down, 0)).toBeLessThan(0.6);
  });
});
