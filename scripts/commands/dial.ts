/** `callboard dial [LIST]`: a campaign on a running cluster, started and watched from beside it. */
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { loadConfig } from '#config/load.ts';
import type { ConfigInput } from '#config/schema.ts';
import { FatalError } from '#ports/errors.ts';
import { type CampaignRun, runCampaign } from '#scripts/campaign-run.ts';
import { endOnSignals } from '#scripts/ending.ts';
import { exampleId, exampleList, exampleSettings } from '#scripts/example-campaign.ts';
import { type CallboardNode, startNode } from '#scripts/node/node.ts';
import { campaignIdOf, checkOwnList, type OwnListOptions, settingsOf } from '#scripts/own-list.ts';
import { openScreen } from '#scripts/view/screen.ts';
import { printSummary } from '#scripts/view/summary.ts';
import type { CommonOptions } from './options.ts';

export interface DialOptions extends CommonOptions, OwnListOptions {
  /** Name of a trunk in the configuration of the cluster. */
  readonly trunk: string;
}

/**
 * Dials the list, or the example where none is named, and ends when every lead has an outcome. List and prompt must be
 * at the same path on the nodes. Ctrl-C pauses the campaign and waits for its live calls.
 */
export async function dial(list: string | undefined, options: DialOptions): Promise<void> {
  if (list !== undefined) await checkOwnList(list, options);
  const { data, config: file } = options;
  const config = loadConfig({
    ...(file ? { file } : {}),
    overrides: { ...guest, ...(data ? { dataFolder: data } : {}) },
  });
  if (!config.nats) {
    throw new FatalError(
      'CONFIG_INVALID',
      'The configuration names no cluster: set nats.url and mongodb.url (--config), or dial with run.',
    );
  }
  const node = await startNode(config, { roles: [] });
  const ending = endOnSignals(node);
  try {
    const campaign = await campaignOf(node, list, options);
    const { campaignId, listPath } = campaign;
    const screen = openScreen(process.stdout);
    screen.say(`Campaign ${campaignId}: ${listPath} through ${options.trunk}, on the cluster ${config.cluster}.`);
    const result = await ending.race(
      runCampaign(node, { ...campaign, stopped: ending.stopped, cautious: false }, screen),
    );
    printSummary(node, campaignId, result, { configFile: file });
    process.exitCode = result.complete ? 0 : ending.exitCode;
  } finally {
    await node.stop();
  }
}

/** What a node is called that is there to ask and watch. */
const guest: ConfigInput = { nodeId: `dial-${hostname().replace(/[^A-Za-z0-9._-]+/g, '-')}-${process.pid}` };

type Campaign = Pick<CampaignRun, 'campaignId' | 'listPath' | 'settings'>;

async function campaignOf(node: CallboardNode, list: string | undefined, options: DialOptions): Promise<Campaign> {
  const { trunk } = options;
  if (list !== undefined) {
    const settings = settingsOf(trunk, options);
    return { campaignId: options.campaign ?? campaignIdOf(list), listPath: resolve(list), settings };
  }
  const campaignId = options.campaign ?? (await exampleId(node));
  return { campaignId, listPath: exampleList, settings: { ...exampleSettings, trunkId: trunk } };
}
