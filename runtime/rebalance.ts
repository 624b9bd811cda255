/** What a node does when nodes come or go: what is placed elsewhere now leaves, what has become its own is woken. */
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '#ports/clock.ts';
import type { Journal } from '#ports/journal.ts';
import type { Logger } from '#ports/logger.ts';
import type { Doubt } from './doubt.ts';
import type { Change, Nodes } from './nodes.ts';
import type { Router } from './router.ts';

export interface RebalanceOptions {
  readonly router: Router;
  readonly nodes: Pick<Nodes, 'isAlive'>;
  readonly journal: Pick<Journal, 'wakefulStreams'>;
  readonly doubt: Doubt;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Looks for timers that have become ours. */
  scanTimers(): Promise<void>;
}

/** The journal may be away just when a node is lost. */
const retryMs = 1000;
const wokenAtOnce = 256;
/** Reads of the journal that are under way at once, beside those that a command waits for. */
const lookedForAtOnce = 32;

export class Rebalance {
  readonly #options: RebalanceOptions;
  #looking = false;
  #lookAgain = false;
  #comparing = false;
  #compareAgain = false;
  #stopped = false;

  constructor(options: RebalanceOptions) {
    this.#options = options;
  }

  /** Nobody else will wake the actors that are placed here with work outstanding. */
  async wake(): Promise<void> {
    const { router, nodes, journal } = this.#options;
    const streams = new Set(await journal.wakefulStreams());
    router.anchors.keep((ref, writer) => nodes.isAlive(writer) && streams.has(ref));
    let woken = 0;
    for (const stream of streams) {
      router.wake(stream);
      // Thousands at once must not keep our heartbeats from going out.
      woken += 1;
      if (woken % wokenAtOnce === 0) await setImmediate();
    }
  }

  async changed({ joined }: Change): Promise<void> {
    const { router, nodes } = this.#options;
    if (this.#stopped || router.hosts.size === 0) return;
    router.anchors.keep((_ref, writer) => nodes.isAlive(writer));
    for (const activation of [...router.activations()]) {
      if (router.isHere(activation.definition.protocol.kind, activation.id)) activation.stay();
      else activation.retire();
    }
    // Whoever comes back may have been thinking that it was we who had gone.
    if (joined) this.lookForOthers();
    // One look at a time, and one more where something has changed meanwhile.
    this.#lookAgain = true;
    if (this.#looking) return;
    this.#looking = true;
    while (this.#lookAgain && !this.#stopped) {
      this.#lookAgain = false;
      await this.#takeOver();
    }
    this.#looking = false;
  }

  /** Others may have held this node for lost, and have written what is in memory here. */
  lookForOthers(): void {
    this.#options.doubt.raise();
    void this.#compare();
  }

  stop(): void {
    this.#stopped = true;
  }

  /** All in memory with the journal, a few at a time; one that a command comes for does not wait for its turn. */
  async #compare(): Promise<void> {
    this.#compareAgain = true;
    if (this.#comparing) return;
    this.#comparing = true;
    while (this.#compareAgain && !this.#stopped) {
      this.#compareAgain = false;
      const activations = [...this.#options.router.activations()];
      for (let from = 0; from < activations.length && !this.#stopped; from += lookedForAtOnce) {
        const some = activations.slice(from, from + lookedForAtOnce);
        await Promise.all(some.map((activation) => activation.lookForOthers()));
        await setImmediate();
      }
    }
    this.#comparing = false;
  }

  async #takeOver(): Promise<void> {
    const { clock, logger, scanTimers } = this.#options;
    try {
      await this.wake();
      await scanTimers();
    } catch (error) {
      if (this.#stopped) return;
      logger.error({ err: error, waitMs: retryMs }, 'actors of a lost node not woken, tried again');
      this.#lookAgain = true;
      await new Promise<void>((resolve) => clock.after(retryMs, resolve));
    }
  }
}
