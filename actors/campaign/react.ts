/** What a campaign wants done: its list read, leads claimed, calls placed, leads settled. */
import type { Intent } from '#proto/generated/call.ts';
import type { CampaignCommand, CampaignEvent } from '#proto/generated/campaign.ts';
import { type Effect, run, startTicking, stopTicking } from '#runtime/effects.ts';
import { type CampaignState, liveCount, tickMs } from './state.ts';

const attemptCheckMs = 10_000;

export function react(state: CampaignState, event: CampaignEvent): readonly Effect<CampaignCommand>[] {
  switch (event.type) {
    case 'ListRequested':
      return [loadList(state)];
    case 'CampaignConfigured':
      return tellLive(state);
    case 'CampaignStarted':
      return ticks();
    case 'CampaignResumed':
      return [...ticks(), ...pendingClaim(state), ...tellLive(state)];
    case 'CampaignPaused':
    case 'CampaignStopped':
      return [stopTicking('pace'), ...tellLive(state)];
    case 'CampaignEnded':
      return [stopTicking('pace'), stopTicking('attempts')];
    case 'LeadsRequested':
      return [claim(state, event.claimId, event.count)];
    case 'AttemptsStarted':
      return event.attempts.length > 0 ? [placeCalls(state, event.attempts, `place:${event.claimId}`)] : [];
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
    ...(state.phase === 'running'
      ? ticks()
      : [startTicking<CampaignCommand>('attempts', attemptCheckMs, { type: 'CheckAttempts' })]),
  ];
}

export function isWakeful(state: CampaignState): boolean {
  return state.phase === 'running' || state.loading !== undefined || liveCount(state) > 0;
}

function ticks(): readonly Effect<CampaignCommand>[] {
  return [
    startTicking('pace', tickMs, { type: 'Pace' }),
    startTicking('attempts', attemptCheckMs, { type: 'CheckAttempts' }),
  ];
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

/** Leads that have begun are settled before more are claimed: what is claimed can never be one that was dialed. */
function claim(state: CampaignState, claimId: string, count: number): Effect<CampaignCommand> {
  return run('claim', { begun: state.begun, claimId, count, leaseMs: state.settings?.leaseMs }, `claim:${claimId}`);
}

function placeCalls(
  state: CampaignState,
  attempts: readonly { readonly callId: string }[],
  key: string,
): Effect<CampaignCommand> {
  const { trunkId, plan, law } = state.settings ?? {};
  const under = law ? { fingerprint: law.fingerprint } : {};
  return run('place-calls', { attempts, trunkId, plan, intent: intentOf(state), ...under }, key);
}

function liveAttempts(state: CampaignState, callIds: readonly string[]) {
  return callIds.flatMap((callId) => {
    const attempt = state.live[callId];
    return attempt ? [{ callId, lead: attempt.lead }] : [];
  });
}
