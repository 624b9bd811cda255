/** The thread that owns the journal's writing connection: takes all batches that wait, writes them with one sync. */
import { type MessagePort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { JournalLog } from './journal-log.ts';
import { journalKind } from './journal-schema.ts';
import type { FromWriter, ToWriter, WriterSetup } from './journal-writer.ts';
import { openDatabase } from './open-database.ts';
import { block } from './slower-disk.ts';
import { refusalOf } from './store-failure.ts';
import { takeWriterLock } from './writer-lock.ts';

/** A transaction is ended once it has so many bytes, so that no caller waits without end. */
const transactionBytes = 4 * 1024 * 1024;
/**
 * A disk that syncs faster than this is not waited for: while it syncs one part of what is in flight, the main thread
 * decides on the other. On a slower one a single sync for all is cheaper: then the thread waits until it has all that
 * came of its last answer, or those in flight would fall into two halves that wait for each other's syncs for ever.
 */
const quickSyncMs = 0.7;

const { path, maxBytes, slowerMs = 0, port } = workerData as WriterSetup & { port: MessagePort };

try {
  const lock = takeWriterLock(journalKind, path);
  const database = openDatabase(journalKind, { path, ...(maxBytes === undefined ? {} : { maxBytes }) });
  const log = new JournalLog(database, path);
  let bytes = 0;
  let quick = false;
  let told = 0;

  port.on('message', (first: ToWriter) => {
    let caughtUp = false;
    for (let message: ToWriter | undefined = first; message; message = receiveMessageOnPort(port)?.message) {
      if (message === 'close') {
        database.close();
        lock.close();
        port.close();
        return;
      }
      log.add(message.calls);
      bytes += message.calls.length;
      caughtUp = !message.more && message.heard === told;
      if (quick || bytes >= transactionBytes) commit();
    }
    if (caughtUp) commit();
  });

  function commit(): void {
    if (bytes === 0) return;
    const beganMs = performance.now();
    const written = log.commit();
    block(slowerMs);
    quick = performance.now() - beganMs < quickSyncMs;
    bytes = 0;
    told += 1;
    post({ type: 'written', ...written });
  }

  post({ type: 'opened' });
} catch (error) {
  post({ type: 'failed', refusal: refusalOf(error, journalKind, path) });
  port.close();
}

function post(message: FromWriter): void {
  port.postMessage(message);
}
