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

const { path, maxBytes, port } = workerData as WriterSetup & { port: MessagePort };

try {
  const lock = takeWriterLock(journalKind, path);
  const database = openDatabase(journalKind, { path, ...(maxBytes === undefined ? {} : { maxBytes }) });
  const log = new JournalLog(database, path);
  let bytes = 0;
  let quick = false;
  port.on('message', (first: ToWriter) => {
    let message: ToWriter | undefined = first;
    while (message) {
      if (message === 'close') {
        database.close();
        lock.close();
        port.close();
        return;
      }
      log.add(message.calls);
      bytes += message.calls.length;
      const next: ToWriter | undefined = receiveMessageOnPort(port)?.message;
      const burstOver = !message.more && (!next || next === 'close');
      // The end of a burst that is written already comes with nothing.
      if (bytes > 0 && (quick || burstOver || bytes >= transactionBytes)) {
        const beganMs = performance.now();
        const written = log.commit();
        quick = performance.now() - beganMs < quickSyncMs;
        post({ type: 'written', ...written });
        bytes = 0;
      }
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
