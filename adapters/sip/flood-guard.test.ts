import { describe, expect, test } from '@jest/globals';
import { FloodGuard } from './flood-guard.ts';
import { TokenBucket } from './token-bucket.ts';

const admitted = (guard: FloodGuard, address: string, tries: number, nowMs = 0): number =>
  Array.from({ length: tries }, () => guard.admits(address, nowMs)).filter(Boolean).length;

describe('a token bucket', () => {
  test('gives the burst at once and the rate from then on', () => {
    const bucket = new TokenBucket({ ratePerSecond: 10, burst: 3 }, 0);
    const take = (nowMs: number): boolean => bucket.take(nowMs);
    expect([0, 0, 0, 0].map(take)).toEqual([true, true, true, false]);
    expect([99, 100, 100, 200].map(take)).toEqual([false, true, false, true]);
  });

  test('never saves more than the burst', () => {
    const bucket = new TokenBucket({ ratePerSecond: 10, burst: 2 }, 0);
    expect([1e9, 1e9, 1e9].map((nowMs) => bucket.take(nowMs))).toEqual([true, true, false]);
  });

  test('outlives a clock that is set back', () => {
    const bucket = new TokenBucket({ ratePerSecond: 10, burst: 1 }, 1e6);
    expect([1e6, 0, 100].map((nowMs) => bucket.take(nowMs))).toEqual([true, false, true]);
  });
});

describe('a flood guard', () => {
  const limits = { perSource: { ratePerSecond: 1, burst: 5 }, global: { ratePerSecond: 1, burst: 8 } };

  test('one source has its own limit', () => {
    const guard = new FloodGuard(limits, 0);
    expect(admitted(guard, '203.0.113.1', 100)).toBe(5);
  });

  test('all sources share the global limit', () => {
    const guard = new FloodGuard(limits, 0);
    const all = ['203.0.113.1', '203.0.113.2', '203.0.113.3'].map((address) => admitted(guard, address, 100));
    expect(all).toEqual([5, 3, 0]);
  });

  test('a gateway of ours gets through while strangers flood', () => {
    const guard = new FloodGuard(limits, 0);
    guard.trust('192.0.2.1');
    for (let source = 0; source < 10_000; source += 1) admitted(guard, `198.51.${source >> 8}.${source & 255}`, 2);
    expect(admitted(guard, '192.0.2.1', 100)).toBe(100);
  });

  test('addresses that a gateway left long ago are forgotten, the ones in use are not', () => {
    const guard = new FloodGuard({ ...limits, perSource: { ratePerSecond: 0, burst: 0 } }, 0);
    guard.trust('203.0.113.1');
    for (let moved = 0; moved < 2000; moved += 1) {
      guard.trust(`198.51.${moved >> 8}.${moved & 255}`);
      guard.trust('192.0.2.1');
    }
    expect(['203.0.113.1', '198.51.0.0', '192.0.2.1'].map((address) => guard.admits(address, 0))).toEqual([
      false,
      false,
      true,
    ]);
  });

  test('a flooder stays refused while others come and go', () => {
    const guard = new FloodGuard({ ...limits, global: { ratePerSecond: 1e6, burst: 1e6 } }, 0);
    admitted(guard, '203.0.113.1', 100);
    for (let source = 0; source < 1000; source += 1) admitted(guard, `198.51.${source >> 8}.${source & 255}`, 1);
    expect(admitted(guard, '203.0.113.1', 100)).toBe(0);
  });
});
