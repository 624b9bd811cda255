/** Runs one campaign on a node and shows it: what `start` and `run` have in common. */

import { FatalError } from '#ports/errors.ts';
import { type CampaignDescribed, type CampaignSettings, campaignProtocol } from '#proto/generated/campaign.ts';
import { trunkProtocol } from '#proto/generated/trunk.ts';
import type { Answered } from '#runtime/actor.ts';
import type { CallboardNode } from './node.ts';
import { type EndedAttempt, followCampaign, type Progress } from './view/progress.ts';
import type { Screen } from './view/screen.ts';

export interface CampaignRun {
  readonly campaignId: string;
  readonly listPath: string;
  readonly settings: CampaignSettings;
  /** Aborted by Ctrl-C: no new calls, live ones end. */
  readonly stopped: AbortSignal;
  /** Dial one call first, to see whether the carrier answers at all. */
  readonly cautious: boolean;
}

export interface RunResult {
  readonly progress: Progress;
  readonly attempts: readonly EndedAttempt[];
  readonly described: CampaignDescribed;
  /** Whether every lead has its outcome. */
  readonly complete: boolean;
}

const operator = 'command line';

/** What the steps of a run share. */
interface Steps {
  readonly node: CallboardNode;
  readonly run: CampaignRun;
  readonly screen: Screen;
  readonly attempts: readonly EndedAttempt[];
  current(): Progress;
  /** Resolves with the next change of the campaign, or when the signal aborts. */
  change(signal?: AbortSignal): Promise<void>;
}

/**
 * Configures the campaign, reads its list, dials, and resolves when every lead has an outcome, or when it was
 * stopped and the last live call has ended.
 * @throws LIST_UNREADABLE, TRUNK_UNREACHABLE
 */
export async function runCampaign(node: CallboardNode, run: CampaignRun, screen: Screen): Promise<RunResult> {
  const { campaignId } = run;
  const attempts: EndedAttempt[] = [];
  const view = followCampaign(campaignId, (attempt) => {
    attempts.push(attempt);
    if (caughtUp) screen.attemptEnded(attempt);
  });
  // What ended before this start is part of the report, but is no news.
  let caughtUp = false;
  const changes = waiters();
  const head = await node.journal.head();
  const subscription = node.journal.subscribe(
    '',
    (entries) => {
      view.apply(entries);
      caughtUp ||= head === '' || entries.some(({ position }) => position === head);
      if (caughtUp) screen.update(view.current());
      changes.tell();
    },
    (error) => node.fail(error),
  );
  try {
    await prepare(node, run);
    const described = await describe(node, campaignId);
    if (described.refused > 0) await showRefused(node, campaignId, described.refused, screen);
    const steps: Steps = { node, run, screen, attempts, current: () => view.current(), change: changes.next };
    if (described.phase !== 'ended') await dial(steps);
    if (run.stopped.aborted) await endLiveCalls(steps);
    const last = await describe(node, campaignId);
    return {
      progress: view.current(),
      attempts,
      described: last,
      complete: last.phase === 'ended' && !run.stopped.aborted,
    };
  } finally {
    await subscription.stop();
    screen.done();
  }
}

async function dial({ node, run, current, change, ...steps }: Steps): Promise<void> {
  const cautious = run.cautious && current().ended === 0;
  if (cautious) await configure(node, run.campaignId, { ...run.settings, maxCalls: 1 });
  await begin(node, run.campaignId);
  if (cautious) await firstSignOfLife({ node, run, current, change, ...steps });
  while (!run.stopped.aborted && current().phase !== 'ended') await change(run.stopped);
}

async function prepare(node: CallboardNode, run: CampaignRun): Promise<void> {
  const { campaignId, listPath } = run;
  await configure(node, campaignId, run.settings);
  obeyed(
    await node.runtime.ask(campaignProtocol, campaignId, { type: 'LoadList', path: listPath }, { sender: operator }),
  );
  for (;;) {
    const { loading, reason, phase } = await describe(node, campaignId);
    if (!loading) {
      if (reason && phase === 'draft') throw new FatalError('LIST_UNREADABLE', reason);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function configure(node: CallboardNode, campaignId: string, settings: CampaignSettings): Promise<void> {
  const trunk = node.config.trunks[settings.trunkId];
  if (!trunk) throw new FatalError('TRUNK_UNKNOWN', `Trunk ${settings.trunkId} is not configured: name one that is.`);
  const { uri, maxChannels, callsPerSecond } = trunk;
  const { leaseMs } = settings;
  obeyed(
    await node.runtime.ask(
      trunkProtocol,
      settings.trunkId,
      { type: 'ConfigureTrunk', uri, maxChannels, callsPerSecond, leaseMs },
      { sender: operator },
    ),
  );
  obeyed(
    await node.runtime.ask(campaignProtocol, campaignId, { type: 'ConfigureCampaign', settings }, { sender: operator }),
  );
}

/** Starts it, or goes on where it was. */
async function begin(node: CallboardNode, campaignId: string): Promise<void> {
  const { phase } = await describe(node, campaignId);
  const command =
    phase === 'paused' ? ({ type: 'ResumeCampaign', by: operator } as const) : ({ type: 'StartCampaign' } as const);
  obeyed(await node.runtime.ask(campaignProtocol, campaignId, command, { sender: operator }));
}

/** A gateway that ignores OPTIONS may still take calls: one call shows it, and only one lead is spent when not. */
async function firstSignOfLife({ node, run, current, change, attempts, screen }: Steps): Promise<void> {
  screen.say('The trunk does not answer OPTIONS, as some carriers do: one call first, to see whether it takes calls.');
  const heard = () => {
    const { phases } = current();
    return phases.ringing > 0 || phases.talking > 0 || attempts.some(({ sipStatus }) => sipStatus > 0);
  };
  while (!run.stopped.aborted && current().phase !== 'ended' && !heard() && attempts.length === 0)
    await change(run.stopped);
  if (heard() || run.stopped.aborted) {
    await configure(node, run.campaignId, run.settings);
    return;
  }
  const reason = 'the trunk does not answer';
  await node.runtime.ask(campaignProtocol, run.campaignId, { type: 'PauseCampaign', by: operator, reason });
  throw new FatalError(
    'TRUNK_UNREACHABLE',
    `The trunk ${node.config.trunks[run.settings.trunkId]?.uri} answered neither OPTIONS nor an INVITE: check its address, the port and the firewall, then run the same command again.`,
  );
}

async function endLiveCalls({ node, run, current, change, screen }: Steps): Promise<void> {
  node.stopDialing();
  const reason = 'stopped at the command line';
  await node.runtime.ask(campaignProtocol, run.campaignId, { type: 'PauseCampaign', by: operator, reason });
  const live = () => {
    const { dialing, ringing, talking } = current().phases;
    return dialing + ringing + talking;
  };
  if (live() > 0) screen.say(`No new calls. Waiting for ${live()} live ones to end; Ctrl-C again ends them now.`);
  while (live() > 0) await change();
}

async function describe(node: CallboardNode, campaignId: string): Promise<CampaignDescribed> {
  const described = obeyed(await node.runtime.ask(campaignProtocol, campaignId, { type: 'DescribeCampaign' }));
  if (!described)
    throw new FatalError('ACTOR_CRASHED', `Campaign ${campaignId} does not describe itself: see the log.`);
  return described;
}

async function showRefused(node: CallboardNode, campaignId: string, count: number, screen: Screen): Promise<void> {
  const shown = 20;
  for (const { row, reason } of await node.leads.refused(campaignId, shown))
    screen.say(`row ${row} is not dialed: ${reason}`);
  if (count > shown) screen.say(`… and ${count - shown} more rows.`);
}

/** The reply, or the refusal as an error: at the command line there is nobody to steer. */
function obeyed<R>(answer: Answered<R>): R | undefined {
  if (answer.ok) return answer.reply;
  throw Object.assign(new Error(answer.rejection.message), { code: answer.rejection.code });
}

/** Lets loops wait for the next change. */
function waiters() {
  let waiting: (() => void)[] = [];
  const tell = () => {
    const now = waiting;
    waiting = [];
    for (const resolve of now) resolve();
  };
  const next = (signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      waiting.push(resolve);
      signal?.addEventListener('abort', () => resolve(), { once: true });
    });
  return { tell, next };
}
