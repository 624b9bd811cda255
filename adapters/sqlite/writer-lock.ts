/** One writing process for each data folder, so that two do not dial the same list. */
import { DatabaseSync } from 'node:sqlite';
import { FatalError } from '#ports/errors.ts';
import type { StoreKind } from './open-database.ts';
import { errorOf, refusalOf } from './store-failure.ts';

/**
 * Holds an exclusive SQLite lock on an empty file beside the store until it is closed. The operating system lets go of
 * it when the process dies, however it dies, so no stale lock is ever left behind. It cannot be taken on the store
 * itself: that would shut out our own readers. Do not open PATH.lock by other means in the same process: POSIX drops
 * a process's locks on a file when it closes any handle of it.
 * @throws The kind's `unavailable` code where another process (or this one) holds it.
 */
export function takeWriterLock(kind: StoreKind, path: string): DatabaseSync {
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(`${path}.lock`, { timeout: 0 });
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock?.close();
    const refusal = refusalOf(error, kind, path);
    if (!refusal.retryable) throw errorOf(refusal, error);
    throw new FatalError(
      kind.unavailable,
      `The ${kind.name} ${path} is in use by another Callboard; stop that one, or give this one another data folder.`,
      { cause: error },
    );
  }
}
