import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openMongodbVault } from '#adapters/mongodb/vault.ts';
import { vaultCollections } from '#adapters/mongodb/vault-queries.ts';
import { vaultContract } from '#ports/vault.contract.ts';
import type { RecordAccess, Vault } from '#ports/vault.ts';
import { ManualClock } from '#test/fakes/manual-clock.ts';
import { openTestDatabase, type TestDatabase } from './test-database.ts';

const clock = new ManualClock();
const secret = '0f'.repeat(32);
const otherSecret = '1f'.repeat(32);
const wang = { number: '+8613800001234', name: 'Wang Xiaoming', attributes: { city: 'Shanghai' } };
const dial = { purpose: 'dial', by: 'call/spring.1.1' };
const note = { noteId: 'n-1', text: 'drinks oolong at four', callId: 'spring.1.1', by: 'agent/ann' };
const unrecorded: RecordAccess = async () => {};

vaultContract('MongoDB', async (record) => {
  const { db, drop } = await openTestDatabase();
  const setup = { db, secret, clock, record };
  const vault = await openMongodbVault(setup);
  let current = vault;
  const reopen = async (other: string) => {
    await current.close();
    current = await openMongodbVault({ ...setup, secret: other });
    return current;
  };
  return {
    vault,
    reopen: () => reopen(secret),
    reopenWithWrongKey: () => reopen(otherSecret),
    async dispose() {
      await current.close();
      await drop();
    },
  };
});

describe('on MongoDB', () => {
  let database: TestDatabase;
  let vault: Vault;
  const person = (index: number, name = '') => ({ number: `+1202555${1000 + index}`, name, attributes: {} });

  /** The vault as another node sees it, on a connection of its own. */
  async function node(record = unrecorded, key = secret): Promise<Vault> {
    return openMongodbVault({ db: (await database.another()).db, secret: key, clock, record });
  }
  /** Everything that the database holds of the vault. */
  async function kept(): Promise<string> {
    const { contacts, notes, erasures, keys } = vaultCollections(database.db);
    const documents = [
      ...(await contacts.find().toArray()),
      ...(await notes.find().toArray()),
      ...(await erasures.find().toArray()),
    ];
    const all = [...documents, ...(await keys.find().toArray())];
    return all.map((document) => Object.values(document).map(String).join()).join();
  }

  beforeEach(async () => {
    database = await openTestDatabase();
    vault = await node();
  });
  afterEach(() => database.drop());

  test('the database holds no number and no name in the clear, and nothing of what was erased', async () => {
    const [stored] = await vault.put([wang]);
    await vault.keepNote(stored!.contactId, note);
    const before = await kept();
    const [written] = await vaultCollections(database.db).notes.find().toArray();
    const [{ hash = '', wrappedKey, sealed } = {}] = await vaultCollections(database.db).contacts.find().toArray();
    for (const clear of [wang.number, '13800001234', 'Xiaoming', 'Shanghai', 'oolong'])
      expect(before).not.toContain(clear);
    for (const there of [hash, wrappedKey, sealed, written!.sealed, stored!.contactId])
      expect(before).toContain(String(there));
    await vault.erase(stored!.contactId, 'li');
    const after = await kept();
    for (const gone of [hash, wrappedKey, sealed, written!.sealed, stored!.contactId])
      expect(after).not.toContain(String(gone));
  });

  test('another secret is refused when the vault is opened, by one node of two that make it at once too', async () => {
    await expect(node(unrecorded, otherSecret)).rejects.toMatchObject({
      code: 'VAULT_KEY_WRONG',
      message: `The vault in the MongoDB database ${database.db.databaseName} was made with another secret than the configured one; configure that secret again.`,
    });
    await vaultCollections(database.db).keys.deleteMany({});
    const opened = await Promise.allSettled([node(), node(unrecorded, otherSecret)]);
    expect(opened.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(opened.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'VAULT_KEY_WRONG' } });
  });

  test('four nodes that store the same people at once give them one contact each', async () => {
    const nodes = await Promise.all(Array.from({ length: 4 }, () => node()));
    const people = Array.from({ length: 60 }, (_, index) => person(index));
    const stored = await Promise.all(nodes.map((one) => one.put(people)));
    for (const contacts of stored) expect(contacts).toEqual(stored[0]);
    expect(new Set(stored[0]!.map(({ contactId }) => contactId)).size).toBe(60);
    expect(await vault.read(stored[0]![7]!.contactId, dial)).toEqual(people[7]);
  });

  test('hundreds of people can be stored again, and what was said last is kept', async () => {
    const people = Array.from({ length: 300 }, (_, index) => person(index));
    const stored = await vault.put(people);
    expect(await vault.put(people.map((one) => ({ ...one, name: 'again' })))).toEqual(stored);
    expect(await vault.read(stored[299]!.contactId, dial)).toEqual(person(299, 'again'));
  });

  test('a contact that one node erases is unknown to every other', async () => {
    const [stored] = await vault.put([wang]);
    const [one, other] = await Promise.all([node(), node()]);
    await one.erase(stored!.contactId, 'li');
    await expect(other.read(stored!.contactId, dial)).rejects.toMatchObject({ code: 'VAULT_CONTACT_UNKNOWN' });
    expect(await other.find(wang.number)).toBeUndefined();
    const [again] = await other.put([wang]);
    expect(again!.contactId).not.toBe(stored!.contactId);
  });

  test('a note that is kept while another node erases the contact is not there afterwards', async () => {
    const [one, other] = await Promise.all([node(), node()]);
    for (let turn = 0; turn < 8; turn += 1) {
      const [stored] = await one.put([person(turn)]);
      const [kept] = await Promise.allSettled([
        one.keepNote(stored!.contactId, note),
        other.erase(stored!.contactId, 'li'),
      ]);
      if (kept.status === 'rejected') expect(kept.reason).toMatchObject({ code: 'VAULT_CONTACT_UNKNOWN' });
      expect(await vaultCollections(database.db).notes.countDocuments()).toBe(0);
    }
  });

  test('storing and erasing at once on two nodes leaves one contact that can be read, or none', async () => {
    const [one, other] = await Promise.all([node(), node()]);
    for (let turn = 0; turn < 8; turn += 1) {
      const [before] = await one.put([person(turn, 'before')]);
      const [[stored]] = await Promise.all([one.put([person(turn, 'after')]), other.erase(before!.contactId, 'li')]);
      const found = await other.find(person(turn).number);
      if (stored!.contactId === before!.contactId) expect(found).toBeUndefined();
      else expect(await other.read(found!.contactId, dial)).toEqual(person(turn, 'after'));
    }
  });

  test('an erasure that a node began and did not end is ended by the next node that opens the vault', async () => {
    const unrecordable: RecordAccess = () => Promise.reject(new Error('no journal'));
    const [stored] = await vault.put([wang]);
    const dying = await node(unrecordable);
    await expect(dying.erase(stored!.contactId, 'li')).rejects.toThrow('no journal');
    expect(await vaultCollections(database.db).contacts.countDocuments()).toBe(1);
    const facts: string[] = [];
    const next = await node(async (contactId, { type, by }) => void facts.push(`${contactId} ${type} ${by}`));
    expect(await next.find(wang.number)).toBeUndefined();
    expect(facts).toEqual([`${stored!.contactId} RecordErasure li`]);
    expect(await vaultCollections(database.db).contacts.countDocuments()).toBe(0);
  });

  test('bytes that were changed are told apart from a contact that is not there', async () => {
    const [stored] = await vault.put([wang]);
    const { contacts } = vaultCollections(database.db);
    await contacts.updateOne({ _id: stored!.contactId }, { $set: { sealed: Buffer.alloc(64) } });
    await expect(vault.read(stored!.contactId, dial)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      name: 'FatalError',
    });
  });

  test('after close everything is refused', async () => {
    await vault.close();
    await expect(vault.find(wang.number)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });
});
