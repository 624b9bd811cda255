/** Who hears whom in one media thread, and what goes to the other threads and comes from them. */
import type { MessagePort } from 'node:worker_threads';
import type { Spoken } from './spoken.ts';

/** One that hears others. */
export interface Ear {
  /** From now on it hears these, and no other. */
  hear(sources: readonly string[]): void;
  /** One of them says something. */
  take(source: string, spoken: Spoken): void;
}

interface Passed {
  readonly source: string;
  readonly spoken: Spoken;
}

export class Switchboard {
  /** By the leg that is heard, here or in another thread. */
  readonly #ears = new Map<string, Set<Ear>>();
  readonly #sources = new Map<Ear, readonly string[]>();
  /** The other threads, by their numbers. */
  readonly #threads = new Map<number, MessagePort>();
  /** By a leg of this thread: the threads in which it is heard. */
  readonly #taps = new Map<string, readonly number[]>();

  /** An ear hears these legs, and no other. */
  hear(ear: Ear, sources: readonly string[]): void {
    for (const source of this.#sources.get(ear) ?? []) {
      const ears = this.#ears.get(source);
      ears?.delete(ear);
      if (ears?.size === 0) this.#ears.delete(source);
    }
    if (sources.length === 0) this.#sources.delete(ear);
    else this.#sources.set(ear, sources);
    for (const source of sources) {
      const ears = this.#ears.get(source) ?? new Set();
      this.#ears.set(source, ears.add(ear));
    }
    ear.hear(sources);
  }

  /** A leg of this thread says something. */
  say(source: string, spoken: Spoken): void {
    this.#deliver({ source, spoken });
    for (const thread of this.#taps.get(source) ?? []) {
      // A view is sent with all the memory that it is a view of.
      const own = 'payload' in spoken ? { ...spoken, payload: new Uint8Array(spoken.payload) } : spoken;
      this.#threads.get(thread)?.postMessage({ source, spoken: own } satisfies Passed);
    }
  }

  /** A leg of this thread is heard in these others from now on. */
  tap(source: string, threads: readonly number[]): void {
    if (threads.length === 0) this.#taps.delete(source);
    else this.#taps.set(source, threads);
  }

  /** There is a way to another thread. */
  join(thread: number, port: MessagePort): void {
    this.#threads.set(thread, port);
    port.on('message', (passed: Passed) => this.#deliver(passed));
    port.on('close', () => this.#threads.delete(thread));
  }

  #deliver({ source, spoken }: Passed): void {
    for (const ear of this.#ears.get(source) ?? []) ear.take(source, spoken);
  }
}
