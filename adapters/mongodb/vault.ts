/**
 * The vault in MongoDB, for any number of nodes at once. Numbers and names are sealed before they leave the process.
 * What was erased is gone from the collections, while the server's log of operations and its backups keep the sealed
 * bytes for as long as they are set to: whoever erases must let those run out too.
 */
import type { Db } from 'mongodb';
import { type VaultSurroundings, vaultOver } from '#adapters/vault/kept-vault.ts';
import { sealingFrom } from '#adapters/vault/sealing.ts';
import type { Vault } from '#ports/vault.ts';
import { makeIndexes } from './indexes.ts';
import { StoreAccess } from './store-access.ts';
import { vaultCollections, vaultIndexes } from './vault-queries.ts';
import { checkKey, mongodbVaultStore } from './vault-store.ts';

export interface MongodbVaultSetup extends VaultSurroundings {
  readonly db: Db;
  /** 64 hex digits; the keys are derived from it. All nodes have the same. */
  readonly secret: string;
}

/**
 * Opens the vault, or makes it. Closing it leaves the connection open.
 * @throws VAULT_KEY_WRONG where it was made with another secret; STORE_UNAVAILABLE.
 */
export async function openMongodbVault({ db, secret, clock, record }: MongodbVaultSetup): Promise<Vault> {
  const access = new StoreAccess('vault');
  const collections = vaultCollections(db);
  const sealing = sealingFrom(secret);
  await access.run(async () => {
    await checkKey(collections, sealing, db.databaseName);
    await makeIndexes(db, vaultIndexes);
  });
  return vaultOver(mongodbVaultStore(collections, sealing, access), { clock, record });
}
