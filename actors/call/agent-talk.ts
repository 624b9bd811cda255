/** What a call makes of what is said about its agents. Whoever comes too late is let go of, and hears of it. */
import type {
  CallCommand,
  CallEvent,
  CallReply,
  ConnectAgent,
  HandOver,
  ReportAgentGone,
  ReportLink,
} from '#proto/generated/call.ts';
import { accept, type Decision } from '#runtime/decision.ts';
import type { AgentOnCall, AgentSide } from './agent-side.ts';
import type { CallState } from './state.ts';

/** Why an abandoned call ends. */
export const nobodyFree = 'no agent was free in time';

type Decided = Decision<CallEvent, CallReply>;

export type AgentCommand = CallCommand & {
  type:
    | 'ConnectAgent'
    | 'ReportBridge'
    | 'ReportLink'
    | 'GiveUpWaiting'
    | 'ReportAgentGone'
    | 'HoldCustomer'
    | 'HandOver'
    | 'FinishHandOver'
    | 'ReportTransfer'
    | 'EndByAgent';
};

/** Ends the call from our side. */
export type EndCall = (reason: string) => CallEvent;

export function agentTalk(state: CallState, command: AgentCommand, atMs: number, end: EndCall): Decided {
  const { side } = state;
  const isTalking = state.phase === 'talking' && !state.hangup && side !== undefined;
  if (command.type === 'ConnectAgent') return connect(isTalking ? side : undefined, command, atMs);
  if (command.type === 'ReportAgentGone') return gone(isTalking ? side : undefined, command, atMs);
  if (command.type === 'ReportTransfer') return transferred(side, command.failure, isTalking, atMs);
  if (!isTalking) return accept();
  switch (command.type) {
    case 'ReportBridge':
      return bridged(side, command, atMs);
    case 'ReportLink':
      return linked(side, command, atMs);
    case 'GiveUpWaiting':
      return giveUp(state, side, command.wait, atMs, end);
    default:
      return byAgent(side, command, atMs, end);
  }
}

/** Who is out of the house has left the call too: that it ended is known before how the transfer went. */
function transferred(side: AgentSide | undefined, reason: string, isTalking: boolean, atMs: number): Decided {
  if (!side?.handOver?.target) return accept();
  const ended = handOverEnded(side, reason === '', reason, atMs);
  if (!isTalking) return reason === '' ? accept(ended) : accept();
  if (!side.agent) return accept();
  return reason === '' ? accept(left(side.agent, atMs), ended) : accept(ended);
}

/** What the agent who talks wants; a word of anybody else is none. */
function byAgent(
  side: AgentSide,
  command: AgentCommand & { type: 'HoldCustomer' | 'HandOver' | 'FinishHandOver' | 'EndByAgent' },
  atMs: number,
  end: EndCall,
): Decided {
  const { agent, handOver, held } = side;
  if (agent?.agentId !== command.agentId || !agent.connected) return accept();
  switch (command.type) {
    case 'EndByAgent':
      return accept(end('ended by the agent'));
    case 'HoldCustomer':
      if (held === command.held || handOver) return accept();
      return accept({ type: command.held ? 'CustomerHeld' : 'CustomerRetrieved', atMs });
    case 'HandOver':
      return handOver ? accept() : handingOver(agent, command, atMs);
    case 'FinishHandOver': {
      if (!handOver?.warm) return accept();
      const completed = command.completed && side.consulted?.connected === true;
      const ended = handOverEnded(side, completed, '', atMs);
      return completed ? accept(left(agent, atMs), ended) : accept(ended);
    }
  }
}

function left({ agentId, reservation }: AgentOnCall, atMs: number): CallEvent {
  return { type: 'AgentLeft', agentId, atMs, reservation };
}

function handingOver(agent: AgentOnCall, { agentId, toAgentId, target, warm }: HandOver, atMs: number): Decided {
  const requested: CallEvent = { type: 'HandOverRequested', agentId, toAgentId, target, warm, atMs };
  // The agent stays until the other one, or the other side, has it.
  if (warm || target) return accept(requested);
  return accept<CallEvent>(requested, left(agent, atMs), {
    type: 'HandOverEnded',
    completed: true,
    reason: '',
    atMs,
    agentId: '',
    reservation: 0,
  });
}

function connect(side: AgentSide | undefined, command: ConnectAgent, atMs: number): Decided {
  const { agentId, legId, nodeId, consult, reservation } = command;
  const declined = (reason: string) => accept(letGo(command, reason, atMs));
  if (!side) return declined('the call is over');
  const { agent, consulted, handOver } = side;
  if ([agent, consulted].some((each) => each?.legId === legId && each.reservation === reservation)) return accept();
  const isWanted = consult
    ? handOver?.warm === true && handOver.toAgentId === agentId && !consulted
    : side.waitingSinceMs !== undefined && !agent;
  if (!isWanted) return declined(side.abandoned ? 'nobody was free in time' : 'the call has an agent');
  return accept({ type: 'AgentAssigned', agentId, legId, nodeId, consult, atMs, reservation });
}

function bridged(side: AgentSide, { agentId, failure }: CallCommand & { type: 'ReportBridge' }, atMs: number): Decided {
  const { agent, consulted } = side;
  const found = [agent, consulted].find((each) => each?.agentId === agentId && !each.connected);
  if (!found) return accept();
  if (failure) return gone(side, { agentId, reason: failure, reservation: found.reservation }, atMs);
  const waitedMs = Math.max(0, atMs - (side.waitingSinceMs ?? atMs));
  return accept({ type: 'AgentConnected', agentId, waitedMs, atMs });
}

/** A link for nobody is closed with the call, or with the next one of the same agent. */
function linked(
  side: AgentSide,
  { agentId, reservation, linkId, side: end, failure }: ReportLink,
  atMs: number,
): Decided {
  const isMeant = (on: AgentOnCall | undefined) => on?.agentId === agentId && on.reservation === reservation;
  const found = [side.agent, side.consulted].find((on) => isMeant(on) && !on?.connected);
  if (!found || found.linkId === linkId) return accept();
  if (!end) return gone(side, { agentId, reason: failure, reservation }, atMs);
  return accept({ type: 'AgentLinked', agentId, reservation, linkId, side: end, atMs });
}

/** Whoever says so of itself waits for our word that it is out of the call: it gets that in any case. */
function gone(side: AgentSide | undefined, of: ReportAgentGone, atMs: number): Decided {
  const { agentId, reason, reservation } = of;
  const { agent, consulted, handOver } = side ?? {};
  const isMeant = (on: AgentOnCall | undefined) =>
    on?.agentId === agentId && (reservation === 0 || reservation === on.reservation);
  if (side && agent && isMeant(agent)) {
    const lost: CallEvent = { type: 'AgentLost', agentId, reason, atMs, reservation: agent.reservation };
    return handOver ? accept(lost, handOverEnded(side, false, reason, atMs)) : accept(lost);
  }
  const isAsked = handOver?.warm && !consulted && handOver.toAgentId === agentId;
  if (side && (isMeant(consulted) || isAsked)) return accept(handOverEnded(side, false, reason, atMs));
  return accept(letGo(of, 'the call has another agent, or none', atMs));
}

function letGo(
  { agentId, reservation }: { readonly agentId: string; readonly reservation: number },
  reason: string,
  atMs: number,
): CallEvent {
  return { type: 'AgentDeclined', agentId, reason, atMs, reservation };
}

/** Whoever was asked in vain is named, so as to be let go of. */
function handOverEnded({ consulted }: AgentSide, completed: boolean, reason: string, atMs: number): CallEvent {
  const { agentId = '', reservation = 0 } = completed ? {} : (consulted ?? {});
  return { type: 'HandOverEnded', completed, reason, atMs, agentId, reservation };
}

function giveUp(
  { request, answeredAtMs }: CallState,
  side: AgentSide,
  wait: number,
  atMs: number,
  end: EndCall,
): Decided {
  // Whoever is being connected now is: that is a matter of milliseconds.
  if (side.wait !== wait || side.waitingSinceMs === undefined || side.agent) return accept();
  if (side.everConnected) return accept(end('no agent was free'));
  const abandoned: CallEvent = { type: 'CallAbandoned', waitedMs: Math.max(0, atMs - answeredAtMs), atMs };
  return request?.plan.safeHarbour ? accept(abandoned) : accept(abandoned, end(nobodyFree));
}
