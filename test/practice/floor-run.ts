/** One campaign of practice agents over real SIP and RTP, from the first phone to the last, and what its journal has. */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openSqliteJournalReader } from '#adapters/sqlite/journal.ts';
import type { LawProfiles } from '#config/law-profiles.ts';
import { loadConfig } from '#config/load.ts';
import { type AuditReport, audit } from '#law/audit.ts';
import { systemClock } from '#ports/system-clock.ts';
import { startPracticeAgents, startPracticeCarrier } from '#practice/start.ts';
import type { Codec, Tagged } from '#proto/codec.ts';
import { type AgentEvent, agentEvent, agentProtocol } from '#proto/generated/agent.ts';
import { type CallEvent, callEvent } from '#proto/generated/call.ts';
import {
  type CampaignEvent,
  type CampaignSettings,
  campaignEvent,
  campaignProtocol,
} from '#proto/generated/campaign.ts';
import { commit } from '#proto/generated/envelope.ts';
import { trunkProtocol } from '#proto/generated/trunk.ts';
import { beginShift } from '#scripts/demo/practice-shift.ts';
import { readAuditRecord } from '#scripts/law/read-audit.ts';
import { type CallboardNode, startNode } from '#scripts/node/node.ts';

const campaignId = 'floor';

export interface FloorPlan {
  /** Data goes below it. */
  readonly folder: string;
  readonly list: string;
  /** The same seed, the same people and agents. */
  readonly seed: number;
  /** Every wait of theirs is multiplied by it. */
  readonly timeScale: number;
  readonly agentIds: readonly string[];
  /** What the trunk shows to those called; absent: nothing. */
  readonly callerId?: string;
  readonly settings: (laws: LawProfiles) => CampaignSettings;
}

/** What happened, by the journal. */
export interface FloorRecord {
  /** What agents could not be told. */
  readonly errors: readonly unknown[];
  readonly agents: ReadonlyMap<string, readonly AgentEvent[]>;
  readonly calls: ReadonlyMap<string, readonly CallEvent[]>;
  readonly campaign: readonly CampaignEvent[];
  readonly report: AuditReport;
}

/** Runs it until it has ended and everybody has signed off. */
export async function runFloor(plan: FloorPlan): Promise<FloorRecord> {
  const data = join(plan.folder, 'data');
  const errors = await work(plan, data);
  const journal = await openSqliteJournalReader({ path: join(data, 'journal.db') });
  const report = audit(await readAuditRecord(journal, campaignId));
  await journal.close();
  const campaign = (await history(data, 'campaign', campaignEvent)).get(campaignId) ?? [];
  const [agents, calls] = [await history(data, 'agent', agentEvent), await history(data, 'call', callEvent)];
  return { errors, agents, calls, campaign, report };
}

async function work(plan: FloorPlan, dataFolder: string): Promise<readonly unknown[]> {
  const { list, seed, timeScale, agentIds, callerId } = plan;
  const errors: unknown[] = [];
  const carrier = await startPracticeCarrier({ seed, timeScale });
  const phones = await startPracticeAgents({ seed, timeScale });
  const limits = { maxChannels: 50, callsPerSecond: 20 };
  const shown = callerId === undefined ? {} : { callerId };
  const trunks = { practice: { uri: carrier.uri, ...limits, ...shown } };
  const node = await startNode(loadConfig({ overrides: { dataFolder, trunks } }));
  const host = phones.uri.replace(/^sip:/, '');
  const shift = await beginShift({
    ...{ runtime: node.runtime, journal: node.journal, clock: systemClock, timeScale, seed },
    phones: new Map(agentIds.map((agentId) => [agentId, `sip:${agentId}@${host}`])),
    campaigns: [campaignId],
    onError: (error) => errors.push(error),
  });
  const settings = plan.settings(node.laws);
  const trunk = { type: 'ConfigureTrunk', uri: carrier.uri, ...limits, leaseMs: settings.leaseMs } as const;
  await node.runtime.ask(trunkProtocol, 'practice', trunk);
  await node.runtime.ask(campaignProtocol, campaignId, { type: 'ConfigureCampaign', settings });
  await node.runtime.ask(campaignProtocol, campaignId, { type: 'LoadList', path: list });
  await until(node, 'ready');
  await node.runtime.ask(campaignProtocol, campaignId, { type: 'StartCampaign' });
  await until(node, 'ended');
  await shift.stop();
  for (const agentId of agentIds) await node.runtime.ask(agentProtocol, agentId, { type: 'SignOut' });
  await node.stop();
  await phones.stop();
  await carrier.stop();
  return errors;
}

async function until(node: CallboardNode, phase: string): Promise<void> {
  for (;;) {
    const described = await node.runtime.ask(campaignProtocol, campaignId, { type: 'DescribeCampaign' });
    if (described.ok && described.reply?.phase === phase && !described.reply.loading) return;
    await pause(50);
  }
}

async function history<E extends Tagged>(
  data: string,
  kind: string,
  codec: Codec<E>,
): Promise<ReadonlyMap<string, readonly E[]>> {
  const journal = await openSqliteJournalReader({ path: join(data, 'journal.db') });
  const found = new Map<string, readonly E[]>();
  for (const stream of await journal.streams({ kind, limit: 1000 })) {
    const entries = await journal.read(stream, 0);
    found.set(
      stream.slice(kind.length + 1),
      entries.flatMap(({ bytes }) => commit.decode(bytes).events.map((each) => codec.decode(each))),
    );
  }
  await journal.close();
  return found;
}
