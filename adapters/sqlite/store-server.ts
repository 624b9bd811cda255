/** The far end: runs a store's methods on its own thread, all that wait in one transaction. */
import type { DatabaseSync } from 'node:sqlite';
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { StoreKind } from './open-database.ts';
import type { FromStore, StoreCall, StoreMethods, StoreResult, ToStore } from './store-calls.ts';
import { type Refusal, refusalOf } from './store-failure.ts';

/** A store that is open. */
export interface ServedStore {
  readonly database: DatabaseSync;
  readonly methods: StoreMethods;
  /** Runs after a transaction is durable and before its callers hear of it. */
  afterCommit?(): void;
}

/** Calls that share a transaction at most, so that no caller waits without end. */
const groupCalls = 200;

/** Opens the store and answers the port until it is told to close. */
export function serveStore(port: MessagePort, kind: StoreKind, path: string, open: () => ServedStore): void {
  const post = (message: FromStore) => port.postMessage(message);
  let store: ServedStore;
  try {
    store = open();
  } catch (error) {
    post({ type: 'failed', refusal: refusalOf(error, kind, path) });
    port.close();
    return;
  }
  port.on('message', (message: ToStore) => {
    let closing = message === 'close';
    const calls: StoreCall[] = message === 'close' ? [] : [message];
    while (!closing && calls.length < groupCalls) {
      const next = receiveMessageOnPort(port) as { message: ToStore } | undefined;
      if (!next) break;
      if (next.message === 'close') closing = true;
      else calls.push(next.message);
    }
    if (calls.length > 0) post({ type: 'results', results: runTogether(store, calls, refuse) });
    if (closing) {
      store.database.close();
      port.close();
    }
  });
  post({ type: 'opened' });

  function refuse(error: unknown): Refusal {
    return refusalOf(error, kind, path);
  }
}

function runTogether(store: ServedStore, calls: readonly StoreCall[], refuse: (error: unknown) => Refusal) {
  const { database } = store;
  try {
    database.exec('BEGIN IMMEDIATE');
    const results = calls.map((call) => runOne(store, call, refuse));
    database.exec('COMMIT');
    store.afterCommit?.();
    return results;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    return calls.map(({ id }): StoreResult => ({ id, refusal: refuse(error) }));
  }
}

/** A method that throws leaves nothing of its own behind and does not disturb the others. */
function runOne(store: ServedStore, call: StoreCall, refuse: (error: unknown) => Refusal): StoreResult {
  const { database, methods } = store;
  database.exec('SAVEPOINT call');
  try {
    const value = methods[call.method]?.(...(call.args as never[]));
    database.exec('RELEASE call');
    return { id: call.id, value };
  } catch (error) {
    // Where SQLite has ended the transaction by itself, the whole group is lost.
    if (!database.isTransaction) throw error;
    database.exec('ROLLBACK TO call; RELEASE call');
    return { id: call.id, refusal: refuse(error) };
  }
}
