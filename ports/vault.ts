/**
 * Where numbers, names and notes are kept, and the only place. Everybody else holds a contactId. A number is found by
 * its keyed hash and read under the contact's own key; to read is to name a purpose, and the reading is an event.
 */

/** What is personal about a contact. */
export interface Person {
  /** E.164 with plus. */
  readonly number: string;
  /** Empty where it is not known. */
  readonly name: string;
  /** The other columns of the list. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface StoredContact {
  /** Random, so that it says nothing of the number. */
  readonly contactId: string;
  /** The number as people may see it: country code, two or three digits, stars, the last two digits. */
  readonly mask: string;
}

/** Characters of a note at most. */
export const longestNote = 4000;
/** Notes of a contact that are read at once: the newest. */
export const mostNotes = 100;

/** What was written about a contact. */
export interface Note {
  /** Random. A note that is kept twice is kept once, as it was told first. */
  readonly noteId: string;
  /** 1 to `longestNote` characters. */
  readonly text: string;
  /** The call that it is about. */
  readonly callId: string;
  /** kind/id of the agent who wrote it. */
  readonly by: string;
}

export interface KeptNote extends Note {
  /** When it was kept. */
  readonly atMs: number;
}

/** Who reads, and what for. */
export interface Access {
  /** A word such as dial. */
  readonly purpose: string;
  /** kind/id of an actor, or the name of a person. */
  readonly by: string;
}

export interface Vault {
  /** Stores people, each under the contact that has the number already or under a new one. In order. */
  put(people: readonly Person[]): Promise<readonly StoredContact[]>;
  /** The contact that has a number; undefined where none has. */
  find(number: string): Promise<StoredContact | undefined>;
  /**
   * Reads a person in the clear. The reading is durable in the journal (contact/ID) before it resolves.
   * @throws VAULT_CONTACT_UNKNOWN for an id that never was or was erased.
   * @throws VAULT_KEY_WRONG when the configured key is not the one that the vault was made with.
   */
  read(contactId: string, access: Access): Promise<Person>;
  /**
   * The keyed hash of each text, as 16 hex digits: it tells whether two texts are the same, and nothing else. Nothing is
   * kept of them.
   */
  hashes(texts: readonly string[]): Promise<readonly string[]>;
  /**
   * Keeps a note under the contact's own key. That there is one is durable in the journal (contact/ID) when it resolves;
   * where it fails, keep it again under the same id.
   * @throws NOTE_UNUSABLE for a text that is empty or too long, VAULT_CONTACT_UNKNOWN.
   */
  keepNote(contactId: string, note: Note): Promise<void>;
  /**
   * The newest notes of a contact, `mostNotes` at most and the oldest of them first. The reading is durable in the journal
   * (contact/ID) before it resolves.
   * @throws VAULT_CONTACT_UNKNOWN for an id that never was or was erased.
   */
  readNotes(contactId: string, access: Access): Promise<readonly KeptNote[]>;
  /**
   * Destroys the contact's key and its hash: nobody reads the number or a note again. Idempotent. Where it could not be recorded
   * it is not destroyed yet, but the contact is handed out no more: the erasure is ended when it is asked for again, or
   * once the vault is opened and used again.
   */
  erase(contactId: string, by: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * How an adapter makes a reading or an erasure durable before it happens: the composition root sends it to the
 * contact's actor. Rejects where it could not be journaled; then nothing may be read or erased.
 */
export type RecordAccess = (contactId: string, fact: AccessFact) => Promise<void>;

/** The commands of proto/contact.proto that an adapter sends. */
export type AccessFact =
  | { readonly type: 'RecordReading'; readonly purpose: string; readonly by: string }
  | { readonly type: 'RecordNote'; readonly noteId: string; readonly callId: string; readonly by: string }
  | { readonly type: 'RecordNotesReading'; readonly purpose: string; readonly by: string }
  | { readonly type: 'RecordErasure'; readonly by: string };
