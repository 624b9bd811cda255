/** A whole run: the stage, the load, the faults, and the reckoning. */
import { setTimeout as after } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import { refOf } from '#runtime/refs.ts';
import { type Closing, closeAll } from '#scripts/node/closing.ts';
import { askAll, lastOf } from './asking.ts';
import { campaignId, startCampaign, trunkId } from './chaos-campaign.ts';
import { type FaultPorts, suffer } from './faults.ts';
import { followCalls } from './followed-calls.ts';
import { broken, type ChaosOutcome, type FaultTold, type Recovery } from './outcome.ts';
import { placedOn } from './placed-actors.ts';
import type { ChaosSetup, Play } from './play.ts';
import { Probe } from './probe.ts';
import { reckon } from './reckoning.ts';
import { type Fault, schedule } from './schedule.ts';
import { nodeCount, openStage, type Stage } from './stage.ts';

const probeActors = 120;
const probeRate = 10;
/** Without a word for so long an actor is out of reach. */
const patienceMs = 60_000;
const rampMs = 120_000;
const lookMs = 250;

/**
 * Starts everything, lets the faults happen, counts, and ends what it started. What it found is kept where a promise was
 * broken, else it is dropped.
 * @throws SERVICE_UNAVAILABLE where a program is missing.
 */
export async function runChaos(setup: ChaosSetup): Promise<ChaosOutcome> {
  const opened: Closing[] = [];
  try {
    const play = await prepare(setup, opened);
    const faults = await perform(setup, play);
    const outcome = await reckon(setup, play, faults);
    if (broken(outcome).length === 0) await forget(play.stage);
    else setup.say(`Its database is kept to look at: ${play.stage.database} of the services in ${setup.folder}.`);
    return outcome;
  } finally {
    await closeAll(opened);
  }
}

async function prepare(setup: ChaosSetup, opened: Closing[]): Promise<Play> {
  const { calls: wanted, talkS, minutes, say, signal } = setup;
  const stage = await openStage(setup, opened);
  const { desk } = stage;
  const calls = followCalls(desk.journal, (error) => desk.fail(error));
  opened.push(() => calls.stop());
  const campaign = await startCampaign(desk, { folder: stage.folder, calls: wanted, talkS, minutes });
  say(`The campaign has ${campaign.leads} leads and dials; a log of each node is below ${stage.folder}.`);
  const probe = new Probe({ runtime: desk.runtime, actors: probeActors, rate: probeRate });
  opened.push(() => probe.stop());
  probe.start();
  const endsAtMs = performance.now() + rampMs;
  while (calls.live() < wanted * 0.9 && performance.now() < endsAtMs) await after(lookMs, undefined, { signal });
  say(`${calls.live()} calls are live.`);
  return { stage, campaign, calls, probe };
}

async function perform(setup: ChaosSetup, { stage, calls, probe }: Play): Promise<readonly FaultTold[]> {
  const { seed, minutes, mostFaults = Number.POSITIVE_INFINITY, say, signal } = setup;
  const { desk } = stage;
  const everywhere = [...probe.refs, refOf('campaign', campaignId), refOf('trunk', trunkId)];
  const ports: FaultPorts = {
    stage,
    signal,
    actorsOf: (node) => [...placedOn(desk.broker, node, everywhere), ...calls.heldBy(node)],
    askAgain: (refs, sinceMs) => askAll(desk.runtime, refs, patienceMs, sinceMs),
    patienceMs,
  };
  const told: FaultTold[] = [];
  const startedMs = performance.now();
  const sequence = schedule(seed, nodeCount);
  while (performance.now() - startedMs < minutes * 60_000 && told.length < mostFaults) {
    const fault: Fault = sequence.next().value;
    const atS = Math.round((performance.now() - startedMs) / 1000);
    const liveCalls = calls.live();
    const { what, recovery } = await suffer(fault, ports);
    told.push({ kind: fault.kind, atS, what, liveCalls, ...(recovery ? { recovery } : {}) });
    const healed = await askAll(desk.runtime, everywhere, patienceMs);
    say(`${atS} s: ${what} (${liveCalls} live calls).`);
    if (recovery) say(`  Its ${recovery.actors} actors: ${toldOf(recovery)}.`);
    say(`  All answered ${lastOf(healed, patienceMs)}.`);
    await after(fault.calmMs, undefined, { signal });
  }
  return told;
}

function toldOf({ lostMs, medianMs, lastMs, last }: Recovery): string {
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  return `the node was lost after ${seconds(lostMs)}, half answered after ${seconds(medianMs)}, ${last} last after ${seconds(lastMs)}`;
}

async function forget({ services, database }: Stage): Promise<void> {
  const client = new MongoClient(services().mongodbUrl);
  await client.db(database).dropDatabase();
  await client.close();
}
