import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { Collection } from 'mongodb';
import { openMongodbJournal } from '#adapters/mongodb/journal.ts';
import { journalCollections } from '#adapters/mongodb/journal-queries.ts';
import { JournalWriters } from '#adapters/mongodb/journal-writers.ts';
import { codeOf } from '#ports/errors.ts';
import type { Journal } from '#ports/journal.ts';
import { systemClock } from '#ports/system-clock.ts';
import { entry, everything, follower, names, outOfOrder } from './journal-kit.ts';
import { mongodbUrl } from './services.ts';
import { openTestDatabase, type TestDatabase } from './test-database.ts';

jest.setTimeout(120_000);

let database: TestDatabase;
let opened: Journal[];

beforeEach(async () => {
  database = await openTestDatabase();
  opened = [];
});
afterEach(async () => {
  await Promise.all(opened.map((journal) => journal.close()));
  await database.drop();
});

/** A journal over a connection of its own, as another node has it. */
async function node(): Promise<Journal> {
  const { db } = await database.another();
  const journal = await openMongodbJournal({ db, clock: systemClock });
  opened.push(journal);
  return journal;
}

test('of several nodes that write one stream exactly one wins each version', async () => {
  const nodes = [await node(), await node(), await node()];
  for (let version = 1; version <= 30; version += 1) {
    const tries = nodes.map((journal, index) => journal.append([entry('call/1', version, {}, `node ${index}`)]));
    const codes = (await Promise.allSettled(tries)).map((tried) =>
      tried.status === 'fulfilled' ? 'won' : codeOf(tried.reason),
    );
    expect(codes.toSorted()).toEqual(['VERSION_CONFLICT', 'VERSION_CONFLICT', 'won']);
    const [kept] = await nodes[0]!.read('call/1', version - 1);
    expect(new TextDecoder().decode(kept?.bytes)).toBe(`call/1@${version} node ${codes.indexOf('won')}`);
  }
});

test('a node that was overtaken in many streams at once hears so without an insert for each of them', async () => {
  const streams = Array.from({ length: 40 }, (_, index) => `call/${index}`);
  const [overtaken, other] = [await node(), await node()];
  await Promise.all(streams.map((stream) => overtaken.append([entry(stream, 1)])));
  await Promise.all(streams.map((stream) => other.append([entry(stream, 2, {}, 'other')])));
  const inserts = jest.spyOn(Collection.prototype, 'insertMany');
  const fresh = overtaken.append([entry('call/fresh', 1)]);
  const tried = await Promise.allSettled(streams.map((stream) => overtaken.append([entry(stream, 2, {}, 'late')])));
  await fresh;
  expect(tried.map((each) => each.status === 'rejected' && codeOf(each.reason))).toEqual(
    streams.map(() => 'VERSION_CONFLICT'),
  );
  expect(inserts.mock.calls.length).toBeLessThan(5);
  inserts.mockRestore();
});

test('nobody comes between the commits of one append, nor after them with an older version', async () => {
  const [one, two] = [await node(), await node()];
  const versions = (from: number, to: number, by: string) =>
    Array.from({ length: to - from + 1 }, (_, index) => entry('call/1', from + index, {}, by));
  await one.append(versions(1, 3, 'one'));
  for (const from of [1, 2, 3, 5]) {
    await expect(two.append(versions(from, from + 1, 'two'))).rejects.toMatchObject({ code: 'VERSION_CONFLICT' });
  }
  const both = await Promise.allSettled([one.append(versions(4, 8, 'one')), two.append(versions(4, 5, 'two'))]);
  expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  const kept = await one.read('call/1', 3);
  expect(new Set(kept.map(({ bytes }) => new TextDecoder().decode(bytes).split(' ')[1])).size).toBe(1);
  expect([5, 8]).toContain(kept.at(-1)?.version);
});

test('whoever follows is given everything once and in order, while actors move between nodes that write', async () => {
  const nodes = [await node(), await node(), await node()];
  const followers = [...nodes, await node()].map((journal) => follower(journal));
  const versions = 25;
  await Promise.all(
    Array.from({ length: 12 }, async (_, actor) => {
      for (let version = 1; version <= versions; version += 1) {
        await nodes[(actor + (version >> 1)) % 3]!.append([entry(`call/${actor}`, version)]);
      }
    }),
  );
  for (const { seen, has, stop } of followers) {
    await has(12 * versions);
    await stop();
    expect(outOfOrder(seen)).toEqual([]);
    expect(seen).toHaveLength(12 * versions);
  }
  const [first] = nodes as [Journal, ...Journal[]];
  for (const limit of [7, 256]) expect(outOfOrder(await everything(first, limit))).toEqual([]);
  const half = followers[0]!.seen[150]!;
  const late = follower(first, half.position);
  await late.has(12 * versions - 151);
  await late.stop();
  expect(new Set([...names(followers[0]!.seen.slice(0, 151)), ...names(late.seen)]).size).toBe(12 * versions);
});

test('a node that was thought to be gone goes on under another number, and loses nothing', async () => {
  const journal = await node();
  await journal.append([entry('call/1', 1)]);
  const collections = journalCollections(database.db);
  await new JournalWriters(collections, systemClock).seal(1, 0);
  await Promise.all(Array.from({ length: 20 }, (_, index) => journal.append([entry(`call/${index + 2}`, 1)])));
  await journal.append([entry('call/1', 2)]);
  const entries = await everything(await node());
  expect(entries).toHaveLength(22);
  expect(outOfOrder(entries)).toEqual([]);
  expect(new Set(entries.slice(1).map(({ position }) => position.split(';')[0]))).toEqual(new Set(['1']));
});

test('nodes that are killed leave every acknowledged commit, and nothing half', async () => {
  const processes = ['one', 'two', 'three'].map((prefix) => {
    const fixture = join(import.meta.dirname, 'journal-writer.fixture.ts');
    const child = spawn(process.execPath, [fixture, mongodbUrl(), database.db.databaseName, prefix, '5'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const acknowledged: string[] = [];
    const enough = Promise.withResolvers<void>();
    let rest = '';
    child.stdout.on('data', (text) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      acknowledged.push(...lines);
      if (acknowledged.length > 120) enough.resolve();
    });
    return { child, acknowledged, enough: enough.promise };
  });
  const watching = follower(await node());
  await Promise.all(processes.map(({ enough }) => enough));
  for (const { child } of processes) {
    child.kill('SIGKILL');
    await once(child, 'close');
  }
  const journal = await node();
  const entries = await everything(journal);
  expect(outOfOrder(entries)).toEqual([]);
  const kept = new Set(names(entries));
  const lost = processes.flatMap(({ acknowledged }) => acknowledged.filter((each) => !kept.has(each)));
  expect(lost).toEqual([]);
  await watching.has(entries.length);
  await watching.stop();
  expect(outOfOrder(watching.seen)).toEqual([]);
  expect(new Set(names(watching.seen))).toEqual(kept);
  expect(await journal.wakefulStreams()).toEqual([...new Set(entries.map(({ stream }) => stream))].sort());
  expect(await journal.hasReached(entries.at(-1)?.position ?? '', await journal.head())).toBe(true);
});
