import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openMongodbVault } from '#adapters/mongodb/vault.ts';
import { vaultIndexes, vaultQueries } from '#adapters/mongodb/vault-queries.ts';
import { ManualClock } from '#test/fakes/manual-clock.ts';
import { indexFor, openWatchedDatabase, plannedStages, shapeOf, type WatchedDatabase } from './index-use.ts';

/** One of each. */
const listed = [
  vaultQueries.contact('contact-1'),
  vaultQueries.ofHash('00'),
  vaultQueries.ofHashes(['00']),
  vaultQueries.withHash('contact-1', '00'),
  vaultQueries.notesOf('contact-1'),
  vaultQueries.newestNotes('contact-1'),
  vaultQueries.erasure('contact-1'),
  vaultQueries.erasures(['contact-1']),
  vaultQueries.allErasures(),
  vaultQueries.keyCheck(),
];

let database: WatchedDatabase;

beforeEach(async () => {
  database = await openWatchedDatabase();
});
afterEach(() => database.drop());

test('every query that the vault sends is listed, and has an index', async () => {
  const { db, asked } = database;
  let recording = true;
  const record = async () => {
    if (!recording) throw new Error('no journal');
  };
  const vault = await openMongodbVault({ db, secret: '0f'.repeat(32), clock: new ManualClock(), record });
  const wang = { number: '+8613800001234', name: 'Wang', attributes: {} };
  const [stored] = await vault.put([wang]);
  await vault.put([wang]);
  await vault.find(wang.number);
  await vault.read(stored!.contactId, { purpose: 'dial', by: 'call/spring.1.1' });
  await vault.keepNote(stored!.contactId, { noteId: 'n-1', text: 'later', callId: 'spring.1.1', by: 'agent/ann' });
  await vault.readNotes(stored!.contactId, { purpose: 'console', by: 'li' });
  recording = false;
  await vault.erase(stored!.contactId, 'li').catch(() => {});
  await vault.put([wang]);
  recording = true;
  await vault.erase(stored!.contactId, 'li');
  await vault.close();

  expect(listed).toHaveLength(Object.keys(vaultQueries).length);
  expect([...new Set(asked.map(shapeOf))].sort()).toEqual([...new Set(listed.map(shapeOf))].sort());
  for (const question of asked) {
    expect([shapeOf(question), indexFor(question, vaultIndexes)]).toEqual([shapeOf(question), expect.anything()]);
  }
  if ('ferretdbVersion' in (await db.command({ buildInfo: 1 }))) return;
  for (const question of asked.slice()) {
    const stages = await plannedStages(db, question);
    for (const slow of ['COLLSCAN', 'SORT']) expect([shapeOf(question), ...stages]).not.toContain(slow);
  }
});
