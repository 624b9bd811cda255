/** The thread of the leads. */
import { type MessagePort, workerData } from 'node:worker_threads';
import { leadsKind } from './leads-schema.ts';
import { leadsStore } from './leads-store.ts';
import { openDatabase } from './open-database.ts';
import { serveStore } from './store-server.ts';

const { path, port } = workerData as { path: string; port: MessagePort };

serveStore(port, leadsKind, path, () => leadsStore(openDatabase(leadsKind, { path })));
