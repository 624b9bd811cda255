/** The node's end of a media thread. */
import type { Transferable, Worker } from 'node:worker_threads';
import type { Logger } from '#ports/logger.ts';
import type { MediaEvent } from '#ports/media.ts';
import type { Args, FromThread, Operation, Reply, ToThread } from './thread-protocol.ts';

/** Answers every question to a thread that has died. */
export const gone = Symbol('the media thread is gone');

export interface ThreadListener {
  event(legId: string, event: MediaEvent): void;
  /** The thread died, or was ended; once. `wasReady`: it had begun its work. */
  ended(wasReady: boolean): void;
}

/** Asks one thread, and hears it. */
export class ThreadLink {
  readonly #worker: Worker;
  readonly #listener: ThreadListener;
  readonly #logger: Logger;
  readonly #waiting = new Map<number, (reply: Reply<Operation> | typeof gone) => void>();
  #lastId = 0;
  #wasReady = false;
  #alive = true;
  /** No other thread of this node ever had it. */
  readonly number: number;
  /** Legs given to the thread and not yet taken back. */
  legs = 0;

  constructor(number: number, worker: Worker, listener: ThreadListener, logger: Logger) {
    this.number = number;
    this.#worker = worker;
    this.#listener = listener;
    this.#logger = logger;
    worker.on('message', (message: FromThread) => this.#hear(message));
    worker.on('error', (error) => logger.error({ err: error }, 'media thread failed'));
    worker.on('exit', () => this.#end());
  }

  /** What the thread answers, or `gone`; never rejects. */
  ask<K extends Operation>(
    op: K,
    args: Args<K>,
    transferred: readonly Transferable[] = [],
  ): Promise<Reply<K> | typeof gone> {
    if (!this.#alive) return Promise.resolve(gone);
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve as (reply: Reply<Operation> | typeof gone) => void);
      this.#worker.postMessage({ id, op, args } as ToThread, transferred);
    });
  }

  /** Ends the thread, whatever it does. */
  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }

  #hear(message: FromThread): void {
    switch (message.type) {
      case 'ready':
        this.#wasReady = true;
        return;
      case 'reply':
        this.#waiting.get(message.id)?.(message.reply);
        this.#waiting.delete(message.id);
        return;
      case 'event':
        this.#listener.event(message.legId, message.event);
        return;
      case 'log':
        this.#logger[message.level](message.fields, message.message);
    }
  }

  #end(): void {
    this.#alive = false;
    this.#listener.ended(this.#wasReady);
    for (const resolve of this.#waiting.values()) resolve(gone);
    this.#waiting.clear();
  }
}
