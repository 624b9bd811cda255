/** Where a node keeps facts, numbers and lists: files of its own, or the database that the cluster shares. */
import { join } from 'node:path';
import type { Logger } from 'pino';
import { openMongodb } from '#adapters/mongodb/connection.ts';
import { openMongodbJournal } from '#adapters/mongodb/journal.ts';
import { openMongodbLeads } from '#adapters/mongodb/leads.ts';
import { openMongodbVault } from '#adapters/mongodb/vault.ts';
import { openSqliteJournal } from '#adapters/sqlite/journal.ts';
import { openSqliteLeads } from '#adapters/sqlite/leads.ts';
import { openSqliteVault } from '#adapters/sqlite/vault.ts';
import { loadOrCreateVaultSecret } from '#adapters/vault/secret.ts';
import type { Config } from '#config/schema.ts';
import type { Journal } from '#ports/journal.ts';
import type { Leads } from '#ports/leads.ts';
import type { ModelAdapter } from '#ports/model-store.ts';
import { systemClock } from '#ports/system-clock.ts';
import type { RecordAccess, Vault } from '#ports/vault.ts';
import type { AnyProjection } from '#projections/projection.ts';
import type { Closing } from './closing.ts';
import { modelsInFiles, modelsInMongodb } from './model-adapters.ts';

export interface Stores {
  readonly journal: Journal;
  readonly leads: Leads;
  readonly vault: Vault;
  /** Where each read model is kept. */
  readonly modelAdapterOf: (projection: AnyProjection) => ModelAdapter;
  /** Tells clusters apart that share a bus by mistake; absent where nothing is shared. */
  readonly clusterId: string | undefined;
}

export interface StoresSetup {
  readonly config: Config;
  /** Absolute path of the data folder. */
  readonly folder: string;
  readonly record: RecordAccess;
  readonly log: Logger;
}

/** Opens them, and says in `opened` how to close each. */
export async function openStores(setup: StoresSetup, opened: Closing[]): Promise<Stores> {
  const { mongodb, vaultSecret } = setup.config;
  return mongodb && vaultSecret ? inMongodb(setup, mongodb, vaultSecret, opened) : inFiles(setup, opened);
}

async function inMongodb(
  { log, record }: StoresSetup,
  where: NonNullable<Config['mongodb']>,
  secret: string,
  opened: Closing[],
): Promise<Stores> {
  const clock = systemClock;
  const { db, clusterId, close } = await openMongodb({ ...where, clock, logger: log.child({ part: 'database' }) });
  opened.push(close);
  const journal = await openMongodbJournal({ db, clock });
  opened.push(() => journal.close());
  const leads = await openMongodbLeads({ db });
  opened.push(() => leads.close());
  const vault = await openMongodbVault({ db, secret, clock, record });
  opened.push(() => vault.close());
  return { journal, leads, vault, modelAdapterOf: modelsInMongodb(db), clusterId };
}

async function inFiles({ config, folder, record }: StoresSetup, opened: Closing[]): Promise<Stores> {
  const journal = await openSqliteJournal({ path: join(folder, 'journal.db') });
  opened.push(() => journal.close());
  const leads = await openSqliteLeads({ path: join(folder, 'leads.db') });
  opened.push(() => leads.close());
  const secret = config.vaultSecret ?? loadOrCreateVaultSecret(join(folder, 'vault.key'));
  const vault = await openSqliteVault({ path: join(folder, 'vault.db'), secret, clock: systemClock, record });
  opened.push(() => vault.close());
  return { journal, leads, vault, modelAdapterOf: modelsInFiles(folder), clusterId: undefined };
}
