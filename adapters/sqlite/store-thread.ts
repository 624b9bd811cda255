/** The near end of a store that runs on a thread of its own, because every write of it waits for the disk. */
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { FatalError } from '#ports/errors.ts';
import type { StoreKind } from './open-database.ts';
import type { FromStore, StoreMethods, StoreResult, ToStore } from './store-calls.ts';
import { errorOf } from './store-failure.ts';

interface Caller {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/**
 * What is made and forgotten on the thread is cleared away after so much of it. Ciphers hold memory that V8 does not
 * count: with its own 48 MiB, importing a list took 250 MiB more.
 */
const youngMiB = 4;

export class StoreThread<M extends StoreMethods> {
  readonly #kind: StoreKind;
  readonly #port: MessagePort;
  readonly #exited: Promise<unknown>;
  readonly #opened = Promise.withResolvers<void>();
  readonly #callers = new Map<number, Caller>();
  #calls = 0;
  #ended: Error | undefined;

  private constructor(kind: StoreKind, worker: URL, setup: object) {
    const { port1: near, port2: far } = new MessageChannel();
    const resourceLimits = { maxYoungGenerationSizeMb: youngMiB };
    const thread = new Worker(worker, { workerData: { ...setup, port: far }, transferList: [far], resourceLimits });
    this.#kind = kind;
    this.#port = near;
    this.#exited = new Promise((resolve) => thread.once('exit', resolve));
    thread.on('error', (error) => this.#end(error));
    thread.once('exit', () => this.#hearTheLast());
    near.on('message', (message: FromStore) => this.#hear(message));
  }

  /**
   * Starts the thread with `setup` and its port as its workerData.
   * @throws what the store was refused with when it was opened.
   */
  static async open<M extends StoreMethods>(kind: StoreKind, worker: URL, setup: object): Promise<StoreThread<M>> {
    const thread = new StoreThread<M>(kind, worker, setup);
    await thread.#opened.promise;
    return thread;
  }

  /** Runs a method of the store; resolves when what it wrote is durable. */
  call<K extends keyof M & string>(method: K, ...args: Parameters<M[K]>): Promise<ReturnType<M[K]>> {
    if (this.#ended) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      this.#calls += 1;
      this.#callers.set(this.#calls, { resolve: resolve as Caller['resolve'], reject });
      this.#port.postMessage({ id: this.#calls, method, args } satisfies ToStore);
    });
  }

  /** Lets go of the file once every call made so far has its answer. */
  async close(): Promise<void> {
    if (!this.#ended) {
      this.#ended = new FatalError(this.#kind.unavailable, `The ${this.#kind.name} is closed.`);
      this.#port.postMessage('close' satisfies ToStore);
    }
    await this.#exited;
  }

  #hear(message: FromStore): void {
    if (message.type === 'opened') this.#opened.resolve();
    else if (message.type === 'failed') this.#opened.reject(errorOf(message.refusal));
    else for (const result of message.results) this.#answer(result);
  }

  /** The thread's last words may still be under way when its end is told: the two come by different ways. */
  #hearTheLast(): void {
    for (let last = receiveMessageOnPort(this.#port); last; last = receiveMessageOnPort(this.#port)) {
      this.#hear(last.message);
    }
    this.#end();
  }

  #answer(result: StoreResult): void {
    const caller = this.#callers.get(result.id);
    this.#callers.delete(result.id);
    if ('refusal' in result) caller?.reject(errorOf(result.refusal));
    else caller?.resolve(result.value);
  }

  #end(cause?: unknown): void {
    this.#ended ??= new FatalError(
      this.#kind.unavailable,
      `The thread that keeps the ${this.#kind.name} has ended; start Callboard again.`,
      { cause },
    );
    this.#opened.reject(this.#ended);
    for (const caller of this.#callers.values()) caller.reject(this.#ended);
    this.#callers.clear();
  }
}
