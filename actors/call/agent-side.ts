/** What a call knows of the agents in it: who talks, who is asked, and since when somebody waits for one. */
import type {
  AgentAssigned,
  AgentLinked,
  AgentLost,
  CallEvent,
  HandOverEnded,
  HandOverRequested,
  Outcome,
} from '#proto/generated/call.ts';

/** The phone of an agent who is in the call, or about to be. */
export interface AgentOnCall {
  readonly agentId: string;
  readonly legId: string;
  /** The node that holds the leg. */
  readonly nodeId: string;
  readonly connected: boolean;
  /** By the agent's count. */
  readonly reservation: number;
  /** When the call took them. */
  readonly sinceMs: number;
  /** The leg on the call's node that stands for the phone, where that is on another one. */
  readonly linkId?: string;
}

export interface AgentSide {
  /** How often an agent was asked for. */
  readonly wait: number;
  /** Since when the callee waits for one; undefined: nobody waits. */
  readonly waitingSinceMs?: number;
  /** The one that is asked for; empty: the best. */
  readonly named: string;
  /** The one that has just gone; empty: none. */
  readonly notAgent: string;
  readonly agent?: AgentOnCall;
  /** Whom the agent asks before the customer is handed over. */
  readonly consulted?: AgentOnCall;
  readonly handOver?: Omit<HandOverRequested, 'atMs'>;
  /** Somebody has talked to the callee. */
  readonly everConnected: boolean;
  readonly held: boolean;
  /** Nobody was free in time. */
  readonly abandoned: boolean;
  readonly optedOut: boolean;
  /** An agent was told so; absent: a digit was pressed. */
  readonly optedOutByVoice?: boolean;
  /** By agent, the link that was made last. */
  readonly links?: Readonly<Record<string, string>>;
}

/** The answer is there, and an agent is asked for. */
export function answeredFor(named: string, atMs: number): AgentSide {
  return {
    ...{ wait: 1, waitingSinceMs: atMs, named, notAgent: '' },
    ...{ everConnected: false, held: false, abandoned: false, optedOut: false },
  };
}

export type AgentSideEvent = CallEvent & {
  type:
    | 'CallAbandoned'
    | 'AgentAssigned'
    | 'AgentConnected'
    | 'AgentLost'
    | 'CustomerHeld'
    | 'CustomerRetrieved'
    | 'HandOverRequested'
    | 'HandOverEnded'
    | 'AgentLeft'
    | 'ContactOptedOut'
    | 'AgentLinked';
};

export function evolveSide(side: AgentSide, event: AgentSideEvent): AgentSide {
  switch (event.type) {
    case 'CallAbandoned':
      return { ...notWaiting(side), abandoned: true };
    case 'AgentAssigned':
      return assigned(side, event);
    case 'AgentConnected':
      return connected(side, event.agentId);
    case 'AgentLost':
      return lost(side, event);
    case 'CustomerHeld':
      return { ...side, held: true };
    case 'CustomerRetrieved':
      return { ...side, held: false };
    case 'HandOverRequested': {
      const { type: _, atMs: _at, ...handOver } = event;
      return { ...side, handOver };
    }
    case 'HandOverEnded':
      return handOverEnded(side, event);
    case 'AgentLeft':
      return left(side, event.agentId, event.atMs);
    case 'ContactOptedOut':
      return { ...side, optedOut: true, ...(event.agentId === undefined ? {} : { optedOutByVoice: true }) };
    case 'AgentLinked':
      return linked(side, event);
  }
}

/** Who answered was abandoned, as the call has said; or nobody was there yet when the node ended that held the line. */
export function wasAbandoned({ side, outcome }: { readonly side?: AgentSide; readonly outcome: Outcome }): boolean {
  return side !== undefined && (side.abandoned || (outcome === 'unknown' && !side.everConnected));
}

/** The leg of an agent on the call's node. */
export function legOf({ legId, linkId }: AgentOnCall): string {
  return linkId ?? legId;
}

function linked(side: AgentSide, { agentId, linkId }: AgentLinked): AgentSide {
  const { agent, consulted } = side;
  const links = { ...side.links, [agentId]: linkId };
  if (consulted?.agentId === agentId) return { ...side, links, consulted: { ...consulted, linkId } };
  return agent?.agentId === agentId ? { ...side, links, agent: { ...agent, linkId } } : side;
}

/** Where the callee hears the safe-harbour message, or a target is rung, nobody else is looked for. */
function lost(side: AgentSide, { agentId, atMs }: AgentLost): AgentSide {
  const { handOver, abandoned } = side;
  if (handOver?.target) return { ...without(side), handOver };
  return abandoned ? without(side) : waiting(without(side), atMs, '', agentId);
}

function handOverEnded(side: AgentSide, { atMs, waits }: HandOverEnded): AgentSide {
  const { handOver, consulted: _, ...rest } = side;
  return waits ? waiting(rest, atMs, '', handOver?.agentId ?? '') : { ...rest, held: false };
}

/** A customer who is handed over inside the house waits for the next agent; one who is handed out of it, for nobody. */
function left(side: AgentSide, agentId: string, atMs: number): AgentSide {
  const { handOver } = side;
  if (handOver?.target) return without(side);
  return waiting(without(side), atMs, handOver?.toAgentId ?? '', agentId);
}

function assigned(
  side: AgentSide,
  { agentId, legId, nodeId, consult, reservation, atMs: sinceMs }: AgentAssigned,
): AgentSide {
  const on: AgentOnCall = { agentId, legId, nodeId, connected: false, reservation, sinceMs };
  return consult ? { ...side, consulted: on } : { ...side, agent: on };
}

function connected(side: AgentSide, agentId: string): AgentSide {
  if (side.consulted?.agentId === agentId) return { ...side, consulted: { ...side.consulted, connected: true } };
  if (!side.agent) return side;
  return { ...notWaiting(side), agent: { ...side.agent, connected: true }, everConnected: true, held: false };
}

function waiting(side: AgentSide, atMs: number, named: string, notAgent: string): AgentSide {
  return { ...side, wait: side.wait + 1, waitingSinceMs: side.waitingSinceMs ?? atMs, named, notAgent };
}

function notWaiting(side: AgentSide): AgentSide {
  const { waitingSinceMs: _, ...rest } = side;
  return rest;
}

function without(side: AgentSide): AgentSide {
  const { agent: _, consulted: _consulted, handOver: _handOver, ...rest } = side;
  return { ...rest, held: false };
}
