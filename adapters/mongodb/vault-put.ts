/** Storing people: the unique key of a number's hash decides whose contact it is. */
import { randomBytes } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { newContactId, type Sealing } from '#adapters/vault/sealing.ts';
import type { Person } from '#ports/vault.ts';
import { duplicatesOf } from './failure.ts';
import { inRounds } from './rounds.ts';
import { type ContactDocument, type VaultCollections, vaultQueries } from './vault-queries.ts';

/** People that are sealed in one go: a few milliseconds, after which whoever waits has his turn. */
const sliceOfPeople = 100;

/** Keeps people, each under the contact that has the number or under a new one; gives the contacts in order. */
export async function putPeople(
  collections: VaultCollections,
  sealing: Sealing,
  people: readonly Person[],
  nowMs: number,
): Promise<readonly string[]> {
  const hashes = people.map(({ number }) => Buffer.from(sealing.hashOf(number)).toString('hex'));
  /** Of a number that comes twice the last is kept. */
  const open = new Map(hashes.map((hash, index) => [hash, people[index] as Person]));
  const contactOf = new Map<string, string>();
  await inRounds(async () => {
    const fresh = await sealed(open, () => ({ _id: newContactId(nowMs) }));
    const refused = await insertContacts(collections, fresh);
    for (const { _id, hash } of fresh) if (!refused.has(hash)) done(hash, _id);
    if (refused.size === 0) return 'done';
    const known = await knownContacts(collections, [...refused]);
    const again = new Map([...open].filter(([hash]) => known.has(hash)));
    const changed = await sealed(again, (hash) => known.get(hash) ?? { _id: '' });
    if (await replaceContacts(collections, changed)) for (const { _id, hash } of changed) done(hash, _id);
    if (open.size === 0) return 'done';
    return fresh.length > open.size ? 'further' : 'no further';
  });
  return hashes.map((hash) => contactOf.get(hash) ?? '');

  function done(hash: string, contactId: string): void {
    contactOf.set(hash, contactId);
    open.delete(hash);
  }

  async function sealed(wanted: ReadonlyMap<string, Person>, keptBy: (hash: string) => KeptBy) {
    const documents: ContactDocument[] = [];
    for (const [hash, person] of wanted) {
      const { _id, wrappedKey } = keptBy(hash);
      const kept = sealing.seal(_id, person, wrappedKey);
      documents.push({
        _id,
        hash,
        wrappedKey: Buffer.from(kept.wrappedKey),
        sealed: Buffer.from(kept.sealed),
        storedAtMs: nowMs,
      });
      if (documents.length % sliceOfPeople === 0) await setImmediate();
    }
    return documents;
  }
}

/** A contact, and the key that it has. */
interface KeptBy {
  readonly _id: string;
  readonly wrappedKey?: Buffer;
}

/** Inserts contacts; the hashes of those whose number somebody has. */
async function insertContacts(
  { contacts }: VaultCollections,
  documents: readonly ContactDocument[],
): Promise<ReadonlySet<string>> {
  if (documents.length === 0) return new Set();
  try {
    await contacts.insertMany([...documents], { ordered: false });
    return new Set();
  } catch (error) {
    return new Set(duplicatesOf(error).map((index) => documents[index]?.hash ?? ''));
  }
}

/**
 * The contacts that have these numbers, as contacts by hash. One whose erasure was begun gives up its number: from the
 * next round on it is free.
 */
async function knownContacts(
  { contacts, erasures }: VaultCollections,
  hashes: readonly string[],
): Promise<ReadonlyMap<string, KeptBy>> {
  const projection = { hash: 1, wrappedKey: 1 } as const;
  const have = await contacts.find(vaultQueries.ofHashes(hashes).filter, { projection }).toArray();
  const ids = have.map(({ _id }) => _id);
  const erasing = new Set(
    (await erasures.find(vaultQueries.erasures(ids).filter).toArray()).map(({ _id: contactId }) => contactId),
  );
  for (const { _id, hash } of have.filter(({ _id: contactId }) => erasing.has(contactId))) {
    const none = randomBytes(32).toString('hex');
    await contacts.updateOne(vaultQueries.withHash(_id, hash).filter, { $set: { hash: none } });
  }
  return new Map(have.filter(({ _id }) => !erasing.has(_id)).map(({ hash, ...kept }) => [hash, kept]));
}

/**
 * Replaces what is kept of contacts, but for their keys, which their notes are under too; false where one was erased
 * meanwhile, and then it is all done again.
 */
async function replaceContacts(
  { contacts }: VaultCollections,
  documents: readonly ContactDocument[],
): Promise<boolean> {
  if (documents.length === 0) return true;
  const writes = documents.map(({ _id, hash, wrappedKey: _, ...kept }) => ({
    // By key, so that it is one; but updateOne in a batch holds a connection of FerretDB's until the batch has ended.
    updateMany: { filter: vaultQueries.withHash(_id, hash).filter, update: { $set: kept } },
  }));
  try {
    const { matchedCount } = await contacts.bulkWrite(writes, { ordered: false });
    return matchedCount === documents.length;
  } catch (error) {
    // FerretDB writes the whole document back, with a hash that may have gone to another contact meanwhile.
    duplicatesOf(error);
    return false;
  }
}
