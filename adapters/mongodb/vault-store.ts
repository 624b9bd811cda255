/** The store of a vault in MongoDB: several nodes may put, read and erase at once. */
import type { VaultStore } from '#adapters/vault/kept-vault.ts';
import { unknownContact, wrongKey } from '#adapters/vault/refusals.ts';
import { type Sealing, sameKey } from '#adapters/vault/sealing.ts';
import { FatalError } from '#ports/errors.ts';
import { mostNotes } from '#ports/vault.ts';
import { isDuplicate } from './failure.ts';
import { find } from './indexes.ts';
import { inRounds } from './rounds.ts';
import type { StoreAccess } from './store-access.ts';
import { putPeople } from './vault-put.ts';
import { type ContactDocument, type NoteDocument, type VaultCollections, vaultQueries } from './vault-queries.ts';

/**
 * Says under which secret the vault was made, or makes it under this one.
 * @throws VAULT_KEY_WRONG where it was made with another.
 */
export async function checkKey({ keys }: VaultCollections, sealing: Sealing, database: string): Promise<void> {
  await inRounds(async () => {
    const kept = await keys.findOne(vaultQueries.keyCheck().filter);
    if (kept) {
      if (!sameKey(kept.value, sealing.keyCheck)) throw wrongKey(`in the MongoDB database ${database}`);
      return 'done';
    }
    try {
      await keys.insertOne({ _id: 'check', value: Buffer.from(sealing.keyCheck) });
      return 'done';
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      return 'no further';
    }
  });
}

export function mongodbVaultStore(collections: VaultCollections, sealing: Sealing, access: StoreAccess): VaultStore {
  const { contacts, notes, erasures } = collections;

  /**
   * A contact that may be handed out. The erasure is looked for first: it is begun before the contact goes and ended
   * after it, so that one of the two always tells.
   */
  async function handedOut(contactId: string): Promise<ContactDocument | undefined> {
    if (await erasures.findOne(vaultQueries.erasure(contactId).filter)) return undefined;
    return (await contacts.findOne(vaultQueries.contact(contactId).filter)) ?? undefined;
  }

  async function known(contactId: string): Promise<ContactDocument> {
    const kept = await handedOut(contactId);
    if (!kept) throw unknownContact(contactId);
    return kept;
  }

  return {
    put: (people, nowMs) => access.run(() => putPeople(collections, sealing, people, nowMs)),
    find: (number) =>
      access.run(async () => {
        const hash = Buffer.from(sealing.hashOf(number)).toString('hex');
        const kept = await contacts.findOne(vaultQueries.ofHash(hash).filter, { projection: { _id: 1 } });
        return kept ? (await handedOut(kept._id))?._id : undefined;
      }),
    hashes: (texts) => access.run(async () => texts.map(sealing.markOf)),
    open: (contactId) =>
      access.run(async () => {
        const kept = await known(contactId);
        return opened(contactId, () => sealing.open(contactId, kept));
      }),
    keepNote: (contactId, note, nowMs) =>
      access.run(async () => {
        const { wrappedKey } = await known(contactId);
        const sealed = opened(contactId, () => Buffer.from(sealing.sealNote(contactId, wrappedKey, note)));
        const kept: NoteDocument = {
          ...{ _id: `${contactId}/${note.noteId}`, contact: contactId, note: note.noteId },
          ...{ sealed, storedAtMs: nowMs },
        };
        await notes.insertOne(kept).catch(unlessThere);
        if (await handedOut(contactId)) return;
        // Erased meanwhile: nobody can read it any more, and it goes too.
        await notes.deleteMany(vaultQueries.notesOf(contactId).filter);
        throw unknownContact(contactId);
      }),
    notes: (contactId) =>
      access.run(async () => {
        const { wrappedKey } = await known(contactId);
        const newest = await find(notes, vaultQueries.newestNotes(contactId)).limit(mostNotes).toArray();
        return newest
          .reverse()
          .map(({ note: noteId, sealed, storedAtMs: atMs }) =>
            opened(contactId, () => ({ ...sealing.openNote(contactId, wrappedKey, { noteId, sealed }), atMs })),
          );
      }),
    mark: (contactId, by) =>
      access.run(async () => {
        if (!(await contacts.findOne(vaultQueries.contact(contactId).filter, { projection: { _id: 1 } }))) return false;
        await erasures.insertOne({ _id: contactId, by }).catch(unlessThere);
        return true;
      }),
    marked: () =>
      access.run(async () => {
        const { filter, sort = {} } = vaultQueries.allErasures();
        const begun = await erasures.find(filter).sort(sort).toArray();
        return begun.map(({ _id, by }) => ({ contactId: _id, by }));
      }),
    erase: (contactId) =>
      access.run(async () => {
        await contacts.deleteOne(vaultQueries.contact(contactId).filter);
        await notes.deleteMany(vaultQueries.notesOf(contactId).filter);
        await erasures.deleteOne(vaultQueries.erasure(contactId).filter);
      }),
    close: () => access.close(),
  };
}

function unlessThere(error: unknown): void {
  if (!isDuplicate(error)) throw error;
}

function opened<T>(contactId: string, open: () => T): T {
  try {
    return open();
  } catch (cause) {
    throw new FatalError(
      'STORE_UNAVAILABLE',
      `What the vault keeps of contact ${contactId} was changed and cannot be opened; put back a copy of the database that is whole.`,
      { cause },
    );
  }
}
