/** What moleculer-db may expect of our adapters, the same of each. Call it from a test file. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { DbAdapter } from 'moleculer-db';

/** An adapter to be tested, connected, over data of its own. */
export interface DbAdapterUnderTest {
  readonly adapter: DbAdapter;
  dispose(): Promise<void>;
}

type Entity = { readonly _id: string; readonly [field: string]: unknown };

const people: readonly Entity[] = [
  { _id: 'a', city: 'Aachen', age: 30, note: '1+1 (two)' },
  { _id: 'b', city: 'Berlin', age: 40, note: 'x' },
  { _id: 'c', city: 'berlin', age: 50, note: '$where' },
  { _id: 'd', city: 'Celle', age: 20, note: 'Berlin' },
];
const ids = (entities: object) => (entities as Entity[]).map(({ _id }) => _id);
const sorted = (entities: object) => ids(entities).sort();

/** Runs the suite on adapters that `open` makes, each empty. */
export function dbAdapterContract(name: string, open: () => Promise<DbAdapterUnderTest>): void {
  describe(`an adapter of moleculer-db: ${name}`, () => {
    let under: DbAdapterUnderTest;
    let adapter: DbAdapter;
    beforeEach(async () => {
      under = await open();
      adapter = under.adapter;
      await adapter.insertMany(people as never);
    });
    afterEach(() => under.dispose());

    test('finds all, and what a query says', async () => {
      expect(sorted(await adapter.find({}))).toEqual(['a', 'b', 'c', 'd']);
      expect(sorted(await adapter.find({ query: { city: 'Berlin' } }))).toEqual(['b']);
      expect(sorted(await adapter.find({ query: { age: { $gte: 30, $lt: 50 } } }))).toEqual(['a', 'b']);
      expect(sorted(await adapter.find({ query: { city: { $in: ['Aachen', 'Celle'] } } }))).toEqual(['a', 'd']);
      expect(sorted(await adapter.find({ query: { city: { $nin: ['Aachen'] }, age: { $ne: 20 } } }))).toEqual([
        'b',
        'c',
      ]);
      expect(sorted(await adapter.find({ query: { $and: [{ age: { $gt: 20 } }, { _id: { $ne: 'a' } }] } }))).toEqual([
        'b',
        'c',
      ]);
    });

    test('sorts, skips and limits', async () => {
      const oldest = { sort: ['-age'] } as never;
      expect(ids(await adapter.find(oldest))).toEqual(['c', 'b', 'a', 'd']);
      expect(ids(await adapter.find({ ...(oldest as object), limit: 2, offset: 1 }))).toEqual(['b', 'a']);
      await adapter.insert({ _id: 'e', city: 'Essen', age: 50, note: '' });
      expect(ids(await adapter.find({ sort: ['-age', '_id'] } as never))).toEqual(['c', 'e', 'b', 'a', 'd']);
    });

    test('searches texts for a part, whatever its case, in the fields that are named', async () => {
      const search = (search: string, ...searchFields: string[]) => adapter.find({ search, searchFields });
      expect(sorted(await search('BERL', 'city'))).toEqual(['b', 'c']);
      expect(sorted(await search('berlin', 'city', 'note'))).toEqual(['b', 'c', 'd']);
      expect(sorted(await search('nobody', 'city', 'note'))).toEqual([]);
    });

    test('takes what is searched for as it is, not as a pattern', async () => {
      const search = (search: string) => adapter.find({ search, searchFields: ['note'] });
      expect(sorted(await search('.'))).toEqual([]);
      expect(sorted(await search('+1 (tw'))).toEqual(['a']);
      expect(sorted(await search('$where'))).toEqual(['c']);
    });

    test('searches within a query', async () => {
      const within = { search: 'berlin', searchFields: ['city'], query: { age: { $gt: 40 } } };
      expect(sorted(await adapter.find(within))).toEqual(['c']);
      expect(await adapter.count(within)).toBe(1);
    });

    test('counts', async () => {
      expect(await adapter.count()).toBe(4);
      expect(await adapter.count({ query: { age: { $gt: 30 } } })).toBe(2);
    });

    test('finds one, by query and by id, and several by ids', async () => {
      expect(await adapter.findOne({ city: 'Celle' })).toEqual(people[3]);
      expect(await adapter.findById('b')).toEqual(people[1]);
      expect(await adapter.findById('nobody')).toBeNull();
      expect(sorted(await adapter.findByIds(['a', 'd', 'nobody']))).toEqual(['a', 'd']);
    });

    test('inserts one, with an id of its own where it has none, and no id twice', async () => {
      const inserted = (await adapter.insert({ city: 'Ulm' })) as Entity;
      expect(inserted._id).toEqual(expect.stringMatching(/^\S{8,}$/));
      expect(await adapter.findById(inserted._id)).toEqual({ _id: inserted._id, city: 'Ulm' });
      await expect(adapter.insert({ _id: 'a' })).rejects.toThrow();
      expect(await adapter.findById('a')).toEqual(people[0]);
    });

    test('inserts many', async () => {
      const inserted = await adapter.insertMany([{ _id: 'x' }, { _id: 'y' }] as never);
      expect(ids(inserted)).toEqual(['x', 'y']);
      expect(await adapter.count()).toBe(6);
    });

    test('updates one and many', async () => {
      expect(await adapter.updateById('a', { $set: { age: 31 } })).toEqual({ ...people[0], age: 31 });
      expect(await adapter.updateById('nobody', { $set: { age: 1 } })).toBeFalsy();
      expect(await adapter.updateMany({ age: { $gte: 40 } }, { $set: { old: true } })).toBe(2);
      expect(sorted(await adapter.find({ query: { old: true } }))).toEqual(['b', 'c']);
    });

    test('removes one, many and all', async () => {
      expect(await adapter.removeById('a')).toBe(1);
      expect(await adapter.removeById('a')).toBe(0);
      expect(await adapter.removeMany({ age: { $gte: 40 } })).toBe(2);
      expect(sorted(await adapter.find({}))).toEqual(['d']);
      await adapter.clear();
      expect(await adapter.count()).toBe(0);
    });

    test('names the id as the service wants it', () => {
      const saved = adapter.beforeSaveTransformID({ id: 'a', age: 1 }, 'id');
      expect(saved).toEqual({ _id: 'a', age: 1 });
      expect(adapter.beforeSaveTransformID({ _id: 'a' }, '_id')).toEqual({ _id: 'a' });
      expect(adapter.afterRetrieveTransformID({ _id: 'a', age: 1 }, 'id')).toEqual({ id: 'a', age: 1 });
      expect(adapter.entityToObject({ _id: 'a' })).toEqual({ _id: 'a' });
    });
  });
}
