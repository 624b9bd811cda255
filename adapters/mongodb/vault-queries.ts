/** The documents of the vault, and every question that is asked of them. */
import type { Collection, Db } from 'mongodb';
import type { Index, Query } from './indexes.ts';

export interface ContactDocument {
  /** The contactId. */
  readonly _id: string;
  /** The keyed hash of the number, in hex. One contact has it: the unique key is what keeps that. */
  readonly hash: string;
  readonly wrappedKey: Buffer;
  readonly sealed: Buffer;
  readonly storedAtMs: number;
}

export interface NoteDocument {
  /** CONTACT/NOTE */
  readonly _id: string;
  readonly contact: string;
  readonly note: string;
  /** Under the contact's key. */
  readonly sealed: Buffer;
  readonly storedAtMs: number;
}

/** An erasure that was begun. It is a document of its own, as nothing that is written to the contact can undo it. */
export interface ErasureDocument {
  /** The contactId. */
  readonly _id: string;
  readonly by: string;
}

export interface KeyDocument {
  readonly _id: 'check';
  readonly value: Buffer;
}

const names = {
  contacts: 'vault_contacts',
  notes: 'vault_notes',
  erasures: 'vault_erasures',
  keys: 'vault_keys',
} as const;

export interface VaultCollections {
  readonly contacts: Collection<ContactDocument>;
  readonly notes: Collection<NoteDocument>;
  readonly erasures: Collection<ErasureDocument>;
  readonly keys: Collection<KeyDocument>;
}

export function vaultCollections(db: Db): VaultCollections {
  const options = { promoteBuffers: true };
  return {
    contacts: db.collection(names.contacts, options),
    notes: db.collection(names.notes, options),
    erasures: db.collection(names.erasures, options),
    keys: db.collection(names.keys, options),
  };
}

export const vaultIndexes: readonly Index[] = [
  { collection: names.contacts, key: { hash: 1 }, unique: true },
  { collection: names.notes, key: { contact: 1, storedAtMs: 1, _id: 1 } },
];

/** Every filter that is sent. A test holds them against the indexes. */
export const vaultQueries = {
  contact: (contactId: string): Query<ContactDocument> => ({ filter: { _id: contactId } }),
  ofHash: (hash: string): Query<ContactDocument> => ({ filter: { hash } }),
  ofHashes: (hashes: readonly string[]): Query<ContactDocument> => ({ filter: { hash: { $in: hashes } } }),
  /** A contact, unless its number has gone to another. */
  withHash: (contactId: string, hash: string): Query<ContactDocument> => ({ filter: { _id: contactId, hash } }),
  notesOf: (contactId: string): Query<NoteDocument> => ({ filter: { contact: contactId } }),
  newestNotes: (contactId: string): Query<NoteDocument> => ({
    filter: { contact: contactId },
    sort: { storedAtMs: -1, _id: -1 },
  }),
  erasure: (contactId: string): Query<ErasureDocument> => ({ filter: { _id: contactId } }),
  erasures: (contactIds: readonly string[]): Query<ErasureDocument> => ({ filter: { _id: { $in: contactIds } } }),
  allErasures: (): Query<ErasureDocument> => ({ filter: {}, sort: { _id: 1 } }),
  keyCheck: (): Query<KeyDocument> => ({ filter: { _id: 'check' } }),
};
