/** `callboard demo`: a campaign with practice agents, who talk to the practice carrier's people. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createLogUpdate } from 'log-update';
import { loadLawProfiles } from '#config/law-profiles.ts';
import { loadConfig } from '#config/load.ts';
import { systemClock } from '#ports/system-clock.ts';
import { startPracticeAgents, startPracticeCarrier } from '#practice/start.ts';
import { type CampaignDescribed, campaignProtocol, type PacingMode } from '#proto/generated/campaign.ts';
import { trunkProtocol } from '#proto/generated/trunk.ts';
import { type Floor, followFloor } from '#scripts/demo/floor.ts';
import { practiceNumbers, writePracticeList } from '#scripts/demo/practice-list.ts';
import { beginShift } from '#scripts/demo/practice-shift.ts';
import { demoSettings } from '#scripts/demo/settings.ts';
import { openDesk } from '#scripts/desk.ts';
import { endOnSignals } from '#scripts/ending.ts';
import { type CallboardNode, startNode } from '#scripts/node/node.ts';
import { floorPicture, talkPerHour } from '#scripts/view/floor.ts';
import type { CommonOptions } from './options.ts';

export interface DemoOptions extends CommonOptions {
  readonly agents: number;
  readonly mode: PacingMode;
  readonly minutes: number;
  readonly once?: boolean;
  readonly seed: number;
}

const trunkId = 'practice';
const sender = 'command line';
const lookEveryMs = 500;
/** Where the screen does not move, a picture comes this seldom. */
const printEveryMs = 10_000;
/** Calls that are live at the end get this long to end by themselves. */
const lastCallsMs = 60_000;
/** Enough people for an agent and a minute. */
const peopleForMinute = 8;

/** Lets the agents work for so many minutes, and shows the floor meanwhile. */
export async function demo(options: DemoOptions): Promise<void> {
  const { seed, data, config: file, agents: count } = options;
  const settings = demoSettings(trunkId, count, options.mode, loadLawProfiles());
  const limits = { maxChannels: settings.maxCalls, callsPerSecond: settings.callsPerSecond };
  const carrier = await startPracticeCarrier({ seed });
  try {
    const phones = await startPracticeAgents({ seed });
    try {
      const config = loadConfig({
        ...(file ? { file } : {}),
        overrides: {
          ...(data ? { dataFolder: data } : {}),
          trunks: { [trunkId]: { uri: carrier.uri, ...limits } },
        },
      });
      const node = await startNode(config);
      const ending = endOnSignals(node);
      try {
        await ending.race(work(node, { ...options, settings, uri: carrier.uri, phones: phones.uri, ending }));
        if (!options.once && !ending.stopped.aborted) await openDesk(node, ending.stopped);
        if (ending.stopped.aborted) process.exitCode = ending.exitCode;
      } finally {
        await node.stop();
      }
    } finally {
      await phones.stop();
    }
  } finally {
    await carrier.stop();
  }
}

type Work = DemoOptions & {
  readonly settings: ReturnType<typeof demoSettings>;
  readonly uri: string;
  readonly phones: string;
  readonly ending: ReturnType<typeof endOnSignals>;
};

async function work(node: CallboardNode, options: Work): Promise<void> {
  const { settings, seed, ending, minutes } = options;
  const campaignId = `demo-${Date.now().toString(36)}`;
  const agentIds = Array.from({ length: options.agents }, (_, index) => `agent-${index + 1}`);
  const floor = followFloor(agentIds);
  const following = node.journal.subscribe(
    await node.journal.head(),
    (entries) => floor.apply(entries),
    (error) => node.fail(error),
  );
  const host = options.phones.replace(/^sip:/, '');
  const shift = await beginShift({
    ...{ runtime: node.runtime, journal: node.journal, clock: systemClock, timeScale: 1, seed },
    phones: new Map(agentIds.map((agentId) => [agentId, `sip:${agentId}@${host}`])),
    campaigns: [campaignId],
    onError: (error) => node.fail(error),
  });
  try {
    await begin(node, campaignId, options);
    await watch(node, campaignId, floor, minutes * 60_000, ending.stopped);
    await tell(node, campaignId, { type: 'StopCampaign', by: sender });
    const { liveCalls } = await describe(node, campaignId);
    if (liveCalls > 0)
      console.log(`No new calls. Waiting for ${liveCalls} live ones to end; Ctrl-C twice ends them now.`);
    await Promise.race([ended(node, campaignId), pause(lastCallsMs, undefined, { ref: false })]);
    const nowMs = systemClock.now();
    const view = { agentHours: floor.agentHours(nowMs), talkMinutes: floor.talkMinutes(nowMs) };
    const { agents, outcomes } = await describe(node, campaignId);
    const { answered = 0, abandoned = 0 } = agents ?? {};
    const listed = outcomes.map(({ outcome, count }) => `${outcome} ${count}`).join(', ');
    console.log(
      [
        '',
        `${campaignId} (${settings.agents?.mode}): ${talkPerHour(view).toFixed(1)} talk minutes per agent-hour, ${abandoned} of ${answered} answers abandoned.`,
        `  outcomes    ${listed || 'none'}`,
        `  look back   npm run callboard -- ${options.data ? `--data ${options.data} ` : ''}replay campaign/${campaignId}`,
        '',
      ].join('\n'),
    );
  } finally {
    await shift.stop();
    await following.stop();
  }
}

async function begin(node: CallboardNode, campaignId: string, { settings, uri, agents, minutes }: Work): Promise<void> {
  const { maxCalls: maxChannels, callsPerSecond, leaseMs } = settings;
  const trunk = { type: 'ConfigureTrunk', uri, maxChannels, callsPerSecond, leaseMs } as const;
  await node.runtime.ask(trunkProtocol, trunkId, trunk, { sender });
  const people = Math.min(
    practiceNumbers(Number.POSITIVE_INFINITY).length,
    Math.ceil(agents * minutes * peopleForMinute),
  );
  // Numbers are in the vault and nowhere else, practice or not.
  const folder = mkdtempSync(join(tmpdir(), 'callboard-demo-'));
  try {
    const path = join(folder, 'people.csv');
    writePracticeList(path, people);
    await tell(node, campaignId, { type: 'ConfigureCampaign', settings });
    await tell(node, campaignId, { type: 'LoadList', path });
    while ((await describe(node, campaignId)).loading) await pause(50);
  } finally {
    rmSync(folder, { recursive: true });
  }
  await tell(node, campaignId, { type: 'StartCampaign' });
  console.log(`Campaign ${campaignId}: ${agents} practice agents, ${people} people at the practice carrier, ${uri}.`);
}

/** Until the time is over, the list is, or somebody ends it. */
async function watch(
  node: CallboardNode,
  campaignId: string,
  floor: Floor,
  forMs: number,
  stopped: AbortSignal,
): Promise<void> {
  const live = process.stdout.isTTY ? createLogUpdate(process.stdout) : undefined;
  const startMs = systemClock.now();
  let printedMs = Number.NEGATIVE_INFINITY;
  for (;;) {
    const nowMs = systemClock.now();
    const described = await describe(node, campaignId);
    const over = stopped.aborted || nowMs - startMs >= forMs || described.phase === 'ended';
    const picture = floorPicture({
      ...{ campaignId, described, phases: floor.phases(), elapsedS: (nowMs - startMs) / 1000 },
      ...{ agentHours: floor.agentHours(nowMs), talkMinutes: floor.talkMinutes(nowMs) },
    });
    if (live) live(picture);
    else if (over || nowMs - printedMs >= printEveryMs) {
      console.log(picture);
      printedMs = nowMs;
    }
    if (over) break;
    await pause(lookEveryMs, undefined, { signal: stopped }).catch(() => undefined);
  }
  live?.done();
}

async function ended(node: CallboardNode, campaignId: string): Promise<void> {
  while ((await describe(node, campaignId)).phase !== 'ended') await pause(200);
}

async function describe(node: CallboardNode, campaignId: string): Promise<CampaignDescribed> {
  const answer = await node.runtime.ask(campaignProtocol, campaignId, { type: 'DescribeCampaign' });
  if (answer.ok && answer.reply) return answer.reply;
  throw refusalOf(answer);
}

async function tell(
  node: CallboardNode,
  campaignId: string,
  command: Parameters<typeof campaignProtocol.command.encode>[0],
): Promise<void> {
  const answer = await node.runtime.ask(campaignProtocol, campaignId, command, { sender });
  if (!answer.ok) throw refusalOf(answer);
}

/** A refusal as an error: at the command line there is nobody to steer. */
function refusalOf(answer: { readonly ok: boolean; readonly rejection?: { code: string; message: string } }): Error {
  const { code = 'ACTOR_CRASHED', message = 'The campaign does not answer: see the log.' } = answer.rejection ?? {};
  return Object.assign(new Error(message), { code });
}
