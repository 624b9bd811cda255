import { describe, expect, test } from '@jest/globals';
import { policyContract } from '#test/policy-contract.ts';
import type { PacingConfig, PacingEvent, PacingPolicy } from './policy.ts';
import { power, powerOf } from './power.ts';
import { progressive } from './progressive.ts';

const config: PacingConfig = {
  maxAbandonRate: 0.03,
  connectDeadlineMs: 2000,
  ringTimeoutMs: 20_000,
  maxLines: 10,
  tickMs: 200,
};
const ready = (agentId: string): PacingEvent => ({ type: 'agent-ready', agentId, at: 1000 });
const started = (callId: string): PacingEvent => ({ type: 'attempt-started', callId, at: 1000 });
const about = (type: 'attempt-answered' | 'call-abandoned', callId: string): PacingEvent => ({
  type,
  callId,
  at: 1000,
});
const connected: PacingEvent = { type: 'call-connected', callId: 'c1', agentId: 'ann', at: 1000 };

/** How many attempts it asks for after the events. */
function asked<S>(policy: PacingPolicy<S>, ...events: PacingEvent[]): number {
  return policy.decide(events.reduce(policy.evolve, policy.initial(config)), 1000);
}

policyContract('power', power);
policyContract('progressive', progressive);
policyContract('a fixed level', powerOf(1.3, 'signed-on'));

describe('progressive pacing', () => {
  test('has one attempt out for each ready agent', () => {
    expect(asked(progressive, ready('ann'), ready('bob'))).toBe(2);
    expect(asked(progressive, ready('ann'), ready('bob'), started('c1'))).toBe(1);
    expect(asked(progressive, ready('ann'), ready('ann'))).toBe(1);
  });

  test('counts an answer that still waits for its agent as out', () => {
    expect(asked(progressive, ready('ann'), started('c1'), about('attempt-answered', 'c1'))).toBe(0);
    expect(asked(progressive, ready('ann'), started('c1'), about('attempt-answered', 'c1'), connected)).toBe(0);
  });

  test('dials for an agent who is left when the answer was abandoned or nobody answered', () => {
    const gone: PacingEvent = { type: 'attempt-failed', callId: 'c1', cause: 'busy', at: 1000 };
    expect(asked(progressive, ready('ann'), started('c1'), gone)).toBe(1);
    expect(asked(progressive, ready('ann'), started('c1'), about('call-abandoned', 'c1'))).toBe(1);
  });

  test('asks for nothing when the last agent has gone', () => {
    expect(asked(progressive, ready('ann'), { type: 'agent-away', agentId: 'ann', at: 1000 })).toBe(0);
  });
});

describe('power dialing', () => {
  test('has its ratio of attempts out for each ready agent', () => {
    expect(asked(power, ready('ann'))).toBe(2);
    expect(asked(powerOf(3), ready('ann'), ready('bob'), started('c1'))).toBe(5);
    expect(asked(power, ready('ann'), started('c1'), about('attempt-answered', 'c1'), connected)).toBe(0);
  });

  test('comes to a fraction of a line over time', () => {
    const policy = powerOf(1.3);
    let state = policy.initial({ ...config, maxLines: 1000 });
    let sum = 0;
    for (let n = 0; n < 1000; n++) {
      state = policy.evolve(state, ready('ann'));
      sum += policy.decide(state, 1000);
    }
    expect(sum / 1000).toBeCloseTo(1.3, 2);
  });

  test('keeps a level of lines for all who are signed on, those in a call included', () => {
    const level = powerOf(2, 'signed-on');
    const talks = [ready('ann'), ready('bob'), started('c1'), about('attempt-answered', 'c1'), connected];
    expect(asked(level, ...talks)).toBe(3);
  });
});
