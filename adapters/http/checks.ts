/** What a node needs to be ready, asked with a limit: a journal that hangs must not hang whoever asks for it. */
import type { SteadyClock } from '#ports/clock.ts';

/** Whether it holds. One that throws does not. */
export type Check = () => boolean | Promise<boolean>;

/** Whoever asks is answered after so long, ms: a check that takes longer does not hold for now. */
const limitMs = 1000;

/** The names of those that do not hold. */
export async function missing(checks: readonly (readonly [string, Check])[]): Promise<string[]> {
  const held = await Promise.all(checks.map(([, check]) => check()));
  return checks.flatMap(([name], index) => (held[index] ? [] : [name]));
}

/**
 * A check with a limit, that never throws and is never under way twice: those who ask while it hangs share it, so that
 * an orchestrator's questions do not pile up on what is in trouble already. With patience, ms, one that has held goes on
 * to hold until it has neither held nor come late for so long: a database that is slow for a moment must not take a node
 * out of service and back at every question. A late answer counts when it comes.
 */
export function single(check: Check, clock: SteadyClock, patienceMs = 0): Check {
  let underWay: Promise<boolean> | undefined;
  // It has never held yet.
  let badSinceMs: number | undefined = Number.NEGATIVE_INFINITY;
  const bad = (sinceMs: number): void => {
    badSinceMs ??= sinceMs;
  };
  return async () => {
    const askedAtMs = clock.elapsed();
    underWay ??= Promise.resolve()
      .then(check)
      .catch(() => false)
      .then((holds) => {
        if (holds) badSinceMs = undefined;
        else bad(askedAtMs);
        return holds;
      })
      .finally(() => {
        underWay = undefined;
      });
    let cancel = (): void => undefined;
    const late = new Promise<boolean>((resolve) => {
      cancel = clock.after(limitMs, () => resolve(false));
    });
    const holds = await Promise.race([underWay, late]);
    cancel();
    if (holds) return true;
    bad(askedAtMs);
    return clock.elapsed() - (badSinceMs ?? askedAtMs) < patienceMs;
  };
}
