/** Commands that an actor gets again and again while it is in memory. */
import type { Clock } from '#ports/clock.ts';

export class Tickers<Owner> {
  readonly #clock: Clock;
  readonly #byOwner = new Map<Owner, Map<string, () => void>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Ticks until it is stopped; starting a key again starts it anew. `tick` gets a function to call when its command
   * was answered: until then the next ticks are left out, so that they never pile up.
   */
  start(owner: Owner, key: string, everyMs: number, tick: (done: () => void) => void): void {
    this.stop(owner, key);
    let cancel = (): void => undefined;
    let busy = false;
    const wait = (): void => {
      cancel = this.#clock.after(everyMs, () => {
        wait();
        if (busy) return;
        busy = true;
        tick(() => {
          busy = false;
        });
      });
    };
    wait();
    const keys = this.#byOwner.get(owner) ?? new Map<string, () => void>();
    keys.set(key, () => cancel());
    this.#byOwner.set(owner, keys);
  }

  stop(owner: Owner, key: string): void {
    const keys = this.#byOwner.get(owner);
    keys?.get(key)?.();
    keys?.delete(key);
    if (keys?.size === 0) this.#byOwner.delete(owner);
  }

  stopAll(owner: Owner): void {
    for (const cancel of this.#byOwner.get(owner)?.values() ?? []) cancel();
    this.#byOwner.delete(owner);
  }
}
