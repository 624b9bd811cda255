/** How much of something is let through: on average `ratePerSecond`, at once at most `burst`. */
export interface Rate {
  readonly ratePerSecond: number;
  readonly burst: number;
}

/** A token bucket that is told the time. */
export class TokenBucket {
  readonly #rate: Rate;
  #tokens: number;
  #filledAt: number;

  constructor(rate: Rate, nowMs: number) {
    this.#rate = rate;
    this.#tokens = rate.burst;
    this.#filledAt = nowMs;
  }

  /** Takes one token; false when none is left. A clock that was set back gives none and takes none. */
  take(nowMs: number): boolean {
    const earned = (Math.max(0, nowMs - this.#filledAt) * this.#rate.ratePerSecond) / 1000;
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + earned);
    this.#filledAt = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
