import { describe, expect, test } from '@jest/globals';
import { policyContract } from '#test/policy-contract.ts';
import { chanceConstrained } from './chance-constrained.ts';
import type { PacingConfig, PacingEvent } from './policy.ts';

const config: PacingConfig = {
  maxAbandonRate: 0.03,
  connectDeadlineMs: 2000,
  ringTimeoutMs: 20_000,
  maxLines: 4000,
  tickMs: 200,
};
const noon = 20_000 * 86_400_000 + 43_200_000;
const team = (size: number): PacingEvent[] =>
  Array.from({ length: size }, (_, n) => ({ type: 'agent-ready', agentId: `a${n}`, at: noon }));

/** Attempts of which every nth is answered after 8 s, and of those answered the first abandoned: what it has learned from. */
function past(count: number, { everyNth, abandoned = 0 }: { everyNth: number; abandoned?: number }): PacingEvent[] {
  const events = Array.from({ length: count }, (_, n): PacingEvent[] => {
    const callId = `p${n}`;
    const at = noon - 300_000 + n * 250;
    const rings: PacingEvent[] = [
      { type: 'attempt-started', callId, at },
      { type: 'attempt-ringing', callId, at: at + 1500 },
    ];
    if (n % everyNth > 0) return [...rings, { type: 'attempt-failed', callId, cause: 'no-answer', at: at + 20_000 }];
    const lost: PacingEvent[] = n / everyNth < abandoned ? [{ type: 'call-abandoned', callId, at: at + 10_000 }] : [];
    return [
      ...rings,
      { type: 'attempt-answered', callId, at: at + 8000 },
      ...lost,
      { type: 'call-ended', callId, agentId: '', at: at + 12_000 },
    ];
  });
  return events.flat().sort((one, other) => one.at - other.at);
}

const asked = (...events: PacingEvent[]) =>
  chanceConstrained.decide(events.reduce(chanceConstrained.evolve, chanceConstrained.initial(config)), noon + 60_000);

policyContract('chance-constrained', chanceConstrained);

describe('chance-constrained dialing', () => {
  test('dials the more, the fewer answer', () => {
    const rarely = asked(...past(1000, { everyNth: 10 }), ...team(20));
    const often = asked(...past(1000, { everyNth: 2 }), ...team(20));
    expect(often).toBeGreaterThan(20);
    expect(rarely).toBeGreaterThan(often * 2);
    // Hardly ever more answers than agents, on average.
    expect(rarely).toBeLessThan(1.5 * 20 * 10);
  });

  test('dials more for each agent, the more agents there are: chances even out', () => {
    const events = past(1000, { everyNth: 4, abandoned: 5 });
    expect(asked(...events, ...team(100)) / 100).toBeGreaterThan(asked(...events, ...team(5)) / 5);
  });

  test('counts on agents who are about to finish', () => {
    const talks = Array.from({ length: 10 }, (_, n): PacingEvent[] => [
      { type: 'attempt-started', callId: `t${n}`, at: noon },
      { type: 'attempt-answered', callId: `t${n}`, at: noon },
      { type: 'call-connected', callId: `t${n}`, agentId: `a${n}`, at: noon },
    ]).flat();
    const wraps = Array.from(
      { length: 10 },
      (_, n): PacingEvent => ({ type: 'call-ended', callId: `t${n}`, agentId: `a${n}`, at: noon + 50_000 }),
    );
    const events = [...past(1000, { everyNth: 4 }), ...team(20), ...talks];
    expect(asked(...events, ...wraps)).toBeGreaterThan(asked(...events));
  });

  test('comes down to one line for each ready agent when the day has abandoned too many', () => {
    expect(asked(...past(1000, { everyNth: 4, abandoned: 30 }), ...team(20))).toBe(20);
  });
});
