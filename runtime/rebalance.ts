/**
 * What a node does when nodes come or go: what is placed elsewhere now leaves, what has become its own is woken. Now and
 * then it looks for work that nobody has taken up, as a node leaves it that was held for lost, still wrote, and died.
 */
import { setImmediate } from 'node:timers/promises';
import type { SteadyClock } from '#ports/clock.ts';
import { isRetryable } from '#ports/errors.ts';
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
  readonly clock: SteadyClock;
  readonly logger: Logger;
  /** Looks for timers that have become ours. */
  scanTimers(): Promise<void>;
}

/** The journal may be away just when a node is lost. */
const retryMs = 1000;
/** Reads of the journal for actors that are woken, under way at once. */
const wokenAtOnce = 64;
/** Two nodes that started together do not look together for long. */
const lookEveryMs = { atLeast: 13_000, atMost: 17_000 };
/** Looking takes a twentieth of the time at most, however many actors have work outstanding. */
const lookShare = 20;
/** An actor that was woken and has left memory with its work outstanding, because it crashes, is left alone so long. */
const restMs = 60_000;
/** Reads of the journal that are under way at once, beside those that a command waits for. */
const lookedForAtOnce = 32;

export class Rebalance {
  readonly #options: RebalanceOptions;
  /** Those with work outstanding that were woken here, and when. */
  readonly #wokenAtMs = new Map<string, number>();
  #cancelLook: () => void = () => undefined;
  #looking = false;
  #lookAgain = false;
  #comparing = false;
  #compareAgain = false;
  #stopped = false;

  constructor(options: RebalanceOptions) {
    this.#options = options;
  }

  /**
   * Wakes what is to be woken, without waiting for it, and looks again now and then. A journal that is away just now
   * keeps no node from starting.
   */
  async start(): Promise<void> {
    try {
      void this.#wake(await this.#outstanding(), 0);
    } catch (error) {
      if (!isRetryable(error)) throw error;
      this.#options.logger.warn({ err: error, waitMs: retryMs }, 'outstanding work not looked for, tried again');
      this.#options.clock.after(retryMs, () => void this.#takeOverAll());
    }
    this.#lookLater(0);
  }

  /** The actors that are placed here with work outstanding: nobody else will wake them. */
  async #outstanding(): Promise<ReadonlySet<string>> {
    const { router, nodes, journal } = this.#options;
    // Each of them may cost the journal a question of its own, just when a node was lost.
    const streams = new Set(await journal.wakefulStreams((stream) => router.mayWake(stream)));
    router.anchors.keep((ref, writer) => nodes.isAlive(writer) && streams.has(ref));
    for (const stream of this.#wokenAtMs.keys()) if (!streams.has(stream)) this.#wokenAtMs.delete(stream);
    return streams;
  }

  /**
   * A few at a time: whoever is asked for meanwhile reads the journal among few, and not behind thousands; and our
   * heartbeats go out. Stops where nodes have come or gone meanwhile, for then it is looked again.
   */
  async #wake(streams: ReadonlySet<string>, rest: number): Promise<void> {
    const { router, clock } = this.#options;
    const nowMs = clock.elapsed();
    let some: Promise<void>[] = [];
    for (const stream of streams) {
      const lastMs = this.#wokenAtMs.get(stream) ?? Number.NEGATIVE_INFINITY;
      if (!router.isAsleep(stream) || nowMs - lastMs < rest) continue;
      this.#wokenAtMs.set(stream, nowMs);
      some.push(router.wake(stream));
      if (some.length < wokenAtOnce) continue;
      await Promise.all(some);
      await setImmediate();
      if (this.#stopped || this.#lookAgain) return;
      some = [];
    }
    await Promise.all(some);
  }

  #lookLater(tookMs: number): void {
    if (this.#stopped) return;
    const { atLeast, atMost } = lookEveryMs;
    const waitMs = Math.max(tookMs * lookShare, atLeast + Math.random() * (atMost - atLeast));
    this.#cancelLook = this.#options.clock.after(waitMs, () => void this.#look());
  }

  async #look(): Promise<void> {
    const { clock, logger } = this.#options;
    const startMs = clock.elapsed();
    try {
      if (!this.#looking) await this.#wake(await this.#outstanding(), restMs);
    } catch (error) {
      if (!this.#stopped) logger.warn({ err: error }, 'outstanding work not looked for, tried again later');
    }
    this.#lookLater(clock.elapsed() - startMs);
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
    await this.#takeOverAll();
  }

  /** One look at a time, and one more where something has changed meanwhile. */
  async #takeOverAll(): Promise<void> {
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
    this.#cancelLook();
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
      // Timers do not wait for the waking of thousands: they bring their actors into memory themselves.
      await Promise.all([scanTimers(), this.#outstanding().then((streams) => this.#wake(streams, 0))]);
    } catch (error) {
      if (this.#stopped) return;
      logger.error({ err: error, waitMs: retryMs }, 'actors of a lost node not woken, tried again');
      this.#lookAgain = true;
      await new Promise<void>((resolve) => clock.after(retryMs, resolve));
    }
  }
}
