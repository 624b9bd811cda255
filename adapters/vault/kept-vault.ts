/** What every vault does, wherever it keeps its contacts: what is read or erased is recorded first. */
import type { Clock } from '#ports/clock.ts';
import type { KeptNote, Note, Person, RecordAccess, Vault } from '#ports/vault.ts';
import { maskNumber } from './mask.ts';
import { usableText } from './note-text.ts';

/** Where contacts are kept; what it resolves is durable. */
export interface VaultStore {
  /** Keeps people; their contacts in order. */
  put(people: readonly Person[], nowMs: number): Promise<readonly string[]>;
  find(number: string): Promise<string | undefined>;
  hashes(texts: readonly string[]): Promise<readonly string[]>;
  /** @throws VAULT_CONTACT_UNKNOWN */
  open(contactId: string): Promise<Person>;
  /**
   * Keeps a note, unless the contact has one of its id.
   * @throws VAULT_CONTACT_UNKNOWN
   */
  keepNote(contactId: string, note: Note, nowMs: number): Promise<void>;
  /**
   * The newest `mostNotes`, the oldest of them first.
   * @throws VAULT_CONTACT_UNKNOWN
   */
  notes(contactId: string): Promise<readonly KeptNote[]>;
  /** Notes that a contact is to be erased: it is handed out no more. Whether there is such a contact. */
  mark(contactId: string, by: string): Promise<boolean>;
  /** Contacts whose erasure was begun and not ended. */
  marked(): Promise<readonly Erasure[]>;
  erase(contactId: string): Promise<void>;
  close(): Promise<void>;
}

/** An erasure that was asked for. */
export interface Erasure {
  readonly contactId: string;
  readonly by: string;
}

export interface VaultSurroundings {
  /** Tells when a person was stored, for those who must know how long they have kept them. */
  readonly clock: Clock;
  /** Makes a reading or an erasure durable; rejects where it could not, and then nothing is read or erased. */
  readonly record: RecordAccess;
}

/** The vault over a store. */
export function vaultOver(store: VaultStore, { clock, record }: VaultSurroundings): Vault {
  let finishing: Promise<void> | undefined;

  /** Not when it is opened: the one who records accesses may still be on his way. */
  function begun(): Promise<void> {
    finishing ??= finish().catch((error: unknown) => {
      finishing = undefined;
      throw error;
    });
    return finishing;
  }

  /** Ends the erasures that a crash has cut short. One that cannot be recorded waits for the next opening. */
  async function finish(): Promise<void> {
    for (const { contactId, by } of await store.marked()) await end(contactId, by).catch(() => {});
  }

  async function end(contactId: string, by: string): Promise<void> {
    await record(contactId, { type: 'RecordErasure', by });
    await store.erase(contactId);
  }

  // Apart from what waits for it, which thus holds nobody in memory.
  const keep = (people: readonly Person[]) => begun().then(() => store.put(people, clock.now()));
  const stored = (ids: readonly string[], masks: readonly string[]) =>
    masks.map((mask, index) => ({ contactId: ids[index] ?? '', mask }));

  return {
    async put(people) {
      const masks = people.map(({ number }) => maskNumber(number));
      return stored(await keep(people), masks);
    },
    async find(number) {
      await begun();
      const contactId = await store.find(number);
      return contactId === undefined ? undefined : { contactId, mask: maskNumber(number) };
    },
    async read(contactId, { purpose, by }) {
      await begun();
      const person = await store.open(contactId);
      await record(contactId, { type: 'RecordReading', purpose, by });
      return person;
    },
    hashes: (texts) => store.hashes(texts),
    async keepNote(contactId, note) {
      const text = usableText(note.text);
      await begun();
      await store.keepNote(contactId, { ...note, text }, clock.now());
      const { noteId, callId, by } = note;
      await record(contactId, { type: 'RecordNote', noteId, callId, by });
    },
    async readNotes(contactId, { purpose, by }) {
      await begun();
      const notes = await store.notes(contactId);
      await record(contactId, { type: 'RecordNotesReading', purpose, by });
      return notes;
    },
    async erase(contactId, by) {
      await begun();
      // Marked before it is recorded: a contact that the journal calls erased must never be handed out again.
      if (await store.mark(contactId, by)) await end(contactId, by);
    },
    close: () => store.close(),
  };
}
