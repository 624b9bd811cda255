/** Thousands of actors that are read into memory at once, as after the loss of a node, with few connections. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type MongodbConnection, openMongodb } from '#adapters/mongodb/connection.ts';
import { openMongodbJournal } from '#adapters/mongodb/journal.ts';
import type { Journal } from '#ports/journal.ts';
import { systemClock } from '#ports/system-clock.ts';
import { testLogger } from '#test/runtime-kit.ts';
import { entry } from './journal-kit.ts';
import { freshDatabase, mongodbUrl } from './services.ts';

let connection: MongodbConnection;
let journal: Journal;

beforeEach(async () => {
  const setup = { url: mongodbUrl(), database: freshDatabase(), clock: systemClock, logger: testLogger() };
  connection = await openMongodb({ ...setup, connections: 4 });
  journal = await openMongodbJournal({ db: connection.db, clock: systemClock });
});
afterEach(async () => {
  await journal.close();
  await connection.db.dropDatabase();
  await connection.close();
});

test('do not keep whoever writes from a connection', async () => {
  await journal.append([entry('call/1', 1)]);
  const done: string[] = [];
  const loads = Array.from({ length: 1000 }, async () => {
    await journal.loadSnapshot('call/1');
    expect(await journal.read('call/1', 0)).toHaveLength(1);
    done.push('load');
  });
  await journal.append([entry('call/2', 1)]).then(() => done.push('append'));
  await Promise.all(loads);
  expect(done).toHaveLength(1001);
  expect(done.indexOf('append')).toBeLessThan(500);
});
