/** The thread that owns the journal's writing connection: takes all batches that wait, writes them with one sync. */
import { type MessagePort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { JournalLog } from './journal-log.ts';
import { journalKind } from './journal-schema.ts';
import type { FromWriter, ToWriter, WriterSetup } from './journal-writer.ts';
import { openDatabase } from './open-database.ts';
import { refusalOf } from './store-failure.ts';
import { takeWriterLock } from './writer-lock.ts';

/** A transaction is ended once it has so many bytes, so that no caller waits without end. */
const transactionBytes = 4 * 1024 * 1024;
/**
 * A disk that syncs faster than this is not waited for: while it syncs one part of a burst, the main thread decides
 * on the next. On a slower one a sync for the whole burst is cheaper.
 */
const quickSyncMs = 1;
/** Calls that are worth a sync of their own at once. */
const manyCalls = 32;
/**
 * Fewer wait until this long after the last sync, for others to share theirs: on a quiet node not at all, on a busy
 * one a sync then serves several calls. (PostgreSQL's commit_delay with commit_siblings is the same bargain.)
 */
const lingerMs = 4;

const { path, maxBytes, port } = workerData as WriterSetup & { port: MessagePort };

try {
  const lock = takeWriterLock(journalKind, path);
  const database = openDatabase(journalKind, { path, ...(maxBytes === undefined ? {} : { maxBytes }) });
  const log = new JournalLog(database, path);
  let bytes = 0;
  let calls = 0;
  let quick = false;
  let syncedAtMs = 0;
  let lingering: NodeJS.Timeout | undefined;

  const commit = () => {
    clearTimeout(lingering);
    lingering = undefined;
    const beganMs = performance.now();
    const written = log.commit();
    syncedAtMs = performance.now();
    quick = syncedAtMs - beganMs < quickSyncMs;
    bytes = 0;
    calls = 0;
    if (written.calls > 0) post({ type: 'written', ...written });
  };

  port.on('message', (first: ToWriter) => {
    let message: ToWriter | undefined = first;
    while (message) {
      if (message === 'close') {
        commit();
        database.close();
        lock.close();
        port.close();
        return;
      }
      calls += log.add(message.calls);
      bytes += message.calls.length;
      const next: ToWriter | undefined = receiveMessageOnPort(port)?.message;
      const burstOver = !message.more && (!next || next === 'close');
      const lingersMs = calls >= manyCalls ? 0 : syncedAtMs + lingerMs - performance.now();
      if (bytes >= transactionBytes || (calls >= manyCalls && quick) || (burstOver && lingersMs <= 0)) commit();
      else if (burstOver) lingering ??= setTimeout(commit, lingersMs);
      message = next;
    }
  });
  post({ type: 'opened' });
} catch (error) {
  post({ type: 'failed', refusal: refusalOf(error, journalKind, path) });
  port.close();
}

function post(message: FromWriter): void {
  port.postMessage(message);
}
