import { expect, test } from '@jest/globals';
import { dueTicks } from './pace.ts';

test('a tick is due at its time, and not before', () => {
  expect(dueTicks(0, 0)).toEqual({ first: 0, end: 1 });
  expect(dueTicks(19.9, 1)).toEqual({ first: 1, end: 1 });
  expect(dueTicks(20, 1)).toEqual({ first: 1, end: 2 });
});

test('a timer that is always late by a few ms loses no tick in an hour', () => {
  let next = 0;
  let served = 0;
  for (let elapsedMs = 0; elapsedMs < 3_600_000; elapsedMs += 23.7) {
    const { first, end } = dueTicks(elapsedMs, next);
    served += end - first;
    next = end;
  }
  expect(served).toBe(next);
  expect(next).toBe(180_000);
});

test('after a stall five ticks are made up, the rest is skipped', () => {
  expect(dueTicks(100, 3)).toEqual({ first: 3, end: 6 });
  expect(dueTicks(1_000, 3)).toEqual({ first: 46, end: 51 });
});

test('a clock read a little early is not a step back', () => {
  expect(dueTicks(10, 4)).toEqual({ first: 4, end: 4 });
});
