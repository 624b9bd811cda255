/** Writes batches of calls into the journal's file. It blocks while the disk syncs, so it has a thread of its own. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { callsOf, type EntryBody, type JournalCall } from './journal-batch.ts';
import { journalKind } from './journal-schema.ts';
import { type Refusal, refusalOf } from './store-failure.ts';

/** What became of a transaction: how many calls there were, and which were refused. */
export interface Written {
  readonly calls: number;
  /** By index within the transaction. */
  readonly refused: readonly (readonly [index: number, refusal: Refusal])[];
}

/** What is known of a stream without asking the file. */
interface Head {
  id: number;
  version: number;
  wakeful: boolean;
}

/** Rows that one INSERT takes: measured 10 % faster than one by one; more of them gain nothing. */
const rowsTogether = 16;
const columns = 5;
/** Streams whose head is remembered; some 100 bytes each. */
const headsKept = 50_000;

type Value = number | string | Uint8Array;

export class JournalLog {
  readonly #database: DatabaseSync;
  readonly #path: string;
  readonly #heads = new Map<string, Head>();
  /** Values of log rows that are accepted and not yet inserted. */
  readonly #rows: Value[] = [];
  /** Of the transaction at hand. */
  #calls = 0;
  #refused: [number, Refusal][] = [];
  #failure: Refusal | undefined;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #insertOne: StatementSync;
  readonly #insertMany: StatementSync;
  readonly #findStream: StatementSync;
  readonly #addStream: StatementSync;
  readonly #setWakeful: StatementSync;
  readonly #setTimer: StatementSync;
  readonly #clearTimer: StatementSync;
  readonly #settleTimer: StatementSync;
  readonly #keepSnapshot: StatementSync;

  /** The database is a journal opened for writing; `path` is for messages. */
  constructor(database: DatabaseSync, path: string) {
    this.#database = database;
    this.#path = path;
    const insert = 'INSERT INTO log (stream, version, at_ms, hash, bytes) VALUES ';
    this.#begin = database.prepare('BEGIN IMMEDIATE');
    this.#commit = database.prepare('COMMIT');
    this.#insertOne = database.prepare(`${insert}(?, ?, ?, ?, ?)`);
    this.#insertMany = database.prepare(insert + Array(rowsTogether).fill('(?, ?, ?, ?, ?)').join(', '));
    this.#findStream = database.prepare(`
      SELECT id, wakeful, (SELECT max(version) FROM log WHERE log.stream = stream.id) AS version
      FROM stream WHERE name = ?`);
    this.#addStream = database.prepare('INSERT INTO stream (name, wakeful) VALUES (?, 0)');
    this.#setWakeful = database.prepare('UPDATE stream SET wakeful = ? WHERE id = ?');
    this.#setTimer = database.prepare('INSERT OR REPLACE INTO timer (stream, key, at_ms, command) VALUES (?, ?, ?, ?)');
    this.#clearTimer = database.prepare('DELETE FROM timer WHERE stream = ? AND key = ?');
    this.#settleTimer = database.prepare(
      'DELETE FROM timer WHERE stream = (SELECT id FROM stream WHERE name = ?) AND key = ? AND at_ms = ?',
    );
    this.#keepSnapshot = database.prepare(`
      INSERT INTO snapshot (stream, version, schema, bytes) VALUES (?, ?, ?, ?)
      ON CONFLICT (stream) DO UPDATE
      SET version = excluded.version, schema = excluded.schema, bytes = excluded.bytes
      WHERE excluded.version >= version`);
  }

  /** Writes a batch into the transaction at hand, and begins one where there is none. */
  add(batch: Uint8Array): void {
    for (const call of callsOf(batch)) {
      if (this.#calls === 0) this.#failure = this.#attempt(() => this.#begin.run());
      this.#failure ??= this.#attempt(() => {
        const refusal = this.#apply(call);
        if (refusal) this.#refused.push([this.#calls, refusal]);
      });
      this.#calls += 1;
    }
  }

  /**
   * Makes what was added durable. A call that conflicts is left out and the others stand; where the file cannot be
   * written, nothing of the whole transaction is, and every call is refused.
   */
  commit(): Written {
    if (this.#calls === 0) return { calls: 0, refused: [] };
    this.#failure ??= this.#attempt(() => {
      this.#insertRest();
      this.#commit.run();
    });
    const failure = this.#failure;
    const written = { calls: this.#calls, refused: failure ? everyCall(this.#calls, failure) : this.#refused };
    if (failure) this.#rollBack();
    if (this.#heads.size > headsKept) this.#heads.clear();
    this.#calls = 0;
    this.#refused = [];
    this.#failure = undefined;
    return written;
  }

  #attempt(step: () => void): Refusal | undefined {
    try {
      step();
      return undefined;
    } catch (error) {
      return refusalOf(error, journalKind, this.#path);
    }
  }

  #apply(call: JournalCall): Refusal | undefined {
    switch (call.type) {
      case 'append':
        return this.#append(call.stream, call.version, call.entries);
      case 'snapshot':
        this.#keepSnapshot.run(call.stream, call.snapshot.version, call.snapshot.schema, call.snapshot.bytes);
        return undefined;
      case 'settle':
        this.#settleTimer.run(call.stream, call.key, call.atMs);
        return undefined;
    }
  }

  #append(stream: string, version: number, entries: readonly EntryBody[]): Refusal | undefined {
    const known = this.#heads.get(stream) ?? this.#load(stream);
    const head = known?.version ?? 0;
    if (version !== head + 1) return conflict(stream, version, head);
    const { id, wakeful } = known ?? this.#create(stream);
    let next = version;
    for (const entry of entries) {
      this.#insert(id, next, entry);
      next += 1;
      for (const key of entry.clearTimers) this.#clearTimer.run(id, key);
      for (const timer of entry.setTimers) this.#setTimer.run(id, timer.key, timer.atMs, timer.command);
    }
    const last = entries.at(-1)?.wakeful ?? wakeful;
    if (last !== wakeful) this.#setWakeful.run(last ? 1 : 0, id);
    this.#heads.set(stream, { id, version: next - 1, wakeful: last });
    return undefined;
  }

  #load(stream: string): Head | undefined {
    const row = this.#findStream.get(stream) as { id: number; wakeful: number; version: number | null } | undefined;
    return row && { id: row.id, version: row.version ?? 0, wakeful: row.wakeful === 1 };
  }

  #create(stream: string): Head {
    return { id: Number(this.#addStream.run(stream).lastInsertRowid), version: 0, wakeful: false };
  }

  #insert(id: number, version: number, entry: EntryBody): void {
    this.#rows.push(id, version, entry.atMs, entry.hash, entry.bytes);
    if (this.#rows.length < rowsTogether * columns) return;
    this.#insertMany.run(...this.#rows);
    this.#rows.length = 0;
  }

  #insertRest(): void {
    for (let at = 0; at < this.#rows.length; at += columns) {
      this.#insertOne.run(...this.#rows.slice(at, at + columns));
    }
    this.#rows.length = 0;
  }

  #rollBack(): void {
    // SQLite has rolled back by itself after some errors.
    if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
    this.#rows.length = 0;
    this.#heads.clear();
  }
}

function conflict(stream: string, version: number, head: number): Refusal {
  return {
    code: 'VERSION_CONFLICT',
    message: `Version ${version} of ${stream} does not follow its version ${head} in the journal; load it again and retry.`,
    retryable: true,
  };
}

function everyCall(calls: number, failure: Refusal): [number, Refusal][] {
  return Array.from({ length: calls }, (_, index) => [index, failure]);
}
