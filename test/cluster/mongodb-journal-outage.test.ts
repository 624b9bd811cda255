import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { type MongodbConnection, openMongodb } from '#adapters/mongodb/connection.ts';
import { openMongodbJournal } from '#adapters/mongodb/journal.ts';
import { journalCollections } from '#adapters/mongodb/journal-queries.ts';
import type { Journal } from '#ports/journal.ts';
import { systemClock } from '#ports/system-clock.ts';
import { type CuttableLink, openLink } from './cuttable-link.ts';
import { appendInTheEnd, entry, everything, follower, names, outOfOrder } from './journal-kit.ts';
import { mongodbUrl } from './services.ts';
import { openTestDatabase, quiet, type TestDatabase } from './test-database.ts';

jest.setTimeout(120_000);

let database: TestDatabase;
let link: CuttableLink;
let connection: MongodbConnection;
/** Behind the link. */
let journal: Journal;
/** Of another node, whose link is sound. */
let other: Journal;

beforeEach(async () => {
  database = await openTestDatabase();
  const { hostname, port } = new URL(mongodbUrl());
  link = await openLink({ host: hostname, port: Number(port) });
  connection = await openMongodb({
    // Else a replica set would tell its own address, past the link.
    url: `mongodb://127.0.0.1:${link.port}/?directConnection=true`,
    database: database.db.databaseName,
    clock: systemClock,
    logger: quiet,
    patienceMs: 2000,
  });
  journal = await openMongodbJournal({ db: connection.db, clock: systemClock });
  other = await openMongodbJournal({ db: database.db, clock: systemClock });
});
afterEach(async () => {
  await journal.close();
  await other.close();
  await connection.close();
  await link.close();
  await database.drop();
});

test('while the database is away it says so, and nothing is lost when it is back', async () => {
  await journal.append([entry('call/1', 1)]);
  const { seen, has, stop } = follower(journal);
  await has(1);
  await link.cut();
  await expect(journal.append([entry('call/1', 2)])).rejects.toMatchObject({
    name: 'RetryableError',
    code: 'JOURNAL_UNAVAILABLE',
    message: expect.stringMatching(/^The journal in MongoDB cannot be reached \([\w ]+\); it goes on by itself/),
  });
  await expect(journal.read('call/1', 0)).rejects.toMatchObject({
    code: 'JOURNAL_UNAVAILABLE',
    name: 'RetryableError',
  });
  await link.mend();
  await appendInTheEnd(journal, [entry('call/1', 2)]);
  await appendInTheEnd(other, [entry('call/1', 3)]);
  await has(3);
  await stop();
  expect(names(seen)).toEqual(['call/1@1', 'call/1@2', 'call/1@3']);
});

describe('a batch that is cut off', () => {
  test('before the server has it is written when it is sent again', async () => {
    await journal.append([entry('call/1', 1)]);
    link.cutAround('call/1@2', 'before');
    await expect(journal.append([entry('call/1', 2)])).rejects.toMatchObject({ code: 'JOURNAL_UNAVAILABLE' });
    expect(names(await other.read('call/1', 0))).toEqual(['call/1@1']);
    await appendInTheEnd(journal, [entry('call/1', 2)]);
    expect(names(await other.read('call/1', 0))).toEqual(['call/1@1', 'call/1@2']);
  });

  test('after the server has it is known again when it is sent again, and by nobody else', async () => {
    await journal.append([entry('call/1', 1)]);
    link.cutAround('call/1@2', 'after');
    await expect(journal.append([entry('call/1', 2)])).rejects.toMatchObject({ code: 'JOURNAL_UNAVAILABLE' });
    expect(names(await other.read('call/1', 0))).toEqual(['call/1@1', 'call/1@2']);
    await expect(other.append([entry('call/1', 2)])).rejects.toMatchObject({ code: 'VERSION_CONFLICT' });
    await appendInTheEnd(journal, [entry('call/1', 2)]);
    await journal.append([entry('call/1', 3)]);
    expect(names(await everything(other))).toEqual(['call/1@1', 'call/1@2', 'call/1@3']);
  });

  test('after the server has it conflicts where something else was decided meanwhile', async () => {
    await journal.append([entry('call/1', 1)]);
    link.cutAround('call/1@2', 'after');
    await expect(journal.append([entry('call/1', 2)])).rejects.toMatchObject({ code: 'JOURNAL_UNAVAILABLE' });
    const differently = appendInTheEnd(journal, [entry('call/1', 2, {}, 'decided differently')]);
    await expect(differently).rejects.toMatchObject({ code: 'VERSION_CONFLICT' });
  });

  test('is found again with its timer and its work outstanding, once each', async () => {
    await journal.append([entry('call/1', 1)]);
    link.cutAround('call/1@2', 'after');
    const setTimers = [{ key: 'ring', atMs: 100, command: new Uint8Array(1) }];
    const second = entry('call/1', 2, { wakeful: true, setTimers });
    expect(await appendInTheEnd(journal, [second])).toBeGreaterThan(0);
    for (const each of [journal, other]) {
      expect(await each.wakefulStreams()).toEqual(['call/1']);
      expect(await each.dueTimers(100, 10)).toHaveLength(1);
    }
    await journal.settleTimer('call/1', 'ring', 100);
    expect(await other.dueTimers(100, 10)).toEqual([]);
  });

  test('ends the number it was written under, so that readers need not wait for more of it', async () => {
    await journal.append([entry('call/1', 1)]);
    link.cutAround('call/1@2', 'after');
    expect(await appendInTheEnd(journal, [entry('call/1', 2)])).toBeGreaterThan(0);
    await journal.append([entry('call/1', 3)]);
    await journal.close();
    const { journal: documents } = journalCollections(database.db);
    const order = await documents.find({ writer: { $gt: 0 } }, { sort: { writer: 1, sequence: 1 } }).toArray();
    const ends = order.filter((document) => 'seal' in document);
    expect(ends).toMatchObject([{ writer: 1, sequence: 3 }, { writer: 2 }]);
    expect(await other.hasReached((await everything(other)).at(-1)?.position ?? '', await other.head())).toBe(true);
  });
});

test('appends that are cut anywhere are there once each, whole, in order, for every reader', async () => {
  const here = follower(journal);
  const there = follower(other);
  const streams = Array.from({ length: 8 }, (_, index) => `call/${index}`);
  const turns = 16;
  let failures = 0;
  let cuts = 0;
  const writers = streams.map(async (stream) => {
    for (let turn = 0; turn < turns; turn += 1) {
      // Every third append is of two commits, which must be there together.
      const first = turn + Math.ceil(turn / 3) + 1;
      const entries = turn % 3 === 0 ? [entry(stream, first), entry(stream, first + 1)] : [entry(stream, first)];
      if (stream === 'call/0') {
        cuts += 1;
        if (turn % 4 < 2) link.cutAt(1 + (turn % 5), turn % 4 === 0 ? 'near' : 'far');
        else link.cutAround(`${stream}@${first}`, turn % 4 === 2 ? 'before' : 'after');
      }
      failures += await appendInTheEnd(journal, entries);
    }
  });
  await Promise.all(writers);
  expect(cuts).toBe(turns);
  expect(failures).toBeGreaterThan(0);
  const perStream = turns + Math.ceil(turns / 3);
  await Promise.all([here.has(streams.length * perStream), there.has(streams.length * perStream)]);
  await Promise.all([here.stop(), there.stop()]);
  for (const entries of [here.seen, there.seen, await everything(other)]) {
    expect(outOfOrder(entries)).toEqual([]);
    expect(entries).toHaveLength(streams.length * perStream);
  }
});
