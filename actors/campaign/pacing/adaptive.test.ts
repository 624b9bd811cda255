import { describe, expect, test } from '@jest/globals';
import { policyContract } from '#test/policy-contract.ts';
import { adaptive, adaptiveOf } from './adaptive.ts';
import type { PacingConfig, PacingEvent } from './policy.ts';

const config: PacingConfig = {
  maxAbandonRate: 0.03,
  connectDeadlineMs: 2000,
  ringTimeoutMs: 20_000,
  maxLines: 100,
  tickMs: 200,
};
const noon = 20_000 * 86_400_000 + 43_200_000;
const ready = (agentId: string, ms = 0): PacingEvent => ({ type: 'agent-ready', agentId, at: noon + ms });
const team = Array.from({ length: 10 }, (_, n) => ready(`a${n}`));
const started = (count: number, ms: number): PacingEvent[] =>
  Array.from({ length: count }, (_, n) => ({ type: 'attempt-started', callId: `c${ms}.${n}`, at: noon + ms }));

/** How many attempts it asks for so many ms after noon. */
const asked = (ms: number, ...events: PacingEvent[]) =>
  adaptive.decide(events.reduce(adaptive.evolve, adaptive.initial(config)), noon + ms);

policyContract('adaptive', adaptive);

describe('the adaptive dial level', () => {
  test('begins with one line for each agent', () => {
    expect(asked(0, ...team)).toBe(10);
  });

  test('grows with those who wait for a call, every 15 s, up to its maximum', () => {
    // All ten are ready: the level doubles.
    expect(asked(14_999, ...team)).toBe(10);
    expect(asked(15_000, ...team)).toBe(20);
    expect(asked(30_000, ...team)).toBe(30);
    expect(asked(600_000, ...team)).toBe(30);
    const higher = adaptiveOf(6);
    expect(higher.decide(team.reduce(higher.evolve, higher.initial(config)), noon + 600_000)).toBe(60);
  });

  test('goes by the average of the last minute, whoever waits for an agent counting against it', () => {
    const busy = team
      .slice(0, 5)
      .map((_, n): PacingEvent => ({ type: 'call-connected', callId: `x${n}`, agentId: `a${n}`, at: noon + 7500 }));
    // Half of the time ten are ready, then five: 7.5 of 10 on average.
    expect(asked(15_000, ...team, ...busy)).toBe(17);
  });

  test('is halved every 15 s while the day has abandoned more than it may', () => {
    const lost: PacingEvent[] = [
      ...started(1, 40_000),
      { type: 'attempt-answered', callId: 'c40000.0', at: noon + 41_000 },
      { type: 'call-abandoned', callId: 'c40000.0', at: noon + 43_000 },
      { type: 'call-ended', callId: 'c40000.0', agentId: '', at: noon + 44_000 },
    ];
    expect(asked(44_000, ...team, ...lost)).toBe(30);
    expect(asked(45_000, ...team, ...lost)).toBe(15);
    expect(asked(60_000, ...team, ...lost)).toBe(10);
    // The next day is another one.
    const nextDay = ready('a0', 86_400_000);
    expect(asked(86_400_000 + 60_000, ...team, ...lost, nextDay)).toBe(30);
  });

  test('places lines every two and a half seconds', () => {
    const out = started(4, 1000);
    expect(asked(3499, ...team, ...out)).toBe(0);
    expect(asked(3500, ...team, ...out)).toBe(6);
  });
});
