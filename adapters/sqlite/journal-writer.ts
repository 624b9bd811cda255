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
  /** Added to each sync, for benches that want a slower disk than they have. */
  readonly slowerMs?: number;
}

/** What is posted to the thread. */
export type ToWriter =
  | {
      readonly calls: Uint8Array;
      /** Whether others of the same burst are still to come. */
      readonly more: boolean;
      /** How many answers were heard so far: what they led to at once is in this burst, or came before it. */
      readonly heard: number;
    }
  | 'close';

export type FromWriter =
  | { readonly type: 'opened' }
  | { readonly type: 'failed'; readonly refusal: Refusal }
  | ({ readonly type: 'written' } & Written);

interface Caller {
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Callers that are answered in one turn. What they ask for next is posted before the others are answered, so that the
 * thread is at work on it meanwhile. Fewer would mean more syncs where the disk is quick.
 */
const answeredTogether = 50;
/** Bytes after which calls are posted although more of the same burst are to come. */
const postedBytes = 256 * 1024;

export class JournalWriter {
  readonly #port: MessagePort;
  readonly #path: string;
  readonly #exited: Promise<unknown>;
  readonly #onWritten: () => void;
  readonly #batch = new BatchWriter();
  /** In the order of their calls; so many of the first have their answer and were not told yet. */
  #callers: Caller[] = [];
  #durable = 0;
  /** Whether the end of the calls at hand is still to be posted. */
  #burst = false;
  /** Answers of the thread. */
  #heard = 0;
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
    this.#makeRoom();
    this.#batch.append(stream, version, entries);
    return this.#answered();
  }

  saveSnapshot(stream: string, snapshot: StoredSnapshot): Promise<void> {
    this.#makeRoom();
    this.#batch.snapshot(stream, snapshot);
    return this.#answered();
  }

  settleTimer(stream: string, key: string, atMs: number): Promise<void> {
    this.#makeRoom();
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

  /** Another call comes, so that this is not the end of the burst. */
  #makeRoom(): void {
    if (this.#batch.size >= postedBytes) this.#post(true);
  }

  #answered(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#callers.push({ resolve, reject });
      if (this.#lost) {
        this.#refuseAll(this.#lost);
        return;
      }
      this.#endBurst();
    });
  }

  /** Posts what is left once the microtasks at hand are done: that is all that one batch of messages led to. */
  #endBurst(): void {
    if (this.#burst) return;
    this.#burst = true;
    process.nextTick(() => {
      this.#burst = false;
      this.#post(this.#durable > 0);
    });
  }

  #post(more: boolean): void {
    const calls = this.#batch.take();
    this.#port.postMessage({ calls, more, heard: this.#heard } satisfies ToWriter, [calls.buffer]);
  }

  #hear(message: FromWriter): void {
    if (message.type === 'opened') this.#opened.resolve();
    else if (message.type === 'failed') this.#opened.reject(errorOf(message.refusal));
    else this.#answer(message);
  }

  #answer({ calls, refused }: Written): void {
    this.#heard += 1;
    for (const [index, refusal] of refused) this.#callers[this.#durable + index]?.reject(errorOf(refusal));
    const waiting = this.#durable > 0;
    this.#durable += calls;
    if (!waiting) this.#answerSome();
    this.#onWritten();
  }

  #answerSome(): void {
    const callers = this.#callers.splice(0, Math.min(this.#durable, answeredTogether));
    this.#durable -= callers.length;
    // To resolve a promise that was rejected does nothing.
    for (const caller of callers) caller.resolve();
    // The thread may wait to hear that nothing came of it. A tick that were set here ran before what did.
    queueMicrotask(() => this.#endBurst());
    if (this.#durable > 0) setImmediate(() => this.#answerSome());
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
    for (const caller of this.#callers.splice(0, this.#durable)) caller.resolve();
    this.#durable = 0;
    for (const caller of this.#callers.splice(0)) caller.reject(error);
    this.#drained();
  }
}
