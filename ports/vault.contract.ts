/** What every vault keeps of its port, sentence by sentence. Call it from a test file beside the adapter. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { codeOf } from './errors.ts';
import { longestNote, mostNotes, type Note, type Person, type RecordAccess, type Vault } from './vault.ts';

/** A vault to be tested, over data of its own. */
export interface VaultUnderTest {
  readonly vault: Vault;
  /** Closes the vault and opens another one over the same data, under the same secret. */
  reopen(): Promise<Vault>;
  /** Closes the vault and opens another one over the same data, under another secret. */
  reopenWithWrongKey(): Promise<Vault>;
  /** Closes what is open and forgets the data. */
  dispose(): Promise<void>;
}

const wang: Person = { number: '+8613800001234', name: '王小明', attributes: { city: '上海', plan: 'gold' } };
const smith: Person = { number: '+12025550123', name: '', attributes: {} };
const note: Note = { noteId: 'n-1', text: '下周再打 🙂', callId: 'spring.1.1', by: 'agent/ann' };
const look = { purpose: 'console', by: 'li' };
const dial = { purpose: 'dial', by: 'call/spring.1.1' };

async function codeFrom(promise: Promise<unknown>): Promise<string | undefined> {
  return promise.then(
    () => 'no error',
    (error: unknown) => codeOf(error),
  );
}

/** Describes the vault that `open` gives over a way to record accesses; each test gets a fresh one. */
export function vaultContract(name: string, open: (record: RecordAccess) => Promise<VaultUnderTest>): void {
  describe(`${name} keeps the promises of a vault`, () => {
    let under: VaultUnderTest;
    let vault: Vault;
    let facts: string[];
    let record: RecordAccess;

    beforeEach(async () => {
      facts = [];
      record = async (contactId, fact) => {
        const about = 'purpose' in fact ? fact.purpose : 'noteId' in fact ? fact.noteId : '';
        facts.push(`${contactId} ${fact.type} ${about} ${fact.by}`);
      };
      under = await open((contactId, fact) => record(contactId, fact));
      vault = under.vault;
    });
    afterEach(() => under.dispose());

    async function store(person: Person): Promise<string> {
      const [stored] = await vault.put([person]);
      return stored?.contactId ?? '';
    }

    describe('put and find', () => {
      test('gives a contact for each person in order, with a mask that does not tell the number', async () => {
        const stored = await vault.put([wang, smith]);
        expect(stored).toHaveLength(2);
        expect(stored[0]?.contactId).not.toBe(stored[1]?.contactId);
        expect(stored[0]?.mask).toBe('+86 138 **** 1234');
        expect(stored[1]?.mask).toBe('+1 202 **** 23');
        for (const { contactId } of stored) expect(contactId).toMatch(/^[A-Za-z0-9._-]{8,64}$/);
      });

      test('gives nothing for nobody', async () => {
        expect(await vault.put([])).toEqual([]);
      });

      test('keeps one contact for each number: in one call, in two, after it was opened again', async () => {
        const [first, second] = await vault.put([wang, { ...wang, name: 'Wang' }]);
        expect(second).toEqual(first);
        expect(await vault.put([wang])).toEqual([first]);
        const again = await under.reopen();
        expect(await again.put([wang])).toEqual([first]);
      });

      test('keeps what was said of a person last', async () => {
        const contactId = await store(wang);
        await vault.put([{ ...wang, name: 'Wang', attributes: {} }]);
        expect(await vault.read(contactId, dial)).toEqual({ ...wang, name: 'Wang', attributes: {} });
      });

      test('finds the contact of a number, and none for a number that nobody has', async () => {
        const [stored] = await vault.put([wang]);
        expect(await vault.find(wang.number)).toEqual(stored);
        expect(await vault.find(smith.number)).toBeUndefined();
      });

      test('takes a thousand people at once', async () => {
        const people = Array.from({ length: 1000 }, (_, index) => ({ ...smith, number: `+1202555${1000 + index}` }));
        const stored = await vault.put(people);
        expect(new Set(stored.map(({ contactId }) => contactId)).size).toBe(1000);
        expect(await vault.read(stored[789]?.contactId ?? '', dial)).toEqual(people[789]);
      });

      test('records nothing: nobody has read a number', async () => {
        await vault.put([wang, smith]);
        await vault.find(wang.number);
        expect(facts).toEqual([]);
      });
    });

    describe('read', () => {
      test('gives the person, and records each reading with its purpose and its reader', async () => {
        const contactId = await store(wang);
        expect(await vault.read(contactId, dial)).toEqual(wang);
        expect(await vault.read(contactId, { purpose: 'export', by: 'li' })).toEqual(wang);
        expect(facts).toEqual([
          `${contactId} RecordReading dial call/spring.1.1`,
          `${contactId} RecordReading export li`,
        ]);
      });

      test('resolves only when the reading is recorded', async () => {
        const contactId = await store(wang);
        const reached = Promise.withResolvers<void>();
        const durable = Promise.withResolvers<void>();
        record = () => {
          reached.resolve();
          return durable.promise;
        };
        let read = false;
        const reading = vault.read(contactId, dial).then(() => {
          read = true;
        });
        await reached.promise;
        await vault.find(wang.number);
        expect(read).toBe(false);
        durable.resolve();
        await reading;
      });

      test('gives nothing where the reading could not be recorded', async () => {
        const contactId = await store(wang);
        record = () => Promise.reject(new Error('no journal'));
        await expect(vault.read(contactId, dial)).rejects.toThrow('no journal');
      });

      test('of an id that never was is VAULT_CONTACT_UNKNOWN, and no reading', async () => {
        expect(await codeFrom(vault.read('nobody-at-all', dial))).toBe('VAULT_CONTACT_UNKNOWN');
        expect(facts).toEqual([]);
      });

      test('works after it was opened again', async () => {
        const contactId = await store(wang);
        const again = await under.reopen();
        expect(await again.read(contactId, dial)).toEqual(wang);
      });

      test('under another secret is VAULT_KEY_WRONG, at the latest when somebody reads', async () => {
        const contactId = await store(wang);
        const reading = async () => (await under.reopenWithWrongKey()).read(contactId, dial);
        expect(await codeFrom(reading())).toBe('VAULT_KEY_WRONG');
        const again = await under.reopen();
        expect(await again.read(contactId, dial)).toEqual(wang);
      });
    });

    describe('hashes', () => {
      test('tell whether texts are the same, also after it was opened again, and record nothing', async () => {
        const [one = '', two = '', again] = await vault.hashes(['a/1', 'a/2', 'a/1']);
        expect([again === one, one === two]).toEqual([true, false]);
        for (const hash of [one, two]) expect(hash).toMatch(/^[0-9a-f]{16}$/);
        expect(await vault.hashes([])).toEqual([]);
        const reopened = await under.reopen();
        expect(await reopened.hashes(['a/2'])).toEqual([two]);
        expect(facts).toEqual([]);
      });
    });

    describe('notes', () => {
      const texts = async (contactId: string, from = vault) =>
        (await from.readNotes(contactId, look)).map(({ text }) => text);

      test('are given as they were kept, with when that was, and both are recorded', async () => {
        const contactId = await store(wang);
        await vault.keepNote(contactId, note);
        await vault.keepNote(contactId, { ...note, noteId: 'n-2', text: ' "two"\nlines ', callId: 'spring.1.2' });
        const other = await store(smith);
        await vault.keepNote(other, { ...note, text: 'somebody else' });
        expect(await vault.readNotes(contactId, look)).toEqual([
          { ...note, atMs: expect.any(Number) },
          { ...note, noteId: 'n-2', text: '"two"\nlines', callId: 'spring.1.2', atMs: expect.any(Number) },
        ]);
        expect(facts).toEqual([
          `${contactId} RecordNote n-1 agent/ann`,
          `${contactId} RecordNote n-2 agent/ann`,
          `${other} RecordNote n-1 agent/ann`,
          `${contactId} RecordNotesReading console li`,
        ]);
      });

      test('of nobody who was written about are none, and that was a reading too', async () => {
        const contactId = await store(wang);
        expect(await vault.readNotes(contactId, look)).toEqual([]);
        expect(facts).toEqual([`${contactId} RecordNotesReading console li`]);
      });

      test('are kept once each, as they were told first', async () => {
        const contactId = await store(wang);
        await vault.keepNote(contactId, note);
        await vault.keepNote(contactId, { ...note, text: 'again' });
        expect(await texts(contactId)).toEqual([note.text]);
      });

      test('are read as long as they may be, and no longer nor empty', async () => {
        const contactId = await store(wang);
        const longest = `${'語'.repeat(longestNote - 1)}🙂`;
        await vault.keepNote(contactId, { ...note, text: longest });
        for (const text of ['', ' \n', `${longest}.`]) {
          expect(await codeFrom(vault.keepNote(contactId, { ...note, noteId: 'n-2', text }))).toBe('NOTE_UNUSABLE');
        }
        expect(await texts(contactId)).toEqual([longest]);
      });

      test('are read up to so many, the newest of them', async () => {
        const contactId = await store(wang);
        const ids = Array.from({ length: mostNotes + 2 }, (_, index) => `n-${String(index).padStart(3, '0')}`);
        for (const noteId of ids) await vault.keepNote(contactId, { ...note, noteId, text: noteId });
        expect(await texts(contactId)).toEqual(ids.slice(2));
      });

      test('can be read after the person was stored again, and after the vault was opened again', async () => {
        const contactId = await store(wang);
        await vault.keepNote(contactId, note);
        await vault.put([{ ...wang, name: 'Wang' }, smith]);
        const again = await under.reopen();
        await again.put([{ ...wang, name: 'Wang X' }]);
        expect(await texts(contactId, again)).toEqual([note.text]);
        expect(await again.read(contactId, dial)).toEqual({ ...wang, name: 'Wang X' });
      });

      test('are given only when the reading is recorded', async () => {
        const contactId = await store(wang);
        await vault.keepNote(contactId, note);
        record = () => Promise.reject(new Error('no journal'));
        await expect(vault.readNotes(contactId, look)).rejects.toThrow('no journal');
      });

      test('that could not be recorded are kept again under the same id', async () => {
        const contactId = await store(wang);
        const recording = record;
        record = () => Promise.reject(new Error('no journal'));
        await expect(vault.keepNote(contactId, note)).rejects.toThrow('no journal');
        record = recording;
        await vault.keepNote(contactId, note);
        expect(facts).toEqual([`${contactId} RecordNote n-1 agent/ann`]);
        expect(await texts(contactId)).toEqual([note.text]);
      });

      test('of an id that never was are VAULT_CONTACT_UNKNOWN, and nothing is recorded', async () => {
        expect(await codeFrom(vault.keepNote('nobody-at-all', note))).toBe('VAULT_CONTACT_UNKNOWN');
        expect(await codeFrom(vault.readNotes('nobody-at-all', look))).toBe('VAULT_CONTACT_UNKNOWN');
        expect(facts).toEqual([]);
      });

      test('go with the contact: its number comes back without them', async () => {
        const contactId = await store(wang);
        await vault.keepNote(contactId, note);
        const other = await store(smith);
        await vault.keepNote(other, note);
        await vault.erase(contactId, 'li');
        expect(await codeFrom(vault.readNotes(contactId, look))).toBe('VAULT_CONTACT_UNKNOWN');
        expect(await codeFrom(vault.keepNote(contactId, note))).toBe('VAULT_CONTACT_UNKNOWN');
        expect(await texts(await store(wang))).toEqual([]);
        expect(await texts(other)).toEqual([note.text]);
      });
    });

    describe('erase', () => {
      test('destroys the contact: neither read nor found again, and it is recorded', async () => {
        const contactId = await store(wang);
        await vault.erase(contactId, 'li');
        expect(await codeFrom(vault.read(contactId, dial))).toBe('VAULT_CONTACT_UNKNOWN');
        expect(await vault.find(wang.number)).toBeUndefined();
        expect(facts).toEqual([`${contactId} RecordErasure  li`]);
        const again = await under.reopen();
        expect(await codeFrom(again.read(contactId, dial))).toBe('VAULT_CONTACT_UNKNOWN');
      });

      test('again, or of an id that never was, is no error and records nothing', async () => {
        const contactId = await store(wang);
        await vault.erase(contactId, 'li');
        await vault.erase(contactId, 'li');
        await vault.erase('nobody-at-all', 'li');
        expect(facts).toHaveLength(1);
      });

      describe('that could not be recorded', () => {
        let contactId: string;

        beforeEach(async () => {
          contactId = await store(wang);
          const recording = record;
          record = () => Promise.reject(new Error('no journal'));
          await expect(vault.erase(contactId, 'li')).rejects.toThrow('no journal');
          record = recording;
        });

        test('hands the contact out no more: its number comes back under another', async () => {
          expect(await codeFrom(vault.read(contactId, dial))).toBe('VAULT_CONTACT_UNKNOWN');
          expect(await vault.find(wang.number)).toBeUndefined();
          const other = await store(wang);
          expect(other).not.toBe(contactId);
          expect(await store(wang)).toBe(other);
          expect(await vault.read(other, dial)).toEqual(wang);
        });

        test('is ended when it is asked for again', async () => {
          await vault.erase(contactId, 'wu');
          expect(facts).toEqual([`${contactId} RecordErasure  wu`]);
        });

        test('is ended once the vault was opened again, and leaves the number to its new contact', async () => {
          const other = await store(wang);
          const again = await under.reopen();
          expect((await again.find(wang.number))?.contactId).toBe(other);
          expect(facts).toEqual([`${contactId} RecordErasure  li`]);
          await again.erase(contactId, 'li');
          expect(facts).toHaveLength(1);
        });
      });

      test('leaves the others alone, and the number comes back under another contact', async () => {
        const contactId = await store(wang);
        const other = await store(smith);
        await vault.erase(contactId, 'li');
        expect(await vault.read(other, dial)).toEqual(smith);
        expect(await store(wang)).not.toBe(contactId);
      });
    });
  });
}
