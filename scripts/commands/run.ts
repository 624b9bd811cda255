/** `callboard run LIST`: a list of one's own through a carrier of one's own. */
import { createHash } from 'node:crypto';
import { access, constants } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { longestCampaignId } from '#actors/campaign/state.ts';
import { readList } from '#adapters/csv/list-reader.ts';
import { readPrompt } from '#adapters/rtp/prompts.ts';
import { loadConfig, loadCredentials } from '#config/load.ts';
import { FatalError } from '#ports/errors.ts';
import { runCampaign } from '#scripts/campaign-run.ts';
import { endOnSignals } from '#scripts/ending.ts';
import { leaseOf } from '#scripts/lease.ts';
import { shutGate } from '#scripts/node/dial-gate.ts';
import { startNode } from '#scripts/node/node.ts';
import { checkTrunk } from '#scripts/trunk-check.ts';
import { writeReport } from '#scripts/view/report.ts';
import { openScreen } from '#scripts/view/screen.ts';
import { printSummary } from '#scripts/view/summary.ts';
import type { CommonOptions } from './options.ts';

export interface RunOptions extends CommonOptions {
  readonly trunk: string;
  readonly prompt: string;
  readonly gather: number;
  readonly maxCalls: number;
  readonly rate: number;
  /** Seconds. */
  readonly ringTimeout: number;
  readonly report?: string;
  readonly credentials?: string;
  readonly callerId?: string;
  readonly campaign?: string;
}

const gatherTimeoutMs = 5000;
const maxTalkMs = 10 * 60_000;
/** Three reports of RTCP that do not come (RFC 3550, 6.2: every 5 s). */
const silenceTimeoutMs = 20_000;

/** Dials the list; the same command later goes on where it stopped. */
export async function run(list: string, options: RunOptions): Promise<void> {
  // What is no list leaves nothing behind, not even a campaign.
  await readList(list).next();
  await readPrompt(options.prompt);
  if (options.report) await mustWrite(dirname(resolve(options.report)));
  if (options.campaign !== undefined) mustName(options.campaign);
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
  const node = await startNode(config, { gate: shutGate() });
  const ending = endOnSignals(node);
  try {
    const reachable = await ending.race(checkTrunk(node, trunkId, options.trunk));
    const campaignId = options.campaign ?? campaignIdOf(list);
    const screen = openScreen(process.stdout);
    screen.say(`Campaign ${campaignId}: ${list} through ${options.trunk}.`);
    const plan = {
      prompt: resolve(options.prompt),
      gatherDigits: options.gather,
      gatherTimeoutMs,
      ringTimeoutMs: Math.round(options.ringTimeout * 1000),
      maxTalkMs,
      record: true,
      silenceTimeoutMs,
    };
    const result = await ending.race(
      runCampaign(
        node,
        {
          campaignId,
          listPath: resolve(list),
          settings: {
            trunkId,
            plan,
            maxCalls: options.maxCalls,
            callsPerSecond: options.rate,
            leaseMs: leaseOf(plan),
          },
          stopped: ending.stopped,
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

/** The same list is the same campaign, wherever the command is typed. */
function campaignIdOf(list: string): string {
  const path = resolve(list);
  const name =
    basename(path)
      .replace(/\.[^.]*$/, '')
      .replace(/[^A-Za-z0-9_-]+/g, '-')
      .slice(0, 40) || 'list';
  return `${name}-${createHash('sha256').update(path).digest('hex').slice(0, 8)}`;
}

function trunkIdOf(uri: string): string {
  return uri
    .replace(/^sip:/, '')
    .replace(/[^A-Za-z0-9.-]+/g, '-')
    .slice(0, 100);
}

function mustName(campaignId: string): void {
  if (/^[A-Za-z0-9._-]+$/.test(campaignId) && campaignId.length <= longestCampaignId) return;
  throw new FatalError(
    'CONFIG_INVALID',
    `--campaign takes 1 to ${longestCampaignId} letters, digits, dots, underscores and hyphens: give another name.`,
  );
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
