/** Opens the journal of a data folder to read it, also while a node writes it. */
import { join } from 'node:path';
import { openSqliteJournalReader } from '#adapters/sqlite/journal.ts';
import { loadConfig } from '#config/load.ts';
import type { JournalReader } from '#ports/journal.ts';
import type { CommonOptions } from './commands/options.ts';

/** The journal that the options name. */
export async function readJournal({ data, config: file }: CommonOptions): Promise<JournalReader> {
  const config = loadConfig({ ...(file ? { file } : {}), overrides: data ? { dataFolder: data } : {} });
  return openSqliteJournalReader({ path: join(config.dataFolder, 'journal.db') });
}
