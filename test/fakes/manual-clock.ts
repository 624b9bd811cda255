/** A clock that stands still until a test turns its hands. */
import type { SteadyClock } from '#ports/clock.ts';

interface Waiting {
  readonly atMs: number;
  readonly order: number;
  readonly callback: () => void;
}

/** Turns of the event loop after which whatever was promised without real input or output has come true. */
const settlingTurns = 20;

export class ManualClock implements SteadyClock {
  #nowMs: number;
  /** How far somebody has set the time of day since. */
  #steppedMs = 0;
  #order = 0;
  readonly #waiting = new Set<Waiting>();

  constructor(nowMs = 1_750_000_000_000) {
    this.#nowMs = nowMs;
  }

  now(): number {
    return this.#nowMs + this.#steppedMs;
  }

  elapsed(): number {
    return this.#nowMs;
  }

  /** Sets the time of day without any time going by. */
  step(ms: number): void {
    this.#steppedMs += ms;
  }

  /** Lets time pass in which nothing runs; what is due meanwhile runs late. */
  jump(ms: number): void {
    this.#nowMs += ms;
  }

  after(delayMs: number, callback: () => void): () => void {
    const waiting = { atMs: this.#nowMs + Math.max(0, delayMs), order: this.#order++, callback };
    this.#waiting.add(waiting);
    return () => this.#waiting.delete(waiting);
  }

  /** How many callbacks wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Lets time pass: callbacks run in the order of their times, and what they promise settles before the next. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await this.settle();
    for (let next = this.#next(untilMs); next; next = this.#next(untilMs)) {
      this.#waiting.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.callback();
      await this.settle();
    }
    this.#nowMs = untilMs;
  }

  /** Lets promises settle while time stands still. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < settlingTurns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }

  #next(untilMs: number): Waiting | undefined {
    let next: Waiting | undefined;
    for (const each of this.#waiting) {
      if (each.atMs > untilMs) continue;
      if (!next || each.atMs < next.atMs || (each.atMs === next.atMs && each.order < next.order)) next = each;
    }
    return next;
  }
}
