/** `callboard rebuild MODEL`: a read model, from the journal alone. */
import { join } from 'node:path';
import pino from 'pino';
import { openMongodb } from '#adapters/mongodb/connection.ts';
import { openMongodbJournalReader } from '#adapters/mongodb/journal.ts';
import { openSqliteJournal } from '#adapters/sqlite/journal.ts';
import { loadConfig } from '#config/load.ts';
import type { Config } from '#config/schema.ts';
import { FatalError } from '#ports/errors.ts';
import type { Journal } from '#ports/journal.ts';
import { type ModelAdapter, stateId } from '#ports/model-store.ts';
import { systemClock } from '#ports/system-clock.ts';
import type { AnyProjection } from '#projections/projection.ts';
import { rebuild } from '#projections/rebuild.ts';
import { readableModels as models } from '#scripts/models.ts';
import { modelsInFiles, modelsInMongodb } from '#scripts/node/model-adapters.ts';
import { withJournal } from '#scripts/read-journal.ts';
import type { CommonOptions } from './options.ts';

/**
 * Empties the model, or all of them, and fills it from the journal of the data folder or of the cluster. A node of a
 * cluster that follows the model goes on by itself; a data folder belongs to one process at a time.
 * @throws CONFIG_INVALID where there is no such model, JOURNAL_UNAVAILABLE where a node holds the folder.
 */
export async function rebuildModels(model: string, options: CommonOptions): Promise<void> {
  const chosen = chosenModels(model);
  const { data, config: file } = options;
  const { dataFolder, mongodb } = loadConfig({
    ...(file ? { file } : {}),
    overrides: data ? { dataFolder: data } : {},
  });
  if (mongodb) {
    await rebuildShared(chosen, mongodb);
    return;
  }
  // A folder without a journal is refused here; below it would be given one.
  await withJournal(options, async () => {});
  // The files are written by whoever holds the journal, so hold it.
  const journal = await openSqliteJournal({ path: join(dataFolder, 'journal.db') });
  try {
    await rebuildEach(chosen, journal, modelsInFiles(dataFolder));
  } finally {
    await journal.close();
  }
}

async function rebuildShared(chosen: readonly AnyProjection[], where: NonNullable<Config['mongodb']>): Promise<void> {
  const clock = systemClock;
  const { db, close } = await openMongodb({ ...where, clock, logger: pino({ level: 'silent' }) });
  const journal = openMongodbJournalReader({ db, clock });
  try {
    await rebuildEach(chosen, journal, modelsInMongodb(db));
  } finally {
    await journal.close();
    await close();
  }
}

/** One after the other; says of each what came of it. */
export async function rebuildEach(
  chosen: readonly AnyProjection[],
  journal: Pick<Journal, 'read' | 'readAll'>,
  adapterOf: (projection: AnyProjection) => ModelAdapter,
): Promise<void> {
  for (const projection of chosen) {
    const adapter = adapterOf(projection);
    await adapter.open();
    const entries = await rebuild(projection, adapter, journal);
    const documents = await adapter.count({ query: { _id: { $ne: stateId } } });
    await adapter.close();
    console.log(`${projection.name}: ${documents} documents from ${entries} commits.`);
  }
}

function chosenModels(model: string): readonly AnyProjection[] {
  const chosen = models.filter(({ name }) => model === 'all' || model === name);
  if (chosen.length > 0) return chosen;
  const known = models.map(({ name }) => name).join(', ');
  throw new FatalError('CONFIG_INVALID', `There is no read model ${model}: write one of ${known}, or all.`);
}
