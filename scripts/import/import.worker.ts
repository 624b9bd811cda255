/** The thread of an import. */
import { parentPort, workerData } from 'node:worker_threads';
import { codeOf } from '#ports/errors.ts';
import { importInto } from './import-into.ts';
import type { ImportFailure, ImportOrder } from './import-order.ts';

try {
  const { list, options } = workerData as ImportOrder;
  await importInto(list, options);
} catch (error) {
  const { message, stack = message } = error as Error;
  const code = codeOf(error);
  parentPort?.postMessage({ message, stack, ...(code ? { code } : {}) } satisfies ImportFailure);
}
