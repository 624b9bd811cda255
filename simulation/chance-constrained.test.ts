/** The baseline that predictive dialing is compared with has to be steered for large teams too. */
import { expect, test } from '@jest/globals';
import { chanceConstrained } from '#actors/campaign/pacing/chance-constrained.ts';
import { progressive } from '#actors/campaign/pacing/progressive.ts';
import { scenarioSchema } from './scenario.ts';
import { scenarioDay } from './scenario-day.ts';
import { simulateDay } from './simulate.ts';

test.each([8, 200])(
  'chance-constrained dialing keeps the limit with %d agents, and does more than one line each',
  (count) => {
    const scenario = scenarioSchema.parse({
      name: 'short',
      title: 'an hour and a half of a floor',
      heldOut: false,
      day: { from: '09:00', to: '10:30' },
      agents: [{ count, from: '09:00', to: '10:30', within: '5m' }],
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
      limits: { maxLines: 10 * count, callsPerSecond: count },
    });
    const ours = simulateDay(chanceConstrained, scenarioDay(scenario, 1));
    const sure = simulateDay(progressive, scenarioDay(scenario, 1));
    expect(ours.abandonRate).toBeLessThan(0.03);
    expect(ours.abandonRate).toBeGreaterThan(0.01);
    expect(ours.talkMinutesPerHour).toBeGreaterThan(1.06 * sure.talkMinutesPerHour);
  },
);
