import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { agentless } from './agentless.ts';
import type { PacingConfig } from './policy.ts';

const config: PacingConfig = {
  maxAbandonRate: 0.03,
  connectDeadlineMs: 2000,
  ringTimeoutMs: 15_000,
  maxLines: 3,
  tickMs: 200,
  callsPerSecond: 5,
};
const start = (at: number) => ({ type: 'attempt-started', callId: `c${at}`, at }) as const;

describe('agentless pacing', () => {
  test('is not held up by attempts of a node whose clock was a minute ahead', () => {
    const ahead = [start(61_000), start(61_000)].reduce(agentless.evolve, agentless.initial(config));
    expect(agentless.decide(ahead, 1000)).toBe(1);
    const again = agentless.evolve(
      agentless.evolve(ahead, { type: 'call-ended', callId: 'c', agentId: '', at: 1000 }),
      start(1000),
    );
    expect(agentless.decide({ ...again, lines: 0 }, 1000)).toBe(1);
    expect(agentless.decide({ ...agentless.evolve(again, start(1000)), lines: 0 }, 1000)).toBe(0);
  });

  test('keeps its rate, though ticks come a little early', () => {
    let state = agentless.initial({ ...config, maxLines: 100 });
    let started = 0;
    for (let tick = 0; tick < 50; tick++) {
      // The attempts of a tick start a moment after it.
      const now = 1000 + tick * 200;
      const count = agentless.decide(state, now);
      for (let i = 0; i < count; i++) state = agentless.evolve(state, start(now + 3));
      started += count;
    }
    expect(started).toBeGreaterThanOrEqual(50);
    expect(started).toBeLessThanOrEqual(51);
  });

  test('starts what it may and waits for the rest', () => {
    const first = [start(1000), start(1000)].reduce(agentless.evolve, agentless.initial(config));
    expect(agentless.decide(agentless.initial(config), 1000)).toBe(2);
    expect(agentless.decide(first, 1199)).toBe(0);
    expect(agentless.decide(first, 1200)).toBe(1);
  });

  test('fills the lines at once where there is no rate', () => {
    const { callsPerSecond: _, ...unlimited } = config;
    expect(agentless.decide(agentless.initial(unlimited), 0)).toBe(3);
  });

  test('stops at its lines and goes on when one is free', () => {
    const full = [1000, 2000, 3000].map(start).reduce(agentless.evolve, agentless.initial(config));
    expect(agentless.decide(full, 9000)).toBe(0);
    const ended = agentless.evolve(full, { type: 'call-ended', callId: 'c1000', agentId: '', at: 9000 });
    expect(agentless.decide(ended, 9000)).toBe(1);
  });

  test('never goes over its lines or its rate, whatever happens', () => {
    const steps = fc.array(fc.record({ waitMs: fc.integer({ min: 0, max: 1500 }), ends: fc.boolean() }), {
      maxLength: 100,
    });
    const configs = fc.record({
      maxLines: fc.integer({ min: 1, max: 60 }),
      callsPerSecond: fc.double({ min: 0.1, max: 80, noNaN: true }),
    });
    fc.assert(
      fc.property(configs, steps, (limits, happened) => {
        let state = agentless.initial({ ...config, ...limits });
        let at = 50_000;
        let lines = 0;
        let started = 0;
        for (const { waitMs, ends } of happened) {
          at += waitMs;
          const count = agentless.decide(state, at);
          expect(Number.isInteger(count) && count >= 0).toBe(true);
          for (let i = 0; i < count; i++) state = agentless.evolve(state, start(at));
          lines += count;
          started += count;
          expect(lines).toBeLessThanOrEqual(limits.maxLines);
          if (ends && lines > 0) {
            state = agentless.evolve(state, { type: 'call-ended', callId: 'any', agentId: '', at });
            lines--;
          }
        }
        const burst = 1 + (limits.callsPerSecond * config.tickMs) / 1000;
        expect(started).toBeLessThanOrEqual(burst + ((at - 50_000) * limits.callsPerSecond) / 1000 + 1e-6);
      }),
    );
  });
});
