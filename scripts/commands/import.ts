/** `callboard import LIST`: a list into the leads of a campaign, before anybody is dialed. */
import { Worker } from 'node:worker_threads';
import type { ImportFailure, ImportOptions, ImportOrder } from '#scripts/import/import-order.ts';

/**
 * Rows are thousands at a time on their way, and none of them stays. With V8's own sizes three times as much memory is
 * full of those that are gone, and a process cannot change them for its first thread; so that one loads nothing.
 */
const memory = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 96 };

/**
 * Reads the list and ends; the same command again goes on where it was cut short. `run` and `dial` dial what it has
 * read, when they are given the same list and campaign.
 * @throws LIST_UNREADABLE, CONFIG_INVALID, JOURNAL_UNAVAILABLE where a node holds the data folder; what stores throw.
 */
export async function importCommand(list: string, options: ImportOptions): Promise<void> {
  const workerData: ImportOrder = { list, options };
  const thread = new Worker(new URL('../import/import.worker.ts', import.meta.url), {
    workerData,
    resourceLimits: memory,
  });
  await new Promise<void>((resolve, reject) => {
    thread.once('message', (failure: ImportFailure) => reject(Object.assign(new Error(failure.message), failure)));
    thread.once('error', reject);
    thread.once('exit', () => resolve());
  });
}
