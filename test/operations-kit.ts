/** Nodes of a test that operators can ask and drain. */
import type { Service, ServiceBroker } from 'moleculer';
import { nodeActor } from '#actors/node/node.actor.ts';
import type { SteadyClock } from '#ports/clock.ts';
import type { Journal } from '#ports/journal.ts';
import type { Logger } from '#ports/logger.ts';
import { nodeProtocol } from '#proto/generated/node.ts';
import type { AnyActorDefinition, Chronicle } from '#runtime/actor.ts';
import { Departures } from '#runtime/operations/departures.ts';
import { Fleet, operatedNodes } from '#runtime/operations/fleet.ts';
import { LocalOperations } from '#runtime/operations/local.ts';
import { remoteOperations } from '#runtime/operations/remote.ts';
import { createOperationsService } from '#runtime/operations/service.ts';
import type { Runtime, RuntimeOptions } from '#runtime/runtime.ts';
import { Presence } from '#scripts/node/presence.ts';
import type { ClusterNode, TestCluster } from '#test/cluster-kit.ts';
import { otherTallyProtocol, tallyProtocol } from '#test/fakes/tally-actor.ts';

export interface Operated {
  readonly presence: Presence;
  readonly operations: LocalOperations;
  /** By which the operations are on the bus. */
  readonly service: Service;
}

export type OperatedNode = ClusterNode & Operated;

const protocols = [tallyProtocol, otherTallyProtocol, nodeProtocol] as unknown as RuntimeOptions['protocols'];

/** The kind that keeps the records of nodes; the broker is made after it. */
export function recordOfNodes(broker: () => ServiceBroker): AnyActorDefinition {
  return nodeActor({
    tellNode: (nodeId, order) => remoteOperations(broker(), nodeId).order(order),
    isThere: (nodeId) => operatedNodes(broker()).includes(nodeId),
  });
}

/** Puts what operators ask a node for on the bus, as the composition root does. */
export function operated(node: {
  readonly broker: ServiceBroker;
  readonly runtime: Runtime;
  readonly journal: Journal;
  readonly clock: SteadyClock;
  readonly logger: Logger;
  readonly kinds: readonly Chronicle[];
  readonly lagMs?: () => Promise<number | undefined>;
}): Operated {
  const facts = { node: node.broker.nodeID, roles: ['control'], version: '0.1.0', weight: 1 };
  const presence = new Presence({ ...node, facts });
  const operations = new LocalOperations({
    ...{ ...node, facts },
    departures: new Departures(node.broker, node.clock),
    drained: (order) => presence.drained(order),
    ...(node.lagMs ? { lagMs: node.lagMs } : {}),
  });
  const service = createOperationsService(node.broker, operations);
  presence.started();
  return { presence, operations, service };
}

/** Starts a node with the record of nodes among its actors, and its own in it. */
export async function joinOperated(
  cluster: TestCluster,
  name: string,
  actors: readonly AnyActorDefinition[],
  options: { readonly kinds?: readonly Chronicle[]; readonly protocols?: RuntimeOptions['protocols'] } = {},
): Promise<OperatedNode> {
  const record = recordOfNodes(() => node.broker);
  const all = { protocols: [...protocols, ...(options.protocols ?? [])] };
  const node: ClusterNode = await cluster.join(name, [...actors, record], all);
  const parts = operated({ ...node, clock: cluster.clock, kinds: options.kinds ?? [...actors, record] });
  await cluster.clock.advance(300);
  return { ...node, ...parts };
}

/** A console: a node that hosts nothing, and the others as it sees them. */
export async function joinConsole(
  cluster: TestCluster,
  more: RuntimeOptions['protocols'] = [],
): Promise<ClusterNode & { readonly fleet: Fleet }> {
  const node = await cluster.join('console', [], { protocols: [...protocols, ...more] });
  return { ...node, fleet: new Fleet(node.broker, node.runtime) };
}
