import { describe, expect, test } from '@jest/globals';
import { bestConstantRatio } from './hindsight.ts';
import { allPolicies, policyNamed } from './policies.ts';
import { scenarioSchema } from './scenario.ts';
import { scenarioDay } from './scenario-day.ts';
import { isHindsight, summarise } from './summary.ts';
import { bestLevel, bestRatio, type DaySource, runTask } from './task.ts';

const scenario = scenarioSchema.parse({
  name: 'small',
  title: 'an hour and a half of eight agents',
  heldOut: false,
  day: { from: '10:00', to: '11:30' },
  agents: [{ count: 8, from: '10:00', to: '11:30', within: '1m' }],
  phases: [
    {
      from: '10:00',
      outcomes: { human: 25, noAnswer: 75 },
      setup: { exactly: '1s' },
      ring: { lognormal: { median: '7s', sigma: 0.4 } },
      talk: { exponential: { mean: '60s' } },
      wrap: { exactly: '10s' },
    },
  ],
  drift: { sigma: 0.2, memory: '20m' },
  limits: { maxLines: 60 },
});
const sources: readonly DaySource[] = [{ type: 'scenario', scenario }];

describe('a comparison', () => {
  test('gives the same result for the same seed, and another for another', () => {
    const task = { source: 0, seed: 3, policy: 'power-2' };
    expect(runTask(task, sources)).toEqual(runTask(task, sources));
    expect(runTask({ ...task, seed: 4 }, sources).result.talkMs).not.toBe(runTask(task, sources).result.talkMs);
  });

  test('calls the nth attempt of a seed to the same person under every policy', () => {
    const [one, other] = [scenarioDay(scenario, 5), scenarioDay(scenario, 5)];
    const drawn = (day: typeof one) => {
      const into = { end: 0, cause: '', setupMs: 0, endMs: 0, talkMs: 0, wrapMs: 0, patienceMs: 0, harbourMs: 0 };
      day.draw(17, day.fromMs + 60_000, into);
      return into;
    };
    one.draw(16, one.fromMs, { ...drawn(other) });
    expect(drawn(one)).toEqual(drawn(other));
  });

  test('finds the best constant of the day: no ratio within the limit has more talk', () => {
    const day = scenarioDay(scenario, 1);
    const { ratio, result } = bestConstantRatio(day);
    expect(ratio).toBeGreaterThan(1);
    expect(result.abandonRate).toBeLessThanOrEqual(0.03);
    for (const policy of ['power-1', 'power-1.5', 'power-2', 'power-2.5', 'power-3', 'power-4']) {
      const { result: tried } = runTask({ source: 0, seed: 1, policy }, sources);
      if (tried.abandonRate <= 0.03) expect(tried.talkMinutesPerHour).toBeLessThanOrEqual(result.talkMinutesPerHour);
    }
  });

  test('sums up days, each against its own best constant', () => {
    const tasks = [1, 2].flatMap((seed) =>
      [bestRatio, 'power-1', 'power-9'].map((policy) => ({ source: 0, seed, policy })),
    );
    const results = tasks.map((task) => runTask(task, sources));
    const [best, careful, reckless] = summarise(results);
    expect(best).toMatchObject({ policy: bestRatio, days: 2, toBestRatio: 1, worstToBestRatio: 1 });
    expect(best?.ratios).toHaveLength(2);
    const shares = [0, 1].map(
      (day) =>
        (results[day * 3 + 1]?.result.talkMinutesPerHour ?? 0) / (results[day * 3]?.result.talkMinutesPerHour ?? 1),
    );
    expect(careful?.toBestRatio).toBeCloseTo(((shares[0] ?? 0) + (shares[1] ?? 0)) / 2, 9);
    expect(careful?.worstToBestRatio).toBeCloseTo(Math.min(...shares), 9);
    expect(careful?.toBestRatio).toBeLessThan(1);
    expect(reckless?.abandonRate).toBeGreaterThan(0.03);
    expect(reckless?.worstAbandonRate).toBeGreaterThanOrEqual(reckless?.abandonRate ?? 1);
  });

  test('knows every policy by its name, and no other', () => {
    for (const name of allPolicies) expect(policyNamed(name)).toBeDefined();
    for (const name of ['power', 'power-0', 'power-x', '', 'constructor']) expect(policyNamed(name)).toBeUndefined();
    expect([bestRatio, bestLevel, ...allPolicies].filter(isHindsight)).toEqual([bestRatio, bestLevel]);
  });
});
