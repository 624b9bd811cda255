/** The folder that a node keeps its files in, and its log. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import pino, { type Logger } from 'pino';
import { FatalError } from '#ports/errors.ts';

/**
 * Makes the folder, readable by its owner only; gives its absolute path.
 * @throws CONFIG_INVALID where it cannot be made.
 */
export function makeFolder(path: string): string {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return resolve(path);
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new FatalError(
      'CONFIG_INVALID',
      `The data folder ${path} cannot be made (${why}): choose another with --data.`,
      { cause },
    );
  }
}

/** Lines of JSON in callboard.log. */
export function openLog(folder: string, level: string): Logger {
  const file = pino.destination({ dest: join(folder, 'callboard.log'), append: true, mkdir: true, sync: false });
  // On a full disk the file would throw here, and at the exit of the process wait for room for ever.
  const stopWriting = { write: () => true, flush: () => {}, flushSync: () => {}, end: () => {} };
  file.once('error', () => Object.assign(file, stopWriting));
  return pino({ level, base: null }, file);
}
