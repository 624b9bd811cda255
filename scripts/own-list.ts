/** A campaign that dials a list of one's own: what `run` and `dial` have in common. */
import { createHash } from 'node:crypto';
import { basename, resolve } from 'node:path';
import { longestCampaignId } from '#actors/campaign/state.ts';
import { readList } from '#adapters/csv/list-reader.ts';
import { readPrompt } from '#adapters/rtp/prompts.ts';
import { FatalError } from '#ports/errors.ts';
import type { CampaignSettings } from '#proto/generated/campaign.ts';
import type { Law } from '#proto/generated/law.ts';
import { leaseOf } from './lease.ts';

export interface OwnListOptions {
  readonly prompt: string;
  readonly gather: number;
  readonly maxCalls: number;
  readonly rate: number;
  /** Seconds. */
  readonly ringTimeout: number;
  readonly campaign?: string;
  /** Name of a law profile. */
  readonly law?: string;
}

const gatherTimeoutMs = 5000;
const maxTalkMs = 10 * 60_000;
/** Three reports of RTCP that do not come (RFC 3550, 6.2: every 5 s). */
const silenceTimeoutMs = 20_000;

/**
 * What is no list or no prompt leaves nothing behind, not even a campaign.
 * @throws LIST_UNREADABLE, PROMPT_UNREADABLE, CONFIG_INVALID
 */
export async function checkOwnList(list: string, options: OwnListOptions): Promise<void> {
  await readList(list).next();
  await readPrompt(options.prompt);
  const { campaign } = options;
  if (campaign === undefined || (/^[A-Za-z0-9._-]+$/.test(campaign) && campaign.length <= longestCampaignId)) return;
  throw new FatalError(
    'CONFIG_INVALID',
    `--campaign takes 1 to ${longestCampaignId} letters, digits, dots, underscores and hyphens: give another name.`,
  );
}

/** How the list is dialed. */
export function settingsOf(trunkId: string, options: OwnListOptions, law: Law): CampaignSettings {
  const plan = {
    prompt: resolve(options.prompt),
    gatherDigits: options.gather,
    gatherTimeoutMs,
    ringTimeoutMs: Math.round(options.ringTimeout * 1000),
    maxTalkMs,
    record: true,
    silenceTimeoutMs,
  };
  const { maxCalls, rate: callsPerSecond } = options;
  return { trunkId, plan, maxCalls, callsPerSecond, leaseMs: leaseOf(plan), law };
}

/** The same list is the same campaign, wherever the command is typed. */
export function campaignIdOf(list: string): string {
  const path = resolve(list);
  const name =
    basename(path)
      .replace(/\.[^.]*$/, '')
      .replace(/[^A-Za-z0-9_-]+/g, '-')
      .slice(0, 40) || 'list';
  return `${name}-${createHash('sha256').update(path).digest('hex').slice(0, 8)}`;
}
