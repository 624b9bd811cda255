/** What is said to an agent who has a call, or wraps one up. */
import { optOutList } from '#law/ledger.ts';
import type {
  AgentCommand,
  AgentEvent,
  AgentReply,
  DisposeCall,
  LinkPhone,
  NoteCall,
  ReportConnected,
  TransferCall,
} from '#proto/generated/agent.ts';
import { accept, type CommandMeta, type Decision, type Refused, reject } from '#runtime/decision.ts';
import { owesDisposition, restOf, talkEnded, wrapUpEnded } from './after-call.ts';
import { type AgentCall, type AgentState, isInCall } from './state.ts';
import { byOf, type Wish } from './wish.ts';

type Decided = Decision<AgentEvent, AgentReply>;
export type InCall = AgentCommand & {
  type:
    | 'ReleaseAgent'
    | 'ReportConnected'
    | 'LinkPhone'
    | 'ReportCallOver'
    | 'EndReservation'
    | 'EndWrapUp'
    | 'HoldCall'
    | 'RetrieveCall'
    | 'MuteMicrophone'
    | 'EndCall'
    | 'TransferCall'
    | 'CompleteTransfer'
    | 'CancelTransfer'
    | 'DisposeCall'
    | 'NoteCall'
    | 'OptOutCustomer';
};

export function decideInCall(state: AgentState, command: InCall, meta: CommandMeta): Decided {
  const atMs = meta.nowMs;
  switch (command.type) {
    case 'ReleaseAgent':
      return isOld(state, command) ? accept() : reservationEnds(state, command.callId, command.reason, atMs);
    case 'EndReservation': {
      const { call, phase } = state;
      if (phase !== 'reserved' || call?.callId !== command.callId) return accept();
      return accept({ type: 'ReservationDoubted', callId: call.callId, reservation: call.reservation, atMs });
    }
    case 'ReportConnected':
      return connected(state, command, atMs);
    case 'LinkPhone':
      return link(state, command, meta);
    case 'ReportCallOver':
      return isOld(state, command) ? accept() : over(state, command.callId, atMs);
    case 'EndWrapUp':
      if (state.phase !== 'wrapping' || state.call?.callId !== command.callId) return accept();
      // The next call waits for the disposition that is missing.
      return owesDisposition(state) && state.call.wrapUp.defaultDisposition === ''
        ? accept()
        : accept(...wrapUpEnded(state, atMs));
    case 'DisposeCall':
      return dispose(state, command, meta);
    case 'NoteCall':
      return note(state, command, meta);
    case 'OptOutCustomer':
      if (!state.call || state.call.connectedAtMs === 0) return noCall(meta);
      return accept(...optOut(state.call, command, atMs));
    case 'HoldCall':
      // While somebody is asked the customer waits in any case.
      if (state.phase === 'holding' || state.call?.transferring) return accept();
      return (
        withCustomer(state, meta) ??
        accept({ type: 'CallHeld', callId: state.call?.callId ?? '', atMs, ...byOf(command) })
      );
    case 'RetrieveCall':
      if (state.phase !== 'holding') return talking(state, meta) ?? accept();
      return accept({ type: 'CallRetrieved', callId: state.call?.callId ?? '', atMs, ...byOf(command) });
    case 'MuteMicrophone':
      if (state.muted === command.muted) return accept();
      return talking(state, meta) ?? accept({ type: 'MicrophoneMuted', muted: command.muted, atMs, ...byOf(command) });
    case 'EndCall':
      return (
        talking(state, meta) ??
        accept({ type: 'CallEndRequested', callId: state.call?.callId ?? '', atMs, ...byOf(command) })
      );
    default:
      return transfer(state, command, meta);
  }
}

/** What is said of an earlier reservation; 0 is said of whichever there is. */
function isOld({ call }: AgentState, { reservation }: { readonly reservation: number }): boolean {
  return reservation !== 0 && call !== undefined && call.reservation !== reservation;
}

function reservationEnds(state: AgentState, callId: string, reason: string, atMs: number): Decided {
  const { call, phase, preview } = state;
  if (preview?.callId === callId) {
    const { campaignId } = preview;
    return accept<AgentEvent>(
      { type: 'PreviewAnswered', callId, campaignId, accepted: false, timed: true, atMs },
      ...restOf(state, atMs),
    );
  }
  if (phase !== 'reserved' || call?.callId !== callId) return accept();
  const ended: AgentEvent = { type: 'ReservationEnded', callId, campaignId: call.campaignId, reason, atMs };
  return state.afterwards ? accept(ended, ...restOf(state, atMs)) : accept(ended);
}

/** A call that brought the agent to somebody after the reservation was over must let go of it. */
function connected(state: AgentState, { callId, reservation }: ReportConnected, atMs: number): Decided {
  const { call } = state;
  const isOurs = call?.callId === callId && call.reservation === reservation && isInCall(state);
  if (!isOurs) return accept({ type: 'ConnectionRefused', callId, reservation, atMs });
  if (state.phase === 'reserved') return accept({ type: 'AgentConnected', callId, atMs });
  // Whom the agent asked, or was to get the customer, has not come: the customer is heard again.
  if (call.transferring) return accept({ type: 'TransferCanceled', callId, atMs });
  return state.phase === 'holding' ? accept({ type: 'CallRetrieved', callId, atMs }) : accept();
}

/** Asked for the same link again, the call is told again where it is. */
function link(state: AgentState, command: LinkPhone, meta: CommandMeta): Decided {
  const { callId, reservation, linkId, side } = command;
  const wanted = { callId, reservation, linkId, side };
  const { call } = state;
  const isOurs = call?.callId === wanted.callId && call.reservation === wanted.reservation && isInCall(state);
  if (isOurs) return accept({ type: 'PhoneLinkRequested', ...wanted, atMs: meta.nowMs });
  return reject('AGENT_NO_CALL', `Agent ${meta.actorId} is not in call ${callId}: look for another.`);
}

function over(state: AgentState, callId: string, atMs: number): Decided {
  const { call } = state;
  if (call?.callId !== callId || !isInCall(state)) return accept();
  // Who was not connected, or was only asked, has nothing to wrap up.
  if (call.connectedAtMs === 0) return reservationEnds(state, callId, 'the call ended first', atMs);
  const ended = talkEnded(state, atMs);
  return hasNothingToDo(call) ? accept(...ended, ...restOf(state, atMs)) : accept(...ended);
}

function hasNothingToDo({ consult }: AgentCall): boolean {
  return consult;
}

function dispose(state: AgentState, command: DisposeCall, meta: CommandMeta): Decided {
  const { call } = state;
  const { disposition, callbackAtMs, callbackToMe } = command;
  if (!call || call.connectedAtMs === 0) {
    return reject('AGENT_NO_CALL', `Agent ${meta.actorId} has talked to nobody: name a disposition after a talk.`);
  }
  if (call.consult) return onlyAsked(meta);
  if (call.disposed) return accept();
  const { dispositions, longestMs } = call.wrapUp;
  if (dispositions.length > 0 && !dispositions.includes(disposition)) {
    return reject(
      'DISPOSITION_UNKNOWN',
      `The campaign of call ${call.callId} has no such disposition: choose one of ${dispositions.join(', ')}.`,
    );
  }
  const atMs = meta.nowMs;
  const { callId, campaignId } = call;
  const disposed: AgentEvent = {
    ...{ type: 'CallDisposed', callId, campaignId, disposition, byDefault: false, atMs },
    ...(callbackAtMs === undefined ? {} : { callbackAtMs }),
    ...(callbackToMe === undefined ? {} : { callbackToMe }),
    ...byOf(command),
  };
  const events = saysOptOut(disposition) ? [disposed, ...optOut(call, command, atMs)] : [disposed];
  // What had to be said is said, and the time for it was over: on to the next call.
  const isOverdue = state.phase === 'wrapping' && longestMs > 0 && atMs >= call.endedAtMs + longestMs;
  return isOverdue ? accept(...events, ...restOf(state, atMs)) : accept(...events);
}

/** Whether a disposition says that the customer wants no more calls: it is the list's name, or stands below it. */
function saysOptOut(disposition: string): boolean {
  return disposition === optOutList || disposition.startsWith(`${optOutList}/`);
}

function optOut({ callId, optedOut }: AgentCall, wish: Wish, atMs: number): AgentEvent[] {
  return optedOut ? [] : [{ type: 'CustomerOptedOut', callId, atMs, ...byOf(wish) }];
}

function note({ call }: AgentState, command: NoteCall, meta: CommandMeta): Decided {
  const { callId, contactId, noteId } = command;
  if (call?.callId !== callId || call.connectedAtMs === 0) return noCall(meta);
  if (call.notes.includes(noteId)) return accept();
  return accept({ type: 'CallNoted', callId, contactId, noteId, atMs: meta.nowMs, ...byOf(command) });
}

function transfer(
  state: AgentState,
  command: AgentCommand & { type: 'TransferCall' | 'CompleteTransfer' | 'CancelTransfer' },
  meta: CommandMeta,
): Decided {
  const refused = withCustomer(state, meta);
  const { call } = state;
  if (refused || !call) return refused ?? noCall(meta);
  const atMs = meta.nowMs;
  const { callId } = call;
  switch (command.type) {
    case 'TransferCall':
      return handOver(call, command, meta);
    case 'CompleteTransfer':
      if (call.transferring) return accept({ type: 'TransferCompleted', callId, atMs, ...byOf(command) });
      return reject('AGENT_NO_CALL', `Agent ${meta.actorId} asks nobody now: ask the other agent first.`);
    case 'CancelTransfer':
      return call.transferring ? accept({ type: 'TransferCanceled', callId, atMs, ...byOf(command) }) : accept();
  }
}

function handOver(call: AgentCall, command: TransferCall, meta: CommandMeta): Decided {
  const { agentId, target, warm } = command;
  if (call.transferring) {
    return reject('AGENT_NOT_READY', `Agent ${meta.actorId} asks somebody already: complete or cancel that first.`);
  }
  const isToNobody = warm && agentId === '';
  if (isToNobody || (agentId !== '' && target !== '') || agentId === meta.actorId) {
    return reject(
      'TRANSFER_TARGET',
      `Agent ${meta.actorId} must name one other agent, or one target of the campaign, to hand the call over to: change the target.`,
    );
  }
  const { callId } = call;
  return accept({ type: 'TransferRequested', callId, agentId, target, warm, atMs: meta.nowMs, ...byOf(command) });
}

/** The refusal where there is nobody to talk to. */
function talking({ phase }: AgentState, meta: CommandMeta): Refused | undefined {
  return phase === 'talking' || phase === 'holding' ? undefined : noCall(meta);
}

/** The refusal where there is no customer whom the agent could do something with. */
function withCustomer(state: AgentState, meta: CommandMeta): Refused | undefined {
  return talking(state, meta) ?? (state.call?.consult ? onlyAsked(meta) : undefined);
}

function noCall({ actorId }: CommandMeta): Refused {
  return reject('AGENT_NO_CALL', `Agent ${actorId} talks to nobody now: wait for a call.`);
}

function onlyAsked({ actorId }: CommandMeta): Refused {
  return reject('AGENT_NO_CALL', `Agent ${actorId} is only asked in this call: its customer is with another agent.`);
}
