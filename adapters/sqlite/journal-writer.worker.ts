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

const { path, maxBytes, port } = workerData as WriterSetup & { port: MessagePort };

try {
  const lock = takeWriterLock(journalKind, path);
  const database = openDatabase(journalKind, { path, ...(maxBytes === undefined ? {} : { maxBytes }) });
  const log = new JournalLog(database, path);
  let bytes = 0;
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
      // While more is on its way, one sync for all of it is cheaper than two.
      if (bytes >= transactionBytes || (!message.more && (!next || next === 'close'))) {
        post({ type: 'written', ...log.commit() });
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
