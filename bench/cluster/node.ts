/** A node as the cluster's are, bus and failure detection included, with actors of the bench's choice. */
import { ServiceBroker } from 'moleculer';
import { natsOptions } from '#config/broker.ts';
import type { Journal } from '#ports/journal.ts';
import { systemClock } from '#ports/system-clock.ts';
import { callProtocol } from '#proto/generated/call.ts';
import type { AnyActorDefinition } from '#runtime/actor.ts';
import { ClusterDiscoverer } from '#runtime/discoverer.ts';
import { PacketSerializer } from '#runtime/packets.ts';
import { createRuntime, type Runtime } from '#runtime/runtime.ts';

export interface BenchNodeSetup {
  readonly name: string;
  readonly natsUrl: string;
  readonly namespace: string;
  readonly weight?: number;
  /** What it hosts, and where their facts are; without these it only asks. */
  readonly hosts?: { readonly actor: AnyActorDefinition; readonly journal: Journal };
}

export interface BenchNode {
  readonly broker: ServiceBroker;
  readonly runtime: Runtime;
  stop(): Promise<void>;
}

const quiet = { debug() {}, info() {}, warn() {}, error: console.error };

/** Starts it and joins the bus. */
export async function startBenchNode(setup: BenchNodeSetup): Promise<BenchNode> {
  const { name, natsUrl, namespace, weight = 1, hosts } = setup;
  const broker = new ServiceBroker({
    nodeID: name,
    namespace,
    logger: false,
    internalServices: false,
    requestTimeout: 10_000,
    skipProcessEventRegistration: true,
    registry: { discoverer: new ClusterDiscoverer({ clock: systemClock }) },
    serializer: new PacketSerializer(),
    transporter: { type: 'NATS', options: natsOptions({ url: natsUrl }) },
  });
  await broker.start();
  const runtime = createRuntime({
    broker,
    ...(hosts ? { journal: hosts.journal } : {}),
    clock: systemClock,
    logger: quiet,
    actors: hosts ? [hosts.actor] : [],
    protocols: [callProtocol],
    weight,
  });
  await runtime.start();
  return {
    broker,
    runtime,
    async stop() {
      await runtime.stop({ graceMs: 100 });
      await broker.stop();
    },
  };
}
