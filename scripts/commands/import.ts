/** `callboard import LIST`: a list into the leads of a campaign, before anybody is dialed. */
import { createWriteStream } from 'node:fs';
import { join, resolve } from 'node:path';
import { finished } from 'node:stream/promises';
import { Worker } from 'node:worker_threads';
import { openSqliteJournal } from '#adapters/sqlite/journal.ts';
import { loadOrCreateVaultSecret } from '#adapters/vault/secret.ts';
import { loadConfig } from '#config/load.ts';
import type { Config } from '#config/schema.ts';
import type { RefusedRow } from '#ports/leads.ts';
import type { ListCount } from '#ports/list-reader.ts';
import type { ImportTold } from '#scripts/import/import-words.ts';
import type { ImportWork } from '#scripts/import/import-work.ts';
import { type Closing, closeAll } from '#scripts/node/closing.ts';
import { makeFolder } from '#scripts/node/data-folder.ts';
import { campaignIdOf, checkCampaignId } from '#scripts/own-list.ts';
import { checkReportPath } from '#scripts/view/report.ts';
import type { CommonOptions } from './options.ts';

export interface ImportOptions extends CommonOptions {
  readonly campaign?: string;
  readonly report?: string;
}

/**
 * Rows are thousands at a time on their way, and none of them stays: with V8's own sizes, three times as much memory
 * is full of those that are gone.
 */
const memory = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 96 };
/** Rows between two lines that say how far it has come. */
const saysEvery = 100_000;

/**
 * Reads the list and ends; the same command again goes on where it was cut short. `run` and `dial` dial what it has
 * read, when they are given the same list and campaign.
 * @throws LIST_UNREADABLE, CONFIG_INVALID, JOURNAL_UNAVAILABLE where a node holds the data folder; what stores throw.
 */
export async function importCommand(list: string, options: ImportOptions): Promise<void> {
  const campaignId = options.campaign ?? campaignIdOf(list);
  checkCampaignId(campaignId);
  if (options.report) checkReportPath(options.report);
  const { data, config: file } = options;
  const config = loadConfig({ ...(file ? { file } : {}), overrides: data ? { dataFolder: data } : {} });
  const opened: Closing[] = [];
  try {
    const where = await placeOf(config, opened);
    const { defaultRegion } = config;
    const region = defaultRegion ? { defaultRegion } : {};
    const path = resolve(list);
    const work = { ...where, ...region, path, campaignId, allRefused: options.report !== undefined };
    console.log(`Reading ${list} into the list of campaign ${campaignId}.`);
    const count = await runImport(work, options.report);
    console.log(summaryOf(count, campaignId, options.report));
  } finally {
    await closeAll(opened);
  }
}

/** Where people and leads go. A data folder belongs to one process at a time: who holds its journal holds the folder. */
async function placeOf(config: Config, opened: Closing[]): Promise<Pick<ImportWork, 'secret' | 'where'>> {
  const { mongodb, vaultSecret, dataFolder } = config;
  if (mongodb && vaultSecret) return { secret: vaultSecret, where: { mongodb } };
  const folder = makeFolder(dataFolder);
  const journal = await openSqliteJournal({ path: join(folder, 'journal.db') });
  opened.push(() => journal.close());
  return { secret: vaultSecret ?? loadOrCreateVaultSecret(join(folder, 'vault.key')), where: { folder } };
}

async function runImport(work: ImportWork, reportPath: string | undefined): Promise<ListCount> {
  const report = reportPath === undefined ? undefined : createWriteStream(reportPath);
  const written = report && finished(report);
  // Who waits for it hears of it; until then nobody does.
  written?.catch(() => {});
  const refused = (rows: readonly RefusedRow[]) => {
    if (report) for (const row of rows) report.write(`${JSON.stringify({ row: row.row, reason: row.reason })}\n`);
    else for (const { row, reason } of rows) console.log(`row ${row} is not dialed: ${reason}`);
  };
  try {
    return await heard(work, refused, sayProgress());
  } finally {
    report?.end();
    await written;
  }
}

/** Runs the thread, and gives what it has counted. */
function heard(
  work: ImportWork,
  refused: (rows: readonly RefusedRow[]) => void,
  progress: (row: number) => void,
): Promise<ListCount> {
  const thread = new Worker(new URL('../import/import.worker.ts', import.meta.url), {
    workerData: work,
    resourceLimits: memory,
  });
  let count: ListCount | undefined;
  return new Promise((resolve, reject) => {
    thread.on('message', (told: ImportTold) => {
      if (told.type === 'progress') progress(told.row);
      else if (told.type === 'refused') refused(told.rows);
      else if (told.type === 'read') count = told.count;
      else
        reject(
          Object.assign(new Error(told.message), { stack: told.stack, ...(told.code ? { code: told.code } : {}) }),
        );
    });
    thread.once('error', reject);
    thread.once('exit', (code) => (count ? resolve(count) : reject(new Error(`The thread ended with ${code}.`))));
  });
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

function summaryOf({ rows, added, known, refused, leads }: ListCount, campaignId: string, report?: string): string {
  const where = report && refused > 0 ? `, see ${report}` : '';
  return [
    `${rows} rows: ${added} new, ${known} known before, ${refused} not to be dialed${where}.`,
    `Campaign ${campaignId} has ${leads} leads.`,
  ].join(' ');
}
