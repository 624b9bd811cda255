/** `callboard dial [LIST]`: a campaign on a running cluster, started and watched from beside it. */
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { loadConfig } from '#config/load.ts';
import type { ConfigInput } from '#config/schema.ts';
import { FatalError } from '#ports/errors.ts';
import { Fleet } from '#runtime/operations/fleet.ts';
import { chosenLaw, lawLine } from '#scripts/campaign-law.ts';
import { campaignIdOf } from '#scripts/campaign-name.ts';
import { type CampaignRun, runCampaign } from '#scripts/campaign-run.ts';
import { endOnSignals } from '#scripts/ending.ts';
import { exampleId, exampleList, exampleSettings } from '#scripts/example-campaign.ts';
import { leadPolicyOf } from '#scripts/lead-policy.ts';
import { hangUpCampaign } from '#scripts/node/live-calls.ts';
import { type CallboardNode, startNode } from '#scripts/node/node.ts';
import { checkOwnList, type OwnList, type OwnListOptions, settingsOf } from '#scripts/own-list.ts';
import { beginTeamShift, type TeamShift } from '#scripts/team-shift.ts';
import { openScreen } from '#scripts/view/screen.ts';
import { printSummary } from '#scripts/view/summary.ts';
import type { CommonOptions } from './options.ts';

export interface DialOptions extends CommonOptions, OwnListOptions {
  /** Name of a trunk in the configuration of the cluster. */
  readonly trunk: string;
}

/**
 * Dials the list, or the example where none is named, and ends when every lead has an outcome. List and prompts must be
 * at the same path on the nodes. Ctrl-C pauses the campaign and waits for its live calls.
 */
export async function dial(list: string | undefined, options: DialOptions): Promise<void> {
  const own = await ownOf(list, options);
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
  let dialed: string | undefined;
  const { broker, runtime } = node;
  const over = new AbortController();
  let shift: TeamShift | undefined;
  const fleet = new Fleet(broker, runtime);
  // The calls are on other nodes, among those of other campaigns.
  const ending = endOnSignals(node, async () => {
    if (dialed) await hangUpCampaign({ fleet, runtime }, dialed, 'command line');
  });
  try {
    const campaign = await campaignOf(node, own, options);
    dialed = campaign.campaignId;
    const { campaignId, listPath } = campaign;
    const screen = openScreen(process.stdout);
    screen.say(`Campaign ${campaignId}: ${listPath} through ${options.trunk}, on the cluster ${config.cluster}.`);
    if (own && campaign.settings.law) screen.say(lawLine(node.laws, campaign.settings.law));
    const beforehand = async () => {
      if (!own?.team) return;
      shift = await beginTeamShift(runtime, own.team, { campaignId, isAlone: false });
      // Whatever keeps an agent from telling how it is, the calls tell too.
      shift.tellPhones(screen.say, AbortSignal.any([ending.stopped, over.signal])).catch(() => undefined);
    };
    const result = await ending.race(
      runCampaign(node, { ...campaign, stopped: ending.stopped, cautious: false, beforehand }, screen),
    );
    printSummary(node, campaignId, result, { configFile: file });
    process.exitCode = result.complete ? 0 : ending.exitCode;
  } finally {
    over.abort();
    await shift
      ?.end()
      .catch(() => console.error('Not all agents could be signed out: agents in a console lists them.'));
    await node.stop();
  }
}

/** What a node is called that is there to ask and watch. */
const guest: ConfigInput = { nodeId: `dial-${hostname().replace(/[^A-Za-z0-9._-]+/g, '-')}-${process.pid}` };

/** A list with how it is dialed. */
interface Own extends OwnList {
  readonly list: string;
}

/**
 * Undefined where the example is wanted, which has a plan of its own.
 * @throws CONFIG_INVALID, LIST_UNREADABLE, PROMPT_UNREADABLE, TEAM_INVALID
 */
async function ownOf(list: string | undefined, options: DialOptions): Promise<Own | undefined> {
  const { prompt, team, gather, maxCalls, rate, ringTimeout, law } = options;
  const isOwn = [prompt, team, gather, maxCalls, rate, ringTimeout, law, leadPolicyOf(options)].some(
    (each) => each !== undefined,
  );
  if (list === undefined) {
    if (!isOwn) return undefined;
    throw new FatalError(
      'CONFIG_INVALID',
      'The example has a plan of its own: name a list, or leave out all options but --trunk and --campaign.',
    );
  }
  return { list, ...(await checkOwnList(list, options)) };
}

type Campaign = Pick<CampaignRun, 'campaignId' | 'listPath' | 'settings'>;

async function campaignOf(node: CallboardNode, own: Own | undefined, options: DialOptions): Promise<Campaign> {
  const { trunk, campaign } = options;
  if (own) {
    const law = chosenLaw(node.laws, { named: options.law, trunk: node.config.trunks[trunk] });
    const settings = settingsOf(trunk, own, law);
    return { campaignId: campaign ?? campaignIdOf(own.list), listPath: resolve(own.list), settings };
  }
  const campaignId = campaign ?? (await exampleId(node));
  return { campaignId, listPath: exampleList, settings: { ...exampleSettings(node.laws), trunkId: trunk } };
}
