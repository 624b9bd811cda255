/** Follows the journal: reads pages until there is nothing more, then waits to be told that there may be. */
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '#ports/clock.ts';
import { codeOf, isRetryable } from '#ports/errors.ts';
import type { Journal, Position, StoredEntry, Subscription } from '#ports/journal.ts';
import { journalFailure } from './journal-failure.ts';
import type { MongodbJournalReader } from './journal-reader.ts';

const pageEntries = 256;
/** Where little comes at a time, it is gathered for so long: a page costs the server a question to each writer. */
const gatherMs = 20;
/** A server that is away is asked again after so long. */
const awayMs = 500;

type Handler = Parameters<Journal['subscribe']>[1];

export class MongodbSubscription implements Subscription {
  readonly #reader: MongodbJournalReader;
  readonly #clock: Clock;
  readonly #handler: Handler;
  readonly #running: Promise<void>;
  #stopped = false;
  /** Whether something may have been written since the last page was read. */
  #stirred = true;
  /** Whether also those writers are asked of whom nothing new is known. */
  #thorough = true;
  #wake = (): void => {};

  constructor(
    reader: MongodbJournalReader,
    clock: Clock,
    after: Position,
    handler: Handler,
    onError: (error: unknown) => void,
  ) {
    this.#reader = reader;
    this.#clock = clock;
    this.#handler = handler;
    this.#running = this.#follow(after).catch((error: unknown) => {
      if (!this.#stopped) onError(error);
    });
  }

  /** Something was written; `thorough`: or may have been, by whomever. */
  stir(thorough = false): void {
    this.#stirred = true;
    this.#thorough ||= thorough;
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
    for (let position = after; !this.#stopped; ) {
      this.#stirred = false;
      const page = await this.#page(position);
      if (!page || this.#stopped) return;
      position = page.position;
      if (page.entries.length > 0) {
        await this.#handler(page.entries);
        await setImmediate();
        if (page.entries.length < pageEntries) await this.#pause(gatherMs);
      } else {
        await this.#stirring();
      }
    }
  }

  /** The next page; where the server is away, once it is back. */
  async #page(position: Position): Promise<{ entries: readonly StoredEntry[]; position: Position } | undefined> {
    while (!this.#stopped) {
      const thorough = this.#thorough;
      this.#thorough = false;
      try {
        const page = await this.#reader.follow(position, pageEntries, thorough);
        // Until there is nothing more.
        if (page.entries.length > 0) this.#thorough ||= thorough;
        return page;
      } catch (error) {
        const failure = journalFailure(error);
        if (codeOf(failure) !== 'JOURNAL_UNAVAILABLE' || !isRetryable(failure)) throw failure;
        this.#thorough = true;
        await this.#pause(awayMs);
      }
    }
    return undefined;
  }

  #pause(forMs: number): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.#clock.after(forMs, resolve);
      // Being stirred does not end it, being stopped does.
      this.#wake = () => {
        if (!this.#stopped) return;
        cancel();
        resolve();
      };
    });
  }

  #stirring(): Promise<void> {
    if (this.#stirred || this.#stopped) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
