import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ServiceBroker } from 'moleculer';
import { NedbAdapter } from '#adapters/moleculer-db/nedb-adapter.ts';
import { ManualClock } from '#test/fakes/manual-clock.ts';
import { MemoryJournal } from '#test/fakes/memory-journal.ts';
import { journalWithACampaign } from '#test/journal-kit.ts';
import { testLogger, until } from '#test/runtime-kit.ts';
import { models } from './models.ts';
import { followerOf, type ReadModels, startReadModels } from './read-models.ts';

let broker: ServiceBroker;
let readModels: ReadModels;
let journal: MemoryJournal;
let clock: ManualClock;
let opening: Error[];

beforeEach(async () => {
  clock = new ManualClock();
  journal = new MemoryJournal();
  opening = [];
  await journalWithACampaign(journal, 30);
  broker = new ServiceBroker({ nodeID: 'n', logger: false });
  await broker.start();
});
afterEach(async () => {
  await readModels.stop();
  await broker.stop();
});

function begin(): void {
  const adapterOf = () => {
    const adapter = new NedbAdapter();
    const open = adapter.open.bind(adapter);
    adapter.open = async () => {
      const failure = opening.shift();
      if (failure) throw failure;
      await open();
    };
    return adapter;
  };
  readModels = startReadModels({ broker, journal, clock, logger: testLogger(), adapterOf });
}

async function begun(): Promise<void> {
  begin();
  await caughtUp();
}

async function caughtUp(): Promise<void> {
  const lags = new Map<string, number | undefined>();
  await until(clock, () => {
    for (const { model } of readModels.status()) void readModels.lagMs(model).then((lag) => lags.set(model, lag));
    return lags.size === models.length && [...lags.values()].every((lag) => lag === 0);
  });
  await broker.waitForServices(models.map(({ name }) => name));
}

const ids = (documents: unknown) => (documents as { id: string }[]).map(({ id }) => id);

const refused: readonly (readonly [string, object])[] = [
  ['an operator that runs code', { query: { $where: 'while (true) {}' } }],
  ['the same within a field', { query: { mask: { $where: 'x' } } }],
  ['the same within a list', { query: { $or: [{ $where: 'x' }] } }],
  ['a pattern', { query: { mask: { $regex: '(a+)+$' } } }],
  ['an expression', { query: { $expr: { $function: { body: 'x', args: [], lang: 'js' } } } }],
  ['an object as a value', { query: { mask: { $gt: { $where: 'x' } } } }],
  ['an operator in a list', { query: { mask: { $in: [{ $regex: 'x' }] } } }],
  ['an empty comparison', { query: { mask: {} } }],
  ['null', { query: { mask: null } }],
  ['a field that there is not', { query: { number: '1' } }],
  ['a field of the prototype', { query: JSON.parse('{"__proto__":{"x":1}}') }],
  ['a field of a field', { query: { 'mask.length': 1 } }],
  ['a path into a prototype', { query: { 'outcomes.__proto__': 1 } }],
  ['a number for a text', { query: { mask: 1 } }],
  ['a long list', { query: { mask: { $in: Array.from({ length: 101 }, String) } } }],
  ['what is no JSON', { query: '{' }],
  ['JSON that is no object', { query: '[1]' }],
  ['a sorting by what there is not', { sort: '$where' }],
  ['a showing of what there is not', { fields: 'constructor.prototype' }],
  ['a hiding', { excludeFields: ['constructor.prototype.toString'] }],
  ['a populating', { populate: 'x' }],
  ['a search in what there is not', { search: 'x', searchFields: ['revision'] }],
  ['a search by an object', { search: { $regex: 'x' } }],
  ['too many rows', { limit: 1001 }],
  ['all rows', { limit: 0 }],
];

describe('the services of the read models', () => {
  test('get one by id, several by ids, and say when there is none', async () => {
    await begun();
    const call = await broker.call('calls.get', { id: 'c.1.1' });
    expect(call).toMatchObject({ id: 'c.1.1', version: 8, phase: 'ended', outcome: 'answered' });
    expect(call).not.toHaveProperty('revision');
    expect(call).not.toHaveProperty('_id');
    expect(ids(await broker.call('calls.get', { id: ['c.1.1', 'c.2.1', 'nobody'] })).sort()).toEqual([
      'c.1.1',
      'c.2.1',
    ]);
    await expect(broker.call('calls.get', { id: 'nobody' })).rejects.toMatchObject({ code: 404 });
  });

  test('find by what is asked, sorted, in pages', async () => {
    await begun();
    const found = await broker.call('calls.find', { query: { row: { $gte: 29 } }, sort: '-row', fields: 'id,row' });
    expect(found).toEqual([
      { id: 'c.30.1', row: 30 },
      { id: 'c.29.1', row: 29 },
    ]);
    expect(ids(await broker.call('calls.find', { query: '{"id":{"$in":["c.3.1"]}}' }))).toEqual(['c.3.1']);
    expect(await broker.call('calls.list', { page: 2, pageSize: 7, sort: 'row' })).toMatchObject({
      total: 30,
      page: 2,
      pageSize: 7,
      totalPages: 5,
      rows: Array.from({ length: 7 }, (_, index) => ({ row: 8 + index })),
    });
    expect(await broker.call('calls.count', { query: { contactId: 'contact-1' } })).toBe(5);
    expect(await broker.call('campaigns.find', { query: { 'outcomes.answered': { $gt: 29 } } })).toHaveLength(1);
  });

  test('count and list no more than there is: the state of a model is no document', async () => {
    await begun();
    for (const [name, count] of Object.entries({ campaigns: 1, calls: 30, trunks: 1, contacts: 7 })) {
      expect(await broker.call(`${name}.count`)).toBe(count);
      expect(await broker.call(`${name}.find`)).toHaveLength(count);
      await expect(broker.call(`${name}.get`, { id: '~state' })).rejects.toMatchObject({ code: 422 });
    }
  });

  test('search for a part of a text', async () => {
    await begun();
    expect(ids(await broker.call('contacts.find', { search: '**** 1005' }))).toEqual(['contact-5']);
    expect(await broker.call('calls.count', { search: 'ANSWER', query: { row: 4 } })).toBe(1);
    expect(await broker.call('calls.count', { search: '.*' })).toBe(0);
  });

  test('write nothing', async () => {
    await begun();
    for (const action of ['create', 'insert', 'update', 'remove']) {
      await expect(broker.call(`calls.${action}`, { id: 'c.1.1' })).rejects.toMatchObject({
        type: 'SERVICE_NOT_FOUND',
      });
    }
  });

  test('refuse what would harm, and what makes no sense', async () => {
    await begun();
    for (const [what, params] of refused) {
      const answer = await broker.call('calls.find', params).catch((error: unknown) => error);
      expect({ what, answer }).toMatchObject({ what, answer: { code: 422 } });
    }
    expect(await broker.call('calls.count')).toBe(30);
  });

  test('are there once their store is', async () => {
    opening.push(...models.map(() => new Error('away')));
    begin();
    await clock.settle();
    expect(readModels.status().map(({ phase }) => phase)).toEqual(models.map(() => 'opening'));
    await clock.advance(500);
    await caughtUp();
    expect(readModels.status().map(({ phase }) => phase)).toEqual(models.map(() => 'following'));
  });
});

test('one node follows for a model, the same whoever asks', () => {
  const nodes = ['n1', 'n2', 'n3'];
  const chosen = ['campaigns', 'calls', 'trunks', 'contacts'].map((model) => followerOf(model, nodes));
  expect(chosen).toEqual(
    ['campaigns', 'calls', 'trunks', 'contacts'].map((model) => followerOf(model, ['n3', 'n1', 'n2', 'n1'])),
  );
  expect(new Set(chosen).size).toBeGreaterThan(1);
  expect(followerOf('calls', ['alone'])).toBe('alone');
});
