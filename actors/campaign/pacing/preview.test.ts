import { describe, expect, test } from '@jest/globals';
import { policyContract } from '#test/policy-contract.ts';
import { manual } from './manual.ts';
import type { PacingConfig, PacingEvent } from './policy.ts';
import { preview } from './preview.ts';

const config: PacingConfig = {
  maxAbandonRate: 0.03,
  connectDeadlineMs: 2000,
  ringTimeoutMs: 20_000,
  maxLines: 10,
  tickMs: 200,
};
const seconds = (count: number) => 1_000_000 + count * 1000;
const ready = (agentId: string, second: number): PacingEvent => ({ type: 'agent-ready', agentId, at: seconds(second) });
const started = (callId: string, second: number): PacingEvent => ({
  type: 'attempt-started',
  callId,
  at: seconds(second),
});
const failed = (callId: string, second: number): PacingEvent => ({
  type: 'attempt-failed',
  callId,
  cause: 'busy',
  at: seconds(second),
});

/** How many attempts the timer starts at a second, after the events. */
const at = (second: number, ...events: PacingEvent[]) =>
  preview.decide(events.reduce(preview.evolve, preview.initial(config)), seconds(second));

policyContract('preview', preview);
policyContract('manual', manual);

describe('preview pacing', () => {
  test('gives each agent twenty seconds to look, then dials', () => {
    const events = [ready('ann', 0), ready('bob', 5)];
    expect(at(19.9, ...events)).toBe(0);
    expect(at(20, ...events)).toBe(1);
    expect(at(25, ...events)).toBe(2);
  });

  test('leaves an agent alone who has accepted before, until the attempt has failed', () => {
    const accepted = [ready('ann', 0), started('c1', 8)];
    expect(at(40, ...accepted)).toBe(0);
    expect(at(49.9, ...accepted, failed('c1', 30))).toBe(0);
    expect(at(50, ...accepted, failed('c1', 30))).toBe(1);
  });

  test('begins again with the next contact where the agent skips', () => {
    const skipped = [ready('ann', 0), ready('ann', 15)];
    expect(at(34, ...skipped)).toBe(0);
    expect(at(35, ...skipped)).toBe(1);
  });

  test('does not dial for an agent who talks or has gone', () => {
    const answered: PacingEvent = { type: 'attempt-answered', callId: 'c1', at: seconds(9) };
    const talks: PacingEvent = { type: 'call-connected', callId: 'c1', agentId: 'ann', at: seconds(9) };
    expect(at(99, ready('ann', 0), started('c1', 8), answered, talks)).toBe(0);
    expect(at(99, ready('ann', 0), { type: 'agent-away', agentId: 'ann', at: seconds(3) })).toBe(0);
    const ended: PacingEvent = { type: 'call-ended', callId: 'c1', agentId: 'ann', at: seconds(60) };
    expect(at(99, ready('ann', 0), started('c1', 8), answered, talks, ended)).toBe(0);
  });
});

test('manual pacing leaves every attempt to the agents', () => {
  const state = [ready('ann', 0), ready('bob', 0)].reduce(manual.evolve, manual.initial(config));
  expect(manual.decide(state, seconds(999))).toBe(0);
});
