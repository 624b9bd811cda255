/** The read models of a node: each has a service here, and one node of the cluster follows the journal for it. */
import { createHash } from 'node:crypto';
import type { Service, ServiceBroker } from 'moleculer';
import type { Clock } from '#ports/clock.ts';
import type { Journal } from '#ports/journal.ts';
import type { Logger } from '#ports/logger.ts';
import type { ModelAdapter } from '#ports/model-store.ts';
import { models } from './models.ts';
import type { AnyProjection } from './projection.ts';
import { Projector, type ProjectorPhase } from './projector.ts';
import { modelService } from './service.ts';

export interface ReadModelsOptions {
  /** Started; its node id names the node. */
  readonly broker: ServiceBroker;
  readonly journal: Pick<Journal, 'read' | 'readAll' | 'subscribe'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Where a model is kept. */
  adapterOf(projection: AnyProjection): ModelAdapter;
  readonly projections?: readonly AnyProjection[];
}

/** How one read model stands on this node. */
export interface ModelStatus {
  readonly model: string;
  /** opening: its store is not usable yet; else what its projector does. */
  readonly phase: 'opening' | ProjectorPhase;
}

export interface ReadModels {
  status(): readonly ModelStatus[];
  /** How old the oldest entry is that the model has not seen, ms; undefined where this node does not follow for it. */
  lagMs(model: string): Promise<number | undefined>;
  /** Takes the services down; resolves when nothing is read or written any more. */
  stop(): Promise<void>;
}

const changes = ['$services.changed', '$node.connected', '$node.disconnected'];
const backoff = { minMs: 500, maxMs: 30_000 };

/** Opens, serves and follows in the background: nothing waits for it, and nothing of it ends the node. */
export function startReadModels(options: ReadModelsOptions): ReadModels {
  const { broker, projections = models } = options;
  const running = projections.map((projection) => new ReadModel(projection, options));
  const settle = (): void => {
    for (const model of running) model.settle();
  };
  for (const event of changes) broker.localBus.on(event, settle);
  return {
    status: () => running.map(({ name, phase }) => ({ model: name, phase })),
    lagMs: async (name) => running.find((model) => model.name === name)?.lagMs(),
    stop: async () => {
      for (const event of changes) broker.localBus.off(event, settle);
      await Promise.all(running.map((model) => model.stop()));
    },
  };
}

class ReadModel {
  readonly name: string;
  readonly #options: ReadModelsOptions;
  readonly #projection: AnyProjection;
  readonly #adapter: ModelAdapter;
  readonly #projector: Projector;
  #opening: Promise<void>;
  #cancelRetry = (): void => {};
  #service: Service | undefined;
  #stopped = false;

  constructor(projection: AnyProjection, options: ReadModelsOptions) {
    const { journal, clock, logger } = options;
    this.name = projection.name;
    this.#options = options;
    this.#projection = projection;
    this.#adapter = options.adapterOf(projection);
    this.#projector = new Projector({ projection, store: this.#adapter, journal, clock, logger });
    this.#opening = this.#open(0);
  }

  get phase(): ModelStatus['phase'] {
    return this.#service ? this.#projector.phase : 'opening';
  }

  lagMs(): Promise<number | undefined> {
    return this.#projector.lagMs();
  }

  /** Follows where it is this node's turn. Two that do for a moment do no harm. */
  settle(): void {
    if (!this.#service || this.#stopped) return;
    if (followerOf(this.name, this.#nodes()) === this.#options.broker.nodeID) this.#projector.start();
    else if (this.#projector.phase !== 'idle') void this.#projector.stop();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelRetry();
    await this.#opening;
    await this.#projector.stop();
    if (this.#service) await this.#options.broker.destroyService(this.#service);
    await this.#adapter.close();
  }

  async #open(failures: number): Promise<void> {
    const { broker, clock, logger } = this.#options;
    try {
      await this.#adapter.open();
      if (this.#stopped) return;
      this.#service = broker.createService(modelService(this.#projection, this.#adapter));
      this.settle();
    } catch (error) {
      const delayMs = Math.min(backoff.minMs * 2 ** failures, backoff.maxMs);
      logger.warn({ model: this.name, why: (error as Error).message, delayMs }, 'the read model cannot be opened');
      if (this.#stopped) return;
      this.#cancelRetry = clock.after(delayMs, () => {
        this.#opening = this.#open(failures + 1);
      });
    }
  }

  /** Nodes that serve the model, with this one, whose own service may still be starting. */
  #nodes(): readonly string[] {
    const { broker } = this.#options;
    const list = broker.registry.getServiceList({ onlyAvailable: true }) as { name: string; nodeID: string }[];
    return [broker.nodeID, ...list.filter(({ name }) => name === this.name).map(({ nodeID }) => nodeID)];
  }
}

/** The same node for all who see the same nodes; another for each model, so that one node does not follow for all. */
export function followerOf(model: string, nodes: readonly string[]): string | undefined {
  const placeOf = (node: string): string => createHash('sha256').update(`${model} ${node}`).digest('hex');
  return [...new Set(nodes)].sort((left, right) => (placeOf(left) < placeOf(right) ? -1 : 1))[0];
}
