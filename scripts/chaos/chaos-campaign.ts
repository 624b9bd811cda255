/** The campaign that is in progress while faults happen: a long list of numbers that nobody has, one plan. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { lawNamed } from '#config/law-profiles.ts';
import { FatalError } from '#ports/errors.ts';
import { type CampaignDescribed, type CampaignSettings, campaignProtocol } from '#proto/generated/campaign.ts';
import { trunkProtocol } from '#proto/generated/trunk.ts';
import type { Answered } from '#runtime/actor.ts';
import { practiceLaw } from '#scripts/campaign-law.ts';
import type { CallboardNode } from '#scripts/node/node.ts';
import { writeTone } from '#test/rtp/tone.ts';
import type { TalkS } from './carrier.ts';

export const campaignId = 'chaos';
export const trunkId = 'carrier';

export interface CampaignSetup {
  readonly folder: string;
  /** Live at once. */
  readonly calls: number;
  readonly talkS: TalkS;
  /** How long it is to go on. */
  readonly minutes: number;
}

export interface ChaosCampaign {
  readonly leads: number;
  /** After which a channel or an attempt that was forgotten is looked after, ms. */
  readonly leaseMs: number;
  describe(): Promise<CampaignDescribed | undefined>;
  /** Channels of the trunk that are taken. */
  channelsInUse(): Promise<number | undefined>;
  /** No new calls, for good. Whether the campaign has heard of it. */
  stop(): Promise<boolean>;
}

const by = 'chaos';
const stopTries = 12;
const againMs = 1000;
const ringTimeoutMs = 10_000;
/** On top of what the callee talks. */
const marginMs = 30_000;
/** North American area codes; the exchange 555 is nobody's. */
const areas = [201, 202, 206, 212, 213, 303, 305, 312, 404, 415, 503, 512, 602, 617, 702, 713, 718, 808, 907, 917];
const numbersAnArea = 9000;

/** What a trunk takes that is to carry so many calls: some of its channels wait for their lease after a crash. */
export function limitsFor(calls: number): { readonly maxChannels: number; readonly callsPerSecond: number } {
  return { maxChannels: calls * 3, callsPerSecond: Math.max(1, Math.ceil(calls / 20)) };
}

/** Imports the list and starts the campaign; resolves when it dials. */
export async function startCampaign(
  { runtime, config, laws }: CallboardNode,
  setup: CampaignSetup,
): Promise<ChaosCampaign> {
  const { folder, calls, talkS } = setup;
  const prompt = await writeTone(join(folder, 'prompt.wav'), 440, 200);
  const maxTalkMs = talkS[1] * 1000 + marginMs;
  const leaseMs = ringTimeoutMs + maxTalkMs + marginMs;
  const leads = leadsFor(setup);
  const path = join(folder, 'list.csv');
  writeFileSync(path, ['phone', ...Array.from({ length: leads }, (_, index) => numberOf(index))].join('\n'));
  const { maxChannels, callsPerSecond } = limitsFor(calls);
  const uri = config.trunks[trunkId]?.uri ?? '';
  const plan = { prompt, gatherDigits: 1, gatherTimeoutMs: maxTalkMs, ringTimeoutMs, maxTalkMs, record: false };
  // The trunk bounds the rate. A campaign claims what one tick may dial, and one claim takes some ticks here.
  const rate = { maxCalls: calls, callsPerSecond: callsPerSecond * 4 };
  const settings: CampaignSettings = { trunkId, plan, ...rate, leaseMs, law: lawNamed(laws, practiceLaw) };
  const limits = { uri, maxChannels, callsPerSecond, leaseMs };
  obeyed(await runtime.ask(trunkProtocol, trunkId, { type: 'ConfigureTrunk', ...limits }));
  obeyed(await runtime.ask(campaignProtocol, campaignId, { type: 'ConfigureCampaign', settings }));
  obeyed(await runtime.ask(campaignProtocol, campaignId, { type: 'LoadList', path }));
  const describe = async () => reply(await runtime.ask(campaignProtocol, campaignId, { type: 'DescribeCampaign' }));
  for (let listed = await describe(); listed?.leads !== leads; listed = await describe()) {
    if (listed?.reason) throw new FatalError('LIST_UNREADABLE', listed.reason);
    await pause(200);
  }
  obeyed(await runtime.ask(campaignProtocol, campaignId, { type: 'StartCampaign' }));
  return {
    leads,
    leaseMs,
    describe,
    async channelsInUse() {
      const described = reply(await runtime.ask(trunkProtocol, trunkId, { type: 'DescribeTrunk' }));
      return described?.type === 'TrunkDescribed' ? described.channelsInUse : undefined;
    },
    async stop() {
      for (let left = stopTries; left > 0; left -= 1) {
        if ((await runtime.ask(campaignProtocol, campaignId, { type: 'StopCampaign', by })).ok) return true;
        await pause(againMs);
      }
      return false;
    },
  };
}

/** Twice what dials itself in peace: after each fault the calls of a whole node are replaced. */
function leadsFor({ calls, talkS: [from, to], minutes }: CampaignSetup): number {
  const callsAMinute = (calls * 60) / ((from + to) / 2);
  return Math.min(numbersAnArea * areas.length, Math.ceil(calls * 4 + callsAMinute * 2 * (minutes + 2)));
}

/** Row of the list that a number stands on, with or without its plus. */
export function rowOf(number: string): number {
  const digits = number.replace(/^\+?1/, '');
  return areas.indexOf(Number(digits.slice(0, 3))) * numbersAnArea + Number(digits.slice(6)) - 999;
}

function numberOf(index: number): string {
  const area = areas[Math.floor(index / numbersAnArea)];
  return `+1${area}555${1000 + (index % numbersAnArea)}`;
}

function reply<R>(answered: Answered<R>): R | undefined {
  return answered.ok ? answered.reply : undefined;
}

function obeyed(answered: Answered<unknown>): void {
  if (answered.ok) return;
  const { code, message } = answered.rejection;
  throw Object.assign(new Error(message), { code });
}
