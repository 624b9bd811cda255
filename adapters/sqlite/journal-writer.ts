/**
 * The near end of the thread that writes. What is appended while it syncs goes to it at once and becomes its next
 * transaction, so the main thread, which has calls to keep alive, never waits for the disk.
 */
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { FatalError } from '#ports/errors.ts';
import type { NewEntry, StoredSnapshot } from '#ports/journal.ts';
import { BatchWriter } from './journal-batch.ts';
import type { Written } from './journal-log.ts';
import { errorOf, type Refusal } from './store-failure.ts';

export interface WriterSetup {
  readonly path: string;
  /** Most that the journal may grow to, in bytes; as much as the disk has where absent. */
  readonly maxBytes?: number;
}

/** Calls, and whether those of the same burst are still to come. */
export type ToWriter = { readonly calls: Uint8Array; readonly more: boolean } | 'close';

export type FromWriter =
  | { readonly type: 'opened' }
  | { readonly type: 'failed'; readonly refusal: Refusal }
  | ({ readonly type: 'written' } & Written);

interface Caller {
  resolve(): void;
  reject(error: unknown): void;
}

/** Calls that are posted together; the thread inserts them while others of the burst are still being made. */
const postedTogether = 50;
/** Bytes after which calls are posted however few they are. */
const postedBytes = 256 * 1024;

export class JournalWriter {
  readonly #port: MessagePort;
  readonly #path: string;
  readonly #exited: Promise<unknown>;
  readonly #onWritten: () => void;
  readonly #batch = new BatchWriter();
  /** In the order of their calls. */
  #callers: Caller[] = [];
  /** Whether the end of the calls at hand is still to be posted. */
  #burst = false;
  #lost: Error | undefined;
  readonly #opened = Promise.withResolvers<void>();
  #drained = (): void => {};

  private constructor(setup: WriterSetup, onWritten: () => void) {
    const { port1: near, port2: far } = new MessageChannel();
    const worker = new Worker(new URL('./journal-writer.worker.ts', import.meta.url), {
      workerData: { ...setup, port: far },
      transferList: [far],
    });
    this.#port = near;
    this.#path = setup.path;
    this.#onWritten = onWritten;
    this.#exited = new Promise((resolve) => worker.once('exit', resolve));
    worker.on('error', (error) => this.#lose(error));
    worker.once('exit', () => {
      // What it said last may still be on its way, such as why it cannot open the file.
      for (let last = receiveMessageOnPort(near); last; last = receiveMessageOnPort(near)) this.#hear(last.message);
      this.#lose();
    });
    near.on('message', (message: FromWriter) => this.#hear(message));
  }

  /**
   * Starts the thread, which takes the lock and opens the file. `onWritten` runs whenever something is durable.
   * @throws JOURNAL_UNAVAILABLE with what to do.
   */
  static async open(setup: WriterSetup, onWritten: () => void): Promise<JournalWriter> {
    const writer = new JournalWriter(setup, onWritten);
    await writer.#opened.promise;
    return writer;
  }

  /** The entries are of one stream and consecutive. */
  append(stream: string, version: number, entries: readonly NewEntry[]): Promise<void> {
    this.#batch.append(stream, version, entries);
    return this.#answered();
  }

  saveSnapshot(stream: string, snapshot: StoredSnapshot): Promise<void> {
    this.#batch.snapshot(stream, snapshot);
    return this.#answered();
  }

  settleTimer(stream: string, key: string, atMs: number): Promise<void> {
    this.#batch.settle(stream, key, atMs);
    return this.#answered();
  }

  /** Resolves when every call made so far has its answer. */
  async drain(): Promise<void> {
    if (this.#callers.length === 0) return;
    await new Promise<void>((resolve) => {
      this.#drained = resolve;
    });
  }

  /** Lets go of the file. No call may be in flight or follow. */
  async close(): Promise<void> {
    this.#port.postMessage('close' satisfies ToWriter);
    await this.#exited;
  }

  #answered(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#callers.push({ resolve, reject });
      if (this.#lost) {
        this.#refuseAll(this.#lost);
        return;
      }
      if (this.#batch.calls >= postedTogether || this.#batch.size >= postedBytes) {
        this.#post(true);
      }
      if (this.#burst) return;
      this.#burst = true;
      // Runs once the microtasks at hand are done: that is all that one batch of messages led to.
      process.nextTick(() => {
        this.#burst = false;
        this.#post(false);
      });
    });
  }

  #post(more: boolean): void {
    const calls = this.#batch.take();
    this.#port.postMessage({ calls, more } satisfies ToWriter, [calls.buffer]);
  }

  #hear(message: FromWriter): void {
    if (message.type === 'opened') this.#opened.resolve();
    else if (message.type === 'failed') this.#opened.reject(errorOf(message.refusal));
    else this.#answer(message);
  }

  #answer({ calls, refused }: Written): void {
    const callers = this.#callers.splice(0, calls);
    for (const [index, refusal] of refused) callers[index]?.reject(errorOf(refusal));
    // To resolve a promise that was rejected does nothing.
    for (const caller of callers) caller.resolve();
    this.#onWritten();
    if (this.#callers.length === 0) this.#drained();
  }

  #lose(cause?: unknown): void {
    this.#lost ??= new FatalError(
      'JOURNAL_UNAVAILABLE',
      `The thread that writes the journal ${this.#path} has ended; start Callboard again.`,
      { cause },
    );
    this.#opened.reject(this.#lost);
    this.#refuseAll(this.#lost);
  }

  #refuseAll(error: Error): void {
    this.#batch.take();
    for (const caller of this.#callers.splice(0)) caller.reject(error);
    this.#drained();
  }
}
