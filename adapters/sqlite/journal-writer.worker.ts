/** The thread that owns the journal's writing connection: takes all batches that wait, writes them with one sync. */
import { type MessagePort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { JournalLog } from './journal-log.ts';
import { journalKind } from './journal-schema.ts';
import type { FromWriter, ToWriter, WriterSetup } from './journal-writer.ts';
import { openDatabase } from './open-database.ts';
import { refusalOf } from './store-failure.ts';
import { takeWriterLock } from './writer-lock.ts';

/** A transaction takes no more batches once it has so many bytes, so that no caller waits without end. */
const groupBytes = 4 * 1024 * 1024;

const { path, maxBytes, port } = workerData as WriterSetup & { port: MessagePort };

try {
  const lock = takeWriterLock(journalKind, path);
  const database = openDatabase(journalKind, { path, ...(maxBytes === undefined ? {} : { maxBytes }) });
  const log = new JournalLog(database, path);
  port.on('message', (message: ToWriter) => {
    if (message === 'close') {
      database.close();
      lock.close();
      port.close();
    } else {
      post({ type: 'written', ...log.write(waiting(message)) });
    }
  });
  post({ type: 'opened' });
} catch (error) {
  post({ type: 'failed', refusal: refusalOf(error, journalKind, path) });
  port.close();
}

function* waiting(first: Uint8Array): Generator<Uint8Array> {
  let bytes = 0;
  let next: { message: ToWriter } | undefined = { message: first };
  // 'close' is sent only when nothing is in flight, so all that waits behind a batch are batches.
  while (next && next.message !== 'close') {
    yield next.message;
    bytes += next.message.length;
    next = bytes < groupBytes ? receiveMessageOnPort(port) : undefined;
  }
}

function post(message: FromWriter): void {
  port.postMessage(message);
}
