/** The vault in SQLite: what the thread of the vault does. */
import type { DatabaseSync } from 'node:sqlite';
import type { Erasure } from '#adapters/vault/kept-vault.ts';
import { unknownContact, wrongKey } from '#adapters/vault/refusals.ts';
import { newContactId, type SealedNote, type SealedPerson, type Sealing, sameKey } from '#adapters/vault/sealing.ts';
import { type KeptNote, mostNotes, type Note, type Person } from '#ports/vault.ts';
import type { StoreKind } from './open-database.ts';
import type { ServedStore } from './store-server.ts';

/** Came with schema 2: before, a person who was stored again got another key, under which no note could be read. */
const noteTable = `
    CREATE TABLE note (
      contact TEXT NOT NULL,
      id TEXT NOT NULL,
      sealed BLOB NOT NULL,
      stored_at_ms INTEGER NOT NULL,
      UNIQUE (contact, id)
    ) STRICT`;

export const vaultKind: StoreKind = {
  name: 'vault',
  applicationId: 0x43_42_56_41,
  schemaVersion: 2,
  unavailable: 'STORE_UNAVAILABLE',
  schema: `
    CREATE TABLE contact (
      id TEXT NOT NULL UNIQUE,
      hash BLOB NOT NULL UNIQUE,
      wrapped_key BLOB NOT NULL,
      sealed BLOB NOT NULL,
      stored_at_ms INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE key_check (value BLOB NOT NULL) STRICT;
    ${noteTable}`,
  upgrades: [noteTable],
};

/** Hashes are random, so an import touches the whole of their index: that of a million is larger than what it may have. */
const cacheKiB = 16 * 1024;
/**
 * Pages that are changed again and again go from the write-ahead log into the file only now and then, here after 64 MiB
 * (sqlite.org/pragma.html#pragma_wal_autocheckpoint, in pages of 8 KiB).
 */
const checkpointPages = 8192;

/** Beside the schema, for vaults that were made before it. */
const erasingTable =
  'CREATE TABLE IF NOT EXISTS erasing (contact TEXT PRIMARY KEY, by TEXT NOT NULL) STRICT, WITHOUT ROWID';

/** What can be asked of the thread: the store of a vault (adapters/vault/kept-vault.ts). */
export type VaultMethods = {
  readonly put: (people: readonly Person[], nowMs: number) => readonly string[];
  readonly find: (number: string) => string | undefined;
  readonly open: (contactId: string) => Person;
  readonly hashes: (texts: readonly string[]) => readonly string[];
  readonly keepNote: (contactId: string, note: Note, nowMs: number) => void;
  readonly notes: (contactId: string) => readonly KeptNote[];
  readonly mark: (contactId: string, by: string) => boolean;
  readonly marked: () => readonly Erasure[];
  readonly erase: (contactId: string) => void;
};

/** @throws VAULT_KEY_WRONG where the vault was made with another secret. */
export function vaultStore(
  database: DatabaseSync,
  sealing: Sealing,
  path: string,
): ServedStore & { readonly methods: VaultMethods } {
  checkKey(database, sealing, path);
  // What is deleted is overwritten with zeros (sqlite.org/pragma.html#pragma_secure_delete).
  database.exec(`PRAGMA secure_delete = ON; PRAGMA cache_size = -${cacheKiB};
    PRAGMA wal_autocheckpoint = ${checkpointPages}; ${erasingTable}`);
  const byHash = database.prepare(`
    SELECT id, wrapped_key AS wrappedKey FROM contact
    WHERE hash = ? AND id NOT IN (SELECT contact FROM erasing)`);
  const byId = database.prepare(`
    SELECT wrapped_key AS wrappedKey, sealed FROM contact
    WHERE id = ? AND id NOT IN (SELECT contact FROM erasing)`);
  const mark = database.prepare('INSERT OR REPLACE INTO erasing (contact, by) SELECT id, ? FROM contact WHERE id = ?');
  const listMarked = database.prepare('SELECT contact AS contactId, by FROM erasing');
  const unmark = database.prepare('DELETE FROM erasing WHERE contact = ?');
  // Of a contact that is marked, for no other is found to have the number.
  const hideHash = database.prepare('UPDATE contact SET hash = randomblob(32) WHERE hash = ?');
  const keep = database.prepare(`
    INSERT INTO contact (id, hash, wrapped_key, sealed, stored_at_ms) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE
    SET sealed = excluded.sealed, stored_at_ms = excluded.stored_at_ms`);
  const remove = database.prepare('DELETE FROM contact WHERE id = ?');
  const keepNote = database.prepare(
    'INSERT OR IGNORE INTO note (contact, id, sealed, stored_at_ms) VALUES (?, ?, ?, ?)',
  );
  const listNotes = database.prepare(`
    SELECT id AS noteId, sealed, stored_at_ms AS atMs FROM note WHERE contact = ? ORDER BY rowid DESC LIMIT ${mostNotes}`);
  const removeNotes = database.prepare('DELETE FROM note WHERE contact = ?');
  let erased = false;

  const find = (hash: Uint8Array) => byHash.get(hash) as { id: string; wrappedKey: Uint8Array } | undefined;
  const kept = (contactId: string) => {
    const found = byId.get(contactId) as SealedPerson | undefined;
    if (!found) throw unknownContact(contactId);
    return found;
  };
  const methods: VaultMethods = {
    put(people, nowMs) {
      const ids: string[] = new Array(people.length);
      const isErasing = listMarked.get() !== undefined;
      for (const { person, hash, index } of byHashOrder(people, sealing)) {
        const known = find(hash);
        if (!known && isErasing) hideHash.run(hash);
        const contactId = known?.id ?? newContactId(nowMs);
        const { wrappedKey, sealed } = sealing.seal(contactId, person, known?.wrappedKey);
        keep.run(contactId, hash, wrappedKey, sealed, nowMs);
        ids[index] = contactId;
      }
      return ids;
    },
    find: (number) => find(sealing.hashOf(number))?.id,
    hashes: (texts) => texts.map(sealing.markOf),
    open: (contactId) => sealing.open(contactId, kept(contactId)),
    keepNote(contactId, note, nowMs) {
      const { wrappedKey } = kept(contactId);
      keepNote.run(contactId, note.noteId, sealing.sealNote(contactId, wrappedKey, note), nowMs);
    },
    notes(contactId) {
      const { wrappedKey } = kept(contactId);
      const rows = listNotes.all(contactId) as unknown as (SealedNote & { readonly atMs: number })[];
      return rows.reverse().map((row) => ({ ...sealing.openNote(contactId, wrappedKey, row), atMs: row.atMs }));
    },
    mark: (contactId, by) => mark.run(by, contactId).changes > 0,
    marked: () => listMarked.all() as unknown as Erasure[],
    erase(contactId) {
      unmark.run(contactId);
      removeNotes.run(contactId);
      erased = remove.run(contactId).changes > 0 || erased;
    },
  };
  return {
    database,
    methods,
    afterCommit() {
      if (!erased) return;
      // The write-ahead log still holds the page as it was before: fold it in and cut it off.
      database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      erased = false;
    },
  };
}

/**
 * People in the order of their hashes, so that an index that is larger than its cache is gone through once, from one end
 * to the other. Of a number that comes twice the last is still the last.
 */
function byHashOrder(people: readonly Person[], sealing: Sealing) {
  const hashed = people.map((person, index) => ({ person, index, hash: sealing.hashOf(person.number) }));
  return hashed.sort((one, other) => Buffer.compare(one.hash, other.hash));
}

function checkKey(database: DatabaseSync, sealing: Sealing, path: string): void {
  const kept = database.prepare('SELECT value FROM key_check').get() as { value: Uint8Array } | undefined;
  if (!kept) {
    database.prepare('INSERT INTO key_check (value) VALUES (?)').run(sealing.keyCheck);
  } else if (!sameKey(kept.value, sealing.keyCheck)) {
    database.close();
    throw wrongKey(path);
  }
}
