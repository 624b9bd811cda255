import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { NewEntry } from '#ports/journal.ts';
import { openSqliteJournal, openSqliteJournalReader } from './journal.ts';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'callboard-journal-'));
  path = join(folder, 'journal.db');
});
afterEach(() => rm(folder, { recursive: true }));

function entry(stream: string, version: number, size = 10): NewEntry {
  return {
    stream,
    version,
    bytes: new Uint8Array(size),
    hash: new Uint8Array(32),
    atMs: 1,
    wakeful: true,
    setTimers: [],
    clearTimers: [],
  };
}

const unavailable = (words: string) =>
  expect.objectContaining({ code: 'JOURNAL_UNAVAILABLE', message: expect.stringContaining(words) });

test('a file that is no database is refused and left as it is', async () => {
  await writeFile(path, 'phone,name\n'.repeat(100));
  await expect(openSqliteJournal({ path })).rejects.toEqual(unavailable(`${path} is no journal; name another file`));
});

test('a database of something else is refused', async () => {
  const other = new DatabaseSync(path);
  other.exec('CREATE TABLE cats (name TEXT)');
  other.close();
  await expect(openSqliteJournal({ path })).rejects.toEqual(unavailable('is a database but no journal'));
});

test('a journal of a newer schema is refused', async () => {
  await (await openSqliteJournal({ path })).close();
  const newer = new DatabaseSync(path);
  newer.exec('PRAGMA user_version = 99');
  newer.close();
  await expect(openSqliteJournal({ path })).rejects.toEqual(unavailable('written by a newer Callboard (schema 99'));
});

test('a journal that lacks a table is refused, to write and to read', async () => {
  await (await openSqliteJournal({ path })).close();
  const robbed = new DatabaseSync(path);
  robbed.exec('DROP TABLE snapshot');
  robbed.close();
  const lacks = unavailable('lacks its table snapshot; put back a copy of it that is whole.');
  await expect(openSqliteJournal({ path })).rejects.toEqual(lacks);
  await expect(openSqliteJournalReader({ path })).rejects.toEqual(lacks);
});

test('an empty file is no journal to read', async () => {
  await writeFile(path, '');
  await expect(openSqliteJournalReader({ path })).rejects.toEqual(unavailable(`${path} is empty and no journal`));
});

test('a folder that is not there is named', async () => {
  const missing = join(folder, 'nowhere', 'journal.db');
  await expect(openSqliteJournal({ path: missing })).rejects.toEqual(unavailable(`${missing} cannot be opened`));
  await expect(openSqliteJournalReader({ path: missing })).rejects.toEqual(unavailable(`${missing} cannot be opened`));
});

test('a second opening is refused until the first is closed', async () => {
  const first = await openSqliteJournal({ path });
  await expect(openSqliteJournal({ path })).rejects.toEqual(unavailable('in use by another Callboard'));
  await first.close();
  await (await openSqliteJournal({ path })).close();
});

test('a process that is killed leaves every acknowledged entry and no lock behind', async () => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'endless-append.fixture.ts'), path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const acknowledged = await new Promise<number>((resolve) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      const lines = text.split('\n').slice(0, -1);
      if (lines.length >= 200) resolve(Number(lines.at(-1)));
    });
  });
  await expect(openSqliteJournal({ path })).rejects.toEqual(unavailable('in use by another Callboard'));
  const reader = await openSqliteJournalReader({ path });
  expect((await reader.readAll('', 200)).length).toBe(200);
  await reader.close();

  child.kill('SIGKILL');
  await once(child, 'exit');
  const journal = await openSqliteJournal({ path });
  const kept = await journal.read('call/1', 0);
  expect(kept.length).toBeGreaterThanOrEqual(acknowledged);
  expect(kept.map(({ version }) => version)).toEqual(Array.from(kept, (_, index) => index + 1));
  expect(await journal.wakefulStreams()).toEqual(['call/1']);
  await journal.close();
});

test('where there is no room nothing of a call is written, and smaller ones go on', async () => {
  const journal = await openSqliteJournal({ path, maxBytes: 256 * 1024 });
  await journal.append([entry('call/1', 1)]);
  await expect(journal.append([entry('call/1', 2), entry('call/1', 3, 1_000_000)])).rejects.toMatchObject({
    code: 'DISK_FULL',
    message: expect.stringContaining('free some space and try again'),
  });
  expect(await journal.read('call/1', 0)).toHaveLength(1);
  await journal.append([entry('call/1', 2)]);
  expect(await journal.read('call/1', 0)).toHaveLength(2);
  await journal.close();
});

test('the loss of the thread that writes is final, and the journal closes all the same', async () => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'lost-thread.fixture.ts'), path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.on('data', (chunk) => {
    printed += chunk;
  });
  expect(await once(child, 'close')).toEqual([0, null]);
  expect(JSON.parse(printed)).toEqual({
    name: 'FatalError',
    code: 'JOURNAL_UNAVAILABLE',
    message: expect.stringContaining('start Callboard again'),
  });
});

test('an entry whose stream was deleted by hand is a stray', async () => {
  const journal = await openSqliteJournal({ path });
  await journal.append([entry('call/1', 1), entry('call/1', 2)]);
  await journal.append([entry('call/2', 1)]);
  const byHand = new DatabaseSync(path);
  byHand.exec(`DELETE FROM stream WHERE name = 'call/1'`);
  byHand.close();
  expect(await journal.strays(10)).toMatchObject([
    { stream: '', version: 1 },
    { stream: '', version: 2 },
  ]);
  expect(await journal.strays(1)).toHaveLength(1);
  expect(await journal.readAll('', 10)).toMatchObject([{ stream: 'call/2', version: 1 }]);
  await journal.close();
});

test('a reader of a file that is not there makes none', async () => {
  await expect(openSqliteJournalReader({ path })).rejects.toEqual(unavailable('cannot be opened'));
});
