/**
 * Another node's write can refuse ours by a unique key a moment before a majority shows it. So we look again; each
 * look is a trip to the database, which is pause enough.
 */
import { RetryableError } from '#ports/errors.ts';

const patience = 50;

/** Calls `round` until it says that it is done, or that it has come further, anew for that often. */
export async function inRounds(round: () => Promise<'done' | 'further' | 'no further'>): Promise<void> {
  let idle = 0;
  while (idle < patience) {
    const came = await round();
    if (came === 'done') return;
    idle = came === 'further' ? 0 : idle + 1;
  }
  throw new RetryableError(
    'STORE_UNAVAILABLE',
    'MongoDB refuses a key that it does not show; see that most of its servers are up.',
  );
}
