/** Runs one campaign on a node and shows it: what `start` and `run` have in common. */

import { setTimeout as pause } from 'node:timers/promises';
import { FatalError } from '#ports/errors.ts';
import { type CampaignDescribed, type CampaignSettings, campaignProtocol } from '#proto/generated/campaign.ts';
import { trunkProtocol } from '#proto/generated/trunk.ts';
import type { Answered } from '#runtime/actor.ts';
import type { CallboardNode } from '#scripts/node/node.ts';
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
  /** Done when the list is there, before anybody is dialed. */
  readonly beforehand?: () => Promise<void>;
}

export interface RunResult {
  readonly progress: Progress;
  readonly attempts: readonly EndedAttempt[];
  readonly described: CampaignDescribed;
  /** Whether every lead has its outcome. */
  readonly complete: boolean;
}

const operator = 'command line';
/** How often it is asked what is waited for. */
const lookEveryMs = 2000;
/** A gateway that takes calls has said something by then: an INVITE is given up after 32 s (RFC 3261, 17.1.1.2). */
const firstSignMs = 60_000;

/** What the steps of a run share. */
interface Steps {
  readonly node: CallboardNode;
  readonly run: CampaignRun;
  readonly screen: Screen;
  readonly attempts: readonly EndedAttempt[];
  current(): Progress;
  /** Resolves with the next change of the journal, or when the run is to stop. */
  change(): Promise<void>;
}

/**
 * Configures the campaign, reads its list, dials, and resolves when every lead has an outcome, or when it was
 * stopped and the last live call has ended.
 * @throws LIST_UNREADABLE, LIST_EMPTY, TRUNK_UNREACHABLE
 */
export async function runCampaign(node: CallboardNode, run: CampaignRun, screen: Screen): Promise<RunResult> {
  const { campaignId } = run;
  const attempts: EndedAttempt[] = [];
  const view = followCampaign(campaignId, (attempt) => {
    attempts.push(attempt);
    if (caughtUp) screen.attemptEnded(attempt);
  });
  // What ended before this start is part of the report, but is no news.
  const head = await node.journal.head();
  let caughtUp = await node.journal.hasReached('', head);
  const changes = waiters();
  run.stopped.addEventListener('abort', changes.tell, { once: true });
  const subscription = node.journal.subscribe(
    '',
    async (entries) => {
      view.apply(entries);
      caughtUp ||= await node.journal.hasReached(entries.at(-1)?.position ?? '', head);
      if (caughtUp) screen.update(view.current());
      changes.tell();
    },
    (error) => node.fail(error),
  );
  try {
    while (!caughtUp) await changes.next();
    if (!run.stopped.aborted) await prepare(node, run);
    const described = await describe(node, campaignId);
    if (described.refused > 0) await showRefused(node, campaignId, described.refused, screen);
    if (described.leads === 0 && !run.stopped.aborted) throw emptyList(run.listPath, described.refused);
    await nameOthers(node, campaignId, screen);
    const steps: Steps = { node, run, screen, attempts, current: () => view.current(), change: changes.next };
    if (described.phase !== 'ended' && !run.stopped.aborted) {
      await run.beforehand?.();
      await dial(steps);
    }
    if (run.stopped.aborted) await endLiveCalls(steps);
    const last = await describe(node, campaignId);
    return {
      progress: view.current(),
      attempts,
      described: last,
      complete: last.phase === 'ended' && !run.stopped.aborted,
    };
  } finally {
    run.stopped.removeEventListener('abort', changes.tell);
    await subscription.stop();
    screen.done();
  }
}

async function dial(steps: Steps): Promise<void> {
  const { node, run, current, change } = steps;
  if (run.cautious) {
    const earlier = steps.attempts.length;
    node.gate.openForOne(run.campaignId);
    await begin(node, run.campaignId);
    await firstSignOfLife(steps, earlier);
    if (!run.stopped.aborted) await configure(node, run.campaignId, run.settings);
  } else {
    await begin(node, run.campaignId);
  }
  if (!run.stopped.aborted) node.gate.open(run.campaignId);
  // One that was over before may be shown as over for a moment still.
  for (let shown = change(); current().phase === 'ended' && !run.stopped.aborted; shown = change()) {
    if ((await describe(node, run.campaignId)).phase === 'ended') break;
    await shown;
  }
  const waiting = waitTeller(steps);
  while (!run.stopped.aborted && current().phase !== 'ended') {
    await Promise.race([change(), pause(lookEveryMs, undefined, { signal: run.stopped }).catch(() => undefined)]);
    await waiting();
  }
}

/** Says once what a campaign waits for, when nothing is live and nobody may be dialed yet. */
function waitTeller({ node, run, screen, current }: Steps): () => Promise<void> {
  let saidMs = 0;
  let lookedMs = 0;
  return async () => {
    const live = Object.values(current().phases).some((count) => count > 0);
    if (live || Date.now() - lookedMs < lookEveryMs) return;
    lookedMs = Date.now();
    const { nextDueAtMs } = await describe(node, run.campaignId);
    if (nextDueAtMs === undefined || nextDueAtMs === saidMs) return;
    saidMs = nextDueAtMs;
    const at = `${new Date(nextDueAtMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
    screen.say(`Nobody may be dialed now, by the law or the retry rules: the next lead is due at ${at}.`);
  };
}

async function prepare(node: CallboardNode, run: CampaignRun): Promise<void> {
  const { campaignId, listPath } = run;
  await configure(node, campaignId, run.cautious ? { ...run.settings, trial: true } : run.settings);
  obeyed(
    await node.runtime.ask(campaignProtocol, campaignId, { type: 'LoadList', path: listPath }, { sender: operator }),
  );
  for (;;) {
    const { loading, reason } = await describe(node, campaignId);
    // A list that is being read goes on being read at the next start.
    if (run.stopped.aborted) return;
    if (!loading) {
      if (reason) throw new FatalError('LIST_UNREADABLE', reason);
      return;
    }
    await pause(20);
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

/**
 * A gateway that ignores OPTIONS may still take calls: one call shows it, and only one lead is spent when not.
 * @throws TRUNK_UNREACHABLE
 */
async function firstSignOfLife(
  { node, run, current, change, attempts, screen }: Steps,
  earlier: number,
): Promise<void> {
  screen.say('The trunk does not answer OPTIONS, as some carriers do: one call first, to see whether it takes calls.');
  const heard = () => {
    const { ringing, talking } = current().phases;
    return ringing + talking > 0 || attempts.slice(earlier).some(({ sipStatus }) => sipStatus > 0);
  };
  let patient = true;
  const impatience = setTimeout(() => {
    patient = false;
  }, firstSignMs);
  const open = () => patient && !run.stopped.aborted && current().phase !== 'ended' && attempts.length === earlier;
  while (!heard() && open()) await Promise.race([change(), pause(1000)]);
  clearTimeout(impatience);
  if (heard() || run.stopped.aborted || current().phase === 'ended') return;
  node.gate.shut();
  const reason = 'the trunk does not answer';
  await node.runtime.ask(campaignProtocol, run.campaignId, { type: 'PauseCampaign', by: operator, reason });
  throw new FatalError(
    'TRUNK_UNREACHABLE',
    `The trunk ${node.config.trunks[run.settings.trunkId]?.uri} answered neither OPTIONS nor an INVITE: check its address, the port and the firewall, then run the same command again.`,
  );
}

/** Calls of other campaigns are not dialed by this command; who started them should know that they wait. */
async function nameOthers(node: CallboardNode, campaignId: string, screen: Screen): Promise<void> {
  const streams = await node.journal.wakefulStreams();
  const others = streams.filter((stream) => stream.startsWith('campaign/') && stream !== `campaign/${campaignId}`);
  for (const stream of others) {
    screen.say(`${stream.replace('/', ' ')} is unfinished too; it waits for its own command.`);
  }
}

async function endLiveCalls({ node, run, current, change, screen }: Steps): Promise<void> {
  node.gate.shut();
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

function emptyList(path: string, refused: number): FatalError {
  const why = refused > 0 ? `each of its ${refused} rows was refused, see above` : 'it has no rows';
  return new FatalError('LIST_EMPTY', `Nobody on the list ${path} can be dialed, ${why}: mend it and try again.`);
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
  const next = (): Promise<void> => new Promise((resolve) => waiting.push(resolve));
  return { tell, next };
}
