/** Looks for idle actors now and then; one leaves memory at most half of its idle time later than it may. */
import type { SteadyClock } from '#ports/clock.ts';
import type { Host } from './router.ts';

export class Sweeper {
  readonly #clock: SteadyClock;
  readonly #cancels = new Map<Host, () => void>();

  constructor(clock: SteadyClock) {
    this.#clock = clock;
  }

  start(hosts: Iterable<Host>): void {
    for (const host of hosts) this.#wait(host);
  }

  stop(): void {
    for (const cancel of this.#cancels.values()) cancel();
    this.#cancels.clear();
  }

  #wait(host: Host): void {
    const everyMs = Math.max(1, Math.ceil(host.definition.passivateAfterMs / 2));
    const cancel = this.#clock.after(everyMs, () => {
      const nowMs = this.#clock.elapsed();
      for (const activation of [...host.activations.values()]) activation.passivateIfIdle(nowMs);
      this.#wait(host);
    });
    this.#cancels.set(host, cancel);
  }
}
