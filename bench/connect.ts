/**
 * From the answer of a customer to audio both ways, by real SIP and RTP: a campaign whose answers go to 20 agents, in
 * turn with a bridge of the same two ports that asks no actor.
 */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { createRtpMedia } from '#adapters/rtp/rtp-media.ts';
import { createSipTelephony } from '#adapters/sip/sip-telephony.ts';
import { loadConfig } from '#config/load.ts';
import type { DialRequest } from '#ports/telephony.ts';
import { attemptOf } from '#proto/call-name.ts';
import { agentProtocol } from '#proto/generated/agent.ts';
import { callProtocol } from '#proto/generated/call.ts';
import { campaignProtocol } from '#proto/generated/campaign.ts';
import { commit } from '#proto/generated/envelope.ts';
import { trunkProtocol } from '#proto/generated/trunk.ts';
import { practiceNumbers, writePracticeList } from '#scripts/demo/practice-list.ts';
import { demoSettings } from '#scripts/demo/settings.ts';
import { type CallboardNode, startNode } from '#scripts/node/node.ts';
import { silentLog } from '#test/sip/call-probe.ts';
import type { Connected } from './connect/world.ts';
import type { BenchResult, Figure } from './result.ts';

const agents = 20;
const customers = 120;
const bridges = 25;
const callsPerSecond = 4;
const trunkId = 'practice';
const promisedMs = 200;
/** Whoever has found no agent by then is abandoned. */
const connectDeadlineMs = 2_000;

export async function run(): Promise<BenchResult> {
  const bare = await bridged();
  const { tookMs, abandoned } = await routed();
  return {
    name: 'connect',
    figures: [
      ...figuresOf('through campaign, agent and call', tookMs, { atMost: promisedMs }),
      ...figuresOf('a bridge alone', bare),
      {
        name: 'through campaign, agent and call ÷ a bridge alone, p50',
        value: p(tookMs, 0.5) / p(bare, 0.5),
        unit: 'ratio',
      },
    ],
    notes: [
      `${tookMs.length} of ${customers} customers were heard and heard an agent, ${abandoned} found none in time; ${agents} agents, ${callsPerSecond} calls a second.`,
      `A bridge alone: ${bare.length} customers, one after the other, and one agent; dial, connect and bridge, no actor.`,
      'From the 200 of the customer to the later of the two first packets in which each hears the other, at their own ports.',
      'Both wait for packets of 20 ms. The far side is a thread of the same process.',
    ],
  };
}

function figuresOf(name: string, tookMs: readonly number[], target?: Figure['target']): Figure[] {
  return [
    { name: `${name}, p50`, value: p(tookMs, 0.5), unit: 'ms' },
    { name: `${name}, p95`, value: p(tookMs, 0.95), unit: 'ms', ...(target ? { target } : {}) },
    { name: `${name}, max`, value: p(tookMs, 1), unit: 'ms' },
  ];
}

function p(values: readonly number[], share: number): number {
  const ascending = [...values].sort((a, b) => a - b);
  return ascending[Math.ceil(share * ascending.length) - 1] ?? Number.NaN;
}

interface World {
  /** Where the trunk and the phones are: `127.0.0.1:PORT`. */
  readonly host: string;
  tookMs(connected: Connected): Promise<readonly number[]>;
  close(): Promise<unknown>;
}

/** `talksForMs`: how long each customer talks. */
async function openWorld(talksForMs: number): Promise<World> {
  const worker = new Worker(new URL('./connect/world.ts', import.meta.url), { workerData: talksForMs });
  const said = async () => (await once(worker, 'message'))[0];
  return {
    host: await said(),
    async tookMs(connected) {
      worker.postMessage(connected);
      return said();
    },
    close: () => worker.terminate(),
  };
}

async function bridged(): Promise<readonly number[]> {
  const world = await openWorld(500);
  const portRange = { from: 30_000, to: 39_999 };
  const media = createRtpMedia({ bindAddress: '127.0.0.1', portRange, workers: 1, logger: silentLog });
  const telephony = await createSipTelephony({ bindAddress: '127.0.0.1', port: 0, log: silentLog });
  await telephony.configureTrunk({ trunkId, uri: `sip:${world.host}` });
  const dial = async (
    legId: string,
    to: { uri: string } | { trunkId: string; number: string },
    work: () => Promise<void>,
  ) => {
    const local = await media.open(legId, {}, () => undefined);
    const request: DialRequest = { callId: legId, ...to, media: local, ringTimeoutMs: 20_000 };
    const answered = Promise.withResolvers<void>();
    const over = Promise.withResolvers<void>();
    await telephony.dial(request, (event) => {
      if (event.type === 'answered')
        media.connect(legId, event.media).then(work).then(answered.resolve, answered.reject);
      if (event.type === 'hung-up' || event.type === 'failed') over.resolve();
    });
    return { answered: answered.promise, over: over.promise };
  };
  const ann = await dial('agent', { uri: `sip:ann@${world.host}` }, async () => undefined);
  await ann.answered;
  const numbers = practiceNumbers(bridges);
  for (const number of numbers) {
    const call = await dial(number, { trunkId, number }, () => media.bridge(number, 'agent'));
    await call.over;
    await media.close(number);
  }
  const tookMs = await world.tookMs(numbers.map((number) => [number, 'ann']));
  await telephony.close(500);
  await media.shutdown();
  await world.close();
  return tookMs;
}

async function routed(): Promise<{ readonly tookMs: readonly number[]; readonly abandoned: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'callboard-connect-'));
  const world = await openWorld(connectDeadlineMs + 500);
  const trunk = { uri: `sip:${world.host}`, maxChannels: agents, callsPerSecond };
  const node = await startNode(loadConfig({ overrides: { dataFolder: folder, trunks: { [trunkId]: trunk } } }));
  const settings = { ...demoSettings(trunkId, agents, 'progressive', node.laws), maxCalls: agents, callsPerSecond };
  const wrapUp = { dispositions: [], required: false, longestMs: 500, defaultDisposition: '' };
  const work = { ...settings.agents, wrapUp } as NonNullable<typeof settings.agents>;
  const list = join(folder, 'people.csv');
  writePracticeList(list, customers);
  await node.runtime.ask(trunkProtocol, trunkId, { type: 'ConfigureTrunk', ...trunk, leaseMs: settings.leaseMs });
  await node.runtime.ask(campaignProtocol, 'c', { type: 'ConfigureCampaign', settings: { ...settings, agents: work } });
  await node.runtime.ask(campaignProtocol, 'c', { type: 'LoadList', path: list });
  for (let index = 1; index <= agents; index += 1) {
    const profile = { phoneUri: `sip:agent-${index}@${world.host}`, skills: [], languages: [], campaigns: ['c'] };
    await node.runtime.ask(agentProtocol, `agent-${index}`, { type: 'ConfigureAgent', profile });
    await node.runtime.ask(agentProtocol, `agent-${index}`, { type: 'SignIn' });
  }
  await phase(node, 'ready');
  await node.runtime.ask(campaignProtocol, 'c', { type: 'StartCampaign' });
  await phase(node, 'ended');
  const { connected, abandoned } = await connections(node);
  const tookMs = await world.tookMs(connected);
  await node.stop();
  await world.close();
  rmSync(folder, { recursive: true });
  return { tookMs, abandoned };
}

async function phase(node: CallboardNode, wanted: string): Promise<void> {
  for (;;) {
    const described = await node.runtime.ask(campaignProtocol, 'c', { type: 'DescribeCampaign' });
    if (described.ok && described.reply?.phase === wanted && !described.reply.loading) return;
    await pause(100);
  }
}

/** Which number each agent was connected with, by the journal. */
async function connections({ journal }: CallboardNode) {
  const numbers = practiceNumbers(customers);
  const connected: (readonly [string, string])[] = [];
  let abandoned = 0;
  for (const stream of await journal.streams({ kind: 'call', limit: 10 * customers })) {
    const { row } = attemptOf(stream) ?? { row: 0 };
    for (const { bytes } of await journal.read(stream, 0)) {
      for (const event of commit.decode(bytes).events.map((each) => callProtocol.event.decode(each))) {
        if (event.type === 'AgentConnected') connected.push([numbers[row - 1] ?? '', event.agentId]);
        if (event.type === 'CallAbandoned') abandoned += 1;
      }
    }
  }
  return { connected, abandoned };
}
