/**
 * Whether others may have written the actors of this node, because they held it for lost. It is counted: an activation
 * that has not looked into the journal since the count rose does not answer from what it knows.
 */
export class Doubt {
  readonly #stillSinceMs: (nowMs: number) => number | undefined;
  #count = 0;
  #seenMs: number | undefined;

  /** `stillSinceMs`: since when this process has stood still, where it did until just now and nobody has noticed yet. */
  constructor(stillSinceMs: (nowMs: number) => number | undefined) {
    this.#stillSinceMs = stillSinceMs;
  }

  /** Others may have written what is in memory here. */
  raise(): void {
    this.#count += 1;
  }

  /** How often it was raised. A process that was stopped reads its sockets before its timers: it notices here first. */
  countAt(nowMs: number): number {
    const stillSinceMs = this.#stillSinceMs(nowMs);
    if (stillSinceMs !== undefined && stillSinceMs !== this.#seenMs) {
      this.#seenMs = stillSinceMs;
      this.#count += 1;
    }
    return this.#count;
  }
}
