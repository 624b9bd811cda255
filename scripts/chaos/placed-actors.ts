/** Where actors are placed, as a node beside the cluster sees it. */
import type { ServiceBroker } from 'moleculer';
import { type ListedService, Peers } from '#runtime/peers.ts';
import { place } from '#runtime/placement.ts';

/** Those of the actors that are placed on the node. */
export function placedOn(broker: ServiceBroker, node: string, refs: readonly string[]): readonly string[] {
  const services = broker.registry.getServiceList({ onlyAvailable: true }) as unknown as readonly ListedService[];
  const peers = new Peers(services, broker.nodeID, undefined);
  return refs.filter((ref) => {
    const seats = peers.seatsOf(ref.split('/', 1)[0] ?? '');
    return seats !== undefined && place(ref, seats) === node;
  });
}
