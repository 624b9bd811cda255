/** Reading a list into the vault and the leads of a data folder, or of a cluster, without the rest of a node. */
import { open, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { importList } from '#adapters/csv/list-import.ts';
import { journalKind } from '#adapters/sqlite/journal-schema.ts';
import { openSqliteLeads } from '#adapters/sqlite/leads.ts';
import { openSqliteVault } from '#adapters/sqlite/vault.ts';
import { takeWriterLock } from '#adapters/sqlite/writer-lock.ts';
import { loadOrCreateVaultSecret } from '#adapters/vault/secret.ts';
import { loadConfig } from '#config/load.ts';
import type { Config } from '#config/schema.ts';
import { RetryableError } from '#ports/errors.ts';
import type { Leads, RefusedRow } from '#ports/leads.ts';
import type { ListCount } from '#ports/list-reader.ts';
import { systemClock } from '#ports/system-clock.ts';
import type { Vault } from '#ports/vault.ts';
import { campaignIdOf, checkCampaignId } from '#scripts/campaign-name.ts';
import { type Closing, closeAll } from '#scripts/node/closing.ts';
import { makeFolder } from '#scripts/node/data-folder.ts';
import { checkReportPath } from '#scripts/view/report-path.ts';
import type { ImportOptions } from './import-order.ts';

/** Rows between two lines that say how far it has come. */
const saysEvery = 100_000;
/** Refused rows that are shown where no report is wanted. */
const shown = 20;
const page = 1000;

/** @throws what `callboard import` throws. */
export async function importInto(list: string, options: ImportOptions): Promise<void> {
  const { data, config: file, report, campaign: campaignId = campaignIdOf(list) } = options;
  checkCampaignId(campaignId);
  if (report) checkReportPath(report);
  const config = loadConfig({ ...(file ? { file } : {}), overrides: data ? { dataFolder: data } : {} });
  const region = config.defaultRegion ? { defaultRegion: config.defaultRegion } : {};
  const opened: Closing[] = [];
  try {
    const { leads, vault } = await openListStores(config, opened);
    console.log(`Reading ${list} into the list of campaign ${campaignId}.`);
    const count = await importList(resolve(list), campaignId, { leads, vault, ...region }, sayProgress());
    if (report) await writeRefused(leads, campaignId, report);
    else for (const row of await leads.refused(campaignId, shown)) console.log(sentenceOf(row));
    console.log(summaryOf(count, campaignId, report));
  } finally {
    await closeAll(opened);
  }
}

interface ListStores {
  readonly leads: Leads;
  readonly vault: Vault;
}

async function openListStores(config: Config, opened: Closing[]): Promise<ListStores> {
  const { mongodb, vaultSecret, dataFolder } = config;
  if (mongodb && vaultSecret) return inMongodb(mongodb, vaultSecret, opened);
  const folder = makeFolder(dataFolder);
  // A data folder belongs to one process at a time: who may write its journal has the folder.
  const lock = takeWriterLock(journalKind, join(folder, 'journal.db'));
  opened.push(async () => lock.close());
  const leads = await openSqliteLeads({ path: join(folder, 'leads.db') });
  opened.push(() => leads.close());
  const secret = vaultSecret ?? loadOrCreateVaultSecret(join(folder, 'vault.key'));
  const vault = await openSqliteVault({ path: join(folder, 'vault.db'), secret, clock: systemClock, record });
  opened.push(() => vault.close());
  return { leads, vault };
}

/** Loaded only where there is a cluster: the driver takes more memory than an import. */
async function inMongodb(
  where: NonNullable<Config['mongodb']>,
  secret: string,
  opened: Closing[],
): Promise<ListStores> {
  const [{ pino }, { openMongodb }, { openMongodbLeads }, { openMongodbVault }] = await Promise.all([
    import('pino'),
    import('#adapters/mongodb/connection.ts'),
    import('#adapters/mongodb/leads.ts'),
    import('#adapters/mongodb/vault.ts'),
  ]);
  const clock = systemClock;
  const { db, close } = await openMongodb({ ...where, clock, logger: pino({ level: 'silent' }) });
  opened.push(close);
  const leads = await openMongodbLeads({ db });
  opened.push(() => leads.close());
  const vault = await openMongodbVault({ db, secret, clock, record });
  opened.push(() => vault.close());
  return { leads, vault };
}

/** An import reads nobody and erases nobody; an erasure that a crash has cut short waits for the next node. */
async function record(): Promise<void> {
  throw new RetryableError('JOURNAL_CLOSED', 'An import has no journal to record accesses in: start a node.');
}

/** A line of JSON for each row that is not dialed; the whole file, or the old one stays. */
async function writeRefused(leads: Leads, campaignId: string, path: string): Promise<void> {
  const unfinished = `${path}.${process.pid}.tmp`;
  try {
    const file = await open(unfinished, 'w');
    try {
      let rows = await leads.refused(campaignId, page);
      for (let last = rows.at(-1); last; last = rows.at(-1)) {
        await file.write(rows.map(({ row, reason }) => `${JSON.stringify({ row, reason })}\n`).join(''));
        rows = await leads.refused(campaignId, page, last.row);
      }
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

function sayProgress(): (row: number) => void {
  let said: number | undefined;
  return (row) => {
    if (said === undefined && row > 0) console.log(`It was read before up to row ${row}: going on after it.`);
    said ??= row;
    if (row - said < saysEvery) return;
    said = row;
    console.log(`${row} rows are stored.`);
  };
}

function sentenceOf({ row, reason }: RefusedRow): string {
  return `row ${row} is not dialed: ${reason}`;
}

function summaryOf({ rows, added, known, changed, refused, leads }: ListCount, campaignId: string, report?: string) {
  const where = report ? `, see ${report}` : '';
  const corrected = changed > 0 ? ` and ${changed} of these changed` : '';
  return [
    `${rows} rows: ${added} new, ${known} known before${corrected}, ${refused} not to be dialed${where}.`,
    `Campaign ${campaignId} has ${leads} leads.`,
  ].join(' ');
}
