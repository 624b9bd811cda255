/** Brings actors into memory that have work outstanding, a few at a time: whoever is asked for meanwhile comes first. */
import { setImmediate } from 'node:timers/promises';
import type { SteadyClock } from '#ports/clock.ts';
import type { Router } from './router.ts';

export interface WakingOptions {
  readonly router: Pick<Router, 'wake' | 'isAsleep'>;
  readonly clock: SteadyClock;
}

/** Read from the journal at once. A command that comes for another actor waits behind so many reads at most. */
const atOnce = 16;
/** Thousands in a row must not keep our heartbeats from going out. */
const inOneTurn = 256;

export class Waking {
  readonly #options: WakingOptions;
  readonly #waiting = new Set<string>();
  /** Those that were woken here, and when. */
  readonly #wokenAtMs = new Map<string, number>();
  #atWork = 0;
  #stopped = false;

  constructor(options: WakingOptions) {
    this.#options = options;
  }

  /**
   * Wakes them in turn, if they are to be here by then. One that was woken less than `restMs` ago and has left memory
   * since, because it crashes, is left alone.
   */
  wake(streams: Iterable<string>, restMs: number): void {
    const nowMs = this.#options.clock.elapsed();
    for (const stream of streams) {
      const lastMs = this.#wokenAtMs.get(stream) ?? Number.NEGATIVE_INFINITY;
      if (nowMs - lastMs >= restMs) this.#waiting.add(stream);
    }
    while (this.#atWork < atOnce && this.#waiting.size > 0) void this.#work();
  }

  /** Forgets those that have nothing outstanding any more. */
  keep(isOutstanding: (stream: string) => boolean): void {
    for (const stream of this.#wokenAtMs.keys()) if (!isOutstanding(stream)) this.#wokenAtMs.delete(stream);
  }

  stop(): void {
    this.#stopped = true;
    this.#waiting.clear();
  }

  async #work(): Promise<void> {
    const { router, clock } = this.#options;
    this.#atWork += 1;
    for (let seen = 1; !this.#stopped; seen += 1) {
      const [stream] = this.#waiting;
      if (stream === undefined) break;
      this.#waiting.delete(stream);
      if (router.isAsleep(stream)) {
        this.#wokenAtMs.set(stream, clock.elapsed());
        await router.wake(stream)?.firstRead;
      }
      if (seen % inOneTurn === 0) await setImmediate();
    }
    this.#atWork -= 1;
  }
}
