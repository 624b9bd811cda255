/** The journal in MongoDB, shared by all nodes of a cluster. */
import type { Db } from 'mongodb';
import pLimit, { type LimitFunction } from 'p-limit';
import type { Clock } from '#ports/clock.ts';
import type {
  DurableTimer,
  Journal,
  JournalReader,
  NewEntry,
  Position,
  StoredEntry,
  StoredSnapshot,
  Subscription,
} from '#ports/journal.ts';
import { faultOf } from '#ports/journal-faults.ts';
import { isDuplicate } from './failure.ts';
import { makeIndexes } from './indexes.ts';
import { journalClosed, journalFailure } from './journal-failure.ts';
import { Heads } from './journal-heads.ts';
import { MarkerSweeper } from './journal-marker-sweeper.ts';
import { JournalMarkers } from './journal-markers.ts';
import { type JournalCollections, journalCollections, journalIndexes, snapshotQueries } from './journal-queries.ts';
import { MongodbJournalReader } from './journal-reader.ts';
import { MongodbSubscription } from './journal-subscription.ts';
import { JournalWatch } from './journal-watch.ts';
import { JournalWriter } from './journal-writer.ts';
import { JournalWriters } from './journal-writers.ts';

export interface MongodbJournalSetup {
  /** Reads and writes by majority, and gives up on a server that does not answer (connection.ts). */
  readonly db: Db;
  readonly clock: Clock;
  /** How often it is looked whether other nodes have written, ms. */
  readonly lookEveryMs?: number;
}

const defaultLookEveryMs = 100;
/**
 * Actors that are loaded take half of the connections and no more: thousands of them wait here, without a limit of time,
 * and appends, timers and followers of the journal find a connection.
 */
const loadsAtOnce = { atLeast: 2, atMost: 32 };

/**
 * Opens the journal, and makes its indexes where they are missing. Closing it leaves the connection to whoever opened
 * that.
 * @throws JOURNAL_UNAVAILABLE
 */
export async function openMongodbJournal(setup: MongodbJournalSetup): Promise<Journal> {
  try {
    await makeIndexes(setup.db, journalIndexes);
  } catch (error) {
    throw journalFailure(error);
  }
  return new MongodbJournal(setup);
}

/** Opens a journal for looking only: for replays and audits. It makes nothing in the database. */
export function openMongodbJournalReader(setup: MongodbJournalSetup): JournalReader {
  return new MongodbJournal(setup);
}

class MongodbJournal implements Journal {
  readonly #clock: Clock;
  readonly #collections: JournalCollections;
  readonly #reader: MongodbJournalReader;
  readonly #sweeper: MarkerSweeper;
  readonly #markers: JournalMarkers;
  readonly #writer: JournalWriter;
  readonly #watch: JournalWatch;
  readonly #loads: LimitFunction;
  readonly #subscriptions = new Set<MongodbSubscription>();
  #closing: Promise<void> | undefined;

  constructor({ db, clock, lookEveryMs = defaultLookEveryMs }: MongodbJournalSetup) {
    this.#clock = clock;
    const collections = journalCollections(db);
    const writers = new JournalWriters(collections, clock);
    const heads = new Heads();
    const half = Math.floor((db.client.options.maxPoolSize || Number.POSITIVE_INFINITY) / 2);
    this.#loads = pLimit(Math.min(Math.max(half, loadsAtOnce.atLeast), loadsAtOnce.atMost));
    this.#collections = collections;
    this.#reader = new MongodbJournalReader(collections, writers, heads);
    this.#sweeper = new MarkerSweeper(collections);
    this.#markers = new JournalMarkers(collections, writers, heads, this.#sweeper);
    const stir = (thorough = false) => {
      for (const subscription of this.#subscriptions) subscription.stir(thorough);
    };
    this.#writer = new JournalWriter({ collections, writers, heads, sweeper: this.#sweeper, onWritten: stir });
    this.#watch = new JournalWatch({ writers, clock, everyMs: lookEveryMs, onNews: stir });
  }

  append(entries: readonly NewEntry[]): Promise<void> {
    const [first] = entries;
    if (this.#closing) return Promise.reject(journalClosed());
    if (!first) return Promise.resolve();
    const fault = faultOf(entries, first);
    return fault ? Promise.reject(fault) : this.#writer.append(entries, first);
  }

  read(stream: string, after: number, limit?: number): Promise<readonly StoredEntry[]> {
    return this.#ask(() => this.#loads(() => this.#reader.read(stream, after, limit)));
  }

  readAll(after: Position, limit: number): Promise<readonly StoredEntry[]> {
    return this.#ask(async () => (await this.#reader.follow(after, limit, true)).entries);
  }

  head(): Promise<Position> {
    return this.#ask(() => this.#reader.head());
  }

  hasReached(position: Position, mark: Position): Promise<boolean> {
    return this.#ask(() => this.#reader.hasReached(position, mark));
  }

  streams(query: Parameters<Journal['streams']>[0]): Promise<readonly string[]> {
    return this.#ask(() => this.#reader.streams(query));
  }

  strays(limit: number): Promise<readonly StoredEntry[]> {
    return this.#ask(() => this.#reader.strays(limit));
  }

  subscribe(
    after: Position,
    handler: (entries: readonly StoredEntry[]) => void | Promise<void>,
    onError: (error: unknown) => void,
  ): Subscription {
    const subscription = new MongodbSubscription(this.#reader, this.#clock, after, handler, onError);
    if (this.#closing) void subscription.stop();
    else this.#watch.start();
    this.#subscriptions.add(subscription);
    void subscription.ended().then(() => this.#subscriptions.delete(subscription));
    return subscription;
  }

  saveSnapshot(stream: string, { version, schema, bytes }: StoredSnapshot): Promise<void> {
    return this.#ask(async () => {
      const { filter } = snapshotQueries.notNewer(stream, version);
      try {
        await this.#collections.snapshots.updateOne(filter, { $set: { version, schema, bytes } }, { upsert: true });
      } catch (error) {
        // There is one, and the filter does not find it: it is newer.
        if (!isDuplicate(error)) throw error;
      }
    });
  }

  loadSnapshot(stream: string): Promise<StoredSnapshot | undefined> {
    return this.#ask(() => this.#loads(() => this.#reader.loadSnapshot(stream)));
  }

  wakefulStreams(...which: Parameters<Journal['wakefulStreams']>): Promise<readonly string[]> {
    return this.#ask(() => this.#markers.wakefulStreams(...which));
  }

  dueTimers(atMs: number, limit: number): Promise<readonly DurableTimer[]> {
    return this.#ask(() => this.#markers.dueTimers(atMs, limit));
  }

  nextTimerAtMs(): Promise<number | undefined> {
    return this.#ask(() => this.#markers.nextTimerAtMs());
  }

  settleTimer(stream: string, key: string, atMs: number): Promise<void> {
    return this.#ask(() => this.#markers.settleTimer(stream, key, atMs));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const ended = [...this.#subscriptions].map((subscription) => subscription.stop());
    await this.#watch.stop();
    await this.#writer.close();
    await this.#markers.close();
    await this.#sweeper.close();
    await Promise.all(ended);
  }

  async #ask<T>(question: () => Promise<T>): Promise<T> {
    if (this.#closing) throw journalClosed();
    try {
      return await question();
    } catch (error) {
      throw journalFailure(error);
    }
  }
}
