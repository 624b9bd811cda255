/** Looks whether other nodes have written, for all who follow the journal on this one; and ends writers that are gone. */
import type { Clock } from '#ports/clock.ts';
import type { JournalWriters } from './journal-writers.ts';

export interface JournalWatchOptions {
  readonly writers: JournalWriters;
  readonly clock: Clock;
  readonly everyMs: number;
  /** There is more; `thorough`: or may be, of whomever. */
  onNews(thorough: boolean): void;
}

/** What was announced is a hint: every so many looks, everything is looked at. */
const thoroughEvery = 20;
/** A writer that was silent for so long is sealed, so that nobody needs to ask for more of it. It may be alive. */
const silentMs = 600_000;

export class JournalWatch {
  readonly #options: JournalWatchOptions;
  /** Looks since a writer last had something new. */
  readonly #silent = new Map<number, { tail: number; looks: number }>();
  #looks = 0;
  #running = false;
  #looking: Promise<void> = Promise.resolve();
  #cancel: () => void = () => {};

  constructor(options: JournalWatchOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#arm();
  }

  /** Resolves when it asks for nothing any more. */
  async stop(): Promise<void> {
    this.#running = false;
    this.#cancel();
    await this.#looking;
  }

  #arm(): void {
    const { clock, everyMs } = this.#options;
    this.#cancel = clock.after(everyMs, () => {
      this.#looking = this.#look().then(() => {
        if (this.#running) this.#arm();
      });
    });
  }

  async #look(): Promise<void> {
    const { writers, onNews } = this.#options;
    this.#looks += 1;
    const thorough = this.#looks % thoroughEvery === 0;
    try {
      const news = await writers.refresh();
      if (news || thorough) onNews(thorough);
      await this.#endSilent();
    } catch {
      // The server is away: those who follow say so, if it does not pass.
    }
  }

  async #endSilent(): Promise<void> {
    const { writers, everyMs } = this.#options;
    for (const writer of writers.above(writers.endedUpTo)) {
      if (writers.endOf(writer) !== undefined) {
        this.#silent.delete(writer);
        continue;
      }
      const tail = writers.tailOf(writer);
      const before = this.#silent.get(writer);
      const looks = before?.tail === tail ? before.looks + 1 : 0;
      this.#silent.set(writer, { tail, looks });
      if (looks * everyMs >= silentMs) await writers.seal(writer, tail);
    }
  }
}
