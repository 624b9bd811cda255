/** What an agent owes after a call, and what it does then: the next call, a break, or the end of the shift. */
import type { AgentEvent } from '#proto/generated/agent.ts';
import { type CommandMeta, type Refused, reject } from '#runtime/decision.ts';
import { type AgentState, isInCall } from './state.ts';

/** Whether a disposition is missing that the campaign requires. */
export function owesDisposition({ call }: AgentState): boolean {
  return call?.wrapUp.required === true && !call.disposed && !call.consult;
}

/** The refusal of whoever would rest, or go on, and has not said yet what became of the talk. */
export function refusedToRest(state: AgentState, { actorId }: CommandMeta): Refused | undefined {
  if (!owesDisposition(state)) return undefined;
  return reject(
    'DISPOSITION_MISSING',
    `Agent ${actorId} has not said what became of the call: name a disposition first.`,
  );
}

/** What the agent does when nothing holds it: what it asked for meanwhile, else it is ready. */
export function restOf({ afterwards, legId }: AgentState, atMs: number): AgentEvent[] {
  if (afterwards?.type === 'break') return [{ type: 'BreakBegan', reason: afterwards.reason, atMs }];
  if (afterwards?.type === 'sign-out') return [{ type: 'SignedOut', legId, reason: '', callId: '', atMs }];
  return [{ type: 'AgentBecameReady', atMs }];
}

/** The wrap-up is over by itself: what nobody named gets the campaign's word for it. */
export function wrapUpEnded(state: AgentState, atMs: number): AgentEvent[] {
  return [...byDefault(state, atMs), ...restOf(state, atMs)];
}

/** The agent is gone in the middle of it: what can be said of the call is said. */
export function overOf(state: AgentState, atMs: number): AgentEvent[] {
  const { call } = state;
  if (!call || (call.connectedAtMs === 0 && isInCall(state))) return [];
  const talked = isInCall(state) ? talkEnded(state, atMs) : [];
  return [...talked, ...byDefault(state, atMs)];
}

/** The next callee hears an agent whose microphone was off for this one. */
export function talkEnded({ call, muted }: AgentState, atMs: number): AgentEvent[] {
  const talkMs = call && call.connectedAtMs > 0 ? Math.max(0, atMs - call.connectedAtMs) : 0;
  const unmuted: AgentEvent[] = muted ? [{ type: 'MicrophoneMuted', muted: false, atMs }] : [];
  return [...unmuted, { type: 'TalkEnded', callId: call?.callId ?? '', talkMs, atMs }];
}

function byDefault({ call }: AgentState, atMs: number): AgentEvent[] {
  if (!call || call.disposed || call.consult || call.wrapUp.defaultDisposition === '') return [];
  const { callId, campaignId, wrapUp } = call;
  const disposition = wrapUp.defaultDisposition;
  return [{ type: 'CallDisposed', callId, campaignId, disposition, byDefault: true, atMs }];
}
