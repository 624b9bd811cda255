/** How many calls a second some nodes of a cluster make, from INVITE to BYE, with journal, vault and lists in MongoDB. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openMongodb } from '#adapters/mongodb/connection.ts';
import type { BenchServices } from '#bench/cluster/services.ts';
import { lawNamed } from '#config/law-profiles.ts';
import { loadConfig } from '#config/load.ts';
import { systemClock } from '#ports/system-clock.ts';
import { type CampaignDescribed, campaignProtocol } from '#proto/generated/campaign.ts';
import { trunkProtocol } from '#proto/generated/trunk.ts';
import type { Answered } from '#runtime/actor.ts';
import { practiceLaw } from '#scripts/campaign-law.ts';
import { createFleet } from '#scripts/cluster/fleet.ts';
import { type Closing, closeAll } from '#scripts/node/closing.ts';
import { type CallboardNode, startNode } from '#scripts/node/node.ts';
import { startSipp } from '#test/sip/sipp.ts';

export interface CallRates {
  readonly perSecond: number;
  readonly answered: number;
  readonly calls: number;
  /** CPU of the nodes for a call, ms. */
  readonly cpuMs: number;
  /** Of the machine, everything that runs on it. */
  readonly busyPercent: number;
}

const calls = 600;
const talkMs = 100;
const trunkId = 'carrier';
const campaignId = 'scale';
const leaseMs = 120_000;
/** More than any of them makes: what bounds the rate is to be the machine. */
const limits = { maxChannels: 300, callsPerSecond: 300 };
/** Calls at the beginning and at the end that do not count: the rate is that between them. */
const edgeCalls = 60;
const lookMs = 50;
const quiet = { debug() {}, info() {}, warn() {}, error: console.error };

export async function measureCalls(nodes: number, services: BenchServices): Promise<CallRates> {
  const opened: Closing[] = [];
  try {
    return await measured(nodes, services, opened);
  } finally {
    await closeAll(opened);
  }
}

async function measured(nodes: number, services: BenchServices, opened: Closing[]): Promise<CallRates> {
  const folder = mkdtempSync(join(tmpdir(), 'callboard-bench-'));
  opened.push(async () => rmSync(folder, { recursive: true }));
  const database = `callboard_bench_${process.pid}_${nodes}`;
  const mongodb = { url: services.mongodbUrl, database };
  opened.push(() => dropDatabase(mongodb));
  const sipp = await startSipp({ scenario: 'uas', trace: false });
  opened.push(() => sipp.stop());
  const uri = `sip:127.0.0.1:${sipp.port}`;
  const shared = {
    nats: { url: services.natsUrl },
    cluster: database,
    mongodb,
    trunks: { [trunkId]: { uri, ...limits } },
  };
  const fleet = createFleet({ folder, shared });
  const pids: number[] = [];
  for (let number = 1; number <= nodes; number += 1) {
    const node = await fleet.start(number);
    pids.push(node.pid);
    opened.push(async () => {
      node.signal('SIGKILL');
      await node.exited;
    });
  }
  const overrides = { nodeId: 'desk', dataFolder: join(folder, 'desk') };
  const desk = await startNode(loadConfig({ file: fleet.configFile, overrides }), { roles: [] });
  opened.push(() => desk.stop());
  await prepare(desk, folder, uri);
  const before = usage(pids);
  obeyed(await desk.runtime.ask(campaignProtocol, campaignId, { type: 'StartCampaign' }));
  const { perSecond, answered } = await followed(desk);
  const after = usage(pids);
  return {
    perSecond,
    answered,
    calls,
    cpuMs: (after.nodesMs - before.nodesMs) / calls,
    busyPercent: (100 * (after.busyMs - before.busyMs)) / (after.allMs - before.allMs),
  };
}

/** Until the campaign has its leads. */
async function prepare(desk: CallboardNode, folder: string, uri: string): Promise<void> {
  const { runtime, laws } = desk;
  const path = join(folder, 'list.csv');
  writeFileSync(
    path,
    ['phone', ...Array.from({ length: calls }, (_, index) => `+1415${5_550_000 + index}`)].join('\n'),
  );
  const plan = {
    prompt: '',
    gatherDigits: 0,
    gatherTimeoutMs: 0,
    ringTimeoutMs: 30_000,
    maxTalkMs: talkMs,
    record: false,
  };
  const { maxChannels: maxCalls, callsPerSecond } = limits;
  const settings = { trunkId, plan, maxCalls, callsPerSecond, leaseMs, law: lawNamed(laws, practiceLaw) };
  obeyed(await runtime.ask(trunkProtocol, trunkId, { type: 'ConfigureTrunk', uri, ...limits, leaseMs }));
  obeyed(await runtime.ask(campaignProtocol, campaignId, { type: 'ConfigureCampaign', settings }));
  obeyed(await runtime.ask(campaignProtocol, campaignId, { type: 'LoadList', path }));
  for (let listed = await described(desk); listed.leads !== calls; listed = await described(desk)) {
    if (listed.reason) throw new Error(listed.reason);
    await pause(lookMs);
  }
}

function obeyed(answered: Answered<unknown>): void {
  if (!answered.ok) throw new Error(answered.rejection.message);
}

/** Until all calls have ended. */
async function followed(desk: CallboardNode): Promise<{ perSecond: number; answered: number }> {
  let from: { atMs: number; ended: number } | undefined;
  let to = { atMs: 0, ended: 0 };
  for (;;) {
    const { phase, outcomes } = await described(desk);
    const ended = outcomes.reduce((sum, { count }) => sum + count, 0);
    const seen = { atMs: performance.now(), ended };
    if (ended >= edgeCalls) from ??= seen;
    if (ended <= calls - edgeCalls) to = seen;
    if (phase === 'ended') {
      const answered = outcomes.find(({ outcome }) => outcome === 'answered')?.count ?? 0;
      return { perSecond: from ? ((to.ended - from.ended) * 1000) / (to.atMs - from.atMs) : Number.NaN, answered };
    }
    await pause(lookMs);
  }
}

async function described({ runtime }: CallboardNode): Promise<CampaignDescribed> {
  for (;;) {
    const answered = await runtime.ask(campaignProtocol, campaignId, { type: 'DescribeCampaign' });
    if (answered.ok && answered.reply) return answered.reply;
    await pause(lookMs);
  }
}

interface Usage {
  /** CPU of the nodes, ms. */
  readonly nodesMs: number;
  readonly busyMs: number;
  readonly allMs: number;
}

/** Ticks of /proc are hundredths of a second. */
const tickMs = 10;

function usage(pids: readonly number[]): Usage {
  const times = cpus().map((each) => each.times);
  const allMs = times.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0);
  const idleMs = times.reduce((sum, { idle }) => sum + idle, 0);
  return { nodesMs: pids.reduce((sum, pid) => sum + cpuMsOf(pid), 0), busyMs: allMs - idleMs, allMs };
}

/** User and system time of all threads; proc(5). */
function cpuMsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * tickMs;
}

async function dropDatabase(mongodb: { readonly url: string; readonly database: string }): Promise<void> {
  const { db, close } = await openMongodb({ ...mongodb, clock: systemClock, logger: quiet });
  await db.dropDatabase();
  await close();
}
