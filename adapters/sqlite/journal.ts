/** The journal in one SQLite file: a thread that writes, a connection that reads, and those who follow. */
import type {
  Journal,
  JournalReader,
  NewEntry,
  Position,
  StoredEntry,
  StoredSnapshot,
  Subscription,
} from '#ports/journal.ts';
import { faultOf } from '#ports/journal-faults.ts';
import { journalClosed, SqliteJournalReader } from './journal-reader.ts';
import { JournalSubscription } from './journal-subscription.ts';
import { JournalWriter, type WriterSetup } from './journal-writer.ts';
import { KnownStreams } from './known-streams.ts';

/**
 * Opens the journal, or makes it, and holds it against every other process until it is closed or this one dies.
 * @throws JOURNAL_UNAVAILABLE, with what to do: the file is no journal, was written by a newer version, is in use by
 *   another process, or its folder cannot be written. DISK_FULL where there is no room to begin.
 */
export async function openSqliteJournal(setup: WriterSetup): Promise<Journal> {
  const subscriptions = new Set<JournalSubscription>();
  const writer = await JournalWriter.open(setup, () => {
    for (const subscription of subscriptions) subscription.stir();
  });
  try {
    return new SqliteJournal(setup.path, writer, new SqliteJournalReader(setup.path), subscriptions);
  } catch (error) {
    await writer.close();
    throw error;
  }
}

/**
 * Opens a journal for looking only, also while another process writes it: for replays and audits.
 * @throws JOURNAL_UNAVAILABLE with what to do.
 */
export async function openSqliteJournalReader({ path }: { readonly path: string }): Promise<JournalReader> {
  return new SqliteJournalReader(path);
}

class SqliteJournal implements Journal {
  readonly read: Journal['read'];
  readonly readAll: Journal['readAll'];
  readonly head: Journal['head'];
  readonly hasReached: Journal['hasReached'];
  readonly streams: Journal['streams'];
  readonly strays: Journal['strays'];
  readonly loadSnapshot: Journal['loadSnapshot'];
  readonly wakefulStreams: Journal['wakefulStreams'];
  readonly dueTimers: Journal['dueTimers'];
  readonly nextTimerAtMs: Journal['nextTimerAtMs'];
  readonly #path: string;
  readonly #writer: JournalWriter;
  readonly #reader: SqliteJournalReader;
  readonly #subscriptions: Set<JournalSubscription>;
  readonly #known = new KnownStreams();
  #closing: Promise<void> | undefined;

  constructor(
    path: string,
    writer: JournalWriter,
    reader: SqliteJournalReader,
    subscriptions: Set<JournalSubscription>,
  ) {
    this.#path = path;
    this.#writer = writer;
    this.#reader = reader;
    this.#subscriptions = subscriptions;
    for (const name of reader.names()) this.#known.add(name);
    // Nobody else writes the file, so what was never added is not there.
    this.read = async (stream, after, limit) => (this.#mayHold(stream) ? reader.read(stream, after, limit) : []);
    this.loadSnapshot = async (stream) => (this.#mayHold(stream) ? reader.loadSnapshot(stream) : undefined);
    this.readAll = reader.readAll.bind(reader);
    this.head = reader.head.bind(reader);
    this.hasReached = reader.hasReached.bind(reader);
    this.streams = reader.streams.bind(reader);
    this.strays = reader.strays.bind(reader);
    this.wakefulStreams = reader.wakefulStreams.bind(reader);
    this.dueTimers = reader.dueTimers.bind(reader);
    this.nextTimerAtMs = reader.nextTimerAtMs.bind(reader);
  }

  #mayHold(stream: string): boolean {
    this.#reader.assertOpen();
    return this.#known.mayHold(stream);
  }

  append(entries: readonly NewEntry[]): Promise<void> {
    const [first] = entries;
    if (this.#closing) return Promise.reject(journalClosed(this.#path));
    if (!first) return Promise.resolve();
    const fault = faultOf(entries, first);
    if (fault) return Promise.reject(fault);
    if (first.version === 1) this.#known.add(first.stream);
    return this.#writer.append(first.stream, first.version, entries);
  }

  subscribe(
    after: Position,
    handler: (entries: readonly StoredEntry[]) => void | Promise<void>,
    onError: (error: unknown) => void,
  ): Subscription {
    const subscription = new JournalSubscription(this.readAll, after, handler, onError);
    this.#subscriptions.add(subscription);
    subscription.ended().then(() => this.#subscriptions.delete(subscription));
    return subscription;
  }

  async saveSnapshot(stream: string, snapshot: StoredSnapshot): Promise<void> {
    if (this.#closing) throw journalClosed(this.#path);
    this.#known.add(stream);
    await this.#writer.saveSnapshot(stream, snapshot);
  }

  async settleTimer(stream: string, key: string, atMs: number): Promise<void> {
    if (this.#closing) throw journalClosed(this.#path);
    await this.#writer.settleTimer(stream, key, atMs);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (const subscription of this.#subscriptions) void subscription.stop();
    // The reader first, so that the last connection, which folds the log into the file, is the one off this thread.
    await this.#writer.drain();
    await this.#reader.close();
    await this.#writer.close();
  }
}
