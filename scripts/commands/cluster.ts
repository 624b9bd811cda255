/** `callboard cluster`: several nodes on this machine, and the example campaign over all of them. */
import { join } from 'node:path';
import { loadConfig } from '#config/load.ts';
import { startPracticeCarrier } from '#practice/start.ts';
import { runCampaign } from '#scripts/campaign-run.ts';
import { createFleet } from '#scripts/cluster/fleet.ts';
import type { NodeProcess } from '#scripts/cluster/node-process.ts';
import { openDesk } from '#scripts/desk.ts';
import { endOnSignals } from '#scripts/ending.ts';
import { exampleId, exampleList, exampleSettings, practiceLimits, practiceTrunk } from '#scripts/example-campaign.ts';
import { type Closing, closeAll } from '#scripts/node/closing.ts';
import { startNode } from '#scripts/node/node.ts';
import { down } from '#scripts/services/down.ts';
import { servicesFolder } from '#scripts/services/record.ts';
import { up } from '#scripts/services/up.ts';
import { openScreen } from '#scripts/view/screen.ts';
import { printSummary } from '#scripts/view/summary.ts';
import type { CommonOptions } from './options.ts';

export interface ClusterOptions extends CommonOptions {
  readonly nodes: number;
  readonly once?: boolean;
  readonly seed: number;
}

/** Starts what is not running yet, shows the campaign, then opens the console; ends what it started. */
export async function cluster(options: ClusterOptions): Promise<void> {
  const opened: Closing[] = [];
  try {
    await runExample(options, opened);
  } finally {
    await closeAll(opened);
  }
}

async function runExample(options: ClusterOptions, opened: Closing[]): Promise<void> {
  const services = await up({ say: (sentence) => console.log(sentence) });
  if (services.started.length > 0) opened.push(() => down(servicesFolder, services.started));
  const carrier = await startPracticeCarrier({ seed: options.seed });
  opened.push(() => carrier.stop());
  const folder = options.data ?? join('data', 'cluster');
  const fleet = createFleet({
    folder,
    shared: {
      nats: { url: services.natsUrl },
      mongodb: { url: services.mongodbUrl },
      trunks: { [practiceTrunk]: { uri: carrier.uri, ...practiceLimits } },
    },
  });
  const nodes: NodeProcess[] = [];
  opened.push(() => Promise.all(nodes.map((node) => node.stop())));
  for (let number = 1; number <= options.nodes; number += 1) {
    const node = await fleet.start(number);
    nodes.push(node);
    console.log(`${node.name} is up, process ${node.pid}: ${node.httpUrl}/metrics, ${node.httpUrl}/readyz.`);
  }
  const config = loadConfig({
    file: fleet.configFile,
    overrides: { nodeId: `desk-${process.pid}`, dataFolder: join(folder, 'desk') },
  });
  const desk = await startNode(config, { roles: [] });
  opened.push(() => desk.stop());
  const ending = endOnSignals(desk);
  const campaignId = await exampleId(desk);
  const screen = openScreen(process.stdout);
  screen.say(`Campaign ${campaignId}: 60 leads at the practice carrier, ${carrier.uri}, over ${nodes.length} nodes.`);
  screen.say(`The operators' console: npm run callboard -- repl --nats ${services.natsUrl}`);
  const run = {
    campaignId,
    listPath: exampleList,
    settings: exampleSettings(desk.laws),
    stopped: ending.stopped,
    cautious: false,
  };
  const result = await ending.race(runCampaign(desk, run, screen));
  printSummary(desk, campaignId, result, { configFile: fleet.configFile });
  if (options.once || ending.stopped.aborted) process.exitCode = result.complete ? 0 : ending.exitCode;
  else await ending.race(openDesk(desk, ending.stopped));
}
