/** What an error of the driver means to us. */
import {
  MongoAPIError,
  MongoBulkWriteError,
  MongoError,
  MongoServerClosedError,
  MongoServerError,
  MongoServerSelectionError,
} from 'mongodb';
import { type ErrorCode, FatalError, RetryableError } from '#ports/errors.ts';

/** The code of a write that a unique key refused (E11000). */
export const duplicateKey = 11_000;

/** Codes that say that the request is wrong, so that sending it again cannot help (mongodb.com/docs/manual/reference/error-codes). */
const lastingCodes: ReadonlySet<number> = new Set([
  2, // BadValue
  9, // FailedToParse
  13, // Unauthorized
  14, // TypeMismatch
  18, // AuthenticationFailed
  59, // CommandNotFound
  72, // InvalidOptions
  85, // IndexOptionsConflict
  86, // IndexKeySpecsConflict
  115, // CommandNotSupported
  238, // NotImplemented
  10_334, // BSONObjectTooLarge
  duplicateKey,
]);

/**
 * Whether the same request may succeed later: no server, no primary, a connection that was cut, a server in trouble.
 * After such an error of a write nobody knows whether it was done.
 */
export function mayPass(error: unknown): boolean {
  if (error instanceof MongoServerError) return !lastingCodes.has(Number(error.code));
  if (error instanceof MongoServerClosedError) return true;
  return error instanceof MongoError && !(error instanceof MongoAPIError);
}

/** Why, in a few words that hold no login, no number and no name: a server's own message may repeat what was sent. */
export function whyOf(error: unknown): string {
  if (error instanceof MongoServerError) return error.codeName ? String(error.codeName) : `code ${error.code}`;
  if (error instanceof MongoServerSelectionError) {
    const failed = [...(error.reason?.servers.values() ?? [])].find((server) => server.error)?.error;
    return failed ? whyOf(failed) : 'no primary';
  }
  const cause = (error as Error | undefined)?.cause as NodeJS.ErrnoException | undefined;
  return (
    (error as NodeJS.ErrnoException | undefined)?.code?.toString() ??
    cause?.code ??
    (error as Error | undefined)?.name ??
    'unknown error'
  );
}

/** Positions of the documents that a unique key refused in an unordered insert; anything else that failed is thrown. */
export function duplicatesOf(error: unknown): readonly number[] {
  if (error instanceof MongoBulkWriteError) {
    const failed = [error.writeErrors].flat();
    const uncertain = error.result.getWriteConcernError() !== undefined;
    if (!uncertain && failed.length > 0 && failed.every(({ code }) => code === duplicateKey))
      return failed.map(({ index }) => index);
  }
  throw error;
}

/** Whether a unique key refused a write. */
export function isDuplicate(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === duplicateKey;
}

/** An error of the driver as one of ours, with `code`; one of ours stays as it is. */
export function storeFailure(error: unknown, store: string, code: ErrorCode): unknown {
  if (error instanceof FatalError || error instanceof RetryableError) return error;
  if (!(error instanceof MongoError)) return error;
  const why = whyOf(error);
  if (mayPass(error)) {
    return new RetryableError(
      code,
      `The ${store} in MongoDB cannot be reached (${why}); it goes on by itself once the database does.`,
      { cause: error },
    );
  }
  return new FatalError(code, `MongoDB refuses what the ${store} asks of it (${why}); look at the server's log.`, {
    cause: error,
  });
}
