/** What a node needs to be ready, asked with a limit: a journal that hangs must not hang whoever asks for it. */
import type { Clock } from '#ports/clock.ts';

/** Whether it holds. One that throws does not. */
export type Check = () => boolean | Promise<boolean>;

/** A check that takes longer than this, ms, does not hold. */
const limitMs = 1000;

/** The names of those that do not hold. */
export async function missing(checks: readonly (readonly [string, Check])[]): Promise<string[]> {
  const held = await Promise.all(checks.map(([, check]) => check()));
  return checks.flatMap(([name], index) => (held[index] ? [] : [name]));
}

/**
 * A check with a limit, that never throws and is never under way twice: those who ask while it hangs share it, so that
 * an orchestrator's questions do not pile up on what is in trouble already.
 */
export function single(check: Check, clock: Clock): Check {
  let underWay: Promise<boolean> | undefined;
  return async () => {
    underWay ??= Promise.resolve()
      .then(check)
      .catch(() => false)
      .finally(() => {
        underWay = undefined;
      });
    let cancel = (): void => undefined;
    const late = new Promise<boolean>((resolve) => {
      cancel = clock.after(limitMs, () => resolve(false));
    });
    const holds = await Promise.race([underWay, late]);
    cancel();
    return holds;
  };
}
