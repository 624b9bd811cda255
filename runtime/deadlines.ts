/**
 * When to stop waiting for answers. Nearly all come in time, so a timer for each would cost more than the answer:
 * those with the same patience stand in one queue, and one timer watches its head.
 */
import type { SteadyClock } from '#ports/clock.ts';

/** Somebody who waits. */
export interface Waiting {
  /** Set when the wait begins. */
  dueAtMs: number;
  /** Whether the answer has come. */
  readonly isOver: boolean;
  /** It did not come in time. */
  expire(): void;
}

interface Queue {
  readonly waiting: Waiting[];
  first: number;
  watched: boolean;
}

export class Deadlines {
  readonly #clock: SteadyClock;
  /** By patience in ms. */
  readonly #queues = new Map<number, Queue>();
  readonly #cancels = new Set<() => void>();

  constructor(clock: SteadyClock) {
    this.#clock = clock;
  }

  add(patienceMs: number, who: Waiting): void {
    let queue = this.#queues.get(patienceMs);
    if (!queue) {
      queue = { waiting: [], first: 0, watched: false };
      this.#queues.set(patienceMs, queue);
    }
    who.dueAtMs = this.#clock.elapsed() + patienceMs;
    queue.waiting.push(who);
    this.#trim(queue);
    if (!queue.watched) this.#watch(patienceMs, queue);
  }

  /** Nobody waits any longer. */
  stop(): void {
    for (const cancel of this.#cancels) cancel();
    this.#cancels.clear();
    for (const { waiting, first } of this.#queues.values()) {
      for (const who of waiting.slice(first)) if (!who.isOver) who.expire();
    }
    this.#queues.clear();
  }

  #watch(patienceMs: number, queue: Queue): void {
    const head = queue.waiting[queue.first];
    if (!head) {
      this.#queues.delete(patienceMs);
      return;
    }
    queue.watched = true;
    const cancel = this.#clock.after(Math.max(0, head.dueAtMs - this.#clock.elapsed()), () => {
      this.#cancels.delete(cancel);
      queue.watched = false;
      this.#expire(queue);
      this.#watch(patienceMs, queue);
    });
    this.#cancels.add(cancel);
  }

  #expire(queue: Queue): void {
    const nowMs = this.#clock.elapsed();
    this.#trim(queue);
    for (let head = queue.waiting[queue.first]; head && head.dueAtMs <= nowMs; head = queue.waiting[queue.first]) {
      queue.first += 1;
      if (!head.isOver) head.expire();
    }
    this.#trim(queue);
  }

  /** Drops those at the head who have their answer, soon: what hangs on them would outlive the collection of the young. */
  #trim(queue: Queue): void {
    const { waiting } = queue;
    while (queue.first < waiting.length && waiting[queue.first]?.isOver) queue.first += 1;
    if (queue.first > 64 && queue.first * 2 > waiting.length) {
      waiting.splice(0, queue.first);
      queue.first = 0;
    }
  }
}
