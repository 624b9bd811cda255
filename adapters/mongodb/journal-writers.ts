/**
 * The register of those who write: each opened journal has a number, new at its first append and after each failure
 * that leaves open what was written. A seal ends a number for good: it takes the place of the next document, so that
 * a late one meets a key that is taken. Anybody may seal any writer at any time; who is still alive takes a new number.
 */
import { ObjectId } from 'mongodb';
import type { Clock } from '#ports/clock.ts';
import { isDuplicate } from './failure.ts';
import { find, findFirst } from './indexes.ts';
import { blockOf } from './journal-documents.ts';
import { type JournalCollections, orderQueries, writerQueries } from './journal-queries.ts';

/** What is known of a writer. */
interface KnownWriter {
  /** At least so many documents are there. */
  tail: number;
  /** Number of its seal, where it has one. */
  end?: number;
}

export class JournalWriters {
  readonly #collections: JournalCollections;
  readonly #clock: Clock;
  readonly #known = new Map<number, KnownWriter>();
  /** All writers up to this one have ended. */
  #ended = 0;

  constructor(collections: JournalCollections, clock: Clock) {
    this.#collections = collections;
    this.#clock = clock;
  }

  /** Asks who is there. Whether anything is new. */
  async refresh(): Promise<boolean> {
    const above = writerQueries.above(this.#ended);
    let news = false;
    for (const { _id, tail, end } of await find(this.#collections.writers, above).toArray()) {
      news = this.noteTail(_id, end === undefined ? tail : end) || news;
      if (end !== undefined) this.noteEnd(_id, end);
    }
    return news;
  }

  /** Numbers of all that are known, above one. */
  above(writer: number): number[] {
    return [...this.#known.keys()].filter((each) => each > writer).sort((left, right) => left - right);
  }

  /** All writers up to this one have ended. */
  get endedUpTo(): number {
    return this.#ended;
  }

  /** At least so many documents of a writer are there. */
  tailOf(writer: number): number {
    return this.#known.get(writer)?.tail ?? 0;
  }

  /** Number of a writer's seal, where one is known. */
  endOf(writer: number): number | undefined {
    return this.#known.get(writer)?.end;
  }

  /** So many documents of a writer are there. Whether that is more than was known. */
  noteTail(writer: number, tail: number): boolean {
    const known = this.#known.get(writer);
    if (known && known.tail >= tail) return false;
    if (known) known.tail = tail;
    else this.#known.set(writer, { tail });
    return true;
  }

  /** Its seal was seen. */
  noteEnd(writer: number, end: number): void {
    this.noteTail(writer, end);
    const known = this.#known.get(writer);
    if (known) known.end = end;
    while (this.#known.get(this.#ended + 1)?.end !== undefined) this.#ended += 1;
  }

  /** A number that nobody has had. They are given without a gap. */
  async register(): Promise<number> {
    const { writers } = this.#collections;
    const newest = await findFirst(writers, writerQueries.newest(), { readConcern: { level: 'local' } });
    for (let writer = (newest?._id ?? 0) + 1; ; writer += 1) {
      try {
        await writers.insertOne({ _id: writer, openedAtMs: this.#clock.now(), tail: 0 });
        this.noteTail(writer, 0);
        return writer;
      } catch (error) {
        if (!isDuplicate(error)) throw error;
      }
    }
  }

  /** Lets other nodes know that there is more. A hint: they look by themselves from time to time. */
  async announce(writer: number, tail: number): Promise<void> {
    await this.#collections.writers.updateOne(
      writerQueries.byId(writer).filter,
      { $set: { tail } },
      { writeConcern: { w: 1 } },
    );
  }

  /** Ends a writer after its documents up to a number, or after what it has written meanwhile. */
  async seal(writer: number, after: number): Promise<void> {
    const { journal, ordered, writers } = this.#collections;
    for (let sequence = after + 1; ; sequence += 1) {
      try {
        const place = { writer, block: blockOf(sequence), sequence };
        await journal.insertOne({ _id: new ObjectId(), seal: true, ...place, atMs: this.#clock.now() });
      } catch (error) {
        if (!isDuplicate(error)) throw error;
        const at = orderQueries.at({ writer, sequence });
        const there = await findFirst(ordered, at, { readConcern: { level: 'local' } });
        // Gone again with a primary that was lost: another time.
        if (!there) throw error;
        if (!('seal' in there)) continue;
      }
      await writers.updateOne(writerQueries.byId(writer).filter, { $set: { end: sequence } });
      this.noteEnd(writer, sequence);
      return;
    }
  }
}
