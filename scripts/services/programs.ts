/** Where programs are: on PATH, or where Debian keeps those that PATH does not show everybody. */
import { accessSync, constants, globSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { FatalError } from '#ports/errors.ts';

/** Debian's servers for root, which an ordinary user's PATH leaves out; Go as its own archive installs it. */
const furtherFolders = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/local/go/bin'];

/** Path of a program, looked for in the folders given first; they may be patterns, and the last match wins. */
export function findProgram(name: string, first: readonly string[] = []): string | undefined {
  const given = first.flatMap((pattern) => globSync(pattern).sort(byNumber).reverse());
  const onPath = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return [...given, ...onPath, ...furtherFolders].map((folder) => join(folder, name)).find(isExecutable);
}

/**
 * Path of a program that must be there.
 * @throws SERVICE_UNAVAILABLE with what to do, `remedy`.
 */
export function needProgram(name: string, remedy: string, first: readonly string[] = []): string {
  const found = findProgram(name, first);
  if (found) return found;
  throw new FatalError('SERVICE_UNAVAILABLE', `The program ${name} is not on this machine: ${remedy}.`);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Version 9 before version 15. */
function byNumber(left: string, right: string): number {
  return left.localeCompare(right, 'en', { numeric: true });
}
