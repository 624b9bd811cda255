/** Why the database cannot be opened, in one sentence that does not repeat the URL's login. */
import { MongoError, MongoServerError } from 'mongodb';
import { FatalError, RetryableError } from '#ports/errors.ts';
import { whyOf } from './failure.ts';

/** Unauthorized, AuthenticationFailed, and what hosted servers answer to a wrong login. */
const refusedCodes: ReadonlySet<number> = new Set([13, 18, 8000]);
/** Class 28 of PostgreSQL's codes, a login it refuses: FerretDB passes it on in the text of an internal error. */
const refusedByPostgres = /SQLSTATE 28/;

/** Hosts of a URL, as the driver has understood them. */
export type Hosts = readonly { toString(): string }[];

/** The URL is none that the driver takes. */
export function unusableUrl(): FatalError {
  return new FatalError(
    'DATABASE_UNREACHABLE',
    'The URL of the database is not usable; write mongodb://HOST:PORT, with the special characters of a login percent-encoded and only options that MongoDB knows.',
  );
}

/** The server is of a version that lacks what we need. */
export function tooOld(hosts: Hosts, version?: string): FatalError {
  return new FatalError(
    'DATABASE_TOO_OLD',
    `The MongoDB server at ${placeOf(hosts)} is ${version ? `of version ${version}` : 'of a version that the driver no longer speaks to'}; use 6.0 or newer.`,
  );
}

/** What opening failed with, as one of our errors. */
export function refusalOf(error: unknown, hosts: Hosts): unknown {
  if (error instanceof FatalError || error instanceof RetryableError) return error;
  if (isRefusedLogin(error)) {
    return new FatalError(
      'DATABASE_REFUSED',
      `The MongoDB server at ${placeOf(hosts)} refuses the login (${whyOf(error)}); check the user, the password, authSource and the user's rights on the database.`,
    );
  }
  if (error instanceof MongoError && /wire version/.test(error.message)) return tooOld(hosts);
  return new RetryableError(
    'DATABASE_UNREACHABLE',
    `No MongoDB server that can be written to answers at ${placeOf(hosts)} (${whyOf(error)}); start it, or mend the URL of the database.`,
    { cause: error },
  );
}

function isRefusedLogin(error: unknown): boolean {
  if (!(error instanceof MongoServerError)) return false;
  return refusedCodes.has(Number(error.code)) || refusedByPostgres.test(error.message);
}

function placeOf(hosts: Hosts): string {
  return hosts.map(String).join(', ') || 'the host that the URL names';
}
