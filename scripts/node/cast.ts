/** Which kinds of actors each role hosts. */
import { agentActor } from '#actors/agent/agent.actor.ts';
import { callActor } from '#actors/call/call.actor.ts';
import { campaignActor } from '#actors/campaign/campaign.actor.ts';
import { contactActor } from '#actors/contact/contact.actor.ts';
import { type NodePorts, nodeActor } from '#actors/node/node.actor.ts';
import { trunkActor } from '#actors/trunk/trunk.actor.ts';
import { importList } from '#adapters/csv/list-import.ts';
import type { Config, Role } from '#config/schema.ts';
import { systemClock } from '#ports/system-clock.ts';
import type { AnyActorDefinition } from '#runtime/actor.ts';
import type { CarrierSide } from './carrier-side.ts';
import type { DialGate } from './dial-gate.ts';
import type { Stores } from './stores.ts';

export interface CastPorts {
  readonly config: Config;
  /** Absolute path of the data folder. */
  readonly folder: string;
  readonly stores: Stores;
  /** Needed by all roles but control. */
  readonly carrierSide: CarrierSide | undefined;
  readonly gate: DialGate;
  readonly nodePorts: NodePorts;
}

/** Whether a role talks to carriers. */
export function needsCarrierSide(roles: readonly Role[]): boolean {
  return roles.includes('voice') || roles.includes('edge');
}

/** The actors of a node with these roles. */
export function cast(roles: readonly Role[], ports: CastPorts): readonly AnyActorDefinition[] {
  const { config, folder, stores, carrierSide, gate, nodePorts } = ports;
  const { leads, vault } = stores;
  const clock = systemClock;
  const region = config.defaultRegion ? { defaultRegion: config.defaultRegion } : {};
  const lists = {
    load: (path: string, campaignId: string) => importList(path, campaignId, { vault, leads, ...region }),
  };
  const hasTrunk = (trunkId: string) => trunkId in config.trunks;
  const showsNumber = (trunkId: string) => config.trunks[trunkId]?.callerId !== undefined;
  return roles.flatMap((role) => {
    if (role === 'control') return [campaignActor({ leads, lists, clock }), contactActor(), nodeActor(nodePorts)];
    if (!carrierSide) return [];
    const { telephony, media } = carrierSide;
    const agents = { telephony, media, nodeId: config.nodeId };
    if (role === 'voice') {
      const line = { telephony, media, vault, dataFolder: folder, clock, hasTrunk, showsNumber, gate };
      return [callActor({ ...line, agents }), agentActor(agents)];
    }
    return [trunkActor({ telephony, clock })];
  });
}
