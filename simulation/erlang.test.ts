/**
 * With answers that come at random (Poisson), at once, and talks that are memoryless, the floor is a queue that Erlang
 * has solved. The seeds are fixed, so the bounds, a few standard errors wide, are kept or broken for good.
 */
import { describe, expect, test } from '@jest/globals';
import type { PacingPolicy } from '#actors/campaign/pacing/policy.ts';
import { uniform } from './chance.ts';
import { erlangA, erlangB, erlangC } from './erlang.fixture.ts';
import { type ScenarioInput, scenarioSchema } from './scenario.ts';
import { scenarioDay } from './scenario-day.ts';
import { simulateDay } from './simulate.ts';

/** Dials at random moments, whoever is ready: `perSecond` on average. */
function atRandom(perSecond: number, seed: number): PacingPolicy<{ started: number; dueAtMs: number }> {
  const gap = (n: number) => (-1000 * Math.log(uniform(seed, n, 0))) / perSecond;
  return {
    initial: () => ({ started: 0, dueAtMs: -1 }),
    evolve: (state, event) => {
      if (event.type !== 'attempt-started') return state;
      const started = state.started + 1;
      return { started, dueAtMs: (state.dueAtMs < 0 ? event.at : state.dueAtMs) + gap(started) };
    },
    // All that were due between two ticks start with the later one.
    decide: ({ dueAtMs }, nowMs) => (dueAtMs < 0 || dueAtMs <= nowMs ? 1 : 0),
  };
}

const servers = 12;
const talkMs = 12_000;

/** A day of thirty hours without anybody who does not answer. */
function queue(perSecond: number, seed: number, more: Partial<ScenarioInput> & { deadline: string }) {
  const { deadline, ...rest } = more;
  const scenario = scenarioSchema.parse({
    name: 'queue',
    title: 'a queue',
    heldOut: false,
    day: { from: '00:00', to: '30:00' },
    agents: [{ count: servers, from: '00:00', to: '30:00' }],
    phases: [
      {
        from: '00:00',
        outcomes: { human: 1 },
        setup: { exactly: '0s' },
        ring: { exactly: '0s' },
        talk: { exponential: { mean: '12s' } },
        wrap: { exactly: '0s' },
      },
    ],
    safeHarbour: { exactly: '0s' },
    limits: { maxLines: 20_000, connectDeadline: deadline, tick: '100ms' },
    ...rest,
  } satisfies ScenarioInput);
  return simulateDay(atRandom(perSecond, seed), scenarioDay(scenario, seed));
}

const averageOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const seeds = [11, 12];

describe('the simulator agrees with', () => {
  test('Erlang B where an answer without an agent is lost at once', () => {
    for (const load of [8, 14]) {
      const days = seeds.map((seed) => queue((load * 1000) / talkMs, seed, { deadline: '0s' }));
      const expected = erlangB(servers, load);
      expect(Math.abs(averageOf(days.map(({ abandonRate }) => abandonRate)) / expected - 1)).toBeLessThan(0.04);
      expect(averageOf(days.map(({ utilisation }) => utilisation))).toBeCloseTo((load * (1 - expected)) / servers, 2);
      for (const day of days) expect(day.connected + day.abandoned).toBe(day.answered);
    }
  });

  test('Erlang C where everybody waits as long as it takes', () => {
    for (const load of [9]) {
      const days = seeds.map((seed) => queue((load * 1000) / talkMs, seed, { deadline: '30h' }));
      const meanWaitMs = (erlangC(servers, load) * talkMs) / (servers - load);
      const waited = averageOf(days.map(({ customerWaitMs }) => customerWaitMs.mean));
      expect(Math.abs(waited / meanWaitMs - 1)).toBeLessThan(0.1);
      for (const day of days) expect(day.abandoned).toBe(0);
      expect(averageOf(days.map(({ utilisation }) => utilisation))).toBeCloseTo(load / servers, 2);
    }
  });

  test('Erlang A where people who wait hang up, each after a time of their own', () => {
    for (const load of [12]) {
      const patience = { exponential: { mean: '4s' } };
      const days = seeds.map((seed) => queue((load * 1000) / talkMs, seed, { deadline: '30h', patience }));
      const expected = erlangA(servers, load / talkMs, 1 / talkMs, 1 / 4000);
      const left = averageOf(days.map(({ hungUp, answered }) => hungUp / answered));
      expect(Math.abs(left / expected - 1)).toBeLessThan(0.04);
    }
  });

  test('Little: lines in use are arrivals times how long each takes', () => {
    const { linesMean, attempts, talkMs: talked } = queue(0.5, 5, { deadline: '30h' });
    expect(linesMean).toBeCloseTo(((attempts / (30 * 3600)) * talked) / attempts / 1000, 1);
  });
});

test('the formulas give what tables of them give', () => {
  expect(erlangB(10, 7.511)).toBeCloseTo(0.1, 3);
  expect(erlangC(10, 8)).toBeCloseTo(0.4092, 4);
  // Nobody has patience: it is Erlang B. Everybody has: nobody is lost.
  expect(erlangA(10, 7.511, 1, 1e9)).toBeCloseTo(0.1, 3);
  expect(erlangA(10, 5, 1, 1e-9)).toBeCloseTo(0, 6);
});
