import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { policyContract } from '#test/policy-contract.ts';
import type { PacingConfig, PacingEvent } from './policy.ts';
import { type PredictiveState, predictive } from './predictive.ts';

const config: PacingConfig = {
  maxAbandonRate: 0.03,
  connectDeadlineMs: 2000,
  ringTimeoutMs: 20_000,
  maxLines: 400,
  tickMs: 200,
};
const noon = 20_000 * 86_400_000 + 43_200_000;

policyContract('predictive', predictive);

const team = (size: number, at: number): PacingEvent[] =>
  Array.from({ length: size }, (_, n) => ({ type: 'agent-ready', agentId: `a${n}`, at }));

/** Attempts, one each half second, that ring after 2 s; every nth is answered after 8 s and talks for a minute, the others ring for 20 s. */
function past(count: number, everyNth: number, fromMs: number, abandoned = 0): PacingEvent[] {
  return Array.from({ length: count }, (_, n): PacingEvent[] => {
    const [callId, agentId, at] = [`p${fromMs}.${n}`, `p${n}`, fromMs + n * 500];
    const rang: PacingEvent[] = [
      { type: 'attempt-started', callId, at },
      { type: 'attempt-ringing', callId, at: at + 2000 },
    ];
    if (n % everyNth > 0) return [...rang, { type: 'attempt-failed', callId, cause: 'no-answer', at: at + 20_000 }];
    const answered: PacingEvent[] = [...rang, { type: 'attempt-answered', callId, at: at + 8000 }];
    if (n / everyNth < abandoned) return [...answered, { type: 'call-abandoned', callId, at: at + 10_000 }];
    return [
      ...answered,
      { type: 'call-connected', callId, agentId, at: at + 8000 },
      { type: 'call-ended', callId, agentId, at: at + 68_000 },
      { type: 'agent-away', agentId, at: at + 78_000 },
    ];
  })
    .flat()
    .sort((a, b) => a.at - b.at);
}
const stateAfter = (events: readonly PacingEvent[], more: Partial<PacingConfig> = {}): PredictiveState =>
  events.reduce(predictive.evolve, predictive.initial({ ...config, ...more }));
const lastOf = (events: readonly PacingEvent[]) => (events.at(-1)?.at ?? noon) + 300_000;
/** How many it dials for a team that comes when the past is over. */
function dialedFor(size: number, events: readonly PacingEvent[]): number {
  const at = lastOf(events);
  return predictive.decide(stateAfter([...events, ...team(size, at)]), at);
}

describe('predictive dialing', () => {
  test('starts the day with one line for each ready agent: it knows nothing', () => {
    expect(predictive.decide(stateAfter(team(20, noon)), noon)).toBe(20);
  });

  test('dials the more, the fewer answer', () => {
    const [rarely, often] = [dialedFor(20, past(1200, 6, noon, 2)), dialedFor(20, past(1200, 2, noon, 14))];
    expect(often).toBeGreaterThan(20);
    expect(rarely).toBeGreaterThan(often * 2);
    // Not as many as would keep all busy on average: the answers might come together.
    expect(rarely).toBeLessThan(20 * 6);
  });

  test('dials more for each agent, the more agents there are: chances even out', () => {
    const events = past(1200, 4, noon, 5);
    expect(dialedFor(80, events) / 80).toBeGreaterThan(1.3 * (dialedFor(5, events) / 5));
  });

  test('does not count on a line that has rung for longer than people take to answer', () => {
    const events = past(1200, 3, noon, 8);
    const at = lastOf(events);
    const attempts = Array.from({ length: 12 }, (_, n): PacingEvent[] => [
      { type: 'attempt-started', callId: `r${n}`, at },
      { type: 'attempt-ringing', callId: `r${n}`, at: at + 2000 },
    ]);
    const state = stateAfter([...events, ...team(5, at), ...attempts.flat()]);
    expect(predictive.decide(state, at + 5000)).toBe(0);
    expect(predictive.decide(state, at + 15_000)).toBeGreaterThan(4);
  });

  test('counts on agents who are about to be ready, and less where many go on a break', () => {
    const events = past(1200, 3, noon);
    const at = lastOf(events);
    const talks = Array.from({ length: 15 }, (_, n): PacingEvent[] => [
      { type: 'attempt-started', callId: `t${n}`, at },
      { type: 'attempt-answered', callId: `t${n}`, at: at + 1000 },
      { type: 'call-connected', callId: `t${n}`, agentId: `a${n}`, at: at + 1000 },
    ]).flat();
    const wraps = Array.from(
      { length: 15 },
      (_, n): PacingEvent => ({ type: 'call-ended', callId: `t${n}`, agentId: `a${n}`, at: at + 62_000 }),
    );
    const story = [...events, ...team(20, at), ...talks];
    const asked = (...more: PacingEvent[]) => predictive.decide(stateAfter([...story, ...more]), at + 66_000);
    const leave = Array.from(
      { length: 15 },
      (_, n): PacingEvent => ({ type: 'agent-away', agentId: `others${n}`, at: at + 65_000 }),
    );
    expect(asked(...wraps)).toBeGreaterThan(asked(wraps[0] as PacingEvent) + 5);
    expect(asked(...wraps, ...leave)).toBeLessThan(asked(...wraps));
  });

  test('follows a jump of the answers within a minute', () => {
    const events = past(2400, 8, noon);
    const [before] = [dialedFor(20, events)];
    // Three times as many answer, for 50 s.
    const after = dialedFor(20, [...events, ...past(200, 2, lastOf(events))]);
    expect(after).toBeLessThan(before * 0.6);
  });

  describe('when nobody has answered for a while, and answers may return at once', () => {
    const before = past(1200, 3, noon, 8);
    const silence = past(2000, Number.POSITIVE_INFINITY, lastOf(before));
    const outage = Array.from({ length: 2000 }, (_, n): PacingEvent[] => {
      const [callId, at] = [`o${n}`, lastOf(before) + n * 200];
      return [
        { type: 'attempt-started', callId, at },
        { type: 'attempt-failed', callId, cause: 'unreachable', at: at + 100 },
      ];
    }).flat();

    test.each([
      ['all ring unanswered', silence],
      ['all fail at once', outage],
    ])('hardly opens more lines than if people answered as they did: %s', (_, events) => {
      expect(dialedFor(5, [...before, ...events])).toBeLessThanOrEqual(1.25 * dialedFor(5, before));
      expect(dialedFor(40, [...before, ...events])).toBeLessThanOrEqual(1.25 * dialedFor(40, before));
    });

    test('a few who answer are what is normal where it has been so for hours', () => {
      const events = [...before, ...past(8000, 12, lastOf(before), 16)];
      expect(dialedFor(20, events)).toBeGreaterThan(2 * dialedFor(20, before));
    });
  });

  test('learns nothing from a clock that is put on by hours while lines ring', () => {
    const events = past(1200, 3, noon, 8);
    const at = lastOf(events);
    const lines = Array.from({ length: 40 }, (_, n): PacingEvent[] => [
      { type: 'attempt-started', callId: `r${n}`, at },
      { type: 'attempt-ringing', callId: `r${n}`, at: at + 2000 },
    ]).flat();
    const later = at + 7_200_000;
    const ended = Array.from(
      { length: 40 },
      (_, n): PacingEvent => ({ type: 'attempt-failed', callId: `r${n}`, cause: 'no-answer', at: later + n * 300 }),
    );
    const [known, put] = [stateAfter(events), stateAfter([...events, ...team(20, at), ...lines, ...ended])];
    const { answerProbability } = predictive.explain(known, at);
    expect(predictive.explain(put, later + 12_000).answerProbability).toBeGreaterThan(0.6 * answerProbability);
    expect(predictive.decide(put, later + 12_000)).toBeLessThan(1.5 * dialedFor(20, events));
  });

  test('earns nothing by answers of calls that nobody started', () => {
    const events = past(1200, 4, noon, 2);
    const at = lastOf(events);
    const ghosts = Array.from(
      { length: 100 },
      (_, n): PacingEvent => ({ type: 'attempt-answered', callId: `ghost${n}`, at }),
    );
    const creditAfter = (story: readonly PacingEvent[]) => predictive.explain(stateAfter(story), at).credit;
    expect(creditAfter([...events, ...ghosts])).toBe(creditAfter(events));
  });

  describe('ignores what is told once more some seconds later', () => {
    const call: PacingEvent[] = [
      { type: 'attempt-started', callId: 'c', at: noon + 1000 },
      { type: 'attempt-ringing', callId: 'c', at: noon + 2000 },
      { type: 'attempt-answered', callId: 'c', at: noon + 3000 },
    ];
    const talk: PacingEvent[] = [
      { type: 'call-connected', callId: 'c', agentId: 'a0', at: noon + 3100 },
      { type: 'call-ended', callId: 'c', agentId: 'a0', at: noon + 5000 },
      { type: 'agent-ready', agentId: 'a0', at: noon + 6000 },
    ];
    const [started, , answered] = call as [PacingEvent, PacingEvent, PacingEvent];
    const [connected, ended, ready] = talk as [PacingEvent, PacingEvent, PacingEvent];
    const lost: PacingEvent = { type: 'call-abandoned', callId: 'c', at: noon + 5000 };
    const failed: PacingEvent = { type: 'attempt-failed', callId: 'c', cause: 'no-answer', at: noon + 5000 };

    test.each<[string, PacingEvent[], PacingEvent]>([
      ['that a talk began which is over', [...call, ...talk], connected],
      ['that an attempt began which is over', [...call, ...talk], started],
      ['that an attempt began which has failed', [...call.slice(0, 2), failed], started],
      ['that an attempt began which is a talk', [...call, connected], started],
      ['that somebody answered who talks', [...call, connected], answered],
      ['that an agent was ready who talks', [...call, connected], { ...ready, at: noon }],
      ['that a call was abandoned', [...call, lost], lost],
    ])('%s', (_, story, again) => {
      const told = [...team(3, noon), ...story];
      const { team: people, lines, budget, learned } = stateAfter([...told, again]);
      const once = stateAfter(told);
      expect({ people, lines, budget, learned }).toEqual({
        people: once.team,
        lines: once.lines,
        budget: once.budget,
        learned: once.learned,
      });
    });

    test('but not an agent who is ready because the end of a talk was never told', () => {
      const state = stateAfter([...team(1, noon), ...call, connected, { ...ready, at: (ended?.at ?? 0) + 60_000 }]);
      expect(state.team.ready.size).toBe(1);
    });

    test('and forgets calls that are over', () => {
      const state = stateAfter(past(1200, 4, noon));
      expect(state.passed.overAtMs.size).toBeLessThan(100);
    });
  });

  test('comes down to one line for each ready agent when too many have been abandoned', () => {
    expect(dialedFor(20, past(1200, 4, noon, 12))).toBe(20);
    expect(dialedFor(20, past(1200, 4, noon, 0))).toBeGreaterThan(40);
  });

  test('takes no risk where nobody may be abandoned', () => {
    const events = [...past(1200, 4, noon)];
    const at = lastOf(events);
    expect(predictive.decide(stateAfter([...events, ...team(20, at)], { maxAbandonRate: 0 }), at)).toBe(20);
  });

  test('says why', () => {
    const events = past(1200, 4, noon, 2);
    const at = lastOf(events);
    const state = stateAfter([...events, ...team(20, at)]);
    const why = predictive.explain(state, at);
    const { answerProbability, aheadSeconds, expectedAgents, credit, wants, price, risk } = why;
    expect(answerProbability).toBeGreaterThan(0.18);
    expect(answerProbability).toBeLessThan(0.3);
    expect(aheadSeconds).toBeGreaterThanOrEqual(7);
    expect(aheadSeconds).toBeLessThanOrEqual(10);
    expect(expectedAgents).toBe(20);
    // Two hundredths of the limit are kept back.
    expect(credit).toBeCloseTo(0.98 * 0.03 * 300 - 2, 2);
    expect(wants).toBe(predictive.decide(state, at));
    expect({ stop: why.stop, isAbove: risk > price }).toEqual({ stop: 'risk', isAbove: true });
    const narrow = stateAfter([...events, ...team(20, at)], { maxLines: 25 });
    expect(predictive.explain(narrow, at)).toMatchObject({ wants: 25, stop: 'lines' });
    const broke = stateAfter([...events, ...team(20, at)], { maxAbandonRate: 0 });
    expect(predictive.explain(broke, at)).toMatchObject({ wants: 20, stop: 'credit' });
  });

  test('over the limit never has more than one line out for each ready agent, whatever happens', () => {
    const what = fc.record({
      type: fc.constantFrom(
        ...(['started', 'ringing', 'answered', 'failed', 'connected', 'ended', 'ready', 'away'] as const),
      ),
      who: fc.integer({ min: 0, max: 12 }),
      waitMs: fc.integer({ min: 0, max: 15_000 }),
    });
    let slowed = 0;
    fc.assert(
      fc.property(fc.array(what, { minLength: 20, maxLength: 200 }), fc.integer({ min: 1, max: 60 }), (story, lost) => {
        const before = past(400, 4, noon, lost);
        let at = lastOf(before);
        let state = stateAfter(before);
        const [ready, out] = [new Set<string>(), new Set<string>()];
        for (const { type, who, waitMs } of story) {
          at += waitMs;
          const [callId, agentId] = [`c${who}`, `a${who % 5}`];
          if (type === 'ready' || type === 'away') {
            state = predictive.evolve(state, { type: `agent-${type}`, agentId, at });
            if (type === 'ready') ready.add(agentId);
            else ready.delete(agentId);
          } else if (type === 'connected' || type === 'ended') {
            state = predictive.evolve(state, { type: `call-${type}`, callId, agentId, at });
            out.delete(callId);
            if (type === 'connected') ready.delete(agentId);
          } else if (type === 'failed') {
            state = predictive.evolve(state, { type: 'attempt-failed', callId, cause: 'busy', at });
            out.delete(callId);
          } else {
            state = predictive.evolve(state, { type: `attempt-${type}`, callId, at });
            if (type === 'started') out.add(callId);
          }
          const { answered, abandoned } = state.budget.shift;
          if (abandoned < 0.03 * answered) continue;
          slowed++;
          expect(predictive.decide(state, at)).toBeLessThanOrEqual(Math.max(0, ready.size - out.size));
        }
      }),
      { seed: 31, numRuns: 20 },
    );
    expect(slowed).toBeGreaterThan(200);
  });
});
