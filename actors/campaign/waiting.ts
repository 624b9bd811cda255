/** How a campaign waits for leads that may not be dialed yet. */
import type { CampaignCommand } from '#proto/generated/campaign.ts';
import { clearTimer, type Effect, setTimer, startTicking, stopTicking } from '#runtime/effects.ts';
import { type CampaignState, liveCount, tickMs } from './state.ts';

const attemptCheckMs = 10_000;
/** Leads that are due within one second are claimed together. */
const wakeEveryMs = 1000;
const timer = 'leads-due';

/** When a lead may be dialed that may not be now; undefined: never, unless a live attempt brings one. */
export function nextDueAtMs({ nextAtMs, followUps }: CampaignState): number | undefined {
  const times = [...followUps.map(({ dueAtMs }) => dueAtMs), ...(nextAtMs === undefined ? [] : [nextAtMs])];
  return times.length > 0 ? times.reduce((one, other) => Math.min(one, other)) : undefined;
}

/** Nothing can be claimed now, and something later. */
export function isWaiting(state: CampaignState): boolean {
  return state.exhausted && nextDueAtMs(state) !== undefined;
}

/** Asks the pacer, and looks after attempts, again and again, but not while it would be in vain. */
export function ticks(state: CampaignState): readonly Effect<CampaignCommand>[] {
  const waiting = isWaiting(state);
  const paced = state.phase === 'running' && !waiting;
  return [
    ...(paced ? [startTicking<CampaignCommand>('pace', tickMs, { type: 'Pace' })] : []),
    ...(waiting && liveCount(state) === 0
      ? []
      : [startTicking<CampaignCommand>('attempts', attemptCheckMs, { type: 'CheckAttempts' })]),
  ];
}

/**
 * Stops asking, and has a timer say when to go on. The timer is durable: nothing needs to be in memory until then. It
 * is set again with everything that brings another time, under the same name.
 */
export function rest(state: CampaignState): readonly Effect<CampaignCommand>[] {
  const dueAtMs = nextDueAtMs(state);
  if (!state.exhausted || dueAtMs === undefined) return [];
  const atMs = Math.ceil(dueAtMs / wakeEveryMs) * wakeEveryMs;
  return [
    stopTicking('pace'),
    ...(liveCount(state) === 0 ? [stopTicking('attempts')] : []),
    setTimer(timer, atMs, { type: 'WakeForLeads' }),
  ];
}

/** There is nothing to wait for any more. */
export function endWaiting(state: CampaignState): readonly Effect<CampaignCommand>[] {
  return isWaiting(state) ? [clearTimer(timer)] : [];
}
