/**
 * Writes appends, many in one ordered insert: while one is on its way, those that arrive are gathered for the next.
 *
 * An append is one document, so it is there whole or not at all. Its key is the version that it begins with: all who
 * saw a stream end at one version compete for one key. It is sent only after a commit of the version before was seen to
 * end a document and to be durable, so no version lies within another's document and none after a gap.
 */
import { setImmediate } from 'node:timers/promises';
import type { OptionalUnlessRequiredId } from 'mongodb';
import { RetryableError } from '#ports/errors.ts';
import type { NewEntry } from '#ports/journal.ts';
import { findFirst } from './indexes.ts';
import { type Append, appendOf, documentsOf, type Written } from './journal-append.ts';
import { failedInsert } from './journal-batch.ts';
import type { CommitDocument, JournalDocument } from './journal-documents.ts';
import { conflict, journalFailure } from './journal-failure.ts';
import { type Head, type Heads, noHead } from './journal-heads.ts';
import type { MarkerSweeper } from './journal-marker-sweeper.ts';
import { commitQueries, type JournalCollections, orderQueries } from './journal-queries.ts';
import { WriterNumber } from './journal-writer-number.ts';
import type { JournalWriters } from './journal-writers.ts';

/** One insert takes at most so much. */
const batchDocuments = 1000;
const batchBytes = 8 * 1024 * 1024;
/** A document holds 16 MiB; what stands around the bytes needs little. */
const appendBytes = 15 * 1024 * 1024;

interface Call extends Append {
  readonly head: Head;
  resolve(): void;
  reject(error: unknown): void;
}

export interface JournalWriterOptions {
  readonly collections: JournalCollections;
  readonly writers: JournalWriters;
  readonly heads: Heads;
  readonly sweeper: MarkerSweeper;
  /** Something of ours is there and durable. */
  onWritten(): void;
}

export class JournalWriter {
  readonly #options: JournalWriterOptions;
  readonly #number: WriterNumber;
  /** Streams with an append that is not settled, and the promise of the last one's end. */
  readonly #turns = new Map<string, Promise<void>>();
  #queue: Call[] = [];
  #sending: Promise<void> | undefined;

  constructor(options: JournalWriterOptions) {
    this.#options = options;
    this.#number = new WriterNumber(options.writers);
  }

  /** The entries are of one stream and consecutive. Appends of one stream are taken one after another. */
  append(entries: readonly NewEntry[], first: NewEntry): Promise<void> {
    const append = appendOf(entries, first);
    const { stream, size } = append;
    if (size > appendBytes) {
      return Promise.reject(
        new RangeError(`An append to ${stream} has ${size} bytes, more than a document of MongoDB holds.`),
      );
    }
    const before = this.#turns.get(stream);
    const appended = before ? before.then(() => this.#enter(append)) : this.#enter(append);
    const turn = appended.catch(() => undefined);
    this.#turns.set(stream, turn);
    void turn.then(() => {
      if (this.#turns.get(stream) === turn) this.#turns.delete(stream);
    });
    return appended;
  }

  /** Waits for all that was given to it, and ends the number it wrote under. */
  async close(): Promise<void> {
    while (this.#turns.size > 0) await Promise.all(this.#turns.values());
    await this.#sending;
    await this.#number.close();
  }

  async #enter(append: Append): Promise<void> {
    const head = await this.#headBefore(append);
    await new Promise<void>((resolve, reject) => {
      this.#queue.push({ ...append, head, resolve, reject });
      this.#sending ??= this.#sendAll();
    });
  }

  /** The commit that an append follows. @throws VERSION_CONFLICT where there is none. */
  async #headBefore({ stream, first }: Append): Promise<Head> {
    const { heads, collections } = this.#options;
    if (first === 1) return noHead;
    const known = heads.of(stream);
    if (known?.version === first - 1) return known;
    const query = commitQueries.endingAt(stream, first - 1);
    const before = await findFirst(collections.commits, query).catch((error: unknown) => {
      throw journalFailure(error);
    });
    if (!before) throw conflict(stream, first);
    return heads.note(before);
  }

  async #sendAll(): Promise<void> {
    // Whoever decides in this turn of the loop comes along.
    await setImmediate();
    while (this.#queue.length > 0) await this.#send(this.#take());
    this.#sending = undefined;
  }

  #take(): Call[] {
    let bytes = 0;
    let count = 0;
    for (const { size } of this.#queue) {
      bytes += size;
      if (count > 0 && (count === batchDocuments || bytes > batchBytes)) break;
      count += 1;
    }
    return this.#queue.splice(0, count);
  }

  async #send(calls: readonly Call[]): Promise<void> {
    const place = await this.#number.next().catch((error: unknown) => {
      rejectAll(calls, error);
    });
    if (!place) return;
    const { writer, sequence } = place;
    const written = calls.map((call, index) => documentsOf(call, call.head, { writer, sequence: sequence + index }));
    const documents: JournalDocument[] = [];
    /** Index of the call of each document. */
    const callAt: number[] = [];
    for (const [index, { markers, commit }] of written.entries()) {
      for (const document of [...markers, commit]) {
        documents.push(document);
        callAt.push(index);
      }
    }
    const sent = await this.#options.collections.journal
      .insertMany(documents as OptionalUnlessRequiredId<JournalDocument>[], { ordered: true })
      .then(() => ({ type: 'kept' }) as const, failedInsert);
    const failedAt = 'at' in sent ? (callAt[sent.at] ?? 0) : sent.type === 'kept' ? calls.length : 0;
    this.#kept(calls.slice(0, failedAt), written);
    const rest = calls.slice(failedAt);
    switch (sent.type) {
      case 'kept':
        break;
      case 'taken': {
        const [taken, ...others] = rest as [Call, ...Call[]];
        this.#queue.unshift(...others);
        void this.#settleTaken(taken, written[failedAt] as Written);
        break;
      }
      case 'unknown':
        this.#number.giveUp(place);
        rejectAll(rest, sent.error);
        break;
      case 'refused':
        rejectAll(rest, sent.error);
    }
  }

  #kept(calls: readonly Call[], written: readonly Written[]): void {
    if (calls.length === 0) return;
    for (const [index, call] of calls.entries()) {
      const { commit, obsolete } = written[index] as Written;
      this.#options.heads.note(commit);
      this.#options.sweeper.drop(obsolete);
      call.resolve();
    }
    this.#number.wrote(calls.length);
    this.#options.onWritten();
  }

  /** A key of the append is taken: by somebody else's commit, by its own of an earlier try, or by a seal. */
  async #settleTaken(call: Call, { markers, commit }: Written): Promise<void> {
    const { heads, sweeper } = this.#options;
    sweeper.drop(markers.map(({ _id }) => _id));
    try {
      const there = await this.#find(commit, 'local');
      if (!there) {
        if (!(await this.#isTaken(commit))) throw seenNoMore(call.stream);
        // Somebody thought that we were gone.
        this.#number.sealed(commit.writer);
        this.#queue.unshift(call);
        this.#sending ??= this.#sendAll();
        return;
      }
      if (!this.#number.isDoubtful(there) || !isSame(there, commit)) throw conflict(call.stream, call.first);
      const durable = await this.#find(commit, 'majority');
      if (!durable) throw seenNoMore(call.stream);
      heads.note(durable);
      call.resolve();
      this.#options.onWritten();
    } catch (error) {
      call.reject(journalFailure(error));
    }
  }

  #find({ stream, first }: CommitDocument, level: 'local' | 'majority'): Promise<CommitDocument | null> {
    const query = commitQueries.beginningAt(stream, first);
    return findFirst(this.#options.collections.commits, query, { readConcern: { level } });
  }

  async #isTaken(place: CommitDocument): Promise<boolean> {
    const { ordered } = this.#options.collections;
    return (await findFirst(ordered, orderQueries.at(place), { readConcern: { level: 'local' } })) !== null;
  }
}

/** Whether two documents hold the same commits: a hash holds the one before it. */
function isSame(there: CommitDocument, commit: CommitDocument): boolean {
  return there.version === commit.version && Buffer.compare(there.hash, commit.hash) === 0;
}

function seenNoMore(stream: string): RetryableError {
  return new RetryableError(
    'JOURNAL_UNAVAILABLE',
    `The database is changing its primary while ${stream} is written; it goes on by itself after that.`,
  );
}

function rejectAll(calls: readonly Call[], error: unknown): void {
  const failure = journalFailure(error);
  for (const call of calls) call.reject(failure);
}
