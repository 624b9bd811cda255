/**
 * A floor on three real nodes: one that runs campaigns and watches the trunk, two that hold calls and phones; practice
 * agents and the practice carrier, who record what they hear; and a desk in this process.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { loadConfig } from '#config/load.ts';
import type { JournalReader } from '#ports/journal.ts';
import { systemClock } from '#ports/system-clock.ts';
import { startPracticeAgents, startPracticeCarrier } from '#practice/start.ts';
import type { Codec, Tagged } from '#proto/codec.ts';
import { agentProtocol } from '#proto/generated/agent.ts';
import { type CampaignDescribed, campaignProtocol, type PacingMode } from '#proto/generated/campaign.ts';
import { commit } from '#proto/generated/envelope.ts';
import { trunkProtocol } from '#proto/generated/trunk.ts';
import { createFleet } from '#scripts/cluster/fleet.ts';
import type { NodeProcess } from '#scripts/cluster/node-process.ts';
import { practiceNumbers } from '#scripts/demo/practice-list.ts';
import { beginShift } from '#scripts/demo/practice-shift.ts';
import { demoSettings } from '#scripts/demo/settings.ts';
import type { Closing } from '#scripts/node/closing.ts';
import { startNode } from '#scripts/node/node.ts';
import { type Ended, callboard as runCallboard } from '#test/cli/callboard-process.ts';
import { idOn } from '#test/cluster-kit.ts';
import { mongodbUrl, natsUrl } from './services.ts';
import { openTestDatabase } from './test-database.ts';

/** The nodes that hold calls and phones. */
export const voiceNodes = ['node-2', 'node-3'] as const;
const trunkId = 'practice';
const seed = 7;
/** Everybody is so much faster, but for what they say. */
const timeScale = 0.2;
/** A machine that is slow enough brings nobody within two seconds: how fast it is, is not for these tests to say. */
const deadlineMs = 10_000;
const patienceMs = 90_000;

export interface FloorSetup {
  readonly campaignId: string;
  readonly mode: PacingMode;
  /** Agents for each of the voice nodes. */
  readonly agentsEach: number;
  /** The last digits of the numbers on the list, which say who answers (practice/README.md). */
  readonly people: string;
}

export type ClusterFloor = Awaited<ReturnType<typeof openClusterFloor>>;

/** Opens it, with the list read and nobody signed in; `opened` says how to close each part. */
export async function openClusterFloor(setup: FloorSetup, opened: Closing[]) {
  const { campaignId, mode, agentsEach, people } = setup;
  const folder = mkdtempSync(join(tmpdir(), 'callboard-floor-'));
  opened.push(async () => rmSync(folder, { recursive: true, force: true }));
  const heardBy = (who: 'carrier' | 'agents') => join(folder, `heard-by-${who}`);
  const carrier = await startPracticeCarrier({ seed, timeScale, record: heardBy('carrier') });
  opened.push(() => carrier.stop());
  const phones = await startPracticeAgents({ seed, timeScale, record: heardBy('agents') });
  opened.push(() => phones.stop());
  const database = await openTestDatabase();
  opened.push(() => database.drop());
  const agentIds = voiceNodes.flatMap((node) => agentsOn(node, agentsEach));
  const limits = { maxChannels: agentIds.length * 4, callsPerSecond: 10 };
  const lawFolder = join(folder, 'law');
  writeLaw(lawFolder);
  const name = database.db.databaseName;
  const { configFile, start } = createFleet({
    folder,
    shared: {
      cluster: name,
      nats: { url: natsUrl() },
      mongodb: { url: mongodbUrl(), database: name },
      lawFolder,
      trunks: { [trunkId]: { uri: carrier.uri, ...limits } },
    },
  });
  const roles = ['control,edge', 'voice', 'voice'];
  const nodes: NodeProcess[] = [];
  // One that is told to leave would wait for the phones that it holds.
  opened.push(() =>
    Promise.all(
      nodes.map((node) => {
        node.signal('SIGKILL');
        return node.exited;
      }),
    ),
  );
  nodes.push(...(await Promise.all(roles.map((role, index) => start(index + 1, { CALLBOARD_ROLES: role })))));
  const overrides = { nodeId: 'desk', dataFolder: join(folder, 'desk') };
  const desk = await startNode(loadConfig({ file: configFile, overrides }), { roles: [] });
  opened.push(() => desk.stop());
  const { runtime } = desk;

  const path = join(folder, 'people.csv');
  const numbers = numbersOf(people);
  writeFileSync(path, ['phone', ...numbers].join('\n'));
  const demo = demoSettings(
    trunkId,
    agentIds.length,
    mode,
    new Map([['practice', desk.laws.get('practice') as never]]),
  );
  const plan = { ...demo.plan, ringTimeoutMs: 4000, connectDeadlineMs: deadlineMs };
  const settings = { ...demo, plan, callsPerSecond: limits.callsPerSecond };
  const { leaseMs } = settings;
  await runtime.ask(trunkProtocol, trunkId, { type: 'ConfigureTrunk', uri: carrier.uri, ...limits, leaseMs });
  await runtime.ask(campaignProtocol, campaignId, { type: 'ConfigureCampaign', settings });
  await runtime.ask(campaignProtocol, campaignId, { type: 'LoadList', path });

  async function described(): Promise<CampaignDescribed | undefined> {
    const answer = await runtime.ask(campaignProtocol, campaignId, { type: 'DescribeCampaign' });
    return answer.ok ? answer.reply : undefined;
  }
  const phaseOf = async (agentId: string) => {
    const answer = await runtime.ask(agentProtocol, agentId, { type: 'DescribeAgent' });
    return answer.ok ? answer.reply?.phase : undefined;
  };
  const phoneOf = (agentId: string) => phones.uri.replace(/^sip:/, `sip:${agentId}@`);
  await until('the list is read', async () => (await described())?.phase === 'ready');

  return {
    ...{ agentIds, nodes, desk, numbers, described, phaseOf },
    /** Every agent signs in, and works by the script until the floor is closed. */
    async openShift(onError: (error: unknown) => void): Promise<void> {
      const { stop } = await beginShift({
        ...{ runtime, journal: desk.journal, clock: systemClock, timeScale, seed, onError },
        phones: new Map(agentIds.map((agentId) => [agentId, phoneOf(agentId)])),
        campaigns: [campaignId],
      });
      opened.push(stop);
      await until('all agents are ready', async () =>
        (await Promise.all(agentIds.map(phaseOf))).every((phase) => phase === 'ready'),
      );
    },
    /** Somebody with a phone and no campaign, and an agent of the other node whom they listen to. */
    async openSupervision(): Promise<string> {
      const [bossId = ''] = agentsOn(voiceNodes[0], 1, 'boss-');
      const profile = { phoneUri: phoneOf(bossId), skills: [], languages: [], campaigns: [] };
      await runtime.ask(agentProtocol, bossId, { type: 'ConfigureAgent', profile });
      await runtime.ask(agentProtocol, bossId, { type: 'SignIn' });
      await until('the supervisor is ready', async () => (await phaseOf(bossId)) === 'ready');
      const agentId = agentIds.at(-1) ?? '';
      await runtime.ask(agentProtocol, bossId, { type: 'StartMonitoring', agentId, mode: 'listen' });
      return bossId;
    },
    start: () => runtime.ask(campaignProtocol, campaignId, { type: 'StartCampaign' }),
    async channelsInUse(): Promise<number | undefined> {
      const answer = await runtime.ask(trunkProtocol, trunkId, { type: 'DescribeTrunk' });
      return answer.ok && answer.reply?.type === 'TrunkDescribed' ? answer.reply.channelsInUse : undefined;
    },
    callboard: (...args: string[]): Promise<Ended> =>
      runCallboard(['--config', configFile, '--data', join(folder, 'command'), ...args]),
    /** What somebody heard and said in their nth call, a stereo WAV; undefined: they were not in one. */
    heardBy(who: 'carrier' | 'agents', callee: string, nth = 1): Buffer | undefined {
      const file = join(heardBy(who), `${callee}.${nth}.wav`);
      return existsSync(file) ? readFileSync(file) : undefined;
    },
    /** Names of the recordings on that side. */
    recorded: (who: 'carrier' | 'agents'): readonly string[] => readdirSync(heardBy(who)),
  };
}

/** The events of all actors of a kind, by id. */
export async function historiesOf<E extends Tagged>(
  journal: Pick<JournalReader, 'streams' | 'read'>,
  kind: string,
  codec: Pick<Codec<E>, 'decode'>,
): Promise<ReadonlyMap<string, readonly E[]>> {
  const streams = await journal.streams({ kind, limit: 10_000 });
  const read = async (stream: string) => {
    const entries = await journal.read(stream, 0);
    const events = entries.flatMap(({ bytes }) => commit.decode(bytes).events.map((each) => codec.decode(each)));
    return [stream.slice(kind.length + 1), events] as const;
  };
  return new Map(await Promise.all(streams.map(read)));
}

/** Looks until it holds; fails with what it waited for where that takes longer than anything here may. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const patience = AbortSignal.timeout(patienceMs);
  while (!(await holds())) {
    if (patience.aborted) throw new Error(`It never came to this: ${what}.`);
    await pause(100);
  }
}

/** Names of agents whose phones this node holds while both are there. */
function agentsOn(node: string, count: number, of = ''): readonly string[] {
  return Array.from({ length: count }, (_, nth) => {
    const prefix = `${of}${String.fromCharCode(97 + nth)}-`;
    return `${prefix}${idOn(node, voiceNodes, 'agent', (part) => `${prefix}${part}`)}`;
  });
}

/** A number for each of the digits, no one twice. */
function numbersOf(digits: string): readonly string[] {
  const left = [...practiceNumbers(Number.POSITIVE_INFINITY)];
  return [...digits].map(
    (digit) =>
      left.splice(
        left.findIndex((number) => number.endsWith(digit)),
        1,
      )[0] ?? '',
  );
}

/** The law of practice, but for its patience. */
function writeLaw(folder: string): void {
  const practice = JSON.parse(
    readFileSync(join(import.meta.dirname, '..', '..', 'config', 'law', 'practice.json'), 'utf8'),
  );
  for (const { limit } of practice.rules) if (limit.type === 'ConnectDeadline') limit.wait = `${deadlineMs / 1000} s`;
  mkdirSync(folder);
  writeFileSync(join(folder, 'practice.json'), JSON.stringify(practice));
}
