/** `callboard repl`: the operators' console, in front of a node on the data folder or of a running cluster. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig, loadConsoleConfig } from '#config/load.ts';
import type { Config } from '#config/schema.ts';
import { FatalError } from '#ports/errors.ts';
import { openDesk } from '#scripts/desk.ts';
import { endOnSignals } from '#scripts/ending.ts';
import { startNode } from '#scripts/node/node.ts';
import { visit } from '#scripts/visit.ts';
import type { CommonOptions } from './options.ts';

export interface ReplOptions extends CommonOptions {
  readonly nats?: string;
  readonly cluster?: string;
}

/** Visits the cluster whose bus is named, on the command line or in the configuration; else opens the data folder. */
export async function repl(options: ReplOptions): Promise<void> {
  const { data, config: file, nats, cluster } = options;
  const loading = {
    ...(file ? { file } : {}),
    overrides: {
      ...(data ? { dataFolder: data } : {}),
      ...(nats ? { nats: { url: nats } } : {}),
      ...(cluster ? { cluster } : {}),
    },
  };
  const visiting = loadConsoleConfig(loading);
  if (visiting.nats) {
    await visit({ ...visiting, nats: visiting.nats });
    return;
  }
  if (cluster) {
    throw new FatalError('CONFIG_INVALID', `Cluster ${cluster} is on no bus that is known here: name it with --nats.`);
  }
  await openFolder(loadConfig(loading));
}

/**
 * A node on the data folder: what was outstanding goes on as far as its trunks are configured.
 * @throws JOURNAL_UNAVAILABLE where there is nothing to look at: a console makes no journal.
 */
async function openFolder(config: Config): Promise<void> {
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
