/** `callboard rebuild MODEL`: a read model, from the journal alone. */
import { join } from 'node:path';
import { openSqliteJournal } from '#adapters/sqlite/journal.ts';
import { loadConfig } from '#config/load.ts';
import { FatalError } from '#ports/errors.ts';
import type { Journal } from '#ports/journal.ts';
import { type ModelAdapter, stateId } from '#ports/model-store.ts';
import { models } from '#projections/models.ts';
import type { AnyProjection } from '#projections/projection.ts';
import { rebuild } from '#projections/rebuild.ts';
import { modelsInFiles } from '#scripts/node/model-adapters.ts';
import { readJournal } from '#scripts/read-journal.ts';
import type { CommonOptions } from './options.ts';

/**
 * Empties the model, or all of them, and fills it from the data folder's journal.
 * @throws CONFIG_INVALID where there is no such model, JOURNAL_UNAVAILABLE where a node holds the folder.
 */
export async function rebuildModels(model: string, options: CommonOptions): Promise<void> {
  const chosen = chosenModels(model);
  // A folder without a journal is refused here; below it would be given one.
  await (await readJournal(options)).close();
  const { data, config: file } = options;
  const { dataFolder } = loadConfig({ ...(file ? { file } : {}), overrides: data ? { dataFolder: data } : {} });
  // The files are written by whoever holds the journal, so hold it.
  const journal = await openSqliteJournal({ path: join(dataFolder, 'journal.db') });
  try {
    await rebuildEach(chosen, journal, modelsInFiles(dataFolder));
  } finally {
    await journal.close();
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
