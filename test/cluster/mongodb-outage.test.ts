import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { type MongodbConnection, openMongodb } from '#adapters/mongodb/connection.ts';
import { openMongodbLeads } from '#adapters/mongodb/leads.ts';
import { isRetryable } from '#ports/errors.ts';
import type { Leads } from '#ports/leads.ts';
import { systemClock } from '#ports/system-clock.ts';
import { type CuttableLink, openLink } from './cuttable-link.ts';
import { mongodbUrl } from './services.ts';
import { openTestDatabase, quiet, type TestDatabase } from './test-database.ts';

jest.setTimeout(120_000);

let database: TestDatabase;
let link: CuttableLink;
let connection: MongodbConnection;
let leads: Leads;

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
  leads = await openMongodbLeads(connection);
  const rows = Array.from({ length: 60 }, (_, index) => index + 1);
  await leads.add(
    'spring',
    rows.map((row) => ({ row, contactId: `contact-${row}`, mask: '****', timezone: '', language: '' })),
  );
});
afterEach(async () => {
  await connection.close();
  await link.close();
  await database.drop();
});

/** Does it again and again until it is done, as an actor does. */
async function untilDone<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isRetryable(error)) throw error;
    }
  }
}

test('while the database is away it says so, and it goes on by itself', async () => {
  await link.cut();
  await expect(leads.counts('spring')).rejects.toMatchObject({
    name: 'RetryableError',
    code: 'STORE_UNAVAILABLE',
    message: expect.stringMatching(/^The list of leads in MongoDB cannot be reached \(\w+\); it goes on by itself/),
  });
  await link.mend();
  expect(await untilDone(() => leads.counts('spring'))).toEqual({ leads: 60, open: 60, refused: 0 });
});

test('claims and settlements that are cut anywhere give each lead once when they are done again', async () => {
  const given: string[] = [];
  for (let turn = 0; turn < 20; turn += 1) {
    const claim = { campaignId: 'spring', claimId: `claim-${turn}`, count: 3, nowMs: 1000 + turn, leaseMs: 500 };
    link.cutAt(1 + (turn % 10), turn < 10 ? 'near' : 'far');
    const claimed = await untilDone(() => leads.claim(claim));
    await untilDone(() => leads.settle('spring', claimed));
    given.push(...claimed.map(({ row, attempt }) => `${row}#${attempt}`));
  }
  expect(given).toHaveLength(60);
  expect(new Set(given).size).toBe(60);
  expect(await untilDone(() => leads.counts('spring'))).toEqual({ leads: 60, open: 0, refused: 0 });
  const late = { campaignId: 'spring', claimId: 'late', count: 9, nowMs: 99_000, leaseMs: 500 };
  expect(await untilDone(() => leads.claim(late))).toEqual([]);
});
