/** What a call makes of what is said about its agents. Whoever comes too late is let go of, and hears of it. */
import type {
  CallCommand,
  CallEvent,
  CallReply,
  ConnectAgent,
  GiveUpWaiting,
  HandOver,
  ReportAgentGone,
  ReportLink,
} from '#proto/generated/call.ts';
import { accept, type Decision } from '#runtime/decision.ts';
import type { AgentOnCall, AgentSide } from './agent-side.ts';
import { type CallState, isOver } from './state.ts';

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
    | 'EndByAgent'
    | 'ReportOptOut';
};

const wishes = ['HoldCustomer', 'HandOver', 'FinishHandOver', 'EndByAgent'] as const;

/** What an agent wants of the call that it is in. */
type AgentWish = AgentCommand & { type: (typeof wishes)[number] };

/** Ends the call from our side. */
export type EndCall = (reason: string) => CallEvent;

export function agentTalk(state: CallState, command: AgentCommand, atMs: number, end: EndCall): Decided {
  const { side } = state;
  const isTalking = state.phase === 'talking' && !state.hangup && side !== undefined;
  if (command.type === 'ConnectAgent') return connect(isTalking ? side : undefined, command, atMs);
  if (command.type === 'ReportAgentGone') return gone(isTalking ? side : undefined, command, atMs);
  if (command.type === 'ReportTransfer') return transferred(side, command.failure, isTalking, atMs);
  // Whoever has said so means it, also where the agent tells of it when the call is over.
  if (command.type === 'ReportOptOut') return optOut(side, command.agentId, atMs);
  if (isOver(state) && isWish(command)) {
    // Its word to this agent was lost; whichever reservation that is, it is over too.
    return accept(letGo({ agentId: command.agentId, reservation: 0 }, 'the call is over', atMs));
  }
  if (!isTalking) return accept();
  switch (command.type) {
    case 'ReportBridge':
      return bridged(side, command, atMs);
    case 'ReportLink':
      return linked(side, command, atMs);
    case 'GiveUpWaiting':
      return giveUp(state, side, command, atMs, end);
    default:
      return byAgent(side, command, atMs, end);
  }
}

function isWish(command: AgentCommand): command is AgentWish {
  return wishes.some((type) => type === command.type);
}

function optOut(side: AgentSide | undefined, agentId: string, atMs: number): Decided {
  if (!side || side.optedOut) return accept();
  return accept({ type: 'ContactOptedOut', digit: '', atMs, agentId });
}

/** What the agent who talks wants; a word of anybody else is none. */
function byAgent(side: AgentSide, command: AgentWish, atMs: number, end: EndCall): Decided {
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
      if (!handOver || handOver.target || (command.completed && !handOver.warm)) return accept();
      const completed = command.completed && side.consulted?.connected === true;
      const ended = handOverEnded(side, completed, '', atMs);
      return completed ? accept(left(agent, atMs), ended) : accept(ended);
    }
  }
}

function left({ agentId, reservation }: AgentOnCall, atMs: number): CallEvent {
  return { type: 'AgentLeft', agentId, atMs, reservation };
}

/**
 * Who is out of the house has left the call too: that it ended is known before how the transfer went. Whoever asked for it
 * may be gone meanwhile.
 */
function transferred(side: AgentSide | undefined, failure: string, isTalking: boolean, atMs: number): Decided {
  if (!side?.handOver?.target) return accept();
  const { agent } = side;
  const ended = handOverEnded(side, failure === '', failure, atMs);
  if (!isTalking) return failure === '' ? accept(ended) : accept();
  if (failure) return accept(agent ? ended : { ...ended, waits: true });
  return agent ? accept(left(agent, atMs), ended) : accept(ended);
}

function handingOver(agent: AgentOnCall, { agentId, toAgentId, target, warm }: HandOver, atMs: number): Decided {
  const requested: CallEvent = { type: 'HandOverRequested', agentId, toAgentId, target, warm, atMs };
  // The agent stays until the other one, or the other side, has it.
  if (warm || target || toAgentId) return accept(requested);
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
    ? handOver !== undefined && !handOver.target && handOver.toAgentId === agentId && !consulted
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
  const heard: CallEvent = { type: 'AgentConnected', agentId, waitedMs, atMs };
  // Who is handed over without a word goes as soon as the other one is there.
  if (found !== consulted || !agent || side.handOver?.warm) return accept(heard);
  return accept<CallEvent>(heard, left(agent, atMs), handOverEnded(side, true, '', atMs));
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
    const out = lost(agent, reason, atMs);
    // A target that rings may still answer: only what it reports ends that.
    return handOver && !handOver.target ? accept(out, handOverEnded(side, false, reason, atMs)) : accept(out);
  }
  const isAsked = handOver && !handOver.target && !consulted && handOver.toAgentId === agentId;
  if (side && (isMeant(consulted) || isAsked)) return accept(handOverEnded(side, false, reason, atMs));
  return accept(letGo(of, 'the call has another agent, or none', atMs));
}

function lost({ agentId, reservation }: AgentOnCall, reason: string, atMs: number): CallEvent {
  return { type: 'AgentLost', agentId, reason, atMs, reservation };
}

function letGo(
  { agentId, reservation }: { readonly agentId: string; readonly reservation: number },
  reason: string,
  atMs: number,
): CallEvent {
  return { type: 'AgentDeclined', agentId, reason, atMs, reservation };
}

/** Whoever was asked in vain is named, so as to be let go of. */
function handOverEnded(
  { consulted }: AgentSide,
  completed: boolean,
  reason: string,
  atMs: number,
): CallEvent & { type: 'HandOverEnded' } {
  const { agentId = '', reservation = 0 } = completed ? {} : (consulted ?? {});
  return { type: 'HandOverEnded', completed, reason, atMs, agentId, reservation };
}

/**
 * A bridge is a matter of milliseconds, so whoever is being connected has a moment more. Where there is none then, because
 * the node of the phone is gone or stands still, the callee would hear nothing but silence.
 */
function giveUp(
  { request, answeredAtMs }: CallState,
  { agent, everConnected, wait, waitingSinceMs }: AgentSide,
  command: GiveUpWaiting,
  atMs: number,
  end: EndCall,
): Decided {
  if (wait !== command.wait || waitingSinceMs === undefined || (agent && !command.connecting)) return accept();
  if (everConnected) return accept(end('no agent was free'));
  const abandoned: CallEvent = { type: 'CallAbandoned', waitedMs: Math.max(0, atMs - answeredAtMs), atMs };
  const unheard: CallEvent[] = agent ? [lost(agent, 'not heard in time', atMs)] : [];
  const over: CallEvent[] = request?.plan.safeHarbour ? [] : [end(nobodyFree)];
  return accept(abandoned, ...unheard, ...over);
}
