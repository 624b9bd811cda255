/** The vault in one SQLite file, on a thread of its own. */
import { type VaultSurroundings, vaultOver } from '#adapters/vault/kept-vault.ts';
import type { Note, Person, Vault } from '#ports/vault.ts';
import { StoreThread } from './store-thread.ts';
import { type VaultMethods, vaultKind } from './vault-store.ts';

export interface VaultSetup extends VaultSurroundings {
  readonly path: string;
  /** 64 hex digits; the keys are derived from it. */
  readonly secret: string;
}

/**
 * Opens the vault, or makes it.
 * @throws VAULT_KEY_WRONG where it was made with another secret; STORE_UNAVAILABLE, DISK_FULL with what to do.
 */
export async function openSqliteVault({ path, secret, clock, record }: VaultSetup): Promise<Vault> {
  const worker = new URL('./vault.worker.ts', import.meta.url);
  const thread = await StoreThread.open<VaultMethods>(vaultKind, worker, { path, secret });
  const store = {
    put: (people: readonly Person[], nowMs: number) => thread.call('put', people, nowMs),
    find: (number: string) => thread.call('find', number),
    open: (contactId: string) => thread.call('open', contactId),
    hashes: (texts: readonly string[]) => thread.call('hashes', texts),
    keepNote: (contactId: string, note: Note, nowMs: number) => thread.call('keepNote', contactId, note, nowMs),
    notes: (contactId: string) => thread.call('notes', contactId),
    mark: (contactId: string, by: string) => thread.call('mark', contactId, by),
    marked: () => thread.call('marked'),
    erase: (contactId: string) => thread.call('erase', contactId),
    close: () => thread.close(),
  };
  return vaultOver(store, { clock, record });
}
