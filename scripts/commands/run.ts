/** `callboard run LIST`: a list of one's own through a carrier of one's own. */
import { resolve } from 'node:path';
import { loadLawProfiles } from '#config/law-profiles.ts';
import { loadConfig, loadCredentials } from '#config/load.ts';
import { codeOf } from '#ports/errors.ts';
import { chosenLaw, lawLine } from '#scripts/campaign-law.ts';
import { campaignIdOf } from '#scripts/campaign-name.ts';
import { runCampaign } from '#scripts/campaign-run.ts';
import { sitInFront } from '#scripts/desk.ts';
import { endOnSignals } from '#scripts/ending.ts';
import { shutGate } from '#scripts/node/dial-gate.ts';
import { startNode } from '#scripts/node/node.ts';
import { checkOwnList, type OwnListOptions, pressureOf, settingsOf } from '#scripts/own-list.ts';
import { withJournal } from '#scripts/read-journal.ts';
import { beginTeamShift, type TeamShift } from '#scripts/team-shift.ts';
import { checkTrunk, checkTrunkAddress } from '#scripts/trunk-check.ts';
import { endedAttempts, writeReport } from '#scripts/view/report.ts';
import { checkReportPath } from '#scripts/view/report-path.ts';
import { openScreen, quietScreen } from '#scripts/view/screen.ts';
import { printSummary } from '#scripts/view/summary.ts';
import type { CommonOptions } from './options.ts';

export interface RunOptions extends CommonOptions, OwnListOptions {
  readonly trunk: string;
  readonly report?: string;
  readonly credentials?: string;
  readonly callerId?: string;
  /** The operators' console meanwhile. */
  readonly console?: boolean;
}

/** Dials the list; the same command later goes on where it stopped. */
export async function run(list: string, options: RunOptions): Promise<void> {
  const own = await checkOwnList(list, options);
  const { maxCalls: maxChannels, callsPerSecond } = pressureOf(own);
  if (options.report) checkReportPath(options.report);
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
          maxChannels,
          callsPerSecond,
        },
      },
    },
  });
  await checkTrunkAddress(options.trunk);
  const laws = loadLawProfiles(config.lawFolder);
  const law = chosenLaw(laws, { named: options.law, trunk: config.trunks[trunkId] });
  const campaignId = options.campaign ?? campaignIdOf(list);
  const screen = options.console ? quietScreen(process.stdout) : openScreen(process.stdout);
  const node = await startNode(config, { gate: shutGate() });
  const ending = endOnSignals(node);
  let reported = options.report === undefined;
  const over = new AbortController();
  let shift: TeamShift | undefined;
  try {
    const { stopped } = ending;
    const onWait = () => screen.say('Asking the trunk for a sign of life…');
    const reachable = await ending.race(checkTrunk(node, { trunkId, uri: options.trunk, stopped, onWait }));
    screen.say(`Campaign ${campaignId}: ${list} through ${options.trunk}.`);
    screen.say(lawLine(laws, law));
    const running = runCampaign(
      node,
      {
        campaignId,
        listPath: resolve(list),
        settings: settingsOf(trunkId, own, law),
        stopped,
        cautious: reachable === 'silent',
        beforehand: async () => {
          if (!own.team) return;
          shift = await beginTeamShift(node.runtime, own.team, { campaignId, isAlone: true });
          // Whatever keeps an agent from telling how it is, the calls tell too.
          shift.tellPhones(screen.say, AbortSignal.any([stopped, over.signal])).catch(() => undefined);
        },
      },
      screen,
    );
    // Who leaves the console ends the dialing.
    const sitting = options.console ? sitInFront(node, stopped).then(ending.stop) : undefined;
    const result = await ending.race(Promise.race(sitting ? [running, sitting.then(() => running)] : [running]));
    if (options.report) writeReport(options.report, result.attempts);
    reported = true;
    printSummary(node, campaignId, result, { report: options.report });
    // Agents may still have something to say of their last calls.
    await ending.race(sitting ?? Promise.resolve());
    process.exitCode = result.complete ? 0 : ending.exitCode;
  } catch (error) {
    // What a broken journal says is not passed on.
    reported ||= codeOf(error) === 'JOURNAL_BROKEN';
    throw error;
  } finally {
    over.abort();
    // The end of the node hangs up their phones in any case.
    await shift?.end().catch(() => undefined);
    await node.stop();
    if (!reported) await reportSoFar(options, campaignId);
  }
}

/** After an error: people were called all the same. The error is what is told; a report that fails too only beside it. */
async function reportSoFar({ report = '', ...options }: RunOptions, campaignId: string): Promise<void> {
  try {
    const attempts = await withJournal(options, (journal) => endedAttempts(journal, campaignId));
    if (attempts.length > 0) writeReport(report, attempts);
  } catch (error) {
    console.error(`The report ${report} was not written: ${(error as Error).message}`);
  }
}

function trunkIdOf(uri: string): string {
  return uri
    .replace(/^sip:/, '')
    .replace(/[^A-Za-z0-9.-]+/g, '-')
    .slice(0, 100);
}
