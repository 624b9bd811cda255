/** A wall clock that is stepped under a running node, by libfaketime; what it measures durations with stays true. */
import { globSync, writeFileSync } from 'node:fs';
import { FatalError } from '#ports/errors.ts';

export interface SteppedClock {
  /** For the process whose clock it is to be. */
  readonly environment: Readonly<Record<string, string>>;
  /** From within a second on the clock is ahead of ours by so much, s; 0: it is right again. */
  step(seconds: number): void;
}

/** Where Debian's package has it, and where it is by `make install`. */
const libraries = ['/usr/lib/*/faketime/libfaketimeMT.so.1', '/usr/local/lib/faketime/libfaketimeMT.so.1'];

/**
 * @param controlFile is made; the library reads it every second.
 * @throws SERVICE_UNAVAILABLE where libfaketime is not installed.
 */
export function steppedClock(controlFile: string): SteppedClock {
  const library = libraries.flatMap((pattern) => globSync(pattern))[0];
  if (!library) {
    throw new FatalError('SERVICE_UNAVAILABLE', 'libfaketime is not on this machine: apt-get install faketime.');
  }
  const step = (seconds: number) => writeFileSync(controlFile, `${seconds < 0 ? '' : '+'}${seconds}\n`);
  step(0);
  return {
    environment: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: controlFile,
      FAKETIME_CACHE_DURATION: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
    step,
  };
}
