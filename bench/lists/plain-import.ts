/**
 * What an import is measured against: `plain-import.ts LIST DATABASE` reads the list with csv-parse and inserts the same
 * cells into one table with a unique number, 4000 rows a transaction: no check of numbers, no encryption, no leads.
 */
import { createReadStream } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pipeline } from 'node:stream';
import { parse } from 'csv-parse';

const together = 4000;
const [list = '', path = ''] = process.argv.slice(2);
const database = new DatabaseSync(path);
database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
  CREATE TABLE person (row INTEGER PRIMARY KEY, phone TEXT UNIQUE, name TEXT, timezone TEXT, language TEXT,
    segment TEXT, priority INTEGER, city TEXT, note TEXT)`);
const insert = database.prepare('INSERT OR IGNORE INTO person VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
const parser = parse({ from_line: 2 });
pipeline(createReadStream(list), parser, () => {});
let row = 0;
database.exec('BEGIN');
for await (const cells of parser as AsyncIterable<string[]>) {
  row += 1;
  insert.run(row, ...cells);
  if (row % together === 0) database.exec('COMMIT; BEGIN');
}
database.exec('COMMIT');
database.close();
