/** What an agent wants done: its phone dialed and held, campaigns and calls told where it stands. */
import type { AgentCommand, AgentEvent } from '#proto/generated/agent.ts';
import { type CallCommand, callProtocol } from '#proto/generated/call.ts';
import { campaignProtocol } from '#proto/generated/campaign.ts';
import { clearTimer, type Effect, run, setTimer, tell } from '#runtime/effects.ts';
import { type AgentState, isShared } from './state.ts';
import { supervising, tellSupervisors } from './supervising-effects.ts';
import { moved, takesTurn, tellAway, tellReady, turnEnds } from './turns.ts';

type Effects = readonly Effect<AgentCommand>[];

/** A call connects within a second; one that was accepted from a preview is still to be dialed. */
const reservationMs = 10_000;
const previewedMs = 5 * 60_000;
export function react(state: AgentState, event: AgentEvent, actorId: string): Effects {
  switch (event.type) {
    case 'AgentConfigured':
      return moved(state, actorId);
    case 'SignInRequested':
      return [run('dial-phone', { legId: event.legId, uri: state.profile?.phoneUri }, `phone:${event.legId}`)];
    case 'SignedOut':
      return [
        run('drop-phone', { legId: event.legId }, `drop:${event.legId}`),
        ...tellAway(state, actorId, event.reason || 'signed off', event.atMs),
        ...(event.callId ? [gone({ ...event, reservation: 0 }, actorId, 'the phone of the agent is gone')] : []),
        ...tellSupervisors(state, actorId),
        ...timers(),
      ];
    case 'AgentBecameReady':
      return [...timers(), ...takesTurn(state, actorId, event.atMs)];
    case 'ReleaseAsked': {
      const { campaignId, atMs } = event;
      const asked = { type: 'RequestRelease', agentId: actorId, sinceMs: state.idleSinceMs } as const;
      return [tell(campaignProtocol, campaignId, asked, `release:${campaignId}:${atMs}`), ...turnEnds(state, atMs)];
    }
    case 'TurnPassed':
      return tellReady(state, actorId, event.atMs);
    case 'ReservationEnded':
      return [
        ...[...timers(), ...closeLink(state, event.atMs)],
        ...(state.afterwards ? [] : tellReady(state, actorId, event.atMs)),
      ];
    case 'BreakBegan':
      return [...timers(), ...tellAway(state, actorId, event.reason, event.atMs)];
    case 'MonitoringEnded':
    case 'MonitoringBegan':
    case 'MonitorLinked':
    case 'PhoneAttended':
    case 'PhoneLeft':
      return supervising(state, event, actorId);
    case 'LeadRequested':
      return [
        // It is that campaign's turn now, and no other's.
        ...(isShared(state) ? takesTurn(state, actorId, event.atMs) : []),
        tell(campaignProtocol, event.campaignId, { type: 'RequestLead', agentId: actorId }, `lead:${event.atMs}`),
      ];
    case 'PreviewOffered':
      return [
        ...tellAway(state, actorId, 'previewing', event.atMs, event.campaignId),
        ...(event.longestMs > 0
          ? [setTimer('preview', event.atMs + event.longestMs, { type: 'EndPreview', callId: event.callId } as const)]
          : []),
      ];
    case 'PreviewDeclined':
    case 'PreviewAnswered':
      return previewAnswered(event, actorId);
    default:
      return inCall(state, event, actorId);
  }
}

/** What follows from what happens in a call. */
function inCall(state: AgentState, event: AgentEvent, actorId: string): Effects {
  switch (event.type) {
    case 'AgentReserved':
      return [
        ...tellAway(state, actorId, 'reserved', event.atMs, event.consult ? '' : event.campaignId),
        ...connect(state, actorId),
        setTimer('reservation', event.atMs + reservationMs, { type: 'EndReservation', callId: event.callId }),
      ];
    case 'AgentConnected':
      return [clearTimer('reservation')];
    case 'PhoneLinkRequested': {
      const { type: _, atMs, ...link } = event;
      return [run('link-phone', { legId: state.legId, ...link }, `link:${link.linkId}:${atMs}`)];
    }
    case 'ConnectionRefused':
      return [gone(event, actorId, 'the agent is not reserved for the call any more')];
    case 'ReservationDoubted':
      return [
        gone(event, actorId, 'the call was silent for too long'),
        setTimer('reservation', event.atMs + reservationMs, { type: 'EndReservation', callId: event.callId }),
      ];
    case 'CallHeld':
    case 'CallRetrieved': {
      const held = event.type === 'CallHeld';
      return [toCall(event.callId, { type: 'HoldCustomer', agentId: actorId, held }, `hold:${event.atMs}`)];
    }
    case 'MicrophoneMuted':
      return [run('mute', { legId: state.legId, muted: event.muted }, `mute:${event.atMs}`)];
    case 'CallEndRequested':
      // Who is only asked leaves, and the customer stays with whoever asked.
      if (state.call?.consult) return [gone({ ...event, ...state.call }, actorId, 'the agent left the consultation')];
      return [toCall(event.callId, { type: 'EndByAgent', agentId: actorId }, `end:${event.atMs}`)];
    case 'TransferRequested': {
      const { agentId: toAgentId, target, warm } = event;
      return [
        toCall(event.callId, { type: 'HandOver', agentId: actorId, toAgentId, target, warm }, `hand:${event.atMs}`),
      ];
    }
    case 'TransferCompleted':
    case 'TransferCanceled': {
      const completed = event.type === 'TransferCompleted';
      return [toCall(event.callId, { type: 'FinishHandOver', agentId: actorId, completed }, `handed:${event.atMs}`)];
    }
    case 'TalkEnded': {
      const longestMs = state.call?.wrapUp.longestMs ?? 0;
      const closed = closeLink(state, event.atMs);
      if (longestMs === 0) return closed;
      return [...closed, setTimer('wrap-up', event.atMs + longestMs, { type: 'EndWrapUp', callId: event.callId })];
    }
    case 'CustomerOptedOut':
      return [optOut(event.callId, actorId)];
    case 'CallDisposed': {
      const { callId, campaignId, disposition, callbackAtMs, callbackToMe } = event;
      const callback = callbackAtMs === undefined ? {} : { callbackAtMs };
      const byMe = callbackToMe ? { callbackAgentId: actorId } : {};
      const said = { type: 'ReportDisposition', callId, agentId: actorId, disposition, ...callback, ...byMe } as const;
      return [tell(campaignProtocol, campaignId, said, `disposition:${callId}:${event.atMs}`)];
    }
    default:
      return [];
  }
}

/**
 * After a crash: is the phone still held here? Whoever waits for a word of this agent gets it again; that it was given
 * already does no harm.
 */
export function resume(state: AgentState, actorId: string): Effects {
  const { phase, legId, sinceMs, idleSinceMs, call } = state;
  if (phase === 'offline') return [];
  if (phase === 'signing-in') return [run('find-phone', { legId }, 'find')];
  return [
    run('find-phone', { legId }, 'find'),
    ...(phase === 'ready' ? tellReady(state, actorId, idleSinceMs) : []),
    ...(phase === 'reserved' ? connect(state, actorId) : []),
    ...(phase === 'break' ? tellAway(state, actorId, state.reason, sinceMs) : []),
    ...(call?.optedOut ? [optOut(call.callId, actorId)] : []),
  ];
}

/** On a shift it has a phone to look after. */
export function isWakeful({ phase }: AgentState): boolean {
  return phase !== 'offline';
}

/** The leg of the phone cannot move. */
export function anchored({ phase }: AgentState): boolean {
  return phase !== 'offline';
}

/** Another node held this one for lost, and said that the phone is gone: so it goes. */
export function deposed(): Effects {
  return [run('drop-all', {}, 'deposed')];
}

/** The call brings the two together; it was not dialed yet where the agent saw the contact first. */
function connect({ call, legId, nodeId }: AgentState, actorId: string): Effects {
  if (!call || call.promised) return [];
  const { callId, consult, reservation } = call;
  const command = { type: 'ConnectAgent', agentId: actorId, legId, nodeId, consult, reservation } as const;
  return [toCall(callId, command, `connect:${callId}:${reservation}`)];
}

function previewAnswered(
  event: AgentEvent & { type: 'PreviewDeclined' | 'PreviewAnswered' },
  actorId: string,
): Effects {
  const { callId, campaignId } = event;
  const accepted = event.type === 'PreviewAnswered' && event.accepted;
  const unseen = event.type === 'PreviewDeclined' ? { unseen: true } : {};
  const said = { type: 'ReportPreview', callId, agentId: actorId, accepted, ...unseen } as const;
  const told = tell(campaignProtocol, campaignId, said, `preview:${callId}:${event.atMs}`);
  if (event.type === 'PreviewDeclined') return [clearTimer('preview'), told];
  const late = setTimer('reservation', event.atMs + previewedMs, { type: 'EndReservation', callId } as const);
  return [clearTimer('preview'), told, ...(accepted ? [late] : [])];
}

/** The talk with a call on another node is over. */
function closeLink({ link }: AgentState, atMs: number): Effects {
  return link ? [run('close-link', { linkId: link.linkId }, `close-link:${link.linkId}:${atMs}`)] : [];
}

function timers(): Effects {
  return ['reservation', 'wrap-up', 'preview', 'turn'].map((key) => clearTimer(key));
}

function gone(
  { callId, reservation, atMs }: { readonly callId: string; readonly reservation: number; readonly atMs: number },
  agentId: string,
  reason: string,
): Effect<AgentCommand> {
  return toCall(callId, { type: 'ReportAgentGone', agentId, reason, reservation }, `gone:${callId}:${atMs}`);
}

function optOut(callId: string, agentId: string): Effect<AgentCommand> {
  return toCall(callId, { type: 'ReportOptOut', agentId }, `opt-out:${callId}`);
}

function toCall(callId: string, command: CallCommand, key: string): Effect<AgentCommand> {
  return tell(callProtocol, callId, command, key);
}
