/**
 * Writes appends, many in one ordered insert: while one is on its way, those that arrive are gathered for the next.
 *
 * An append is one document, so it is there whole or not at all. Its key is the version that it begins with: all who
 * saw a stream end at one version compete for one key. It is sent only after a commit of the version before was seen to
 * end a document and to be durable, so no version lies within another's document and none after a gap.
 */
import { setImmediate } from 'node:timers/promises';
import type { OptionalUnlessRequiredId } from 'mongodb';
import { codeOf } from '#ports/errors.ts';
import type { NewEntry } from '#ports/journal.ts';
import { findFirst } from './indexes.ts';
import { type Append, appendOf, documentsOf, type Written } from './journal-append.ts';
import { failedInsert, kept } from './journal-batch.ts';
import type { JournalDocument } from './journal-documents.ts';
import { changingPrimary, conflict, journalFailure } from './journal-failure.ts';
import { type Head, type Heads, noHead } from './journal-heads.ts';
import type { MarkerSweeper } from './journal-marker-sweeper.ts';
import { commitQueries, type JournalCollections } from './journal-queries.ts';
import { takenAmong, whoTook } from './journal-taken.ts';
import { Turns } from './journal-turns.ts';
import { WriterNumber } from './journal-writer-number.ts';
import type { JournalWriters } from './journal-writers.ts';

/** One insert takes at most so much. */
const batchDocuments = 1000;
const batchBytes = 8 * 1024 * 1024;
/** A document holds 16 MiB; what stands around the bytes needs little. */
const appendBytes = 15 * 1024 * 1024;

interface Call extends Append {
  /** What it follows, once that is known. */
  head: Head;
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
  /** By stream. */
  readonly #turns = new Turns<Call>();
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
    return new Promise((resolve, reject) => {
      const call: Call = { ...append, head: noHead, resolve, reject };
      if (this.#turns.take(stream, call)) this.#enter(call);
    });
  }

  /** Waits for all that was given to it, and ends the number it wrote under. */
  async close(): Promise<void> {
    await this.#turns.whenEmpty();
    await this.#sending;
    await this.#number.close();
  }

  /** It is the call's turn. */
  #enter(call: Call): void {
    const known = call.first === 1 ? noHead : this.#options.heads.of(call.stream);
    if (known?.version === call.first - 1) this.#follow(call, known);
    else void this.#askForHead(call);
  }

  async #askForHead(call: Call): Promise<void> {
    const { heads, collections } = this.#options;
    try {
      const before = await findFirst(collections.commits, commitQueries.endingAt(call.stream, call.first - 1));
      if (!before) throw conflict(call.stream, call.first);
      this.#follow(call, heads.note(before));
    } catch (error) {
      this.#fail(call, error);
    }
  }

  #follow(call: Call, head: Head): void {
    call.head = head;
    this.#queue.push(call);
    this.#sending ??= this.#sendAll();
  }

  #succeed(call: Call): void {
    call.resolve();
    this.#endTurn(call);
  }

  #fail(call: Call, error: unknown): void {
    call.reject(journalFailure(error));
    this.#endTurn(call);
  }

  #endTurn({ stream }: Call): void {
    const next = this.#turns.end(stream);
    if (next) this.#enter(next);
  }

  async #sendAll(): Promise<void> {
    // Whoever decides in this turn of the loop comes along.
    await setImmediate();
    while (this.#queue.length > 0) {
      const calls = this.#take();
      try {
        await this.#send(calls);
      } catch (error) {
        // No number could be had, so nothing was sent.
        this.#failAll(calls, error);
      }
    }
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
    const place = await this.#number.next();
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
      .then(() => kept, failedInsert);
    if (sent.type === 'kept') {
      this.#kept(calls, written);
    } else if (sent.type === 'unknown') {
      this.#number.giveUp(place);
      this.#failAll(calls, sent.error);
    } else {
      const failedAt = callAt[sent.at] ?? 0;
      this.#kept(calls.slice(0, failedAt), written);
      const [failed, ...others] = calls.slice(failedAt) as [Call, ...Call[]];
      const documentsOfFailed = written[failedAt] as Written;
      const failure = sent.type === 'refused' ? journalFailure(sent.error) : undefined;
      // A server without room would refuse the others too, one insert after the other.
      if (codeOf(failure) === 'DISK_FULL') {
        this.#failAll([failed, ...others], failure);
        return;
      }
      // The others are sent again at once, and hear nothing of it.
      if (sent.type === 'taken') {
        void this.#settleTaken(failed, documentsOfFailed);
        this.#queue.unshift(...(await this.#stillFree(others, written.slice(failedAt + 1))));
      } else {
        this.#queue.unshift(...others);
        this.#options.sweeper.drop(documentsOfFailed.markers.map(({ _id }) => _id));
        this.#fail(failed, failure);
      }
    }
  }

  #kept(calls: readonly Call[], written: readonly Written[]): void {
    if (calls.length === 0) return;
    this.#number.wrote(calls.length);
    for (const [index, call] of calls.entries()) {
      const { commit, obsolete } = written[index] as Written;
      this.#options.heads.note(commit);
      this.#options.sweeper.drop(obsolete);
      this.#succeed(call);
    }
    this.#options.onWritten();
  }

  /**
   * Where one key is taken others often are: a node that stood still has a batch of them, and each would cost an insert
   * of its own, one after another, while all else waits.
   */
  async #stillFree(calls: readonly Call[], written: readonly Written[]): Promise<readonly Call[]> {
    try {
      const taken = await takenAmong(this.#options.collections, calls);
      for (const [index, call] of calls.entries()) {
        if (taken.has(call)) void this.#settleTaken(call, written[index] as Written);
      }
      return calls.filter((call) => !taken.has(call));
    } catch {
      // The server is away: the next insert says so.
      return calls;
    }
  }

  async #settleTaken(call: Call, { markers, commit }: Written): Promise<void> {
    const { collections, heads, sweeper } = this.#options;
    // If it is sent again, then with others.
    sweeper.drop(markers.map(({ _id }) => _id));
    try {
      const taken = await whoTook(collections, commit, (place) => this.#number.isDoubtful(place));
      switch (taken.by) {
        case 'itself':
          heads.note(taken.document);
          this.#succeed(call);
          this.#options.onWritten();
          break;
        case 'another':
          throw conflict(call.stream, call.first);
        case 'seal':
          this.#number.sealed(commit.writer);
          this.#queue.unshift(call);
          this.#sending ??= this.#sendAll();
          break;
        case 'nobody':
          throw changingPrimary(call.stream);
      }
    } catch (error) {
      this.#fail(call, error);
    }
  }

  #failAll(calls: readonly Call[], error: unknown): void {
    const failure = journalFailure(error);
    for (const call of calls) this.#fail(call, failure);
  }
}
