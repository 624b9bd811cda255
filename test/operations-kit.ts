/** Nodes of a test's cluster that operators can ask and drain. */
import type { Service } from 'moleculer';
import { nodeActor } from '#actors/node/node.actor.ts';
import { nodeProtocol } from '#proto/generated/node.ts';
import type { AnyActorDefinition, Chronicle } from '#runtime/actor.ts';
import { Fleet } from '#runtime/operations/fleet.ts';
import { LocalOperations } from '#runtime/operations/local.ts';
import { remoteOperations } from '#runtime/operations/remote.ts';
import { createOperationsService } from '#runtime/operations/service.ts';
import type { RuntimeOptions } from '#runtime/runtime.ts';
import { Presence } from '#scripts/node/presence.ts';
import type { ClusterNode, TestCluster } from '#test/cluster-kit.ts';
import { otherTallyProtocol, tallyProtocol } from '#test/fakes/tally-actor.ts';

export interface OperatedNode extends ClusterNode {
  readonly presence: Presence;
  readonly operations: LocalOperations;
  /** By which the operations are on the bus. */
  readonly service: Service;
}

const protocols = [tallyProtocol, otherTallyProtocol, nodeProtocol] as unknown as RuntimeOptions['protocols'];

/** Starts a node as the composition root does: with the record of nodes among its actors, and its own in it. */
export async function joinOperated(
  cluster: TestCluster,
  name: string,
  actors: readonly AnyActorDefinition[],
  options: { readonly kinds?: readonly Chronicle[]; readonly protocols?: RuntimeOptions['protocols'] } = {},
): Promise<OperatedNode> {
  // The broker of the node is made with it.
  const late: { broker?: ClusterNode['broker'] } = {};
  const record = nodeActor({
    tellNode: (nodeId, order) => remoteOperations(late.broker as ClusterNode['broker'], nodeId).order(order),
  });
  const node = await cluster.join(name, [...actors, record], {
    protocols: [...protocols, ...(options.protocols ?? [])],
  });
  late.broker = node.broker;
  const { clock } = cluster;
  const { runtime, journal, logger } = node;
  const facts = { node: name, roles: ['control'], version: '0.1.0', weight: 1 };
  const presence = new Presence({ runtime, clock, logger, facts });
  const operations = new LocalOperations({
    ...{ runtime, journal, clock, logger, facts },
    kinds: options.kinds ?? [...actors, record],
    drained: (order) => presence.drained(order),
  });
  const service = createOperationsService(node.broker, operations);
  presence.started();
  await cluster.clock.advance(300);
  return { ...node, presence, operations, service };
}

/** A console: a node that hosts nothing, and the others as it sees them. */
export async function joinConsole(
  cluster: TestCluster,
  more: RuntimeOptions['protocols'] = [],
): Promise<ClusterNode & { readonly fleet: Fleet }> {
  const node = await cluster.join('console', [], { protocols: [...protocols, ...more] });
  return { ...node, fleet: new Fleet(node.broker, node.runtime) };
}
