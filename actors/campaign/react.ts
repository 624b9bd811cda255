/** What a campaign wants done: its list read, leads claimed, calls placed, leads settled. */
import type { Intent } from '#proto/generated/call.ts';
import type { CampaignCommand, CampaignEvent } from '#proto/generated/campaign.ts';
import { type Effect, run, stopTicking } from '#runtime/effects.ts';
import { type CampaignState, liveCount } from './state.ts';
import { endWaiting, isWaiting, rest, ticks } from './waiting.ts';

export function react(state: CampaignState, event: CampaignEvent): readonly Effect<CampaignCommand>[] {
  switch (event.type) {
    case 'ListRequested':
      return [loadList(state)];
    case 'CampaignConfigured':
      return tellLive(state);
    case 'CampaignStarted':
      return ticks(state);
    case 'LeadsDue':
      return state.phase === 'running' ? ticks(state) : [];
    case 'LeadScheduled':
      return rest(state);
    case 'AttemptEnded':
      return isWaiting(state) && liveCount(state) === 0 ? [stopTicking('attempts')] : [];
    case 'CampaignResumed':
      return [...ticks(state), ...pendingClaim(state), ...tellLive(state)];
    case 'CampaignPaused':
      return [stopTicking('pace'), ...tellLive(state)];
    case 'CampaignStopped':
      return [stopTicking('pace'), ...endWaiting(state), ...tellLive(state)];
    case 'CampaignEnded':
      return [stopTicking('pace'), stopTicking('attempts')];
    case 'LeadsRequested':
      return [claim(state, event.claimId, event.count)];
    case 'AttemptsStarted':
      return [
        ...(event.attempts.length > 0 ? [placeCalls(state, event.attempts, `place:${event.claimId}`)] : []),
        ...rest(state),
      ];
    case 'AttemptsOverdue':
      return [placeCalls(state, liveAttempts(state, event.callIds), `look-after:${event.atMs}`)];
    default:
      return [];
  }
}

/**
 * After a crash everything outstanding is asked for again under its old key. Placing a call that was placed only
 * answers how it stands, so that no outcome is missed and nobody is dialed twice.
 */
export function resume(state: CampaignState): readonly Effect<CampaignCommand>[] {
  const live = Object.keys(state.live);
  return [
    ...(state.loading === undefined ? [] : [loadList(state)]),
    ...pendingClaim(state),
    ...(live.length > 0 ? [placeCalls(state, liveAttempts(state, live), `resume:${state.attempts}`)] : []),
    ...ticks(state),
  ];
}

export function isWakeful(state: CampaignState): boolean {
  return state.phase === 'running' || state.loading !== undefined || liveCount(state) > 0;
}

function loadList(state: CampaignState): Effect<CampaignCommand> {
  return run('load-list', { path: state.loading }, `load:${state.loads}`);
}

/** A claim that nobody answered; while the campaign is paused it waits. */
function pendingClaim(state: CampaignState): readonly Effect<CampaignCommand>[] {
  if (!state.claim || state.phase !== 'running') return [];
  return [claim(state, state.claim.claimId, state.claim.count)];
}

/** Calls that were not dialed yet hear what is wanted of them now. */
function tellLive(state: CampaignState): readonly Effect<CampaignCommand>[] {
  const live = Object.keys(state.live);
  return live.length > 0 ? [placeCalls(state, liveAttempts(state, live), `tell:${state.changes}`)] : [];
}

/** What the campaign wants of calls that were not dialed yet. */
function intentOf({ phase }: CampaignState): Intent {
  if (phase === 'paused') return 'wait';
  return phase === 'stopping' ? 'withdraw' : 'dial';
}

/** The list hears first what has begun and what is to be called again: what is claimed was never dialed before. */
function claim(state: CampaignState, claimId: string, count: number): Effect<CampaignCommand> {
  const { begun, settings } = state;
  const followUps = state.claim?.followUps ?? [];
  const { where, order } = settings?.leads ?? {};
  const choice = { ...(where ? { where } : {}), ...(order === 'newest' ? { order } : {}) };
  return run('claim', { begun, followUps, claimId, count, leaseMs: settings?.leaseMs, ...choice }, `claim:${claimId}`);
}

function placeCalls(
  state: CampaignState,
  attempts: readonly { readonly callId: string }[],
  key: string,
): Effect<CampaignCommand> {
  const { trunkId, plan } = state.settings ?? {};
  return run('place-calls', { attempts, trunkId, plan, intent: intentOf(state) }, key);
}

function liveAttempts(state: CampaignState, callIds: readonly string[]) {
  return callIds.flatMap((callId) => {
    const attempt = state.live[callId];
    return attempt ? [{ callId, lead: attempt.lead }] : [];
  });
}
