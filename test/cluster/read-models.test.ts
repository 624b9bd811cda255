import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Db, MongoClient } from 'mongodb';
import { dbAdapterContract } from '#adapters/moleculer-db/db-adapter.contract.ts';
import { MongodbAdapter } from '#adapters/moleculer-db/mongodb-adapter.ts';
import { modelStoreContract } from '#ports/model-store.contract.ts';
import { applyEntries } from '#projections/applying.ts';
import { models } from '#projections/models.ts';
import { rebuild } from '#projections/rebuild.ts';
import { MemoryJournal } from '#test/fakes/memory-journal.ts';
import { bodiesOf, journalWithACampaign } from '#test/journal-kit.ts';
import { freshDatabase, mongodbUrl } from './services.ts';

let client: MongoClient;
let db: Db;
let collections = 0;
beforeAll(async () => {
  client = await MongoClient.connect(mongodbUrl(), { serverSelectionTimeoutMS: 5000 });
  db = client.db(freshDatabase());
});
afterAll(async () => {
  await db.dropDatabase();
  await client.close();
});

const collection = () => `model${collections++}`;

dbAdapterContract('MongoDB', async () => {
  const adapter = new MongodbAdapter({ db, collection: collection(), indexes: ['city'] });
  await adapter.connect();
  return { adapter, dispose: async () => void (await adapter.collection.drop()) };
});

modelStoreContract('MongoDB', async () => {
  const options = { db, collection: collection(), indexes: ['phase'] };
  const store = new MongodbAdapter(options);
  return {
    store,
    atomic: !('ferretdbVersion' in (await client.db('admin').command({ buildInfo: 1 }))),
    reopen: async () => new MongodbAdapter(options),
    lose: async () => {
      await store.collection.drop();
      return new MongodbAdapter(options);
    },
    dispose: async () => void (await store.collection.drop().catch(() => {})),
  };
});

describe('read models in MongoDB', () => {
  test('are the same after they were rebuilt, and with two who write at once', async () => {
    const journal = new MemoryJournal();
    await journalWithACampaign(journal);
    for (const projection of models) {
      const options = { db, collection: collection() };
      const [one, other] = [new MongodbAdapter(options), new MongodbAdapter(options)];
      await rebuild(projection, one, journal);
      const before = await bodiesOf(one);
      expect(before.length).toBeGreaterThan(0);

      await one.reset({ generation: 'again', schema: projection.schema, position: '' });
      const entries = await journal.readAll('', 1000);
      const inPages = async (store: MongodbAdapter, size: number) => {
        for (let at = 0; at < entries.length; at += size) {
          await applyEntries(projection, store, journal, entries.slice(at, at + size));
        }
      };
      await Promise.all([inPages(one, 3), inPages(other, 5)]);
      expect(await bodiesOf(one)).toEqual(before);

      await rebuild(projection, one, journal);
      expect(await bodiesOf(one)).toEqual(before);
    }
  });
});
