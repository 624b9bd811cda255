/** What an agent makes of what it is told. It is the arbiter: whatever anybody believes, it is in one call at most. */
import type {
  AgentCommand,
  AgentEvent,
  AgentProfile,
  AgentReply,
  ReserveAgent,
  TakeBreak,
} from '#proto/generated/agent.ts';
import { isPhoneUri } from '#proto/phone-uri.ts';
import { accept, answer, type CommandMeta, type Decision, reject } from '#runtime/decision.ts';
import { overOf, refusedToRest, restOf } from './after-call.ts';
import { decideInCall } from './in-call.ts';
import { type AgentState, isInCall, isShared, legIdOf, turnAfter, turnOf } from './state.ts';
import { decideSupervising, monitoringEnds } from './supervising.ts';
import { busy, byOf, notNow, type Wish } from './wish.ts';

type Decided = Decision<AgentEvent, AgentReply>;

export function decide(state: AgentState, command: AgentCommand, meta: CommandMeta): Decided {
  const atMs = meta.nowMs;
  switch (command.type) {
    case 'DescribeAgent':
      return answer(described(state));
    case 'ConfigureAgent':
      return configure(state, command.profile, meta);
    case 'SignIn':
      return signIn(state, command, meta);
    case 'ReportPhoneAnswer': {
      if (state.phase !== 'signing-in' || command.legId !== state.legId) return accept();
      const { legId, nodeId } = command;
      return accept<AgentEvent>({ type: 'PhoneAnswered', legId, nodeId, atMs }, { type: 'AgentBecameReady', atMs });
    }
    case 'ReportPhoneGone':
      if (state.phase === 'offline' || command.legId !== state.legId) return accept();
      return accept(...phoneGone(state, command.reason, meta));
    case 'SignOut':
      return signOut(state, command, meta);
    case 'BecomeReady':
      return becomeReady(state, command, meta);
    case 'TakeBreak':
      return takeBreak(state, command, meta);
    case 'ReserveAgent':
      return reserve(state, command, meta);
    case 'StartMonitoring':
    case 'StopMonitoring':
    case 'ReportMonitorFailure':
    case 'ReportPhoneAttended':
    case 'AttendPhone':
    case 'LeavePhone':
      return decideSupervising(state, command, meta);
    case 'RequestLead':
      if (state.phase !== 'ready') return notNow(state, meta);
      return accept({ type: 'LeadRequested', campaignId: command.campaignId, atMs, ...byOf(command) });
    case 'EndTurn':
      if (!isTurn(state, command.campaignId)) return accept();
      return accept({ type: 'ReleaseAsked', campaignId: command.campaignId, atMs });
    case 'PassTurn':
      if (!isTurn(state, command.campaignId)) return accept();
      return accept({ type: 'TurnPassed', campaignId: turnAfter(state) ?? '', atMs });
    case 'OfferPreview': {
      const { type: _, ...preview } = command;
      if (state.preview?.callId === command.callId) return accept();
      if (state.phase !== 'ready')
        return accept({ type: 'PreviewDeclined', callId: command.callId, campaignId: command.campaignId, atMs });
      return accept({ type: 'PreviewOffered', ...preview, atMs });
    }
    case 'AnswerPreview':
      if (!state.preview)
        return reject('AGENT_NO_CALL', `Agent ${meta.actorId} has no contact to look at: wait for one.`);
      return accept(...previewAnswered(state, command.accepted, false, atMs, command));
    case 'EndPreview':
      if (state.preview?.callId !== command.callId) return accept();
      if (state.preview.dialsInTheEnd) return accept(...previewAnswered(state, true, true, atMs));
      // Who does not look is not there: somebody else is shown it, and the agent no more until it says so.
      return accept(...looked(state, atMs), { type: 'BreakBegan', reason: 'a contact was not looked at', atMs });
    default:
      return decideInCall(state, command, meta);
  }
}

function configure(state: AgentState, profile: AgentProfile, meta: CommandMeta): Decided {
  const levels = profile.skills.every(({ name, level }) => name !== '' && level >= 1);
  if (!isPhoneUri(profile.phoneUri) || !levels) {
    return reject(
      'AGENT_SETTINGS',
      `Agent ${meta.actorId} needs a phone such as sip:NAME@HOST, no telephone number, and skills of level 1 or more: change its settings.`,
    );
  }
  const same = JSON.stringify(profile) === JSON.stringify(state.profile);
  return same ? accept() : accept({ type: 'AgentConfigured', profile });
}

function signIn(state: AgentState, command: Wish, { actorId, nowMs: atMs }: CommandMeta): Decided {
  if (!state.profile)
    return reject('AGENT_UNKNOWN', `There is no agent ${actorId}: give it a phone and a campaign first.`);
  if (state.phase !== 'offline') return accept();
  const shift = state.shifts + 1;
  return accept({ type: 'SignInRequested', shift, legId: legIdOf(actorId, shift), atMs, ...byOf(command) });
}

/** What it was looking at goes back to its campaign; a call looks for somebody else. */
function phoneGone(state: AgentState, reason: string, meta: CommandMeta, wish: Wish = {}): AgentEvent[] {
  const atMs = meta.nowMs;
  const { legId, call } = state;
  const callId = isInCall(state) ? (call?.callId ?? '') : '';
  const gone: AgentEvent = { type: 'SignedOut', legId, reason, callId, atMs, ...byOf(wish) };
  const attended = state.phase === 'monitoring' ? [monitoringEnds(meta, wish)] : [];
  return [...looked(state, atMs), ...attended, ...overOf(state, atMs), gone];
}

/** The contact that the agent leaves before it has decided is for somebody else to look at. */
function looked({ preview }: AgentState, atMs: number): AgentEvent[] {
  if (!preview) return [];
  return [{ type: 'PreviewDeclined', callId: preview.callId, campaignId: preview.campaignId, atMs }];
}

function signOut(state: AgentState, command: Wish, meta: CommandMeta): Decided {
  if (state.phase === 'offline') return accept();
  if (isInCall(state)) {
    return state.afterwards?.type === 'sign-out' ? accept() : accept({ type: 'SignOutRequested', ...byOf(command) });
  }
  return accept(...phoneGone(state, '', meta, command));
}

function becomeReady(state: AgentState, command: Wish, meta: CommandMeta): Decided {
  const ready: AgentEvent = { type: 'AgentBecameReady', atMs: meta.nowMs, ...byOf(command) };
  switch (state.phase) {
    case 'ready':
      return accept();
    case 'wrapping':
      return refusedToRest(state, meta) ?? accept(ready);
    case 'break':
      return accept(ready);
    case 'monitoring':
      return accept(monitoringEnds(meta, command), ready);
    default:
      return notNow(state, meta);
  }
}

function takeBreak(state: AgentState, command: TakeBreak, meta: CommandMeta): Decided {
  const { reason } = command;
  const began: AgentEvent = { type: 'BreakBegan', reason, atMs: meta.nowMs, ...byOf(command) };
  if (isInCall(state)) return accept({ type: 'BreakRequested', reason, ...byOf(command) });
  switch (state.phase) {
    case 'wrapping':
      return refusedToRest(state, meta) ?? accept(began);
    case 'previewing':
      return accept(...looked(state, meta.nowMs), began);
    case 'monitoring':
      return accept(monitoringEnds(meta, command), began);
    case 'ready':
    case 'break':
      return accept(began);
    default:
      return notNow(state, meta);
  }
}

/** Whether the agent waits for a call of this campaign, and might for one of another. */
function isTurn(state: AgentState, campaignId: string): boolean {
  return state.phase === 'ready' && isShared(state) && turnOf(state) === campaignId;
}

function reserve(
  state: AgentState,
  { callId, campaignId, wrapUp, consult = false }: ReserveAgent,
  meta: CommandMeta,
): Decided {
  const isOurs = state.call?.callId === callId && isInCall(state);
  // Asked again, it was reserved already; whom it looked at, or was consulted on, comes to it now.
  const isNews = state.call?.promised || (state.call?.consult && !consult);
  if (isOurs && !isNews) return accept();
  if (!isOurs && state.phase !== 'ready') return busy(state, meta);
  const reservation = state.reservations + 1;
  return accept({ type: 'AgentReserved', callId, campaignId, wrapUp, consult, reservation, atMs: meta.nowMs });
}

function previewAnswered(
  state: AgentState,
  accepted: boolean,
  timed: boolean,
  atMs: number,
  wish: Wish = {},
): AgentEvent[] {
  if (!state.preview) return [];
  const { callId, campaignId } = state.preview;
  const answered: AgentEvent = { type: 'PreviewAnswered', callId, campaignId, accepted, timed, atMs, ...byOf(wish) };
  return accepted ? [answered] : [answered, ...restOf(state, atMs)];
}

function described(state: AgentState): AgentReply {
  const { phase, reason, sinceMs, call, preview, legId, nodeId, muted, profile, afterwards } = state;
  return {
    type: 'AgentDescribed',
    ...{ phase, reason, sinceMs, legId, nodeId, muted },
    callId: call?.callId ?? preview?.callId ?? '',
    campaignId: call?.campaignId ?? preview?.campaignId ?? '',
    owesDisposition: phase === 'wrapping' && call !== undefined && call.wrapUp.required && !call.disposed,
    ...(profile ? { profile } : {}),
    contactId: preview?.contactId ?? '',
    mask: preview?.mask ?? '',
    ...(afterwards ? { afterwards: afterwards.type } : {}),
  };
}
