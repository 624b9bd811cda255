/** Everything that faults happen to: servers, a carrier, three nodes, each with a link to the bus that can be cut. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadConfig } from '#config/load.ts';
import { chanceOf } from '#practice/chance.ts';
import { createFleet } from '#scripts/cluster/fleet.ts';
import type { Closing } from '#scripts/node/closing.ts';
import { type CallboardNode, startNode } from '#scripts/node/node.ts';
import { down } from '#scripts/services/down.ts';
import { needProgram } from '#scripts/services/programs.ts';
import { type Services, up } from '#scripts/services/up.ts';
import type { Sipp } from '#test/sip/sipp.ts';
import { startSilentCarrier, type TalkS } from './carrier.ts';
import { limitsFor, trunkId } from './chaos-campaign.ts';
import { ChaosNode } from './chaos-node.ts';
import { mayMakeNamespaces, namespaceLink, proxyLink } from './node-link.ts';
import { steppedClock } from './stepped-clock.ts';

export interface StageSetup {
  /** Where everything is kept. */
  readonly folder: string;
  readonly seed: number;
  readonly calls: number;
  readonly talkS: TalkS;
  readonly say: (sentence: string) => void;
  /** Aborted when nobody waits any more. */
  readonly signal: AbortSignal;
}

export interface Stage {
  /** Of this run alone. */
  readonly folder: string;
  readonly database: string;
  readonly carrier: Sipp;
  readonly nodes: readonly ChaosNode[];
  /** The one whose wall clock can be stepped. */
  readonly clockNode: ChaosNode;
  /** Hosts nothing: asks and watches. */
  readonly desk: CallboardNode;
  /** As they run now; `restart` puts another in its place. */
  services(): Services;
  /** Starts the servers that were killed, on their old ports. */
  restoreServices(): Promise<void>;
}

export const nodeCount = 3;

/** Opens it, and says in `opened` how to close each. */
export async function openStage(setup: StageSetup, opened: Closing[]): Promise<Stage> {
  const { seed, calls, talkS, say, signal } = setup;
  needProgram('sipp', 'apt-get install sip-tester');
  const servers = resolve(setup.folder, 'services');
  const run = `chaos-${Date.now().toString(36)}`;
  const folder = resolve(setup.folder, run);
  mkdirSync(folder, { recursive: true });
  const clock = steppedClock(join(folder, 'clock'));
  const start = () => up({ folder: servers, say, signal });
  let services = await start();
  opened.push(() => down(servers));
  const carrier = await startSilentCarrier(talkS);
  opened.push(() => carrier.stop());
  const { natsUrl, mongodbUrl } = services;
  const trunk = { uri: `sip:127.0.0.1:${carrier.port}`, ...limitsFor(calls) };
  const shared = { nats: { url: natsUrl }, mongodb: { url: mongodbUrl, database: run }, trunks: { [trunkId]: trunk } };
  const fleet = createFleet({ folder, shared });
  const clockNumber = 1 + Math.floor(chanceOf(`clock ${seed}`)() * nodeCount);
  const nodes: ChaosNode[] = [];
  const busPort = Number(new URL(natsUrl).port);
  const namespaces = await mayMakeNamespaces();
  if (!namespaces)
    say('No network namespace can be made here (that takes root and iproute2): TCP proxies cut nodes off.');
  for (let number = 1; number <= nodeCount; number += 1) {
    const link = await (namespaces ? namespaceLink(number, busPort) : proxyLink(busPort));
    opened.push(() => link.close());
    const environment = number === clockNumber ? clock.environment : {};
    const node = new ChaosNode({ number, fleet, link, environment, ...(number === clockNumber ? { clock } : {}) });
    nodes.push(node);
    opened.push(() => node.end());
    await node.start();
    signal.throwIfAborted();
  }
  const clockNode = nodes[clockNumber - 1] as ChaosNode;
  const overrides = { nodeId: 'chaos', dataFolder: join(folder, 'desk') };
  const desk = await startNode(loadConfig({ file: fleet.configFile, overrides }), { roles: [] });
  opened.push(() => desk.stop());
  return {
    folder,
    database: run,
    carrier,
    nodes,
    clockNode,
    desk,
    services: () => services,
    async restoreServices() {
      services = await start();
    },
  };
}
