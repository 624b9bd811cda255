import { expect, test } from '@jest/globals';
import { Doubt } from './doubt.ts';
import { Liveness } from './liveness.ts';

const patience = { heartbeatMs: 1000, lostAfterMs: 3000, checkMs: 250 };

test('a process that stood still doubts with the first command, once, before any check has run', () => {
  const liveness = new Liveness(patience, 0);
  const doubt = new Doubt((nowMs) => liveness.stillSinceMs(nowMs));
  liveness.check(250);
  expect([500, 1000, 1249].map((nowMs) => doubt.countAt(nowMs))).toEqual([0, 0, 0]);
  expect([10_000, 10_001, 20_000].map((nowMs) => doubt.countAt(nowMs))).toEqual([1, 1, 1]);
  liveness.check(20_001);
  expect(doubt.countAt(20_002)).toBe(1);
  expect(doubt.countAt(30_000)).toBe(2);
});

test('it is raised by whoever knows', () => {
  const doubt = new Doubt(() => undefined);
  doubt.raise();
  expect(doubt.countAt(0)).toBe(1);
});
