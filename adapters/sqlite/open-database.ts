/** Opens a SQLite file of ours, or says in one sentence why it cannot be opened. */
import { DatabaseSync } from 'node:sqlite';
import { type ErrorCode, FatalError } from '#ports/errors.ts';
import { errorOf, refusalOf } from './store-failure.ts';

/** What kind of file it is. */
export interface StoreKind {
  /** For people: journal, vault, list of leads. */
  readonly name: string;
  /** SQLite's application_id, so that one kind is never taken for another. */
  readonly applicationId: number;
  /** Raised when the tables change. */
  readonly schemaVersion: number;
  /** Makes the tables of a new file. */
  readonly schema: string;
  /** What makes each schema of the one before it: the first entry makes schema 2 of 1. */
  readonly upgrades?: readonly string[];
  /** The code of a file that cannot be opened, read or written. */
  readonly unavailable: ErrorCode;
}

export interface OpenOptions {
  readonly path: string;
  /** Opens a file that is there already, for looking only. */
  readonly readOnly?: boolean;
  /** Most that the file may grow to, in bytes; as much as the disk has where absent. */
  readonly maxBytes?: number;
}

/** Twice SQLite's own: fewer pages a commit, measured 10 to 20 % more appends. */
const pageBytes = 8192;
/** How long to wait for a program that looks into the file by hand. */
const busyTimeoutMs = 5000;

/**
 * Opens the file, makes it when it is new, and sets what durability needs: a write-ahead log, synced at every commit.
 * @throws The kind's `unavailable` code, with what to do, for a file that is none of this kind, was written by a
 *   newer schema, lacks tables, or cannot be opened.
 */
export function openDatabase(kind: StoreKind, { path, readOnly = false, maxBytes }: OpenOptions): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { readOnly, timeout: busyTimeoutMs });
    const isNew = recognise(database, kind, path);
    if (readOnly && isNew) {
      throw new FatalError(kind.unavailable, `${path} is empty and no ${kind.name}; name another file.`);
    }
    if (readOnly) return database;
    database.exec(`PRAGMA page_size = ${pageBytes}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL`);
    if (maxBytes !== undefined) database.exec(`PRAGMA max_page_count = ${Math.floor(maxBytes / pageBytes)}`);
    if (isNew) {
      database.exec(`BEGIN; ${kind.schema}; PRAGMA application_id = ${kind.applicationId};
        PRAGMA user_version = ${kind.schemaVersion}; COMMIT`);
    } else {
      upgrade(database, kind);
    }
    return database;
  } catch (error) {
    database?.close();
    throw errorOf(refusalOf(error, kind, path), error);
  }
}

/** Whether the file is empty; throws where it is neither that nor ours. */
function recognise(database: DatabaseSync, kind: StoreKind, path: string): boolean {
  const version = pragma(database, 'user_version');
  const applicationId = pragma(database, 'application_id');
  const tables = database.prepare('SELECT name FROM sqlite_schema').all() as { name: string }[];
  if (applicationId === 0 && version === 0 && tables.length === 0) return true;
  if (applicationId !== kind.applicationId) {
    throw new FatalError(kind.unavailable, `${path} is a database but no ${kind.name}; name another file.`);
  }
  if (version > kind.schemaVersion) {
    throw new FatalError(
      kind.unavailable,
      `The ${kind.name} ${path} was written by a newer Callboard (schema ${version}, this one knows ${kind.schemaVersion}); start that version.`,
    );
  }
  // An older file gets its tables when it is upgraded.
  if (version < kind.schemaVersion) return false;
  for (const [, wanted] of kind.schema.matchAll(/CREATE TABLE (\w+)/g)) {
    if (tables.some(({ name }) => name === wanted)) continue;
    throw new FatalError(
      kind.unavailable,
      `The ${kind.name} ${path} lacks its table ${wanted}; put back a copy of it that is whole.`,
    );
  }
  return false;
}

/** Brings a file of an older schema to ours, as a whole or not at all. */
function upgrade(database: DatabaseSync, { schemaVersion, upgrades = [] }: StoreKind): void {
  if (pragma(database, 'user_version') === schemaVersion) return;
  database.exec('BEGIN IMMEDIATE');
  // Whoever opened it at the same moment may have done it.
  const version = pragma(database, 'user_version');
  for (const step of upgrades.slice(version - 1)) database.exec(step);
  database.exec(`PRAGMA user_version = ${schemaVersion}; COMMIT`);
}

function pragma(database: DatabaseSync, name: 'user_version' | 'application_id'): number {
  return (database.prepare(`PRAGMA ${name}`).get() as Record<string, number>)[name] ?? 0;
}
