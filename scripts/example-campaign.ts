/** The campaign of 60 leads that a newcomer sees first, on one node or on a cluster. */
import { join } from 'node:path';
import { type LawProfiles, lawNamed } from '#config/law-profiles.ts';
import { type CampaignSettings, campaignProtocol } from '#proto/generated/campaign.ts';
import { practiceLaw } from './campaign-law.ts';
import { leaseOf } from './lease.ts';
import type { CallboardNode } from './node/node.ts';

const root = join(import.meta.dirname, '..');

/** The trunk to the practice carrier. */
export const practiceTrunk = 'practice';

/** What the practice carrier takes. */
export const practiceLimits = { maxChannels: 30, callsPerSecond: 10 };

export const exampleList = join(root, 'config', 'example', 'leads.csv');

const plan = {
  prompt: join(root, 'config', 'prompts', 'hello.wav'),
  gatherDigits: 1,
  gatherTimeoutMs: 4000,
  ringTimeoutMs: 15_000,
  maxTalkMs: 60_000,
  record: true,
  silenceTimeoutMs: 20_000,
};

/** How it is dialed: under the law of practice. */
export function exampleSettings(laws: LawProfiles): CampaignSettings {
  const law = lawNamed(laws, practiceLaw);
  return { trunkId: practiceTrunk, plan, maxCalls: 20, callsPerSecond: 5, leaseMs: leaseOf(plan), law };
}

/** The last example campaign where it is unfinished, else the next. */
export async function exampleId(node: CallboardNode): Promise<string> {
  const streams = await node.journal.streams({ kind: 'campaign', limit: 10_000 });
  const numbers = streams.flatMap((stream) => {
    const found = /^campaign\/example-(\d+)$/.exec(stream);
    return found ? [Number(found[1])] : [];
  });
  const last = Math.max(0, ...numbers);
  if (last === 0) return 'example-1';
  const described = await node.runtime.ask(campaignProtocol, `example-${last}`, { type: 'DescribeCampaign' });
  return described.ok && described.reply?.phase !== 'ended' ? `example-${last}` : `example-${last + 1}`;
}
