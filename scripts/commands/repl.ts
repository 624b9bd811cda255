/** `callboard repl`: a node on the data folder with the operators' console in front of it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '#config/load.ts';
import type { Config } from '#config/schema.ts';
import { FatalError } from '#ports/errors.ts';
import { openDesk } from '#scripts/desk.ts';
import { endOnSignals } from '#scripts/ending.ts';
import { startNode } from '#scripts/node/node.ts';
import type { CommonOptions } from './options.ts';

/**
 * Opens the console; what was outstanding in the data folder goes on as far as its trunks are configured.
 * @throws JOURNAL_UNAVAILABLE where there is nothing to look at: a console makes no journal.
 */
export async function repl(options: CommonOptions): Promise<void> {
  const { data, config: file } = options;
  const config = loadConfig({ ...(file ? { file } : {}), overrides: data ? { dataFolder: data } : {} });
  mustHaveJournal(config);
  const node = await startNode(config);
  const ending = endOnSignals(node);
  try {
    await openDesk(node, ending.stopped);
    if (ending.stopped.aborted) process.exitCode = ending.exitCode;
  } finally {
    await node.stop();
  }
}

function mustHaveJournal({ dataFolder, mongodb }: Config): void {
  if (mongodb || existsSync(join(dataFolder, 'journal.db'))) return;
  throw new FatalError(
    'JOURNAL_UNAVAILABLE',
    `There is no journal in ${dataFolder}: name the data folder of a campaign with --data, or dial one first (npm start).`,
  );
}
