/** `npm start`: the example campaign, against a practice carrier in a process of its own. */
import { join } from 'node:path';
import { loadConfig } from '#config/load.ts';
import { startPracticeCarrier } from '#practice/start.ts';
import { campaignProtocol } from '#proto/generated/campaign.ts';
import { runCampaign } from '#scripts/campaign-run.ts';
import { openDesk } from '#scripts/desk.ts';
import { endOnSignals } from '#scripts/ending.ts';
import { shutGate } from '#scripts/node/dial-gate.ts';
import { type CallboardNode, startNode } from '#scripts/node/node.ts';
import { openScreen } from '#scripts/view/screen.ts';
import { printSummary } from '#scripts/view/summary.ts';
import type { CommonOptions } from './options.ts';

export interface StartOptions extends CommonOptions {
  readonly once?: boolean;
  readonly seed: number;
}

const root = join(import.meta.dirname, '..', '..');
const trunkId = 'practice';

/** Dials the 60 example leads; a campaign that a crash cut short goes on, one that is over is begun anew. */
export async function start(options: StartOptions): Promise<void> {
  const carrier = await startPracticeCarrier({ seed: options.seed });
  try {
    const { data, config: file } = options;
    const trunks = { [trunkId]: { uri: carrier.uri, maxChannels: 30, callsPerSecond: 10 } };
    const config = loadConfig({
      ...(file ? { file } : {}),
      overrides: { ...(data ? { dataFolder: data } : {}), trunks },
    });
    const node = await startNode(config, { gate: shutGate() });
    const ending = endOnSignals(node);
    try {
      const campaignId = await exampleId(node);
      const screen = openScreen(process.stdout);
      screen.say(`Campaign ${campaignId}: 60 leads at the practice carrier, ${carrier.uri}.`);
      const result = await ending.race(
        runCampaign(
          node,
          {
            campaignId,
            listPath: join(root, 'config', 'example', 'leads.csv'),
            settings: {
              trunkId,
              plan: {
                prompt: join(root, 'config', 'prompts', 'hello.wav'),
                gatherDigits: 1,
                gatherTimeoutMs: 4000,
                ringTimeoutMs: 15_000,
                maxTalkMs: 60_000,
                record: true,
              },
              maxCalls: 20,
              callsPerSecond: 5,
              leaseMs: 120_000,
            },
            stopped: ending.stopped,
            cautious: false,
          },
          screen,
        ),
      );
      printSummary(node, campaignId, result);
      if (options.once || ending.stopped.aborted) {
        process.exitCode = result.complete ? 0 : ending.exitCode;
      } else {
        ending.release();
        await openDesk(node);
      }
    } finally {
      await node.stop();
    }
  } finally {
    await carrier.stop();
  }
}

/** The last example campaign where it is unfinished, else the next. */
async function exampleId(node: CallboardNode): Promise<string> {
  const streams = await node.journal.streams({ kind: 'campaign', limit: 10_000 });
  const numbers = streams.flatMap((stream) => {
    const found = /^campaign\/example-(\d+)$/.exec(stream);
    return found ? [Number(found[1])] : [];
  });
  const last = Math.max(0, ...numbers);
  if (last === 0) return 'example-1';
  const described = await node.runtime.ask(campaignProtocol, `example-${last}`, { type: 'DescribeCampaign' });
  return described.ok && described.reply?.phase !== 'ended' ? `example-${last}` : `example-${last + 1}`;
}
