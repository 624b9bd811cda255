/** The operators' console in front of a running cluster: a node on its bus that hosts nothing and keeps nothing. */
import { randomBytes } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { ServiceBroker } from 'moleculer';
import { probeBus } from '#adapters/nats/probe.ts';
import { brokerOptions, natsOptions } from '#config/broker.ts';
import type { Config } from '#config/schema.ts';
import type { Clock } from '#ports/clock.ts';
import { RetryableError } from '#ports/errors.ts';
import { systemClock } from '#ports/system-clock.ts';
import { discovererOf } from '#runtime/discoverer.ts';
import type { Fleet } from '#runtime/operations/fleet.ts';
import { createRuntime } from '#runtime/runtime.ts';
import { deskOf, sitAt } from './desk.ts';
import { kinds } from './kinds.ts';
import { recordAccess } from './node/node.ts';
import { visitorVault } from './visitor-vault.ts';

/** A node on the bus is heard at once; one that is just starting gets this long. */
const patienceMs = 5000;
/** The person reads what went wrong from the answer to what was typed. */
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

/**
 * Opens the console; resolves when the operator leaves it, or with a signal.
 * @throws BUS_UNREACHABLE, BUS_REFUSED, CLUSTER_EMPTY.
 */
export async function visit(config: Config & { readonly nats: NonNullable<Config['nats']> }): Promise<void> {
  const ended = new AbortController();
  const end = (_signal: NodeJS.Signals, number: number) => {
    process.exitCode = 128 + number;
    ended.abort();
  };
  await probeBus(natsOptions(config.nats));
  const broker = new ServiceBroker(brokerOptions({ ...config, nodeId: visitorName() }));
  const runtime = createRuntime({
    ...{ broker, clock: systemClock, logger: quiet, actors: [] },
    protocols: kinds.map(({ protocol }) => protocol),
  });
  const { vault, close } = visitorVault(
    config,
    recordAccess(() => runtime),
  );
  try {
    await broker.start();
    await runtime.start();
    const desk = deskOf(broker, runtime, vault ? { vault } : {});
    await findCluster(
      { broker, fleet: desk.fleet, clock: systemClock, say: (sentence) => console.log(sentence) },
      config,
    );
    process.on('SIGINT', end);
    process.on('SIGTERM', end);
    await sitAt(desk, broker, ended.signal);
  } finally {
    process.off('SIGINT', end);
    process.off('SIGTERM', end);
    await close();
    await runtime.stop({ graceMs: 0 });
    await broker.stop();
  }
}

/** What a node says of itself comes with these. */
const changes = ['$node.connected', '$services.changed'] as const;

/**
 * Resolves when there are nodes to operate, and everybody who was heard has said what it is: a question is asked of all
 * that live, not of those that were the first to speak. Whoever says nothing in time is not waited for.
 * @throws CLUSTER_EMPTY where no node that can be operated shows itself.
 */
export async function findCluster(
  { broker, fleet, clock, say }: FindPorts,
  { cluster, nats }: Pick<Config, 'cluster' | 'nats'>,
): Promise<void> {
  const isFound = () => fleet.nodes().length > 0 && (discovererOf(broker)?.unknown.length ?? 0) === 0;
  if (isFound()) return;
  say(`Looking for the nodes of the cluster ${cluster}…`);
  await new Promise<void>((resolve) => {
    const end = () => {
      cancel();
      for (const change of changes) broker.localBus.off(change, look);
      resolve();
    };
    const look = () => {
      if (isFound()) end();
    };
    const cancel = clock.after(patienceMs, end);
    for (const change of changes) broker.localBus.on(change, look);
  });
  if (fleet.nodes().length > 0) return;
  throw new RetryableError(
    'CLUSTER_EMPTY',
    `No node of the cluster ${cluster} is on the bus at ${nats?.url}: start one, or name another cluster with --cluster.`,
  );
}

export interface FindPorts {
  readonly broker: Pick<ServiceBroker, 'localBus' | 'registry'>;
  readonly fleet: Pick<Fleet, 'nodes'>;
  readonly clock: Pick<Clock, 'after'>;
  readonly say: (sentence: string) => void;
}

/** Two consoles of one person on one machine are two. */
function visitorName(): string {
  const name = `console-${userInfo().username}-${hostname()}`.replaceAll(/[^A-Za-z0-9._-]/g, '-').slice(0, 80);
  return `${name}-${randomBytes(4).toString('hex')}`;
}
