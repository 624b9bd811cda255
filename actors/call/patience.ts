/** Tries again what the outside could not do now, for as long as it makes sense. */
import type { Clock } from '#ports/clock.ts';
import { isRetryable } from '#ports/errors.ts';

const backoff = { firstMs: 100, mostMs: 1000 };

/**
 * Does the work, again after a passing failure while `mayTry` allows it once that wait is over.
 * @throws what the work threw last.
 */
export async function patiently<T>(
  clock: Pick<Clock, 'after'>,
  mayTry: (waitMs: number) => boolean,
  work: () => Promise<T>,
): Promise<T> {
  for (let waitMs = backoff.firstMs; ; waitMs = Math.min(waitMs * 2, backoff.mostMs)) {
    try {
      return await work();
    } catch (error) {
      if (!isRetryable(error) || !mayTry(waitMs)) throw error;
    }
    await new Promise<void>((resolve) => clock.after(waitMs, resolve));
  }
}
