import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { ObjectId } from 'mongodb';
import { openMongodbJournal } from '#adapters/mongodb/journal.ts';
import {
  allQueries,
  commitQueries,
  journalCollections,
  journalIndexes,
  markerQueries,
  orderQueries,
  snapshotQueries,
  writerQueries,
} from '#adapters/mongodb/journal-queries.ts';
import { JournalWriters } from '#adapters/mongodb/journal-writers.ts';
import { systemClock } from '#ports/system-clock.ts';
import { indexFor, openWatchedDatabase, plannedStages, shapeOf, type WatchedDatabase } from './index-use.ts';
import { entry } from './journal-kit.ts';

jest.setTimeout(120_000);

const place = { writer: 1, sequence: 1 };
/** One of each, and two of the one that comes in two shapes. */
const listed = [
  commitQueries.after('call/1', 0),
  commitQueries.last('call/1'),
  commitQueries.endingAt('call/1', 1),
  commitQueries.beginningAt('call/1', 1),
  commitQueries.beginnings(''),
  commitQueries.beginnings('call/', 'call0'),
  orderQueries.after(place),
  orderQueries.at(place),
  allQueries.everything(),
  markerQueries.wakeful(),
  markerQueries.timers(),
  markerQueries.dueTimers(1),
  markerQueries.timersAt('call/1', 'ring', 1),
  markerQueries.byId(new ObjectId()),
  writerQueries.above(0),
  writerQueries.newest(),
  writerQueries.byId(1),
  snapshotQueries.of('call/1'),
  snapshotQueries.notNewer('call/1', 1),
];
const queries = [commitQueries, orderQueries, allQueries, markerQueries, writerQueries, snapshotQueries];

let database: WatchedDatabase;

beforeEach(async () => {
  database = await openWatchedDatabase();
});
afterEach(() => database.drop());

test('every query that the journal sends is listed, and has an index', async () => {
  const { db, asked } = database;
  const journal = await openMongodbJournal({ db, clock: systemClock });
  const ring = { key: 'ring', atMs: 1, command: new Uint8Array(1) };
  await journal.append([entry('call/1', 1, { wakeful: true, setTimers: [ring] })]);
  await journal.append([entry('call/2', 1, { wakeful: true })]);
  // Known to be sealed neither by it, nor, at first, by the journal.
  await new JournalWriters(journalCollections(db), systemClock).seal(1, 0);
  await journal.append([entry('call/1', 2)]);
  await journal.append([entry('call/2', 1)]).catch(() => undefined);
  await journal.append([entry('call/9', 2)]).catch(() => undefined);
  await journal.read('call/1', 0);
  await journal.readAll('', 10);
  await journal.head();
  await journal.streams({ limit: 10 });
  await journal.streams({ kind: 'call', limit: 10 });
  await journal.strays(10);
  await journal.wakefulStreams();
  const another = await openMongodbJournal({ db, clock: systemClock });
  await another.wakefulStreams();
  await another.close();
  await journal.dueTimers(1, 10);
  await journal.nextTimerAtMs();
  await journal.settleTimer('call/1', 'ring', 1);
  await journal.saveSnapshot('call/1', { version: 1, schema: 1, bytes: new Uint8Array(1) });
  await journal.loadSnapshot('call/1');
  await journal.close();

  const shapes = [...new Set(asked.map(shapeOf))].sort();
  expect(listed).toHaveLength(queries.flatMap((each) => Object.keys(each)).length + 1);
  expect(shapes).toEqual([...new Set(listed.map(shapeOf))].sort());
  for (const question of asked) {
    expect([shapeOf(question), indexFor(question, journalIndexes)]).toEqual([shapeOf(question), expect.anything()]);
  }
  if ('ferretdbVersion' in (await db.command({ buildInfo: 1 }))) return;
  for (const question of asked.slice()) {
    const stages = await plannedStages(db, question);
    for (const slow of ['COLLSCAN', 'SORT']) expect([shapeOf(question), ...stages]).not.toContain(slow);
  }
});
