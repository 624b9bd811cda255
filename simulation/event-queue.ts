/**
 * What is still to happen, the earliest first: a binary heap (Williams 1964) in flat arrays, because a day has a
 * million events. Events of the same millisecond come in the order in which they were added.
 */

// Looked up once: where tests run, each look at a global costs more than what it does.
const { floor } = Math;

/** Times are below 2^27 ms after the queue's beginning (37 hours), and there are fewer than 2^26 events. */
const orders = 2 ** 26;

export interface EventQueue {
  /** Adds an event at a time, ms after the beginning; `kind`, `subject` and `generation` are whole numbers. */
  add(atMs: number, kind: number, subject: number, generation: number): void;
  /** Time of the earliest; infinite where there is none. */
  nextAtMs(): number;
  /** Takes the earliest into `kind`, `subject` and `generation`; false where there is none. */
  take(): boolean;
  kind: number;
  subject: number;
  generation: number;
}

export function createEventQueue(): EventQueue {
  let keys = new Float64Array(1024);
  let kinds = new Int32Array(1024);
  let subjects = new Int32Array(1024);
  let generations = new Int32Array(1024);
  let size = 0;
  let added = 0;

  function grow(): void {
    keys = widened(keys, new Float64Array(keys.length * 2));
    kinds = widened(kinds, new Int32Array(kinds.length * 2));
    subjects = widened(subjects, new Int32Array(subjects.length * 2));
    generations = widened(generations, new Int32Array(generations.length * 2));
  }

  function move(from: number, to: number): void {
    keys[to] = keys[from] as number;
    kinds[to] = kinds[from] as number;
    subjects[to] = subjects[from] as number;
    generations[to] = generations[from] as number;
  }

  const queue: EventQueue = {
    kind: 0,
    subject: 0,
    generation: 0,
    add(atMs, kind, subject, generation) {
      if (size === keys.length) grow();
      const key = atMs * orders + added++;
      let at = size++;
      while (at > 0) {
        const parent = (at - 1) >> 1;
        if ((keys[parent] as number) <= key) break;
        move(parent, at);
        at = parent;
      }
      keys[at] = key;
      kinds[at] = kind;
      subjects[at] = subject;
      generations[at] = generation;
    },
    nextAtMs: () => (size === 0 ? Number.POSITIVE_INFINITY : floor((keys[0] as number) / orders)),
    take() {
      if (size === 0) return false;
      queue.kind = kinds[0] as number;
      queue.subject = subjects[0] as number;
      queue.generation = generations[0] as number;
      size--;
      // The last takes the place of the first and sinks.
      const key = keys[size] as number;
      let at = 0;
      for (;;) {
        let child = at * 2 + 1;
        if (child >= size) break;
        if (child + 1 < size && (keys[child + 1] as number) < (keys[child] as number)) child++;
        if ((keys[child] as number) >= key) break;
        move(child, at);
        at = child;
      }
      move(size, at);
      return true;
    },
  };
  return queue;
}

function widened<T extends { set(from: T): void }>(from: T, into: T): T {
  into.set(from);
  return into;
}
