/** Counts an actor's crashes and says what is to be done, by its supervision. Pure but for its own count. */
import type { Supervision } from './actor.ts';

/** Doubling from `minMs` up to `maxMs`; `attempt` is 0 for the first wait. */
export function backoffMs({ minMs, maxMs }: Supervision['backoff'], attempt: number): number {
  return Math.min(maxMs, minMs * 2 ** Math.min(attempt, 30));
}

/** An actor that crashes on whatever comes is left alone for longer and longer, up to this, ms. */
const longestWaitMs = 60_000;

export class Supervisor {
  readonly #supervision: Supervision;
  #crashes: number[] = [];
  /** Commands given up, none of them longer ago than the period from the next. */
  #givenUp = 0;
  #lastCrashMs = Number.NEGATIVE_INFINITY;

  constructor(supervision: Supervision) {
    this.#supervision = supervision;
  }

  /** One more crash: whether the command that caused it is given up, and how long to wait before the restart. */
  crashed(atMs: number): { readonly giveUp: boolean; readonly waitMs: number } {
    const { strategy, intensity, periodMs, backoff } = this.#supervision;
    if (atMs - this.#lastCrashMs > Math.max(periodMs, longestWaitMs)) this.#givenUp = 0;
    this.#lastCrashMs = atMs;
    this.#crashes = [...this.#crashes.filter((crash) => crash > atMs - periodMs), atMs];
    const waitMs = backoffMs(backoff, this.#crashes.length - 1);
    if (strategy === 'restart' && this.#crashes.length <= intensity) return { giveUp: false, waitMs };
    this.#crashes = [];
    this.#givenUp += 1;
    if (this.#givenUp === 1) return { giveUp: true, waitMs };
    const { maxMs } = backoff;
    return {
      giveUp: true,
      waitMs: backoffMs({ minMs: maxMs, maxMs: Math.max(maxMs, longestWaitMs) }, this.#givenUp - 1),
    };
  }
}
