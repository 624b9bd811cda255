/** Predictive dialing on short days of known seeds: what docs/benchmarks.md says of long ones. */
import { describe, expect, test } from '@jest/globals';
import { predictive } from '#actors/campaign/pacing/predictive.ts';
import { progressive } from '#actors/campaign/pacing/progressive.ts';
import { type ScenarioInput, scenarioSchema } from './scenario.ts';
import { scenarioDay } from './scenario-day.ts';
import { simulateDay } from './simulate.ts';

const agents = (count: number, more: object = {}) => ({ count, from: '09:00', to: '11:00', within: '2m', ...more });
const short: Omit<ScenarioInput, 'agents'> = {
  name: 'short',
  title: 'two hours of a floor',
  heldOut: false,
  day: { from: '09:00', to: '11:00' },
  phases: [
    {
      from: '09:00',
      outcomes: { human: 24, machine: 6, busy: 8, noAnswer: 54, unreachable: 8 },
      setup: { lognormal: { median: '1.8s', sigma: 0.4 } },
      ring: { lognormal: { median: '7s', sigma: 0.5 } },
      talk: { lognormal: { median: '50s', sigma: 0.8 } },
      wrap: { lognormal: { median: '15s', sigma: 0.5 } },
    },
  ],
  limits: { maxLines: 150, callsPerSecond: 20 },
};
const lunch = { breaks: [{ at: '10:00', lasts: '30m', within: '1m' }] };
const jump = { from: '10:00', outcomes: { human: 50, machine: 4, busy: 6, noAnswer: 36, unreachable: 4 } };

describe('predictive dialing', () => {
  test.each([
    ['five agents', [agents(5)], short.phases],
    ['twenty, half of whom leave at once', [agents(10), agents(10, lunch)], short.phases],
    ['fifteen, and twice as many answer at ten', [agents(15)], [...short.phases, jump]],
  ])('ends a day under its limit, and has people talk more than one line each does: %s', (_, staff, phases) => {
    const scenario = scenarioSchema.parse({ ...short, agents: staff, phases });
    for (const seed of [1, 2]) {
      const ours = simulateDay(predictive, scenarioDay(scenario, seed));
      const sure = simulateDay(progressive, scenarioDay(scenario, seed));
      expect(ours.abandonRate).toBeLessThan(0.03);
      expect(ours.talkMinutesPerHour).toBeGreaterThan(1.06 * sure.talkMinutesPerHour);
    }
  });
});
