/** The number under which a journal writes, and those under which it has written. */
import { setTimeout } from 'node:timers/promises';
import type { Place } from './journal-position.ts';
import type { JournalWriters } from './journal-writers.ts';

/** Announcements are hints, so not each batch needs one. */
const announceEveryMs = 100;

export class WriterNumber {
  readonly #writers: JournalWriters;
  #current: { readonly writer: number; wrote: number } | undefined;
  /** Numbers that were given up with a batch on its way, and the first document of that batch. */
  readonly #doubtful = new Map<number, number>();
  /** Those of them that have no seal yet. */
  readonly #unsealed = new Set<number>();
  #sealing: Promise<void> | undefined;
  #announcing: Promise<void> | undefined;
  #closed = false;

  constructor(writers: JournalWriters) {
    this.#writers = writers;
  }

  /** Where the next document goes; takes a number where there is none. */
  async next(): Promise<Place> {
    this.#current ??= { writer: await this.#writers.register(), wrote: 0 };
    return { writer: this.#current.writer, sequence: this.#current.wrote + 1 };
  }

  /** So many more documents are there. */
  wrote(documents: number): void {
    if (!this.#current) return;
    this.#current.wrote += documents;
    this.#writers.noteTail(this.#current.writer, this.#current.wrote);
    this.#announcing ??= this.#announce().finally(() => {
      this.#announcing = undefined;
    });
    // The server answers, so what was left open can be ended.
    if (this.#unsealed.size > 0) {
      this.#sealing ??= this.#seal().finally(() => {
        this.#sealing = undefined;
      });
    }
  }

  /**
   * Gives the number up: documents from `sequence` on may be there, or come to be there until it is sealed. Under the
   * next number everything is again in the order in which it appears.
   */
  giveUp({ writer, sequence }: Place): void {
    this.#current = undefined;
    this.#doubtful.set(writer, sequence);
    this.#unsealed.add(writer);
  }

  /** The number was sealed by somebody who thought that we are gone. */
  sealed(writer: number): void {
    if (this.#current?.writer === writer) this.#current = undefined;
  }

  /** Whether a document is of a batch that was left open, so that nobody has heard of it yet. */
  isDoubtful({ writer, sequence }: Place): boolean {
    return sequence >= (this.#doubtful.get(writer) ?? Number.POSITIVE_INFINITY);
  }

  /** Ends all its numbers, as far as the server is there. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#sealing;
    await this.#announcing;
    if (this.#current) this.giveUp({ writer: this.#current.writer, sequence: this.#current.wrote + 1 });
    await this.#seal();
  }

  async #seal(): Promise<void> {
    try {
      for (const writer of this.#unsealed) {
        await this.#writers.seal(writer, (this.#doubtful.get(writer) ?? 1) - 1);
        this.#unsealed.delete(writer);
      }
    } catch {
      // After the next batch; or by those who follow, who seal what is silent for long.
    }
  }

  async #announce(): Promise<void> {
    try {
      for (let announced = 0; !this.#closed && this.#current && this.#current.wrote > announced; ) {
        announced = this.#current.wrote;
        await this.#writers.announce(this.#current.writer, announced);
        await setTimeout(announceEveryMs, undefined, { ref: false });
      }
    } catch {
      // Those who follow look by themselves, a little later.
    }
  }
}
