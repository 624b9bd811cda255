/** Follows the journal: reads pages until there is nothing more, then waits to be told that there is. */
import { setImmediate } from 'node:timers/promises';
import type { Journal, Position, StoredEntry, Subscription } from '#ports/journal.ts';

/** Entries handed over at once: to read them from the file takes this thread about a millisecond. */
const pageEntries = 256;

export class JournalSubscription implements Subscription {
  readonly #readAll: Journal['readAll'];
  readonly #handler: (entries: readonly StoredEntry[]) => void | Promise<void>;
  readonly #running: Promise<void>;
  #stopped = false;
  /** Whether something may have been written since the last page was read. */
  #stirred = true;
  #wake = (): void => {};

  constructor(
    readAll: Journal['readAll'],
    after: Position,
    handler: (entries: readonly StoredEntry[]) => void | Promise<void>,
    onError: (error: unknown) => void,
  ) {
    this.#readAll = readAll;
    this.#handler = handler;
    this.#running = this.#follow(after).catch((error: unknown) => {
      if (!this.#stopped) onError(error);
    });
  }

  /** Something was written. */
  stir(): void {
    this.#stirred = true;
    this.#wake();
  }

  stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    return this.#running;
  }

  /** Resolves when it has ended, for whatever reason. */
  ended(): Promise<void> {
    return this.#running;
  }

  async #follow(after: Position): Promise<void> {
    let position = after;
    while (!this.#stopped) {
      this.#stirred = false;
      const entries = await this.#readAll(position, pageEntries);
      if (this.#stopped) return;
      const last = entries.at(-1);
      if (last) {
        await this.#handler(entries);
        position = last.position;
        // The page was read without waiting for anything: sockets and timers would wait for the whole journal.
        await setImmediate();
      } else {
        await this.#stirring();
      }
    }
  }

  #stirring(): Promise<void> {
    if (this.#stirred || this.#stopped) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
