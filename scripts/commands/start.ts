/** `npm start`: the example campaign, against a practice carrier in a process of its own. */
import { loadConfig } from '#config/load.ts';
import { startPracticeCarrier } from '#practice/start.ts';
import { runCampaign } from '#scripts/campaign-run.ts';
import { openDesk } from '#scripts/desk.ts';
import { endOnSignals } from '#scripts/ending.ts';
import { exampleId, exampleList, exampleSettings, practiceLimits, practiceTrunk } from '#scripts/example-campaign.ts';
import { shutGate } from '#scripts/node/dial-gate.ts';
import { startNode } from '#scripts/node/node.ts';
import { openScreen } from '#scripts/view/screen.ts';
import { printSummary } from '#scripts/view/summary.ts';
import type { CommonOptions } from './options.ts';

export interface StartOptions extends CommonOptions {
  readonly once?: boolean;
  readonly seed: number;
}

/** Dials the 60 example leads; a campaign that a crash cut short goes on, one that is over is begun anew. */
export async function start(options: StartOptions): Promise<void> {
  const carrier = await startPracticeCarrier({ seed: options.seed });
  try {
    const { data, config: file } = options;
    const trunks = { [practiceTrunk]: { uri: carrier.uri, ...practiceLimits } };
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
            listPath: exampleList,
            settings: exampleSettings(node.laws),
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
        await openDesk(node, ending.stopped);
        if (ending.stopped.aborted) process.exitCode = ending.exitCode;
      }
    } finally {
      await node.stop();
    }
  } finally {
    await carrier.stop();
  }
}
