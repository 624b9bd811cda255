/** Reading a list into the vault and the leads of a data folder, or of a cluster, without the rest of a node. */
import { join } from 'node:path';
import pino from 'pino';
import { importList } from '#adapters/csv/list-import.ts';
import type { ListOptions } from '#adapters/csv/list-reader.ts';
import { openSqliteLeads } from '#adapters/sqlite/leads.ts';
import { openSqliteVault } from '#adapters/sqlite/vault.ts';
import type { Config } from '#config/schema.ts';
import { RetryableError } from '#ports/errors.ts';
import type { Leads } from '#ports/leads.ts';
import { systemClock } from '#ports/system-clock.ts';
import type { Vault } from '#ports/vault.ts';
import { type Closing, closeAll } from '#scripts/node/closing.ts';
import type { ImportTold } from './import-words.ts';

export interface ImportWork extends ListOptions {
  readonly path: string;
  readonly campaignId: string;
  /** Whether every refused row is to be told, or the first ones only. */
  readonly allRefused: boolean;
  /** Of the vault. */
  readonly secret: string;
  readonly where: { readonly mongodb: NonNullable<Config['mongodb']> } | { readonly folder: string };
}

/** Refused rows that are shown where no report is wanted. */
export const shownRefused = 20;
const page = 1000;

/** @throws what reading the list throws. */
export async function importInto(work: ImportWork, tell: (told: ImportTold) => void): Promise<void> {
  const { path, campaignId, defaultRegion } = work;
  const opened: Closing[] = [];
  try {
    const stores = await openListStores(work, opened);
    const region = defaultRegion ? { defaultRegion } : {};
    const progress = (row: number) => tell({ type: 'progress', row });
    const count = await importList(path, campaignId, { ...stores, ...region }, progress);
    if (count.refused > 0) await tellRefused(stores.leads, work, tell);
    tell({ type: 'read', count });
  } finally {
    await closeAll(opened);
  }
}

async function tellRefused(leads: Leads, work: ImportWork, tell: (told: ImportTold) => void): Promise<void> {
  const limit = work.allRefused ? page : shownRefused;
  let rows = await leads.refused(work.campaignId, limit);
  while (rows.length > 0) {
    tell({ type: 'refused', rows });
    const { row: last = 0 } = rows.at(-1) ?? {};
    rows = work.allRefused ? await leads.refused(work.campaignId, limit, last) : [];
  }
}

async function openListStores({ where, secret }: ImportWork, opened: Closing[]): Promise<Stores> {
  const clock = systemClock;
  if ('folder' in where) {
    const leads = await openSqliteLeads({ path: join(where.folder, 'leads.db') });
    opened.push(() => leads.close());
    const vault = await openSqliteVault({ path: join(where.folder, 'vault.db'), secret, clock, record });
    opened.push(() => vault.close());
    return { leads, vault };
  }
  // Only where there is a cluster: its driver is larger than an import.
  const [{ openMongodb }, { openMongodbLeads }, { openMongodbVault }] = await Promise.all([
    import('#adapters/mongodb/connection.ts'),
    import('#adapters/mongodb/leads.ts'),
    import('#adapters/mongodb/vault.ts'),
  ]);
  const { db, close } = await openMongodb({ ...where.mongodb, clock, logger: pino({ level: 'silent' }) });
  opened.push(close);
  const leads = await openMongodbLeads({ db });
  opened.push(() => leads.close());
  const vault = await openMongodbVault({ db, secret, clock, record });
  opened.push(() => vault.close());
  return { leads, vault };
}

interface Stores {
  readonly leads: Leads;
  readonly vault: Vault;
}

/** An import reads nobody and erases nobody; an erasure that a crash has cut short waits for the next node. */
async function record(): Promise<void> {
  throw new RetryableError('JOURNAL_CLOSED', 'An import has no journal to record accesses in: start a node.');
}
