/** The vault in one SQLite file, on a thread of its own. */
import { maskNumber } from '#adapters/vault/mask.ts';
import type { Clock } from '#ports/clock.ts';
import type { RecordAccess, Vault } from '#ports/vault.ts';
import { StoreThread } from './store-thread.ts';
import { type VaultMethods, vaultKind } from './vault-store.ts';

export interface VaultSetup {
  readonly path: string;
  /** 64 hex digits; the keys are derived from it. */
  readonly secret: string;
  /** Tells when a person was stored, for those who must know how long they have kept them. */
  readonly clock: Clock;
  /** Makes a reading or an erasure durable; rejects where it could not, and then nothing is read or erased. */
  readonly record: RecordAccess;
}

/**
 * Opens the vault, or makes it.
 * @throws VAULT_KEY_WRONG where it was made with another secret; STORE_UNAVAILABLE, DISK_FULL with what to do.
 */
export async function openSqliteVault({ path, secret, clock, record }: VaultSetup): Promise<Vault> {
  const worker = new URL('./vault.worker.ts', import.meta.url);
  const thread = await StoreThread.open<VaultMethods>(vaultKind, worker, { path, secret });
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
    for (const { contactId, by } of await thread.call('marked')) await end(contactId, by).catch(() => {});
  }

  async function end(contactId: string, by: string): Promise<void> {
    await record(contactId, { type: 'RecordErasure', by });
    await thread.call('erase', contactId);
  }

  return {
    async put(people) {
      await begun();
      const ids = await thread.call('put', people, clock.now());
      return people.map(({ number }, index) => ({ contactId: ids[index] ?? '', mask: maskNumber(number) }));
    },
    async find(number) {
      await begun();
      const contactId = await thread.call('find', number);
      return contactId === undefined ? undefined : { contactId, mask: maskNumber(number) };
    },
    async read(contactId, { purpose, by }) {
      await begun();
      const person = await thread.call('open', contactId);
      await record(contactId, { type: 'RecordReading', purpose, by });
      return person;
    },
    async erase(contactId, by) {
      await begun();
      // Marked before it is recorded: a contact that the journal calls erased must never be handed out again.
      if (await thread.call('mark', contactId, by)) await end(contactId, by);
    },
    close: () => thread.close(),
  };
}
