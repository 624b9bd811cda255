/** How the campaign of the demo dials. */
import { join } from 'node:path';
import { type LawProfiles, lawNamed } from '#config/law-profiles.ts';
import type { CampaignSettings, PacingMode } from '#proto/generated/campaign.ts';
import { practiceLaw } from '#scripts/campaign-law.ts';
import { leaseOf } from '#scripts/lease.ts';
import { demoDispositions } from './behaviour.ts';

const prompts = join(import.meta.dirname, '..', '..', 'config', 'prompts');

const linesForAgent = 3;
/** Abandoned answers at most, of all. */
const maxAbandonRate = 0.03;

/** For so many agents. Under the law of practice. */
export function demoSettings(trunkId: string, agents: number, mode: PacingMode, laws: LawProfiles): CampaignSettings {
  const plan = {
    ...{ prompt: '', gatherDigits: 0, gatherTimeoutMs: 0, ringTimeoutMs: 15_000, maxTalkMs: 10 * 60_000, record: true },
    ...{ silenceTimeoutMs: 20_000, needsAgent: true, connectDeadlineMs: 2000 },
    ...{ safeHarbour: join(prompts, 'sorry.wav'), optOutDigit: '9' },
  };
  const wrapUp = {
    ...{ dispositions: [...demoDispositions], required: false, longestMs: 30_000 },
    defaultDisposition: 'not interested',
  };
  return {
    ...{ trunkId, plan, maxCalls: agents * linesForAgent, callsPerSecond: Math.max(2, agents / 2) },
    leaseMs: leaseOf(plan),
    law: lawNamed(laws, practiceLaw),
    agents: {
      ...{ mode, powerRatio: 2, maxAbandonRate, skills: [], language: '', sticky: false },
      ...{ previewMs: 5000, previewDials: true, wrapUp },
    },
  };
}
