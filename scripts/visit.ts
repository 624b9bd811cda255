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
import type { Fleet } from '#runtime/operations/fleet.ts';
import { createRuntime } from '#runtime/runtime.ts';
import { deskOf, sitAt } from './desk.ts';
import { kinds } from './kinds.ts';
import { recordAccess } from './node/node.ts';
import { visitorVault } from './visitor-vault.ts';

/** A node on the bus is heard at once; one that is just starting gets this long. */
const patienceMs = 5000;
const lookMs = 100;
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
    await somebodyIsThere(desk.fleet, config, systemClock);
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

/** @throws CLUSTER_EMPTY where no node that can be operated shows itself. */
export async function somebodyIsThere(
  fleet: Pick<Fleet, 'nodes'>,
  { cluster, nats }: Pick<Config, 'cluster' | 'nats'>,
  clock: Clock,
): Promise<void> {
  for (let waitedMs = 0; fleet.nodes().length === 0; waitedMs += lookMs) {
    if (waitedMs >= patienceMs) {
      throw new RetryableError(
        'CLUSTER_EMPTY',
        `No node of the cluster ${cluster} is on the bus at ${nats?.url}: start one, or name another cluster with --cluster.`,
      );
    }
    await new Promise<void>((resolve) => clock.after(lookMs, resolve));
  }
}

/** Two consoles of one person on one machine are two. */
function visitorName(): string {
  const name = `console-${userInfo().username}-${hostname()}`.replaceAll(/[^A-Za-z0-9._-]/g, '-').slice(0, 80);
  return `${name}-${randomBytes(4).toString('hex')}`;
}
