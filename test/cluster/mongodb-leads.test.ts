import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { openMongodbLeads } from '#adapters/mongodb/leads.ts';
import { leadsCollections } from '#adapters/mongodb/leads-queries.ts';
import { leadsContract } from '#ports/leads.contract.ts';
import type { Claim, Leads, NewLead } from '#ports/leads.ts';
import { openTestDatabase, type TestDatabase } from './test-database.ts';

// FerretDB reads whole collections where MongoDB has an index.
jest.setTimeout(300_000);

leadsContract('MongoDB', async () => {
  const { db, drop, another } = await openTestDatabase();
  const leads = await openMongodbLeads({ db });
  let current = leads;
  return {
    leads,
    async reopen() {
      await current.close();
      current = await openMongodbLeads({ db });
      return current;
    },
    another: async () => openMongodbLeads(await another()),
    async dispose() {
      await current.close();
      await drop();
    },
  };
});

describe('on MongoDB', () => {
  let database: TestDatabase;
  let leads: Leads;

  beforeEach(async () => {
    database = await openTestDatabase();
    leads = await openMongodbLeads(database);
  });
  afterEach(() => database.drop());

  /** The lists as other nodes see them, each on a connection of its own. */
  async function nodes(count: number): Promise<readonly Leads[]> {
    return Promise.all(Array.from({ length: count }, async () => openMongodbLeads(await database.another())));
  }

  test('50 claimers on 5 nodes never get the same attempt of a row, and leave no lead behind', async () => {
    await leads.add('spring', list(100));
    const stores = await nodes(5);
    const rounds = await Promise.all(
      Array.from({ length: 50 }, (_, at) => stores[at % 5]!.claim(claimOf(`claim-${at}`, 3))),
    );
    const given = rounds.flat().map(({ row, attempt }) => `${row}#${attempt}`);
    expect(new Set(given).size).toBe(given.length);
    expect(given.filter((lead) => lead.endsWith('#1'))).toHaveLength(100);
    expect(await leads.counts('spring')).toEqual({ leads: 100, open: 0, refused: 0 });
  });

  test('claimers and settlers on 5 nodes: a lead that was settled is never given again', async () => {
    await leads.add('spring', list(20));
    const stores = await nodes(5);
    const given: string[] = [];
    const settled = new Set<number>();
    const again: number[] = [];
    await Promise.all(
      stores.map(async (store, node) => {
        for (let turn = 0; turn < 6; turn += 1) {
          // The lease is over at once, so that everybody wants every lead.
          const known = new Set(settled);
          const claim = claimOf(`claim-${node}-${turn}`, 4, { nowMs: 1000 + turn * 10, leaseMs: 5 });
          for (const lead of await store.claim(claim)) {
            given.push(`${lead.row}#${lead.attempt}`);
            if (known.has(lead.row)) again.push(lead.row);
            if (lead.row % 2 === 0) {
              await store.settle('spring', [lead]);
              settled.add(lead.row);
            }
          }
        }
      }),
    );
    expect(new Set(given).size).toBe(given.length);
    expect(again).toEqual([]);
    expect(settled.size).toBeGreaterThan(0);
  });

  test('two runs of one claim on two nodes give one answer', async () => {
    await leads.add('spring', list(30));
    const [one, other] = await nodes(2);
    for (let turn = 0; turn < 5; turn += 1) {
      const claim = claimOf(`claim-${turn}`, 3);
      const [first, second] = await Promise.all([one!.claim(claim), other!.claim(claim)]);
      expect(first).toHaveLength(3);
      expect(second).toEqual(first);
    }
  });

  test('a claim that was cut short before its answer goes on with what it had taken', async () => {
    await leads.add('spring', list(5));
    const claim = claimOf('a', 3);
    const first = await leads.claim(claim);
    await leadsCollections(database.db).answers.deleteMany({});
    await leadsCollections(database.db).leads.updateMany(
      {},
      { $set: { state: 'open', step: 0 }, $unset: { dueOf: '', dueMs: '' } },
    );
    expect(await leads.claim(claim)).toEqual(first);
  });

  test('leads that have not heard of their steps cost time, and nothing else', async () => {
    await leads.add('spring', list(6));
    await leads.claim(claimOf('a', 2));
    await leads.claim(claimOf('b', 2));
    await leads.settle('spring', [{ row: 1, attempt: 1 }]);
    await leadsCollections(database.db).leads.updateMany(
      {},
      { $set: { state: 'open', step: 0 }, $unset: { dueOf: '', dueMs: '' } },
    );
    const [other] = await nodes(1);
    const rows = async (claim: Claim) => (await other!.claim(claim)).map(({ row, attempt }) => `${row}#${attempt}`);
    expect(await rows(claimOf('c', 4))).toEqual(['5#1', '6#1']);
    expect(await rows(claimOf('d', 9, { nowMs: 9000 }))).toEqual(['2#2', '3#2', '4#2', '5#2', '6#2']);
  });

  test('adding a list again after it was cut short completes it, from two nodes at once too', async () => {
    await leads.add('spring', list(10));
    const [one, other] = await nodes(2);
    const results = await Promise.all([one!.add('spring', list(40)), other!.add('spring', list(40))]);
    expect(results.map(({ added }) => added).reduce((sum, added) => sum + added)).toBe(30);
    for (const { added, known, taken } of results) {
      expect(added + known.length).toBe(40);
      expect(taken).toEqual([]);
    }
    expect(await leads.counts('spring')).toEqual({ leads: 40, open: 40, refused: 0 });
  });

  test('rows and contacts that come twice in one call are told apart', async () => {
    const [first, second] = list(2);
    const [row, contact] = [
      { ...second!, row: 1 },
      { ...first!, row: 2 },
    ];
    expect(await leads.add('spring', [first!, row, contact, first!])).toEqual({
      added: 1,
      known: [contact, first],
      taken: [row],
      changed: 0,
    });
  });

  test('hundreds of rows can be refused, settled and claimed at once, and again', async () => {
    const refused = Array.from({ length: 300 }, (_, index) => ({ row: 1000 + index, reason: 'no phone' }));
    await leads.refuse('spring', refused);
    await leads.refuse('spring', refused);
    await leads.add('spring', list(120));
    const given = await leads.claim(claimOf('a', 120));
    expect(given).toHaveLength(120);
    expect(await leads.claim(claimOf('b', 120, { nowMs: 9000 }))).toHaveLength(120);
    await leads.settle('spring', given);
    await leads.settle('spring', given);
    expect(await leads.claim(claimOf('c', 120, { nowMs: 99_000 }))).toEqual([]);
    expect(await leads.counts('spring')).toEqual({ leads: 120, open: 0, refused: 300 });
  });

  test('after close everything is refused, and the connection is still open', async () => {
    const counting = leads.counts('spring');
    await leads.close();
    await leads.close();
    expect(await counting).toMatchObject({ leads: 0 });
    await expect(leads.counts('spring')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', name: 'FatalError' });
    await expect(leads.claim(claimOf('a', 1))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await database.db.command({ ping: 1 })).toMatchObject({ ok: 1 });
  });
});

function list(rows: number): NewLead[] {
  return Array.from({ length: rows }, (_, index) => ({
    row: index + 1,
    contactId: `contact-${index + 1}`,
    mask: '+86 138 **** 0000',
    timezone: 'Asia/Shanghai',
    language: 'zh-CN',
  }));
}

function claimOf(claimId: string, count: number, more: Partial<Claim> = {}): Claim {
  return { campaignId: 'spring', claimId, count, nowMs: 1000, leaseMs: 500, ...more };
}
