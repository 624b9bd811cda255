/** The thread of simulations: takes a task, runs its day, answers with the result. */
import { parentPort, workerData } from 'node:worker_threads';
import { type DaySource, runTask, type SimulationTask, type TaskResult } from '#simulation/task.ts';

/** What a thread answers: an error is told, for the thread is still good. */
export type Answer = { readonly done: TaskResult } | { readonly failed: string };

const sources = workerData as readonly DaySource[];

parentPort?.on('message', (task: SimulationTask) => {
  let answer: Answer;
  try {
    answer = { done: runTask(task, sources) };
  } catch (error) {
    answer = { failed: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  parentPort?.postMessage(answer);
});
