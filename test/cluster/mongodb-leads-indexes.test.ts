import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openMongodbLeads } from '#adapters/mongodb/leads.ts';
import { leadsIndexes, leadsQueries } from '#adapters/mongodb/leads-queries.ts';
import { indexFor, openWatchedDatabase, plannedStages, shapeOf, type WatchedDatabase } from './index-use.ts';

/** One of each. */
const listed = [
  leadsQueries.leadsOf('spring'),
  leadsQueries.ofContacts('spring', ['contact-1']),
  leadsQueries.ofRows('spring', [1]),
  leadsQueries.open('spring'),
  leadsQueries.lapsed('spring', 1000),
  leadsQueries.behind('spring', 1, 1),
  leadsQueries.firstSteps('spring'),
  leadsQueries.stepsOf('spring', 1),
  leadsQueries.takenBy('spring', 'a'),
  leadsQueries.answer('spring', 'a'),
  leadsQueries.refusedOf('spring'),
  leadsQueries.refusal('spring', 1),
  leadsQueries.refusals('spring', [1]),
];

let database: WatchedDatabase;

beforeEach(async () => {
  database = await openWatchedDatabase();
});
afterEach(() => database.drop());

test('every query that the lists send is listed, and has an index', async () => {
  const { db, asked } = database;
  const leads = await openMongodbLeads({ db });
  const lead = (row: number) => ({ row, contactId: `contact-${row}`, mask: '****', timezone: '', language: '' });
  const claim = { campaignId: 'spring', count: 2, nowMs: 1000, leaseMs: 500 };
  await leads.refuse('spring', [{ row: 9, reason: 'no phone' }]);
  await leads.add('spring', [lead(1), lead(2), lead(3)]);
  await leads.add('spring', [lead(1), { ...lead(2), contactId: 'somebody' }]);
  await leads.settle('spring', await leads.claim({ ...claim, claimId: 'a' }));
  await leads.claim({ ...claim, claimId: 'a' });
  await leads.counts('spring');
  await leads.refused('spring', 10);
  await leads.close();

  const shapes = [...new Set(asked.map(shapeOf))].sort();
  expect(listed).toHaveLength(Object.keys(leadsQueries).length);
  expect(shapes).toEqual([...new Set(listed.map(shapeOf))].sort());
  for (const question of asked) {
    expect([shapeOf(question), indexFor(question, leadsIndexes)]).toEqual([shapeOf(question), expect.anything()]);
  }
  if ('ferretdbVersion' in (await db.command({ buildInfo: 1 }))) return;
  for (const question of asked.slice()) {
    const stages = await plannedStages(db, question);
    for (const slow of ['COLLSCAN', 'SORT']) expect([shapeOf(question), ...stages]).not.toContain(slow);
  }
});

test('a question without an index is noticed', () => {
  const ask = (filter: object, sort: object = {}) => indexFor({ collection: 'leads', filter, sort }, leadsIndexes);
  expect(ask({ contact: 'contact-1' })).toBeUndefined();
  expect(ask({ campaign: 'spring', mask: '****' })).toBeUndefined();
  expect(ask({ campaign: 'spring' }, { row: 1 })).toBeUndefined();
  expect(ask({ campaign: 'spring', state: 'open', step: { $gt: 1 } })).toBeUndefined();
  expect(ask({})).toBeUndefined();
  expect(ask({ campaign: 'spring', state: 'open' }, { row: 1 })).toBeDefined();
});
