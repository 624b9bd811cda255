import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Document } from 'mongodb';
import { type MongodbConnection, openMongodb } from '#adapters/mongodb/connection.ts';
import type { LogLine } from '#ports/logger.ts';
import { ManualClock } from '#test/fakes/manual-clock.ts';
import { type FakeMongodbServer, fakeMongodbServer, helloOfToday } from './fake-mongodb-server.ts';
import { listening } from './listening.ts';
import { freshDatabase, mongodbUrl } from './services.ts';

const clock = new ManualClock(1_750_000_000_000);
const login = 'nightwatch:hunter2';
let lines: string[];
let opened: MongodbConnection[];
let database: string;

const logger = (() => {
  const line: LogLine = (facts, message) => lines.push(`${JSON.stringify(facts)} ${message}`);
  return { debug: line, info: line, warn: line, error: line };
})();

async function open(url = mongodbUrl(), patienceMs = 5000): Promise<MongodbConnection> {
  const connection = await openMongodb({ url, database, clock, logger, patienceMs });
  opened.push(connection);
  return connection;
}

/** What opening is refused with; never with the login. */
async function refusal(url: string): Promise<{ code: string; message: string }> {
  const error = await open(url, 300).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  const { code, message, name, cause } = error as Error & { code: string };
  for (const word of login.split(':')) expect(`${message} ${cause} ${lines.join()}`).not.toContain(word);
  expect(message).toMatch(/^[^.].*\.$/);
  expect(['FatalError', 'RetryableError']).toContain(name);
  return { code, message };
}

beforeEach(() => {
  lines = [];
  opened = [];
  database = freshDatabase();
});
afterEach(async () => {
  for (const [index, connection] of opened.entries()) {
    if (index === 0) await connection.db.dropDatabase();
    await connection.close();
  }
});

describe('a server', () => {
  test('is opened, and what kind of server it is goes into the log without its URL', async () => {
    const { server } = await open();
    expect(server.version).toMatch(/^\d+\.\d+/);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('the database is open');
    expect(lines[0]).not.toContain('127.0.0.1');
  });

  test('has one cluster for each database, however many nodes open it at once', async () => {
    const nodes = await Promise.all(Array.from({ length: 8 }, () => open()));
    expect(new Set(nodes.map(({ clusterId }) => clusterId)).size).toBe(1);
    const [record] = await nodes[0]!.db.collection('meta').find().toArray();
    expect(record).toEqual({
      _id: 'callboard',
      schema: 1,
      clusterId: nodes[0]!.clusterId,
      createdAtMs: clock.now(),
    });
  });

  test('keeps its cluster, and another database is another cluster', async () => {
    const { clusterId } = await open();
    expect((await open()).clusterId).toBe(clusterId);
    database = freshDatabase();
    const other = await open();
    expect(other.clusterId).not.toBe(clusterId);
    await other.db.dropDatabase();
  });

  test('that holds what a newer version has written is refused', async () => {
    const { db } = await open();
    await db.collection<Document & { _id: string }>('meta').updateOne({ _id: 'callboard' }, { $set: { schema: 2 } });
    await expect(open()).rejects.toMatchObject({
      code: 'JOURNAL_NEWER',
      message: `The MongoDB database ${database} was written by a newer version of Callboard (schema 2, this one knows 1); start that version, or name another database.`,
    });
  });

  test('that refuses the login is named, and the login is not', async () => {
    const { code, message } = await refusal(mongodbUrl().replace('//', `//${login}@`));
    expect(code).toBe('DATABASE_REFUSED');
    expect(message).toMatch(/^The MongoDB server at \S+ refuses the login \(AuthenticationFailed\)/);
  });
});

describe('no server', () => {
  test('at the port', async () => {
    const { port, close } = await listening(createServer());
    await close();
    expect(await refusal(`mongodb://${login}@127.0.0.1:${port}`)).toEqual({
      code: 'DATABASE_UNREACHABLE',
      message: `No MongoDB server that can be written to answers at 127.0.0.1:${port} (ECONNREFUSED); start it, or mend the URL of the database.`,
    });
  });

  test('of that name', async () => {
    const { code, message } = await refusal(`mongodb://${login}@no-such-host.invalid`);
    expect(code).toBe('DATABASE_UNREACHABLE');
    expect(message).toContain('no-such-host.invalid:27017 (E');
    expect((await refusal(`mongodb+srv://${login}@no-such-host.invalid`)).code).toBe('DATABASE_UNREACHABLE');
  });

  test.each([
    'mongodb://',
    `mongodb://${login}@127.0.0.1:99999`,
    `mongodb://${login}@x@127.0.0.1:27017`,
    `mongodb://${login}@127.0.0.1:27017/?hunter2=1`,
    `mongodb://${login}/x@127.0.0.1`,
    `http://${login}@127.0.0.1`,
    '127.0.0.1:27017',
  ])('by the URL %s', async (url) => {
    const { code, message } = await refusal(url);
    expect(code).toBe('DATABASE_UNREACHABLE');
    expect(message).toMatch(/^The URL of the database is not usable;/);
  });

  test('but a port that takes connections and says nothing, or something else', async () => {
    const silent = await listening(createServer(() => {}));
    expect((await refusal(`mongodb://${login}@127.0.0.1:${silent.port}`)).code).toBe('DATABASE_UNREACHABLE');
    await silent.close();
    const web = await listening(createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
    expect((await refusal(`mongodb://127.0.0.1:${web.port}`)).code).toBe('DATABASE_UNREACHABLE');
    await web.close();
  });
});

describe('a fake server', () => {
  let fake: FakeMongodbServer;
  afterEach(() => fake.close());

  test('of a version before 6.0 is refused', async () => {
    fake = await fakeMongodbServer({ buildInfo: { version: '5.0.31', ok: 1 }, endSessions: { ok: 1 } });
    expect(await refusal(`mongodb://127.0.0.1:${fake.port}`)).toEqual({
      code: 'DATABASE_TOO_OLD',
      message: `The MongoDB server at 127.0.0.1:${fake.port} is of version 5.0.31; use 6.0 or newer.`,
    });
  });

  test('so old that the driver does not speak to it is refused by the same code', async () => {
    fake = await fakeMongodbServer({}, { ...helloOfToday, setName: undefined, maxWireVersion: 6 });
    expect(await refusal(`mongodb://127.0.0.1:${fake.port}`)).toEqual({
      code: 'DATABASE_TOO_OLD',
      message: `The MongoDB server at 127.0.0.1:${fake.port} is of a version that the driver no longer speaks to; use 6.0 or newer.`,
    });
  });

  test.each([
    ['asks for a login that the URL does not have', { code: 13, codeName: 'Unauthorized' }],
    ['has no such user', { code: 18, codeName: 'AuthenticationFailed' }],
  ])('that %s has refused the login', async (_, refused) => {
    const answers = { buildInfo: { version: '8.0.4', ok: 1 }, find: { ok: 0, errmsg: `no, ${login}`, ...refused } };
    fake = await fakeMongodbServer(answers);
    const { code, message } = await refusal(`mongodb://127.0.0.1:${fake.port}`);
    expect(code).toBe('DATABASE_REFUSED');
    expect(message).toContain(`(${refused.codeName})`);
  });

  test('that is no primary and knows none cannot be reached', async () => {
    fake = await fakeMongodbServer({}, { ...helloOfToday, isWritablePrimary: false, ismaster: false, secondary: true });
    expect(await refusal(`mongodb://127.0.0.1:${fake.port}`)).toMatchObject({
      code: 'DATABASE_UNREACHABLE',
      message: expect.stringContaining('(no primary)'),
    });
  });
});
