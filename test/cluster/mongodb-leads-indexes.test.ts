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
  leadsQueries.open('spring', ['a', 'b']),
  leadsQueries.below('spring', 0),
  leadsQueries.below('spring', 0, ['a', 'b']),
  leadsQueries.newest('spring', 0),
  leadsQueries.newest('spring', 0, ['a', 'b']),
  leadsQueries.due('spring', 'waiting', 1000),
  leadsQueries.later('spring', 'waiting'),
  leadsQueries.own('spring', 1000),
  leadsQueries.laterOwn('spring', 1000),
  leadsQueries.at('spring', 1, 1),
  leadsQueries.groupsOf('spring'),
  leadsQueries.progress('spring'),
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
  await leads.add('spring', [...[1, 2, 3, 4, 5, 6].map(lead), { ...lead(7), language: 'fr', priority: 1 }]);
  await leads.add('spring', [lead(1), { ...lead(2), contactId: 'somebody' }]);
  const claimed = await leads.claim({ ...claim, claimId: 'a' });
  await leads.settle('spring', claimed);
  await leads.claim({ ...claim, claimId: 'a' });
  const due = { attempt: 1, dueAtMs: 1500, callback: false, humanOnly: false };
  const owner = { agentId: 'ann', anyoneAtMs: 9000 };
  await leads.schedule('spring', [
    { ...due, row: 1 },
    { ...due, row: 2, callback: true, owner },
  ]);
  const where = { languages: [''], timezones: [], segments: [] };
  for (const order of ['list', 'newest'] as const) {
    const later = { ...claim, nowMs: 2000, human: true, agents: ['ann'], order };
    await leads.claim({ ...later, claimId: `b-${order}`, count: 1 });
    await leads.claim({ ...later, claimId: `c-${order}`, count: 1, where });
  }
  await leads.nextDue(claim);
  await leads.keepProgress('spring', 'list', { row: 1, leadsBefore: 0, refused: 0 });
  await leads.progress('spring', 'list');
  await leads.keepProgress('spring', 'list', undefined);
  await leads.counts('spring');
  await leads.refused('spring', 10);
  await leads.close();

  const shapes = [...new Set(asked.map(shapeOf))].sort();
  // Three of them are asked with groups and without.
  expect(listed).toHaveLength(Object.keys(leadsQueries).length + 3);
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
  expect(ask({ campaign: 'spring', state: 'open' }, { row: 1 })).toBeUndefined();
  expect(ask({ campaign: 'spring', state: 'open' }, { priority: -1, row: 1 })).toBeDefined();
});
