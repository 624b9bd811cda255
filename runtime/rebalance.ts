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
import { Waking } from './waking.ts';

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
  readonly #waking: Waking;
  #cancelLook: () => void = () => undefined;
  #looking = false;
  #lookAgain = false;
  #comparing = false;
  #compareAgain = false;
  #stopped = false;

  constructor(options: RebalanceOptions) {
    this.#options = options;
    this.#waking = new Waking(options);
  }

  /** Wakes what is to be woken, and looks again now and then. A journal that is away now is asked again. */
  async start(): Promise<void> {
    this.#lookLater(0);
    try {
      await this.#wake();
    } catch (error) {
      if (!isRetryable(error)) throw error;
      this.#lookAgain = true;
      void this.#takeOverAll();
    }
  }

  /**
   * Nobody else will wake the actors that are placed here with work outstanding. Just when a node was lost nothing is
   * asked of them one by one: whether there is work is in the state that waking reads.
   */
  async #wake(): Promise<void> {
    const { router, journal } = this.#options;
    const wanted = (stream: string): boolean => router.mayWake(stream) && !router.isInMemory(stream);
    this.#waking.wake(await journal.wakefulStreams(wanted, { loosely: true }), 0);
  }

  /** Also forgets those that have nothing outstanding any more. What is in memory need not be asked about. */
  async #wakeLeft(): Promise<void> {
    const { router, nodes, journal } = this.#options;
    const wanted = (stream: string): boolean => router.mayWake(stream) && !router.isInMemory(stream);
    const streams = new Set(await journal.wakefulStreams(wanted));
    router.anchors.keep((ref, writer) => nodes.isAlive(writer) && streams.has(ref));
    this.#waking.keep((stream) => streams.has(stream) || router.isInMemory(stream));
    this.#waking.wake(streams, restMs);
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
      if (!this.#looking) await this.#wakeLeft();
    } catch (error) {
      if (!this.#stopped) logger.warn({ err: error }, 'outstanding work not looked for, tried again later');
    }
    this.#lookLater(clock.elapsed() - startMs);
  }

  async changed({ joined }: Change): Promise<void> {
    const { router, nodes, scanTimers } = this.#options;
    if (this.#stopped || router.hosts.size === 0) return;
    router.anchors.keep((_ref, writer) => nodes.isAlive(writer));
    for (const activation of [...router.activations()]) {
      if (router.isHere(activation.definition.protocol.kind, activation.id)) activation.residence.stay();
      else activation.retire();
    }
    // Whoever comes back may have been thinking that it was we who had gone.
    if (joined) this.lookForOthers();
    // One look at a time, and one more where something has changed meanwhile.
    this.#lookAgain = true;
    // A timer of a lost node waits for nobody: it brings its actor into memory itself.
    void scanTimers();
    await this.#takeOverAll();
  }

  async #takeOverAll(): Promise<void> {
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
    this.#waking.stop();
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
    const { clock, logger } = this.#options;
    try {
      await this.#wake();
    } catch (error) {
      if (this.#stopped) return;
      logger.error({ err: error, waitMs: retryMs }, 'actors of a lost node not woken, tried again');
      this.#lookAgain = true;
      await new Promise<void>((resolve) => clock.after(retryMs, resolve));
    }
  }
}
