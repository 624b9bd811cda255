/**
 * The RTP ports of a node: even numbers, given out in turn so that one just freed rests the longest. The first is
 * chance: to the calls of a process that crashed their carriers may still send.
 */

/** Ports from which pairs are taken, both ends included, 1,024 to 65,535. */
export interface PortBounds {
  readonly from: number;
  readonly to: number;
}

export class PortRange {
  readonly #first: number;
  readonly #taken = new Set<number>();
  #next: number;
  /** How many pairs there are. */
  readonly size: number;

  /** `chance` gives 0 to 1, 1 not included. */
  constructor({ from, to }: PortBounds, chance: () => number) {
    this.#first = from + (from % 2);
    this.size = Math.max(0, Math.floor((to - this.#first + 1) / 2));
    this.#next = Math.floor(chance() * this.size);
  }

  /** The even port of a pair that is free as far as we know; undefined when all are taken. */
  take(): number | undefined {
    for (let tried = 0; tried < this.size; tried++) {
      const port = this.#first + 2 * this.#next;
      this.#next = (this.#next + 1) % this.size;
      if (this.#taken.has(port)) continue;
      this.#taken.add(port);
      return port;
    }
    return undefined;
  }

  release(port: number): void {
    this.#taken.delete(port);
  }
}
