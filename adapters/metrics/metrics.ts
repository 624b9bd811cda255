/** Figures of one node in the format of Prometheus. Their names, units and meaning: docs/observability.md. */
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Observer } from '#ports/observer.ts';
import { type ActorInMemory, actorFigures } from './actors.ts';
import { agentFigures } from './agents.ts';
import { boundedLabel } from './bounded-label.ts';
import { callFigures } from './calls.ts';
import { runtimeFigures } from './runtime-figures.ts';

export interface MetricsOptions {
  readonly nodeId: string;
  /** Of Callboard. */
  readonly version: string;
  /** Those in memory; asked when somebody looks. */
  actors(): readonly ActorInMemory[];
  /** How far the clock is ahead of that of the others, ms; asked when somebody looks. */
  clockOffMs?(): number;
  /** Milliseconds of a clock that never goes back; that of the process where it is absent. */
  now?(): number;
}

export interface Metrics {
  /** To be given to the runtime. */
  readonly observer: Observer;
  /** For a reader of the journal: how old, in seconds, the oldest event is that it has not seen; 0: it is up to date. */
  journalLag(reader: string): (seconds: number) => void;
  readonly contentType: string;
  /** All figures as they are now. */
  text(): Promise<string>;
  /** Every metric's name, in the order of the text. */
  names(): readonly string[];
}

const mostReaders = 64;

export function createMetrics({
  nodeId,
  version,
  actors,
  clockOffMs = () => 0,
  now = () => performance.now(),
}: MetricsOptions): Metrics {
  const registry = new Registry();
  const registers = [registry];
  new Gauge({
    name: 'callboard_node_info',
    help: 'Which node this is, and its version; always 1.',
    labelNames: ['node', 'version'],
    registers,
  }).set({ node: nodeId, version }, 1);
  actorFigures(registry, actors);
  const runtime = runtimeFigures(registry, now);
  const calls = callFigures(registry);
  const agents = agentFigures(registry);
  const lag = new Gauge({
    name: 'callboard_journal_lag_seconds',
    help: 'Age of the oldest event that a reader of the journal has not seen.',
    labelNames: ['reader'],
    registers,
  });
  const off: Gauge = new Gauge({
    name: 'callboard_clock_off_seconds',
    help: "How far this machine's clock is ahead of the time that most nodes agree on.",
    registers,
    collect: () => off.set(clockOffMs() / 1000),
  });
  const readerOf = boundedLabel(mostReaders);
  collectDefaultMetrics({ register: registry });
  return {
    observer: {
      ...runtime,
      now,
      commitsDurable(append) {
        runtime.commitsDurable?.(append);
        calls.commitsDurable(append);
        agents.commitsDurable(append);
      },
      actorLeft({ ref }) {
        calls.actorLeft(ref);
        agents.actorLeft(ref);
      },
    },
    journalLag: (reader) => (seconds) => lag.set({ reader: readerOf(reader) }, seconds),
    contentType: registry.contentType,
    text: () => registry.metrics(),
    names: () => registry.getMetricsAsArray().map(({ name }) => name),
  };
}
