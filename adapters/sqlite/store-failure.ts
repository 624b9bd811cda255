/** Why a file could not be used, in one sentence, and in a shape that crosses a worker's boundary. */
import { type ErrorCode, FatalError, RetryableError } from '#ports/errors.ts';
import type { StoreKind } from './open-database.ts';

/** An error as plain data. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
}

/** Primary result codes of SQLite (sqlite.org/rescode.html), which says little of a file in its messages. */
const sqlite = { busy: 5, readOnly: 8, ioError: 10, corrupt: 11, full: 13, cannotOpen: 14, notADatabase: 26 };

/** The refusal that an error of SQLite, or one of ours, amounts to. */
export function refusalOf(error: unknown, kind: StoreKind, path: string): Refusal {
  if (error instanceof FatalError || error instanceof RetryableError) {
    return { code: error.code, message: error.message, retryable: error instanceof RetryableError };
  }
  const result = (error as { errcode?: number }).errcode;
  // The low byte of an extended code is the primary one.
  switch (result === undefined ? undefined : result & 0xff) {
    case sqlite.full:
      return {
        code: 'DISK_FULL',
        message: `The disk has no room for the ${kind.name} ${path}: nothing of this was written; free some space and try again.`,
        retryable: true,
      };
    case sqlite.cannotOpen:
    case sqlite.readOnly:
      return unavailable(`The ${kind.name} ${path} cannot be opened; see that its folder is there and may be written.`);
    case sqlite.notADatabase:
      return unavailable(`${path} is no ${kind.name}; name another file, or move this one away to start a new one.`);
    case sqlite.corrupt:
      return unavailable(`The ${kind.name} ${path} is damaged; put back a copy of it that is whole.`);
    case sqlite.busy:
      return unavailable(`Another program has locked the ${kind.name} ${path}; end that program and try again.`, true);
    default:
      return unavailable(
        `The ${kind.name} ${path} cannot be used (${error instanceof Error ? error.message : String(error)}); look at its disk and try again.`,
        result !== undefined,
      );
  }

  function unavailable(message: string, retryable = false): Refusal {
    return { code: kind.unavailable, message, retryable };
  }
}

/** The error that a refusal stands for. */
export function errorOf({ code, message, retryable }: Refusal, cause?: unknown): RetryableError | FatalError {
  const options = cause === undefined ? {} : { cause };
  return retryable ? new RetryableError(code, message, options) : new FatalError(code, message, options);
}
