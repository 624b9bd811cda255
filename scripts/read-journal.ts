/** Reads the journal, also while nodes write it: that of a data folder, or the one that a cluster shares. */
import { join } from 'node:path';
import pino from 'pino';
import { openMongodb } from '#adapters/mongodb/connection.ts';
import { openMongodbJournalReader } from '#adapters/mongodb/journal.ts';
import { openSqliteJournalReader } from '#adapters/sqlite/journal.ts';
import { loadConfig } from '#config/load.ts';
import type { JournalReader } from '#ports/journal.ts';
import { systemClock } from '#ports/system-clock.ts';
import type { CommonOptions } from './commands/options.ts';
import { type Closing, closeAll } from './node/closing.ts';

/** Opens the journal that the options name, gives it to `use`, and closes it when that is done. */
export async function withJournal<T>(
  { data, config: file }: CommonOptions,
  use: (journal: JournalReader) => Promise<T>,
): Promise<T> {
  const { mongodb, dataFolder } = loadConfig({
    ...(file ? { file } : {}),
    overrides: data ? { dataFolder: data } : {},
  });
  const opened: Closing[] = [];
  let journal: JournalReader;
  if (mongodb) {
    const clock = systemClock;
    const { db, close } = await openMongodb({ ...mongodb, clock, logger: pino({ level: 'silent' }) });
    opened.push(close);
    journal = openMongodbJournalReader({ db, clock });
  } else {
    journal = await openSqliteJournalReader({ path: join(dataFolder, 'journal.db') });
  }
  opened.push(() => journal.close());
  try {
    return await use(journal);
  } finally {
    await closeAll(opened);
  }
}
