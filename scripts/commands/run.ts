/** `callboard run LIST`: a list of one's own through a carrier of one's own. */
import { access, constants } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { loadConfig, loadCredentials } from '#config/load.ts';
import { FatalError } from '#ports/errors.ts';
import { runCampaign } from '#scripts/campaign-run.ts';
import { endOnSignals } from '#scripts/ending.ts';
import { shutGate } from '#scripts/node/dial-gate.ts';
import { startNode } from '#scripts/node/node.ts';
import { campaignIdOf, checkOwnList, type OwnListOptions, settingsOf } from '#scripts/own-list.ts';
import { checkTrunk, checkTrunkAddress } from '#scripts/trunk-check.ts';
import { writeReport } from '#scripts/view/report.ts';
import { openScreen } from '#scripts/view/screen.ts';
import { printSummary } from '#scripts/view/summary.ts';
import type { CommonOptions } from './options.ts';

export interface RunOptions extends CommonOptions, OwnListOptions {
  readonly trunk: string;
  readonly report?: string;
  readonly credentials?: string;
  readonly callerId?: string;
}

/** Dials the list; the same command later goes on where it stopped. */
export async function run(list: string, options: RunOptions): Promise<void> {
  await checkOwnList(list, options);
  if (options.report) await mustWrite(dirname(resolve(options.report)));
  const trunkId = trunkIdOf(options.trunk);
  const config = loadConfig({
    ...(options.config ? { file: options.config } : {}),
    overrides: {
      ...(options.data ? { dataFolder: options.data } : {}),
      trunks: {
        [trunkId]: {
          uri: options.trunk,
          ...loadCredentials(options.credentials),
          ...(options.callerId ? { callerId: options.callerId } : {}),
          maxChannels: options.maxCalls,
          callsPerSecond: options.rate,
        },
      },
    },
  });
  await checkTrunkAddress(options.trunk);
  const campaignId = options.campaign ?? campaignIdOf(list);
  const screen = openScreen(process.stdout);
  const node = await startNode(config, { gate: shutGate() });
  const ending = endOnSignals(node);
  try {
    const { stopped } = ending;
    const onWait = () => screen.say('Asking the trunk for a sign of life…');
    const reachable = await ending.race(checkTrunk(node, { trunkId, uri: options.trunk, stopped, onWait }));
    screen.say(`Campaign ${campaignId}: ${list} through ${options.trunk}.`);
    const result = await ending.race(
      runCampaign(
        node,
        {
          campaignId,
          listPath: resolve(list),
          settings: settingsOf(trunkId, options),
          stopped,
          cautious: reachable === 'silent',
        },
        screen,
      ),
    );
    if (options.report) writeReport(options.report, result.attempts);
    printSummary(node, campaignId, result, options.report);
    process.exitCode = result.complete ? 0 : ending.exitCode;
  } finally {
    await node.stop();
  }
}

function trunkIdOf(uri: string): string {
  return uri
    .replace(/^sip:/, '')
    .replace(/[^A-Za-z0-9.-]+/g, '-')
    .slice(0, 100);
}

async function mustWrite(folder: string): Promise<void> {
  await access(folder, constants.W_OK).catch((cause: NodeJS.ErrnoException) => {
    throw new FatalError(
      'CONFIG_INVALID',
      `The report cannot be written into ${folder} (${cause.code}): make the folder, or choose another with --report.`,
      { cause },
    );
  });
}
