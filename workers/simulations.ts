/** Runs simulations side by side, one thread for each processor. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { StaticPool } from 'node-worker-threads-pool';
import type { DaySource, SimulationTask, TaskResult } from '#simulation/task.ts';
import type { Answer } from './simulation.worker.ts';

/**
 * The results in the order of the tasks; `onDone` hears of each as it comes. With `threads` the number of threads is
 * another than that of the processors.
 * @throws where a simulation fails, with its stack: that is a bug of a policy or ours.
 */
export async function runSimulations(
  sources: readonly DaySource[],
  tasks: readonly SimulationTask[],
  { threads = availableParallelism(), onDone }: { threads?: number; onDone?: (result: TaskResult) => void } = {},
): Promise<readonly TaskResult[]> {
  if (tasks.length === 0) return [];
  const pool = new StaticPool<(task: SimulationTask) => Answer, readonly DaySource[]>({
    size: Math.min(threads, tasks.length),
    task: join(import.meta.dirname, 'simulation.worker.ts'),
    workerData: sources,
  });
  try {
    return await Promise.all(
      tasks.map(async (task) => {
        const answer = await pool.exec(task);
        if ('failed' in answer) throw new Error(`Simulating ${task.policy} with seed ${task.seed}: ${answer.failed}`);
        onDone?.(answer.done);
        return answer.done;
      }),
    );
  } finally {
    await pool.destroy();
  }
}
