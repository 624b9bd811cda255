/** What a campaign wants done: its list read, leads claimed, calls placed, leads settled. */
import { agentProtocol } from '#proto/generated/agent.ts';
import type { Intent } from '#proto/generated/call.ts';
import {
  type AgentWrapUp,
  type CampaignCommand,
  type CampaignEvent,
  campaignProtocol,
} from '#proto/generated/campaign.ts';
import { type Effect, run, stopTicking, tell } from '#runtime/effects.ts';
import { lookers } from './agent-work.ts';
import { type CampaignState, liveCount } from './state.ts';
import { endWaiting, isWaiting, rest, ticks } from './waiting.ts';

export function react(state: CampaignState, event: CampaignEvent, actorId: string): readonly Effect<CampaignCommand>[] {
  return [...consequences(state, event, actorId), ...pacedAtOnce(state, event, actorId)];
}

/** The pacer is asked after each event that it goes by, and not at the next tick only: an agent is free, a line is. */
function pacedAtOnce(state: CampaignState, event: CampaignEvent, actorId: string): readonly Effect<CampaignCommand>[] {
  if (!state.settings?.agents || state.phase !== 'running' || isWaiting(state)) return [];
  switch (event.type) {
    case 'AttemptRang':
    case 'AttemptEnded':
    case 'AgentRequested':
    case 'CallConnected':
    case 'CallAbandoned':
      return [paceNow(actorId, `${event.type}:${event.callId}:${event.atMs}`)];
    case 'AgentBecameReady':
    case 'AgentWentAway':
      return [paceNow(actorId, `${event.type}:${event.agentId}:${event.atMs}`)];
    default:
      return [];
  }
}

function paceNow(actorId: string, after: string): Effect<CampaignCommand> {
  return tell(campaignProtocol, actorId, { type: 'Pace' }, `pace:${after}`);
}

function consequences(state: CampaignState, event: CampaignEvent, actorId: string): readonly Effect<CampaignCommand>[] {
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
      return pendingClaim(state);
    case 'AttemptsStarted': {
      const attempts = event.attempts.filter(({ callId }) => !(callId in state.book.offers));
      return [...(attempts.length > 0 ? [placeCalls(state, attempts, `place:${event.claimId}`)] : []), ...rest(state)];
    }
    case 'AttemptsOverdue':
      return [placeCalls(state, liveAttempts(state, event.callIds), `look-after:${event.atMs}`)];
    case 'AgentChosen':
      return [reserve(state, event.callId, event.agentId, event.atMs)];
    case 'AgentLent': {
      const { agentId, atMs } = event;
      return [tell(agentProtocol, agentId, { type: 'PassTurn', campaignId: actorId }, `lent:${agentId}:${atMs}`)];
    }
    case 'PreviewOffered':
      return event.agentId
        ? offer(state, event.callId, event.agentId, actorId, `offer:${event.callId}:${event.atMs}`)
        : [];
    case 'PreviewAnswered':
      return previewAnswered(state, event);
    default:
      return [];
  }
}

/** The agent has the last word: what is chosen is asked. */
function reserve(state: CampaignState, callId: string, agentId: string, atMs: number): Effect<CampaignCommand> {
  return run('reserve', { callId, agentId, wrapUp: wrapUpOf(state) }, `reserve:${callId}:${agentId}:${atMs}`);
}

function offer(
  state: CampaignState,
  callId: string,
  agentId: string,
  campaignId: string,
  key: string,
): readonly Effect<CampaignCommand>[] {
  const lead = state.live[callId]?.lead;
  if (!lead) return [];
  const { contactId, mask } = lead;
  const { previewMs: longestMs = 0, previewDials: dialsInTheEnd = false } = state.settings?.agents ?? {};
  const shown = { callId, campaignId, contactId, mask, longestMs, dialsInTheEnd, wrapUp: wrapUpOf(state) };
  return [tell(agentProtocol, agentId, { type: 'OfferPreview', ...shown }, key)];
}

/** Who accepted gets the call; who looks at what is not dialed any more is let go of. */
function previewAnswered(
  state: CampaignState,
  { callId, agentId, accepted, atMs }: CampaignEvent & { type: 'PreviewAnswered' },
): readonly Effect<CampaignCommand>[] {
  if (accepted) return [placeCalls(state, liveAttempts(state, [callId]), `place:${callId}`)];
  if (!agentId) return [];
  const reason = 'the contact is not dialed';
  return [
    tell(agentProtocol, agentId, { type: 'ReleaseAgent', callId, reason, reservation: 0 }, `release:${callId}:${atMs}`),
  ];
}

function wrapUpOf({ settings }: CampaignState): AgentWrapUp {
  return settings?.agents?.wrapUp ?? { dispositions: [], required: false, longestMs: 0, defaultDisposition: '' };
}

/** Choices and previews that nobody has answered. */
function agentsAsked(state: CampaignState, actorId: string): readonly Effect<CampaignCommand>[] {
  const { routing, book, attempts } = state;
  return [
    ...Object.entries(routing.chosen).map(([callId, { agentId, atMs }]) => reserve(state, callId, agentId, atMs)),
    ...Object.entries(book.offers).flatMap(([callId, { agentId }]) =>
      agentId ? offer(state, callId, agentId, actorId, `offer:${callId}:resume:${attempts}`) : [],
    ),
  ];
}

/**
 * After a crash everything outstanding is asked for again under its old key. Placing a call that was placed only
 * answers how it stands, so that no outcome is missed and nobody is dialed twice.
 */
export function resume(state: CampaignState, actorId: string): readonly Effect<CampaignCommand>[] {
  const live = liveAttempts(state, Object.keys(state.live));
  return [
    ...(state.loading === undefined ? [] : [loadList(state)]),
    ...pendingClaim(state),
    ...(live.length > 0 ? [placeCalls(state, live, `resume:${state.attempts}`)] : []),
    ...agentsAsked(state, actorId),
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
  return state.claim && state.phase === 'running' ? [claim(state, state.claim)] : [];
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

const allLeads = { languages: [], timezones: [], segments: [] };

/** The list hears first what has begun and what is to be called again: what is claimed was never dialed before. */
function claim(
  state: CampaignState,
  { claimId, count, followUps, closed }: NonNullable<CampaignState['claim']>,
): Effect<CampaignCommand> {
  const { begun, settings } = state;
  const { where: wanted, order } = settings?.leads ?? {};
  const where = closed.length > 0 ? { ...(wanted ?? allLeads), closedTimezones: closed } : wanted;
  const agents = lookers(state);
  const choice = {
    ...(where ? { where } : {}),
    ...(order === 'newest' ? { order } : {}),
    // Leads that are for humans come where one can look at them now.
    ...(agents ? { human: agents.length > 0, agents } : {}),
  };
  return run('claim', { begun, followUps, claimId, count, leaseMs: settings?.leaseMs, ...choice }, `claim:${claimId}`);
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
  const { offers, bound } = state.book;
  return callIds.flatMap((callId) => {
    const attempt = state.live[callId];
    // Whom an agent still looks at, nobody calls.
    if (!attempt || callId in offers) return [];
    const agentId = bound[callId];
    return [{ callId, lead: attempt.lead, ...(agentId ? { agentId } : {}) }];
  });
}
