/** What others see of a node: figures, traces, and whether it is well. Each only where the configuration asks for it. */
import type { Logger } from 'pino';
import { type Health, startHealth } from '#adapters/http/health.ts';
import type { ActorInMemory } from '#adapters/metrics/actors.ts';
import { createMetrics, type Metrics } from '#adapters/metrics/metrics.ts';
import { createTraces, otlpExporter } from '#adapters/traces/traces.ts';
import type { Config } from '#config/schema.ts';
import type { Journal } from '#ports/journal.ts';
import { type Observer, observers } from '#ports/observer.ts';
import { systemClock } from '#ports/system-clock.ts';
import type { Runtime } from '#runtime/runtime.ts';
import { version } from '#scripts/version.ts';
import type { Closing } from './closing.ts';

/** A node that is up. */
export interface Watched {
  readonly runtime: Pick<Runtime, 'onFatal' | 'clockOffMs'> & { activations(): readonly ActorInMemory[] };
  readonly journal: Pick<Journal, 'head'>;
  isBusConnected(): boolean;
  /** False while it drains or stops. */
  isServing(): boolean;
}

export interface Watching {
  /** For the runtime; absent where nobody wants to know. */
  readonly observer: Observer | undefined;
  readonly metrics: Metrics | undefined;
  readonly health: Health | undefined;
  /** The node is up; until then it is alive and not ready. */
  watch(node: Watched): void;
}

/**
 * A database that changes its primary or is slow for a while takes no node out of service: mail waits meanwhile, and
 * all nodes have the same database, so that nobody would do better.
 */
const journalPatienceMs = 15_000;

/** How long a node that stops waits for the receiver of its traces, ms. */
const lastTracesMs = 2000;

/**
 * To be opened before anything else, so that it is closed last: a node that starts or stops says so.
 * @throws PORT_IN_USE, CONFIG_INVALID
 */
export async function openWatching(config: Config, log: Logger, opened: Closing[]): Promise<Watching> {
  const { nodeId, http } = config;
  let node: Watched | undefined;
  const all: Observer[] = [];
  if (config.traces) {
    const exporter = otlpExporter(config.traces.url);
    const traces = createTraces({
      nodeId,
      version,
      exporter,
      clock: systemClock,
      logger: log.child({ part: 'traces' }),
    });
    opened.push(() => traces.stop(lastTracesMs));
    all.push(traces.observer);
  }
  let metrics: Metrics | undefined;
  let health: Health | undefined;
  if (http) {
    metrics = createMetrics({
      ...{ nodeId, version },
      actors: () => node?.runtime.activations() ?? [],
      clockOffMs: () => node?.runtime.clockOffMs ?? 0,
    });
    all.push(metrics.observer);
    const checks = {
      started: () => node !== undefined,
      bus: () => node?.isBusConnected() ?? false,
      journal: async () => (await node?.journal.head()) !== undefined,
      serving: () => node?.isServing() ?? false,
      // It goes on, by the time of the others: a person is to set the clock.
      clock: () => (node?.runtime.clockOffMs ?? 0) === 0,
    };
    const patienceMs = { journal: journalPatienceMs };
    const started = await startHealth({ ...http, clock: systemClock, checks, patienceMs, metrics });
    opened.push(() => started.close());
    log.info({ port: started.port }, 'health and metrics are served');
    health = started;
  }
  const failed = (error: unknown) => log.error({ err: error }, 'an observer failed');
  return {
    observer: all.length > 0 ? observers(all, failed) : undefined,
    metrics,
    health,
    watch(up) {
      node = up;
      up.runtime.onFatal(() => health?.fail());
    },
  };
}
