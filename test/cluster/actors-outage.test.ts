/** Actors over the journal in MongoDB while the database is away for half a minute, as a real link is. */
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ServiceBroker } from 'moleculer';
import { type MongodbConnection, openMongodb } from '#adapters/mongodb/connection.ts';
import { openMongodbJournal } from '#adapters/mongodb/journal.ts';
import type { Journal } from '#ports/journal.ts';
import { systemClock } from '#ports/system-clock.ts';
import { replay } from '#runtime/history.ts';
import { createRuntime, type Runtime } from '#runtime/runtime.ts';
import { type TallyState, tallyActor, tallyProtocol } from '#test/fakes/tally-actor.ts';
import { add, testLogger } from '#test/runtime-kit.ts';
import { type CuttableLink, openLink } from './cuttable-link.ts';
import { mongodbUrl } from './services.ts';
import { openTestDatabase, quiet, type TestDatabase } from './test-database.ts';

const outageMs = 30_000;
const limitMs = 120_000;
const mailboxLimit = 20;
/** More than a mailbox takes. */
const callers = 60;
const actor = tallyActor({}, { mailboxLimit });

let database: TestDatabase;
let link: CuttableLink;
let connection: MongodbConnection;
let journal: Journal;
let broker: ServiceBroker;
let runtime: Runtime;
let fatal: unknown[];

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
  });
  journal = await openMongodbJournal({ db: connection.db, clock: systemClock });
  broker = new ServiceBroker({ nodeID: 'node-1', logger: false });
  const parts = { broker, journal, clock: systemClock, logger: testLogger() };
  runtime = createRuntime({ ...parts, actors: [actor], protocols: [tallyProtocol] });
  fatal = [];
  runtime.onFatal((error) => fatal.push(error));
  await broker.start();
  await runtime.start();
}, limitMs);
afterEach(async () => {
  await runtime.stop({ graceMs: 1000 });
  await broker.stop();
  await journal.close();
  await connection.close();
  await link.close();
  await database.drop();
}, limitMs);

/** Adds one again and again, under the same command id until it is acknowledged, as whoever must not lose it does. */
function caller(id: string, name: string) {
  const refusals = new Set<string>();
  let acknowledged = 0;
  let isOver = false;
  const run = async () => {
    while (!isOver) {
      const commandId = `${name}-${acknowledged}`;
      for (;;) {
        const answered = await runtime.ask(tallyProtocol, id, add(1), { commandId });
        if (answered.ok) break;
        refusals.add(answered.rejection.code);
        await wait(answered.rejection.retryAfterMs ?? 100);
      }
      acknowledged += 1;
      await wait(20);
    }
  };
  const running = run();
  return {
    refusals,
    acknowledged: () => acknowledged,
    end: () => {
      isOver = true;
      return running;
    },
  };
}

/** Fails where it does not hold within half a minute. */
async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries += 1) {
    if (tries > 300) throw new Error('What the test waits for does not happen.');
    await wait(100);
  }
}

test(
  'callers hear that the mailbox is full, what was acknowledged stays, and it goes on by itself',
  async () => {
    // One actor is in memory when the database goes away, the other is asked for meanwhile.
    const known = Array.from({ length: callers }, (_, index) => caller('known', `known-${index}`));
    await until(() => known.every(({ acknowledged }) => acknowledged() > 0));
    await link.cut();
    // What had come through is heard of by now.
    await wait(1000);
    const before = known.map(({ acknowledged }) => acknowledged());
    const late = Array.from({ length: callers }, (_, index) => caller('late', `late-${index}`));
    await wait(outageMs - 1000);
    expect(known.map(({ acknowledged }) => acknowledged())).toEqual(before);
    for (const each of [known, late]) {
      expect([...new Set(each.flatMap(({ refusals }) => [...refusals]))].sort()).toEqual([
        'ASK_TIMEOUT',
        'MAILBOX_FULL',
      ]);
    }
    for (const { mailboxDepth } of runtime.activations()) expect(mailboxDepth).toBeLessThanOrEqual(mailboxLimit);
    await link.mend();
    await until(() => known.every(({ acknowledged }, index) => acknowledged() > (before[index] ?? 0)));
    await until(() => late.every(({ acknowledged }) => acknowledged() > 0));
    await Promise.all([...known, ...late].map(({ end }) => end()));
    expect(fatal).toEqual([]);
    for (const [id, each] of [['known', known] as const, ['late', late] as const]) {
      const { total } = (await replay(actor, journal, id)).state as TallyState;
      // Each once: under its command id it was not added again.
      expect(total).toBe(each.reduce((sum, { acknowledged }) => sum + acknowledged(), 0));
    }
  },
  limitMs,
);
