/** Where a node keeps facts, numbers and lists: files of its own, or the database that the cluster shares. */
import { join } from 'node:path';
import { openSqliteJournal } from '#adapters/sqlite/journal.ts';
import { openSqliteLeads } from '#adapters/sqlite/leads.ts';
import { openSqliteVault } from '#adapters/sqlite/vault.ts';
import { loadOrCreateVaultSecret } from '#adapters/vault/secret.ts';
import type { Config } from '#config/schema.ts';
import type { Journal } from '#ports/journal.ts';
import type { Leads } from '#ports/leads.ts';
import { systemClock } from '#ports/system-clock.ts';
import type { RecordAccess, Vault } from '#ports/vault.ts';
import type { Closing } from './closing.ts';

export interface Stores {
  readonly journal: Journal;
  readonly leads: Leads;
  readonly vault: Vault;
}

/** Opens them, and says in `opened` how to close each. */
export async function openStores(
  config: Config,
  folder: string,
  record: RecordAccess,
  opened: Closing[],
): Promise<Stores> {
  const journal = await openSqliteJournal({ path: join(folder, 'journal.db') });
  opened.push(() => journal.close());
  const leads = await openSqliteLeads({ path: join(folder, 'leads.db') });
  opened.push(() => leads.close());
  const vault = await openSqliteVault({
    path: join(folder, 'vault.db'),
    secret: config.vaultSecret ?? loadOrCreateVaultSecret(join(folder, 'vault.key')),
    clock: systemClock,
    record,
  });
  opened.push(() => vault.close());
  return { journal, leads, vault };
}
