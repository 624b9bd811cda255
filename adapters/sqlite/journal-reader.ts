/**
 * Reads a journal, on the thread that asks: WAL lets it read beside the writer, what is read is most often in
 * memory already, and to post rows between threads would cost more than to read them.
 */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { FatalError } from '#ports/errors.ts';
import type { DurableTimer, Journal, JournalReader, Position, StoredEntry, StoredSnapshot } from '#ports/journal.ts';
import { journalKind } from './journal-schema.ts';
import { openDatabase } from './open-database.ts';
import { errorOf, refusalOf } from './store-failure.ts';

/** LIMIT of SQLite where there is none. */
const unlimited = -1;
/** The character after the slash ends the range of a kind's names. */
const afterSlash = '0';

export class SqliteJournalReader implements JournalReader {
  readonly #database: DatabaseSync;
  readonly #path: string;
  readonly #read: StatementSync;
  readonly #readAll: StatementSync;
  readonly #strays: StatementSync;
  readonly #head: StatementSync;
  readonly #streams: StatementSync;
  readonly #streamsOfKind: StatementSync;
  readonly #snapshot: StatementSync;
  readonly #wakeful: StatementSync;
  readonly #dueTimers: StatementSync;
  readonly #nextTimer: StatementSync;
  #closed = false;

  /** @throws JOURNAL_UNAVAILABLE */
  constructor(path: string) {
    const database = openDatabase(journalKind, { path, readOnly: true });
    this.#path = path;
    this.#database = database;
    this.#read = database.prepare(`
      SELECT position, version, hash, bytes, at_ms AS atMs FROM log
      WHERE stream = (SELECT id FROM stream WHERE name = ?) AND version > ? ORDER BY version LIMIT ?`);
    this.#readAll = database.prepare(`
      SELECT position, name AS stream, version, hash, bytes, at_ms AS atMs
      FROM log JOIN stream ON stream.id = log.stream
      WHERE position > ? ORDER BY position LIMIT ?`);
    this.#strays = database.prepare(`
      SELECT position, version, hash, bytes, at_ms AS atMs FROM log
      WHERE stream NOT IN (SELECT id FROM stream) ORDER BY position LIMIT ?`);
    this.#head = database.prepare('SELECT max(position) AS position FROM log');
    this.#streams = database.prepare('SELECT name FROM stream WHERE name > ? ORDER BY name LIMIT ?');
    this.#streamsOfKind = database.prepare('SELECT name FROM stream WHERE name > ? AND name < ? ORDER BY name LIMIT ?');
    this.#snapshot = database.prepare('SELECT version, schema, bytes FROM snapshot WHERE stream = ?');
    this.#wakeful = database.prepare('SELECT name FROM stream WHERE wakeful = 1 ORDER BY name');
    this.#dueTimers = database.prepare(`
      SELECT name AS stream, key, at_ms AS atMs, command FROM timer JOIN stream ON stream.id = timer.stream
      WHERE at_ms <= ? ORDER BY at_ms LIMIT ?`);
    this.#nextTimer = database.prepare('SELECT min(at_ms) AS atMs FROM timer');
  }

  /** Names of all streams that have an entry or a snapshot. */
  *names(): Generator<string> {
    const statement = this.#database.prepare('SELECT name FROM stream UNION SELECT stream FROM snapshot');
    for (const row of statement.iterate()) yield (row as { name: string }).name;
  }

  /** @throws JOURNAL_CLOSED */
  assertOpen(): void {
    if (this.#closed) throw journalClosed(this.#path);
  }

  async read(stream: string, after: number, limit = unlimited): Promise<readonly StoredEntry[]> {
    return this.#all<Row>(this.#read, stream, after, limit).map((row) => entryOf(row, stream));
  }

  async readAll(after: Position, limit: number): Promise<readonly StoredEntry[]> {
    const rows = this.#all<Row & { stream: string }>(this.#readAll, Number(after), limit);
    return rows.map((row) => entryOf(row, row.stream));
  }

  async strays(limit: number): Promise<readonly StoredEntry[]> {
    return this.#all<Row>(this.#strays, limit).map((row) => entryOf(row, ''));
  }

  async head(): Promise<Position> {
    const [last] = this.#all<{ position: number | null }>(this.#head);
    return last?.position == null ? '' : String(last.position);
  }

  async hasReached(position: Position, mark: Position): Promise<boolean> {
    this.assertOpen();
    return Number(position) >= Number(mark);
  }

  async streams({ kind, after = '', limit }: Parameters<Journal['streams']>[0]): Promise<readonly string[]> {
    if (kind === undefined) return this.#names(this.#streams, after, limit);
    const first = `${kind}/`;
    return this.#names(this.#streamsOfKind, after > first ? after : first, kind + afterSlash, limit);
  }

  async loadSnapshot(stream: string): Promise<StoredSnapshot | undefined> {
    return this.#all<StoredSnapshot>(this.#snapshot, stream)[0];
  }

  async wakefulStreams(wanted?: (stream: string) => boolean): Promise<readonly string[]> {
    const streams = this.#names(this.#wakeful);
    return wanted ? streams.filter(wanted) : streams;
  }

  async dueTimers(atMs: number, limit: number): Promise<readonly DurableTimer[]> {
    return this.#all<DurableTimer>(this.#dueTimers, atMs, limit);
  }

  async nextTimerAtMs(): Promise<number | undefined> {
    return this.#all<{ atMs: number | null }>(this.#nextTimer)[0]?.atMs ?? undefined;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#database.close();
  }

  #names(statement: StatementSync, ...values: SQLInputValue[]): string[] {
    return this.#all<{ name: string }>(statement, ...values).map(({ name }) => name);
  }

  #all<R>(statement: StatementSync, ...values: SQLInputValue[]): R[] {
    if (this.#closed) throw journalClosed(this.#path);
    try {
      return statement.all(...values) as R[];
    } catch (error) {
      throw errorOf(refusalOf(error, journalKind, this.#path), error);
    }
  }
}

interface Row {
  readonly position: number;
  readonly version: number;
  readonly hash: Uint8Array;
  readonly bytes: Uint8Array;
  readonly atMs: number;
}

function entryOf({ position, version, bytes, hash, atMs }: Row, stream: string): StoredEntry {
  return { position: String(position), stream, version, bytes, hash, atMs };
}

/** What a closed journal answers. */
export function journalClosed(path: string): FatalError {
  return new FatalError('JOURNAL_CLOSED', `The journal ${path} is closed; nothing more is read or written.`);
}
