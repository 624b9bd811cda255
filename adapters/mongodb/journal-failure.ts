/** What an error of the driver means for the journal. */
import { MongoServerError } from 'mongodb';
import { FatalError, RetryableError } from '#ports/errors.ts';
import { storeFailure } from './failure.ts';

/** OutOfDiskSpace of MongoDB. */
const outOfDiskSpace = 14_031;
/** disk_full of PostgreSQL, which FerretDB passes on in the text of an internal error. */
const fullForPostgres = /SQLSTATE 53100|No space left on device/i;

/** What the journal throws for an error of the driver; other errors are bugs and stay as they are. */
export function journalFailure(error: unknown): unknown {
  if (error instanceof MongoServerError && isFull(error)) {
    return new RetryableError(
      'DISK_FULL',
      'The disk of the database has no room for the journal: nothing of this was written; free some space there and try again.',
      { cause: error },
    );
  }
  return storeFailure(error, 'journal', 'JOURNAL_UNAVAILABLE');
}

function isFull({ code, message }: MongoServerError): boolean {
  return code === outOfDiskSpace || fullForPostgres.test(message);
}

/** What a closed journal answers. */
export function journalClosed(): FatalError {
  return new FatalError('JOURNAL_CLOSED', 'The journal in MongoDB is closed; nothing more is read or written.');
}

/** Somebody else writes the stream, or there is nothing yet that this version could follow. */
export function conflict(stream: string, version: number): RetryableError {
  return new RetryableError(
    'VERSION_CONFLICT',
    `Version ${version} of ${stream} is not the next one in the journal; load it again and retry.`,
  );
}

/** What is there cannot be seen: it goes on once the server has a primary that a majority follows. */
export function changingPrimary(stream: string): RetryableError {
  return new RetryableError(
    'JOURNAL_UNAVAILABLE',
    `The database is changing its primary while ${stream} is written; it goes on by itself after that.`,
  );
}
