import { expect, test } from '@jest/globals';
import { leaseOf } from './lease.ts';

test('a lease is longer than the longest call of its plan, whatever the plan is', () => {
  for (const plan of [
    { ringTimeoutMs: 15_000, maxTalkMs: 60_000 },
    { ringTimeoutMs: 20 * 60_000, maxTalkMs: 60 * 60_000 },
  ]) {
    // The call's own watchdogs give it a minute after each of the two.
    expect(leaseOf(plan)).toBeGreaterThan(plan.ringTimeoutMs + 60_000 + plan.maxTalkMs + 60_000);
  }
});
