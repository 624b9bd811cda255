/** The one secret that the vault's keys come from. */
import { randomBytes, randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { FatalError } from '#ports/errors.ts';

const secretBytes = 32;

/**
 * Reads the secret of a data folder, as 64 hex digits, or makes one that only its owner can read. For development:
 * in production the secret comes from the configuration and lives elsewhere than the data that it locks.
 * @throws VAULT_KEY_WRONG where others can read the file, it holds no secret, or it can be neither read nor made.
 */
export function loadOrCreateVaultSecret(path: string): string {
  try {
    if (!existsSync(path)) makeSecret(path);
  } catch (cause) {
    // Of two starts at once one makes it and the other reads it.
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw unusable(path, cause);
  }
  return readSecret(path);
}

/**
 * Whole and on the disk, or not there at all: half a secret would stop every later start, and a lost one would leave
 * numbers that nobody can read. Throws EEXIST where somebody else was first.
 */
function makeSecret(path: string): void {
  const draft = `${path}.${randomUUID()}`;
  try {
    writeFileSync(draft, `${randomBytes(secretBytes).toString('hex')}\n`, { flag: 'wx', mode: 0o600, flush: true });
    // Unlike a rename, a link never takes the place of a file that is there.
    linkSync(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
  syncFolder(dirname(path));
}

/** Makes the names in a folder durable. Windows cannot open a folder, and needs no such thing. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const opened = openSync(folder, 'r');
  try {
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
}

function readSecret(path: string): string {
  let secret: string;
  let mode: number;
  try {
    mode = statSync(path).mode;
    secret = readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw unusable(path, cause);
  }
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new FatalError(
      'VAULT_KEY_WRONG',
      `The vault's secret ${path} can be read by others (mode ${(mode & 0o777).toString(8)}); run chmod 600 on it.`,
    );
  }
  if (!/^[0-9a-fA-F]{64}$/.test(secret)) {
    throw new FatalError(
      'VAULT_KEY_WRONG',
      `The vault's secret ${path} is not 64 hex digits; put back the file that the vault was made with.`,
    );
  }
  return secret;
}

function unusable(path: string, cause: unknown): FatalError {
  const why = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
  return new FatalError(
    'VAULT_KEY_WRONG',
    `The vault's secret ${path} can be neither read nor made (${why}); see that its folder is there, is yours and has room.`,
    { cause },
  );
}
