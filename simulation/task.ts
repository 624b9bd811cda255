/** One simulation as data, so that it can be done in another thread. */
import type { Day } from './day.ts';
import { bestConstantRatio } from './hindsight.ts';
import { policyNamed } from './policies.ts';
import { type Recording, recordedDay } from './recording.ts';
import type { DayResult } from './result.ts';
import type { Scenario } from './scenario.ts';
import { scenarioDay } from './scenario-day.ts';
import { simulateDay } from './simulate.ts';

/** What days come from. */
export type DaySource =
  | { readonly type: 'scenario'; readonly scenario: Scenario }
  | { readonly type: 'recording'; readonly recording: Recording };

/** The best constant in hindsight: lines for each ready agent, or all lines for each agent who is signed on. */
export const bestRatio = 'best constant ratio';
export const bestLevel = 'best constant level';

export interface SimulationTask {
  /** Which of the sources, from 0. */
  readonly source: number;
  readonly seed: number;
  /** Name of a policy, `bestRatio` or `bestLevel`. */
  readonly policy: string;
}

export interface TaskResult {
  readonly task: SimulationTask;
  readonly result: DayResult;
  /** The constant, where it was searched. */
  readonly ratio?: number;
}

export function dayOf(source: DaySource, seed: number): Day {
  return source.type === 'scenario' ? scenarioDay(source.scenario, seed) : recordedDay(source.recording, seed);
}

export function runTask(task: SimulationTask, sources: readonly DaySource[]): TaskResult {
  const source = sources[task.source];
  if (!source) throw new RangeError(`There is no source of days ${task.source}`);
  const day = dayOf(source, task.seed);
  if (task.policy === bestRatio || task.policy === bestLevel) {
    const { ratio, result } = bestConstantRatio(day, task.policy === bestRatio ? 'ready' : 'signed-on');
    return { task, result, ratio };
  }
  const named = policyNamed(task.policy);
  if (!named) throw new RangeError(`There is no policy ${task.policy}`);
  return { task, result: simulateDay(named.policy, day, { agentsDial: named.agentsDial }) };
}
