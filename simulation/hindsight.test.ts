import { expect, test } from '@jest/globals';
import { powerOf } from '#actors/campaign/pacing/power.ts';
import { bestConstantRatio } from './hindsight.ts';
import { scenarioSchema } from './scenario.ts';
import { scenarioDay } from './scenario-day.ts';
import { simulateDay } from './simulate.ts';

/** An hour of twenty agents whom one in four answers. */
const hour = (maxAbandonRate: number) =>
  scenarioDay(
    scenarioSchema.parse({
      name: 'hour',
      title: 'an hour',
      heldOut: false,
      day: { from: '09:00', to: '10:00' },
      agents: [{ count: 20, from: '09:00', to: '10:00' }],
      phases: [
        {
          from: '09:00',
          outcomes: { human: 1, noAnswer: 3 },
          setup: { exactly: '1s' },
          ring: { uniform: { from: '3s', to: '12s' } },
          talk: { exponential: { mean: '60s' } },
          wrap: { exactly: '5s' },
        },
      ],
      limits: { maxLines: 300, maxAbandonRate },
    }),
    5,
  );

test('finds the ratio with the most talk among those that keep the limit', () => {
  const day = hour(0.03);
  const best = bestConstantRatio(day);
  expect(best.result).toEqual(simulateDay(powerOf(best.ratio), day));
  expect(best.ratio).toBeGreaterThan(1);
  expect(best.result.abandonRate).toBeLessThanOrEqual(0.03);
  for (let ratio = 1; ratio <= 10; ratio += 0.5) {
    const { abandonRate, talkMinutesPerHour } = simulateDay(powerOf(ratio), day);
    if (abandonRate <= 0.03) expect(talkMinutesPerHour).toBeLessThanOrEqual(best.result.talkMinutesPerHour);
  }
});

test('dials more where more may be abandoned', () => {
  const strict = bestConstantRatio(hour(0.01));
  const lax = bestConstantRatio(hour(0.2));
  expect(lax.ratio).toBeGreaterThan(strict.ratio);
  expect(lax.result.talkMinutesPerHour).toBeGreaterThan(strict.result.talkMinutesPerHour);
});
