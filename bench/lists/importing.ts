/**
 * One import in a process of its own, so that its memory is its own: `importing.ts ours|plain LIST FOLDER` prints what it
 * took. Plain is csv-parse and the fastest honest insert of the same cells: one table, one transaction for 4000 rows.
 */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pipeline } from 'node:stream';
import { parse } from 'csv-parse';
import { importList } from '#adapters/csv/list-import.ts';
import { openSqliteLeads } from '#adapters/sqlite/leads.ts';
import { openSqliteVault } from '#adapters/sqlite/vault.ts';
import { systemClock } from '#ports/system-clock.ts';

/** What an import took. */
export interface Imported {
  readonly seconds: number;
  /** Of the whole process, at its highest. */
  readonly peakMiB: number;
  readonly added: number;
  readonly refused: number;
}

const [how = '', list = '', folder = ''] = process.argv.slice(2);
const startedMs = performance.now();
const count = how === 'ours' ? await ours() : await plain();
const imported: Imported = {
  seconds: (performance.now() - startedMs) / 1000,
  peakMiB: process.resourceUsage().maxRSS / 1024,
  ...count,
};
console.log(JSON.stringify(imported));

async function ours(): Promise<Pick<Imported, 'added' | 'refused'>> {
  const leads = await openSqliteLeads({ path: join(folder, 'leads.db') });
  const secret = '0f'.repeat(32);
  const record = async () => {};
  const vault = await openSqliteVault({ path: join(folder, 'vault.db'), secret, clock: systemClock, record });
  const { added, refused } = await importList(list, 'bench', { vault, leads });
  await Promise.all([leads.close(), vault.close()]);
  return { added, refused };
}

async function plain(): Promise<Pick<Imported, 'added' | 'refused'>> {
  const database = new DatabaseSync(join(folder, 'plain.db'));
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
    CREATE TABLE person (row INTEGER PRIMARY KEY, phone TEXT UNIQUE, name TEXT, timezone TEXT, language TEXT,
      segment TEXT, priority INTEGER, city TEXT, note TEXT)`);
  const insert = database.prepare('INSERT OR IGNORE INTO person VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const parser = parse({ from_line: 2 });
  pipeline(createReadStream(list), parser, () => {});
  let row = 0;
  let added = 0;
  database.exec('BEGIN');
  for await (const cells of parser as AsyncIterable<string[]>) {
    row += 1;
    added += Number(insert.run(row, ...cells).changes);
    if (row % 4000 === 0) database.exec('COMMIT; BEGIN');
  }
  database.exec('COMMIT');
  database.close();
  return { added, refused: row - added };
}
