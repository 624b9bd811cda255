/** The thread of the vault: keys and numbers in the clear are nowhere else for longer than a message. */
import { type MessagePort, workerData } from 'node:worker_threads';
import { sealingFrom } from '#adapters/vault/sealing.ts';
import { openDatabase } from './open-database.ts';
import { serveStore } from './store-server.ts';
import { vaultKind, vaultStore } from './vault-store.ts';

const { path, secret, port } = workerData as { path: string; secret: string; port: MessagePort };

serveStore(port, vaultKind, path, () => vaultStore(openDatabase(vaultKind, { path }), sealingFrom(secret), path));
