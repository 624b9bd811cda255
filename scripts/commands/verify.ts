/** `callboard verify`: is every stream of the journal what was written? */
import { FatalError } from '#ports/errors.ts';
import { verifyJournal } from '#runtime/history.ts';
import { withJournal } from '#scripts/read-journal.ts';
import type { CommonOptions } from './options.ts';

/**
 * Walks every chain.
 * @throws JOURNAL_BROKEN naming the first broken link.
 */
export async function verify(options: CommonOptions): Promise<void> {
  const { streams, commits, broken, digest } = await withJournal(options, verifyJournal);
  if (broken) {
    throw new FatalError(
      'JOURNAL_BROKEN',
      `The chain of ${broken.stream} is broken at version ${broken.version}: ${broken.why}; compare the journal with a backup from before.`,
    );
  }
  console.log(`${streams} streams with ${commits} commits, every chain is whole.`);
  // A stream that is gone, or lost its newest commits, leaves whole chains: only the digest of a copy tells.
  console.log(`Digest ${digest}: a copy of this journal has the same.`);
}
