/** After the faults: the campaign is stopped, its calls end, and what must not be is counted. */
import { setTimeout as after } from 'node:timers/promises';
import { refOf } from '#runtime/refs.ts';
import { askAll } from './asking.ts';
import { invitesAt } from './carrier.ts';
import { campaignId, rowOf, trunkId } from './chaos-campaign.ts';
import { countChains, countCommands, countForgottenChannels } from './counted.ts';
import type { ChaosOutcome, Count, FaultTold } from './outcome.ts';
import type { ChaosSetup, Play } from './play.ts';

const patienceMs = 60_000;
/** Leases are looked at every few seconds, and by actors that may just have moved. */
const marginMs = 60_000;
const lookMs = 1000;

/** Stops the campaign and the nodes; the journal and the carrier's trace are left, and say what happened. */
export async function reckon(setup: ChaosSetup, play: Play, faults: readonly FaultTold[]): Promise<ChaosOutcome> {
  const { stage, campaign, calls, probe } = play;
  const { seed, minutes, say } = setup;
  await probe.stop();
  const everybody = [...probe.refs, ...calls.refs, refOf('campaign', campaignId), refOf('trunk', trunkId)];
  const asked = await askAll(stage.desk.runtime, everybody, patienceMs);
  const unreachable = asked.flatMap(({ ref, afterMs }) => (afterMs === undefined ? [ref] : []));
  const wasRunning = (await campaign.describe())?.phase === 'running';
  if (await campaign.stop()) say('The campaign is stopped; its live calls end.');
  else say('The campaign does not answer, so that it cannot be stopped.');
  const settledMs = await settled(setup, play);
  const described = await campaign.describe();
  for (const node of stage.nodes) if (!(await node.leave())) say(`${node.name} did not leave by itself.`);
  say('Counting.');
  const attempts = described?.attempts ?? 0;
  const outcomes = described?.outcomes ?? [];
  return {
    seed,
    minutes,
    calls: setup.calls,
    faults,
    counts: [
      ...(await journalCounts(play, attempts)),
      { name: 'actors unreachable after the last fault', found: unreachable, of: everybody.length },
    ],
    attempts,
    outcomes: Object.fromEntries(outcomes.map(({ outcome, count }) => [outcome, count])),
    commands: { acknowledged: probe.acknowledged.size, unacknowledged: probe.unacknowledged },
    notes: [
      `The last channel was free ${Math.round(settledMs / 1000)} s after the campaign was stopped; a lease is ${campaign.leaseMs / 1000} s.`,
      stage.nodes.every(({ link }) => link.isNamespace)
        ? 'Nodes were cut off by network namespaces.'
        : 'Nodes were cut off by TCP proxies: no network namespace can be made here.',
      ...(wasRunning ? [] : ['The campaign was over before the faults were.']),
    ],
  };
}

/** How long until the campaign is over and no channel is taken; at most until every lease has run out. */
async function settled({ signal }: ChaosSetup, { campaign }: Play): Promise<number> {
  const startedMs = performance.now();
  const passedMs = () => performance.now() - startedMs;
  while (passedMs() < campaign.leaseMs + marginMs) {
    const over = (await campaign.describe())?.phase === 'ended';
    if (over && (await campaign.channelsInUse()) === 0) break;
    await after(lookMs, undefined, { signal });
  }
  return passedMs();
}

async function journalCounts({ stage, calls, probe }: Play, attempts: number): Promise<readonly Count[]> {
  const { journal } = stage.desk;
  const commands = await countCommands(journal, probe.acknowledged);
  const invites = await invitesAt(stage.carrier);
  const repeated = invites.repeated.map((number) => `row ${rowOf(number)}`);
  const chains = await countChains(journal);
  const channels = await countForgottenChannels(journal, trunkId, calls.isUnfinished);
  const endless = [...calls.refs].filter(calls.isUnfinished);
  const { size } = probe.acknowledged;
  return [
    { name: 'acknowledged commands whose events are missing', found: commands.missing, of: size },
    { name: 'commands that took effect twice', found: commands.twice, of: size },
    { name: 'attempts with more than one INVITE at the carrier', found: repeated, of: invites.numbers },
    { name: 'streams with a broken chain', found: chains.broken, of: chains.streams },
    { name: 'channels reserved by nobody', found: channels, of: attempts },
    { name: 'attempts without an outcome', found: endless, of: attempts },
  ];
}
