/** What makes an append one that no journal takes: for adapters, before anything is written. */
import { RetryableError } from './errors.ts';
import type { NewEntry } from './journal.ts';

/** The error of a call whose entries are of several streams, leave a gap, or have numbers that are not whole. */
export function faultOf(entries: readonly NewEntry[], first: NewEntry): Error | undefined {
  let version = first.version;
  // Each append comes by here: neither an index nor a closure is made.
  for (const entry of entries) {
    if (entry.stream !== first.stream) return new TypeError('One append is for one stream; make a call for each.');
    if (entry.version !== version) {
      return new RetryableError(
        'VERSION_CONFLICT',
        `Version ${entry.version} of ${entry.stream} leaves a gap in its append; number its entries one after another.`,
      );
    }
    if (!Number.isSafeInteger(entry.version) || !Number.isSafeInteger(entry.atMs)) {
      return new TypeError(`Version and time of an entry of ${entry.stream} must be whole numbers.`);
    }
    for (const { atMs } of entry.setTimers) {
      if (!Number.isSafeInteger(atMs)) {
        return new TypeError(`Timers of ${entry.stream} must be set to whole milliseconds.`);
      }
    }
    version += 1;
  }
  return undefined;
}
