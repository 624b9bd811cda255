import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readScenario } from '#simulation/read-scenario.ts';
import { type DaySource, runTask } from '#simulation/task.ts';
import { runSimulations } from './simulations.ts';

const file = join(import.meta.dirname, '..', 'config', 'scenarios', 'start-of-shift.yaml');
const sources: readonly DaySource[] = [
  { type: 'scenario', scenario: readScenario(readFileSync(file, 'utf8'), 'start-of-shift.yaml') },
];
const tasks = ['power-3', 'progressive', 'adaptive'].map((policy) => ({ source: 0, seed: 2, policy }));

describe('simulations in threads', () => {
  test('come to what they come to here, in the order in which they were asked for', async () => {
    const done: string[] = [];
    const results = await runSimulations(sources, tasks, { threads: 2, onDone: ({ task }) => done.push(task.policy) });
    expect(results).toEqual(tasks.map((task) => runTask(task, sources)));
    expect(done.sort()).toEqual(tasks.map(({ policy }) => policy).sort());
  });

  test('say which of them failed, and why', async () => {
    const wrong = { source: 0, seed: 2, policy: 'none' };
    await expect(runSimulations(sources, [...tasks, wrong], { threads: 1 })).rejects.toThrow(
      /^Simulating none with seed 2: RangeError: There is no policy none/,
    );
  });

  test('need no thread where there is nothing to do', async () => {
    expect(await runSimulations(sources, [])).toEqual([]);
  });
});
