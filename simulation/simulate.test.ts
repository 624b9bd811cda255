import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { manual } from '#actors/campaign/pacing/manual.ts';
import type { PacingConfig, PacingEvent, PacingPolicy } from '#actors/campaign/pacing/policy.ts';
import { powerOf } from '#actors/campaign/pacing/power.ts';
import { progressive } from '#actors/campaign/pacing/progressive.ts';
import { type AgentPlan, answersHuman, answersMachine, type Day, type Draw, fails } from './day.ts';
import { simulateDay } from './simulate.ts';

const config: PacingConfig = {
  maxAbandonRate: 0.03,
  connectDeadlineMs: 2000,
  ringTimeoutMs: 20_000,
  maxLines: 50,
  tickMs: 1000,
};
const endless = Number.POSITIVE_INFINITY;
const talk: Draw = {
  end: answersHuman,
  cause: '',
  setupMs: 1000,
  endMs: 5000,
  talkMs: 60_000,
  wrapMs: 10_000,
  patienceMs: endless,
  harbourMs: 4000,
};
const staff = (...stints: [number, number][]): AgentPlan[] =>
  stints.map(([fromMs, toMs], n) => ({ id: `a${n}`, stints: [{ fromMs, toMs }], pace: 1 }));

/** A day of which everything is known: the nth attempt, and who is there. */
function dayOf(attempts: readonly Partial<Draw>[], agents: readonly AgentPlan[], more: Partial<Day> = {}): Day {
  return {
    name: 'known',
    config,
    fromMs: 0,
    toMs: 600_000,
    agents,
    listSize: attempts.length,
    draw: (n, _atMs, into) => Object.assign(into, talk, attempts[n]),
    lookMs: () => 7000,
    ...more,
  };
}

/** What the policy saw, a line each: second, event, who. */
function storyOf(policy: PacingPolicy<never> | PacingPolicy<unknown>, day: Day, agentsDial = false): string[] {
  const story: string[] = [];
  simulateDay(policy as PacingPolicy<unknown>, day, {
    agentsDial,
    onEvent: (event) => {
      const who = [('callId' in event && event.callId) || '', ('agentId' in event && event.agentId) || ''];
      story.push(`${event.at / 1000} ${event.type} ${who.filter(Boolean).join(' ')}`.trim());
    },
  });
  return story;
}

describe('a simulated day', () => {
  test('tells the policy of one call from the attempt to the end of the wrap-up', () => {
    expect(storyOf(progressive as PacingPolicy<unknown>, dayOf([{}], staff([0, 900_000])))).toEqual([
      '0 agent-ready a0',
      '0 attempt-started c0',
      '1 attempt-ringing c0',
      '5 attempt-answered c0',
      '5 call-connected c0 a0',
      '65 call-ended c0 a0',
      // The list is used up and nobody may still answer: the agent goes home.
      '75 agent-away a0',
    ]);
  });

  test('abandons at the deadline, and keeps the line for the safe-harbour message', () => {
    const day = dayOf([{}, {}], staff([0, 900_000]));
    expect(storyOf(powerOf(2) as PacingPolicy<unknown>, day).slice(5, 10)).toEqual([
      '5 attempt-answered c0',
      '5 call-connected c0 a0',
      '5 attempt-answered c1',
      '7 call-abandoned c1',
      '11 call-ended c1',
    ]);
    const { abandoned, answered, abandonRate, connected } = simulateDay(powerOf(2), day);
    expect({ abandoned, answered, abandonRate, connected }).toEqual({
      abandoned: 1,
      answered: 2,
      abandonRate: 0.5,
      connected: 1,
    });
  });

  test('does not count those as abandoned who hang up before the deadline', () => {
    const result = simulateDay(powerOf(2), dayOf([{}, { patienceMs: 1500 }], staff([0, 900_000])));
    expect(result).toMatchObject({ abandoned: 0, hungUp: 1, answered: 2, connected: 1 });
  });

  test('gives a waiting person the next agent who is ready', () => {
    const agents = staff([0, 900_000], [6000, 900_000]);
    const result = simulateDay(powerOf(2), dayOf([{}, {}], agents));
    expect(result).toMatchObject({ abandoned: 0, connected: 2 });
    expect(result.customerWaitMs.mean).toBe(500);
  });

  test('gives a call to the agent who has waited longest', () => {
    const agents = staff([3000, 900_000], [0, 900_000], [2000, 900_000]);
    const story = storyOf(powerOf(0.4) as PacingPolicy<unknown>, dayOf([{}], agents));
    expect(story.find((line) => line.includes('call-connected'))).toMatch(/ a1$/);
  });

  test('keeps the time on machines apart from talk', () => {
    const machine = { end: answersMachine, talkMs: 8000, wrapMs: 2000 };
    expect(simulateDay(progressive, dayOf([machine], staff([0, 900_000])))).toMatchObject({
      answered: 1,
      talkMs: 0,
      machineMs: 8000,
      wrapMs: 2000,
    });
  });

  test('counts failures by cause, and they free their line', () => {
    const busy = { end: fails, cause: 'busy', setupMs: -1, endMs: 2000 };
    const result = simulateDay(progressive, dayOf([busy, busy, {}], staff([0, 900_000])));
    expect(result).toMatchObject({ failed: { busy: 2 }, attempts: 3, connected: 1, linesMax: 1 });
  });

  test('lets agents go when their stint ends, and those in a call after it', () => {
    const plan: AgentPlan = {
      id: 'a0',
      pace: 1,
      stints: [
        { fromMs: 0, toMs: 30_000 },
        { fromMs: 200_000, toMs: 210_000 },
      ],
    };
    const result = storyOf(progressive as PacingPolicy<unknown>, dayOf([{}, {}, {}], [plan]));
    expect(result.slice(5)).toEqual([
      '65 call-ended c0 a0',
      '75 agent-away a0',
      '200 agent-ready a0',
      '200 attempt-started c1',
      '201 attempt-ringing c1',
      '205 attempt-answered c1',
      '205 call-connected c1 a0',
      '265 call-ended c1 a0',
      '275 agent-away a0',
    ]);
  });

  test('measures the talk of an hour of presence', () => {
    // 5 s of dialing, 60 s of talk, 10 s of wrap-up: 48 minutes of talk an hour.
    const result = simulateDay(progressive, dayOf(new Array(8).fill({}), staff([0, 900_000])));
    expect(result.talkMinutesPerHour).toBeCloseTo(48, 6);
    expect(result.utilisation).toBeCloseTo(70 / 75, 6);
    expect(result.agentWaitMs.mean).toBe(5000);
    expect(result.series.talkMs.reduce((sum, ms) => sum + ms, 0)).toBe(result.talkMs);
  });

  test('starts nothing after hours, and waits for what is under way', () => {
    const day = dayOf(new Array(50).fill({}), staff([0, 900_000]), { toMs: 70_000 });
    const story = storyOf(progressive as PacingPolicy<unknown>, day);
    expect(story.filter((line) => line.includes('attempt-started'))).toHaveLength(1);
    expect(story.at(-1)).toBe('75 agent-away a0');
  });

  test('lets agents go after hours when nobody may still answer, though others talk on', () => {
    const day = dayOf(new Array(50).fill({ talkMs: 400_000 }), staff([0, 900_000], [0, 900_000]), { toMs: 9000 });
    const once: PacingPolicy<{ asked: number }> = {
      initial: () => ({ asked: 0 }),
      evolve: (state, event) => (event.type === 'attempt-started' ? { asked: state.asked + 1 } : state),
      decide: ({ asked }) => 1 - asked,
    };
    const story = storyOf(once as PacingPolicy<unknown>, day);
    expect(story.filter((line) => line.includes('agent-away'))).toEqual(['9 agent-away a1', '415 agent-away a0']);
  });

  test('cuts a policy down that wants more lines than there are, and says so', () => {
    const greedy: PacingPolicy<number> = { initial: () => 0, evolve: (state) => state, decide: () => 80 };
    const result = simulateDay(greedy, dayOf(new Array(200).fill({}), staff([0, 900_000])));
    expect(result.linesMax).toBe(50);
    expect(result.clipped).toBeGreaterThan(0);
  });

  test('lets agents dial where the policy leaves it to them, each for itself', () => {
    const day = dayOf([{ end: fails, cause: 'busy', endMs: 2000, setupMs: -1 }, {}], staff([0, 900_000]));
    expect(storyOf(manual as PacingPolicy<unknown>, day, true).slice(0, 6)).toEqual([
      '0 agent-ready a0',
      '7 attempt-started c0',
      '9 attempt-failed c0',
      '16 attempt-started c1',
      '17 attempt-ringing c1',
      '21 attempt-answered c1',
    ]);
  });

  test('keeps an agent whose shift ends for the call that it has dialed', () => {
    const failed: Partial<Draw> = { end: fails, cause: 'busy', endMs: 2000, setupMs: -1 };
    const story = (attempt: Partial<Draw>) =>
      storyOf(manual as PacingPolicy<unknown>, dayOf([attempt, {}, {}], staff([0, 8000])), true).slice(2);
    expect(story({})).toEqual([
      '8 attempt-ringing c0',
      '12 attempt-answered c0',
      '12 call-connected c0 a0',
      '72 call-ended c0 a0',
      '82 agent-away a0',
    ]);
    expect(story(failed)).toEqual(['9 agent-away a0', '9 attempt-failed c0']);
  });

  test('starts nothing for an agent who is not there to dial it', () => {
    const greedy: PacingPolicy<number> = { initial: () => 0, evolve: (state) => state, decide: () => 80 };
    const result = simulateDay(greedy, dayOf(new Array(200).fill({}), staff([0, 900_000], [0, 900_000])), {
      agentsDial: true,
    });
    expect(result).toMatchObject({ linesMax: 2, abandoned: 0 });
  });

  test('goes on through whatever a policy wants, and every attempt ends once', () => {
    const wishes = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 30 });
    const attempts = fc.array(
      fc.record({
        end: fc.constantFrom(answersHuman, answersMachine, fails),
        cause: fc.constantFrom('busy', 'no-answer'),
        setupMs: fc.constantFrom(-1, 0, 900),
        endMs: fc.integer({ min: 0, max: 9000 }),
        talkMs: fc.integer({ min: 1, max: 40_000 }),
        wrapMs: fc.integer({ min: 0, max: 9000 }),
        patienceMs: fc.constantFrom(0, 1000, endless),
        harbourMs: fc.integer({ min: 0, max: 5000 }),
      }),
      { minLength: 1, maxLength: 80 },
    );
    const stints = fc.array(fc.tuple(fc.integer({ min: 0, max: 200_000 }), fc.integer({ min: 1, max: 300_000 })), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(wishes, attempts, stints, fc.boolean(), (wanted, people, present, agentsDial) => {
        let asked = 0;
        const whim: PacingPolicy<number> = {
          initial: () => 0,
          evolve: (state) => state,
          decide: () => (asked++ % 3 === 0 ? (wanted[asked % wanted.length] ?? 0) : 0),
        };
        const live = new Map<string, PacingEvent['type']>();
        const inCall = new Set<string>();
        let lastAtMs = 0;
        let lines = 0;
        const agents = staff(...present.map(([from, lasts]): [number, number] => [from, from + lasts]));
        const day = dayOf(people, agents, { config: { ...config, maxLines: 7 } });
        const result = simulateDay(whim, day, {
          agentsDial,
          onEvent: (event) => {
            expect(event.at).toBeGreaterThanOrEqual(lastAtMs);
            lastAtMs = event.at;
            if (event.type === 'attempt-started') lines++;
            if (event.type === 'attempt-failed' || event.type === 'call-ended') {
              expect(live.delete(event.callId)).toBe(true);
              lines--;
            } else if ('callId' in event) {
              expect(live.has(event.callId)).toBe(event.type !== 'attempt-started');
              live.set(event.callId, event.type);
            }
            if (event.type === 'call-connected') {
              expect(inCall.has(event.agentId)).toBe(false);
              inCall.add(event.agentId);
            }
            if (event.type === 'agent-ready' || event.type === 'agent-away') inCall.delete(event.agentId);
            expect(lines).toBeLessThanOrEqual(7);
          },
        });
        expect(live.size).toBe(0);
        expect(result.answered).toBe(result.connected + result.abandoned + result.hungUp);
        const failed = Object.values(result.failed).reduce((sum, count) => sum + count, 0);
        expect(result.attempts).toBe(result.answered + failed);
      }),
      { seed: 4, numRuns: 200 },
    );
  });
});
