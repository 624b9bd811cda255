/** Questions that wait here rather than for a connection, so that whoever writes finds one free. */

export class FewAtOnce {
  readonly #limit: number;
  readonly #waiting: (() => void)[] = [];
  #asking = 0;

  /** `limit`: questions that are under way at once, at least 1. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Asks as soon as fewer than the limit are under way, in the order in which they came. */
  async ask<T>(question: () => Promise<T>): Promise<T> {
    // Whoever waited is given the place of the one that has ended.
    if (this.#asking >= this.#limit) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#asking += 1;
    try {
      return await question();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#asking -= 1;
    }
  }
}
