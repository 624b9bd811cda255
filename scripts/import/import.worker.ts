/** The thread of an import: what it leaves behind in memory is cleared away early, and goes with it. */
import { parentPort, workerData } from 'node:worker_threads';
import { toldOf } from './import-words.ts';
import { type ImportWork, importInto } from './import-work.ts';

try {
  await importInto(workerData as ImportWork, (told) => parentPort?.postMessage(told));
} catch (error) {
  parentPort?.postMessage(toldOf(error));
}
