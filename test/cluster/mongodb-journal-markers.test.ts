/** Each half state that a crash can leave is written by hand, then a journal is opened over it. */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { openMongodbJournal } from '#adapters/mongodb/journal.ts';
import { type Append, appendOf, documentsOf } from '#adapters/mongodb/journal-append.ts';
import type { CommitDocument, JournalDocument } from '#adapters/mongodb/journal-documents.ts';
import { type Head, noHead } from '#adapters/mongodb/journal-heads.ts';
import { type JournalCollections, journalCollections } from '#adapters/mongodb/journal-queries.ts';
import { JournalWriters } from '#adapters/mongodb/journal-writers.ts';
import type { Journal, NewEntry } from '#ports/journal.ts';
import { systemClock } from '#ports/system-clock.ts';
import { entry } from './journal-kit.ts';
import { openTestDatabase, type TestDatabase } from './test-database.ts';

jest.setTimeout(120_000);

let database: TestDatabase;
let collections: JournalCollections;
let journal: Journal;
/** Of a node that crashes. */
const crashed = 1;

beforeEach(async () => {
  database = await openTestDatabase();
  collections = journalCollections(database.db);
  journal = await openMongodbJournal({ db: database.db, clock: systemClock });
  expect(await new JournalWriters(collections, systemClock).register()).toBe(crashed);
});
afterEach(async () => {
  await journal.close();
  await database.drop();
});

const timer = (key: string, atMs: number) => ({ key, atMs, command: new Uint8Array(1) });

function append(...entries: [NewEntry, ...NewEntry[]]): Append {
  return appendOf(entries, entries[0]);
}

function headOf({ version, writer, sequence, wake, timers = [] }: CommitDocument): Head {
  return { version, place: { writer, sequence }, ...(wake ? { wake } : {}), timers, seenAtMs: 0 };
}

/** The documents of appends to call/1 that follow each other, in the order in which they are sent. */
function documents(...appends: Append[]): JournalDocument[] {
  let head = noHead;
  return appends.flatMap((each, index) => {
    const { markers, commit } = documentsOf(each, head, { writer: crashed, sequence: index + 1 });
    head = headOf(commit);
    return [...markers, commit];
  });
}

async function insert(all: readonly JournalDocument[]): Promise<void> {
  if (all.length > 0) await collections.journal.insertMany([...all] as never);
}

const due = async () => (await journal.dueTimers(1000, 10)).map(({ key, atMs }) => `${key} ${atMs}`);
const markersLeft = () => collections.journal.countDocuments({ marker: { $gt: '' } });

/** Opens it anew, once what was to be cleaned up is. */
async function settled(): Promise<void> {
  await journal.close();
  journal = await openMongodbJournal({ db: database.db, clock: systemClock });
}

describe('a node that crashes while it appends', () => {
  const first = () =>
    append(entry('call/1', 1, { wakeful: true, setTimers: [timer('ring', 100), timer('talk', 200)] }));
  const second = () => append(entry('call/1', 2, { setTimers: [timer('ring', 300)], clearTimers: ['talk'] }));
  const third = () => append(entry('call/1', 3, { wakeful: true }), entry('call/1', 4, { wakeful: true }));

  test.each([0, 1, 2, 3, 4, 5, 6, 7, 8])(
    'after %i documents leaves what its commits say, no more and no less',
    async (count) => {
      const all = documents(first(), second(), third());
      const written = all.slice(0, count);
      await insert(written);
      const commits = written.filter((document) => 'version' in document).length;
      const says = [
        { wakeful: [], timers: [] },
        { wakeful: ['call/1'], timers: ['ring 100', 'talk 200'] },
        { wakeful: [], timers: ['ring 300'] },
        { wakeful: ['call/1'], timers: ['ring 300'] },
      ][commits];
      expect(await journal.wakefulStreams()).toEqual(says?.wakeful);
      expect(await due()).toEqual(says?.timers);
      expect(await journal.nextTimerAtMs()).toBe(
        says?.timers.length ? Number(says.timers[0]?.split(' ')[1]) : undefined,
      );
      expect(await journal.read('call/1', 0)).toHaveLength(commits === 3 ? 4 : commits);
      expect(all).toHaveLength(8);
    },
  );

  test('is succeeded by another, whose commits are told from those that never came', async () => {
    const [wake, ring, talk] = documents(first()) as [JournalDocument, JournalDocument, JournalDocument];
    await insert([wake, ring, talk]);
    await journal.append([entry('call/1', 1, { wakeful: true, setTimers: [timer('ring', 500)] })]);
    expect(await journal.wakefulStreams()).toEqual(['call/1']);
    expect(await due()).toEqual(['ring 500']);
    await settled();
    expect(await markersLeft()).toBe(2);
  });
});

describe('markers that are not believed', () => {
  const ringing = () => append(entry('call/1', 1, { wakeful: true, setTimers: [timer('ring', 100)] }));

  test('stay while their commit may still come', async () => {
    const all = documents(ringing());
    await insert(all.slice(0, 2));
    expect([await journal.wakefulStreams(), await due()]).toEqual([[], []]);
    expect(await journal.wakefulStreams(undefined, { loosely: true })).toEqual(['call/1']);
    await settled();
    expect(await markersLeft()).toBe(2);
    await insert(all.slice(2));
    expect([await journal.wakefulStreams(), await due()]).toEqual([['call/1'], ['ring 100']]);
  });

  test('go once their writer has ended without the commit', async () => {
    await insert(documents(ringing()).slice(0, 2));
    await new JournalWriters(collections, systemClock).seal(crashed, 0);
    await journal.readAll('', 10);
    expect([await journal.wakefulStreams(), await due()]).toEqual([[], []]);
    await settled();
    expect(await markersLeft()).toBe(0);
  });

  test('go where a later commit took them back and its writer crashed before it deleted them', async () => {
    await insert(documents(ringing(), append(entry('call/1', 2, { clearTimers: ['ring'] }))));
    expect([await journal.wakefulStreams(), await due()]).toEqual([[], []]);
    await settled();
    expect(await markersLeft()).toBe(0);
  });

  test('do not hide those behind them, however many they are', async () => {
    const dead = Array.from({ length: 70 }, (_, index) =>
      documents(append(entry(`dead/${index}`, 1, { setTimers: [timer('ring', index)] }))),
    );
    await insert(dead.map(([marker]) => marker as JournalDocument));
    await journal.append([entry('call/1', 1, { setTimers: [timer('ring', 500)] })]);
    expect(await journal.nextTimerAtMs()).toBe(500);
    expect(await due()).toEqual(['ring 500']);
  });
});

test('markers are deleted behind the commits that take them back', async () => {
  await journal.append([entry('call/1', 1, { wakeful: true, setTimers: [timer('ring', 100), timer('talk', 200)] })]);
  await journal.append([entry('call/1', 2, { wakeful: true, setTimers: [timer('ring', 300)] })]);
  await settled();
  expect(await markersLeft()).toBe(3);
  await journal.append([entry('call/1', 3, { clearTimers: ['ring', 'talk'] })]);
  await settled();
  expect(await markersLeft()).toBe(0);
});

test('a timer that has fired is not carried on by the commits after it', async () => {
  await journal.append([entry('call/1', 1, { setTimers: [timer('ring', 100), timer('talk', 200)] })]);
  await journal.settleTimer('call/1', 'ring', 100);
  await journal.append([entry('call/1', 2)]);
  const last = await collections.commits.findOne({ stream: 'call/1', version: 2 });
  expect(last?.timers?.map(({ key }) => key)).toEqual(['talk']);
});

test('an append that loses leaves no marker behind', async () => {
  const { db } = await database.another();
  const other = await openMongodbJournal({ db, clock: systemClock });
  await other.append([entry('call/1', 1)]);
  const lost = journal.append([entry('call/1', 1, { wakeful: true, setTimers: [timer('ring', 100)] })]);
  await expect(lost).rejects.toMatchObject({ code: 'VERSION_CONFLICT' });
  await settled();
  expect(await markersLeft()).toBe(0);
  await other.close();
});

test('entries whose stream has lost its beginning, or its name, are strays', async () => {
  await journal.append([entry('call/1', 1), entry('call/1', 2)]);
  await journal.append([entry('call/2', 1)]);
  await journal.append([entry('call/2', 2), entry('call/2', 3)]);
  await journal.append([entry('call/3', 1)]);
  await journal.append([entry('call/3', 2)]);
  await collections.journal.deleteOne({ _id: 'call/2@1' });
  await collections.journal.updateOne({ _id: 'call/3@2' }, { $unset: { stream: '' } });
  const strays = await journal.strays(10);
  expect(strays.map(({ stream, version }) => [stream, version])).toEqual([
    ['', 2],
    ['', 3],
    ['', 2],
  ]);
  expect(await journal.strays(2)).toHaveLength(2);
  expect(await journal.streams({ limit: 10 })).toEqual(['call/1', 'call/3']);
});
