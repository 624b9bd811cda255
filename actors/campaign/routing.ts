/**
 * Who of the ready agents takes which callee who waits. Pure: the campaign journals each choice, and the agent has the
 * last word. Who has waited longest comes first, and gets the one who spoke with the contact last, where the campaign
 * wants that, else the longest idle of the best fitting.
 */
import type { AgentSkill, AgentWork, CampaignEvent } from '#proto/generated/campaign.ts';

/** An agent who can take a call, as far as this campaign knows. */
export interface ReadyAgent {
  readonly sinceMs: number;
  readonly skills: readonly AgentSkill[];
  readonly languages: readonly string[];
}

/** A callee who waits. */
export interface Waiting {
  readonly sinceMs: number;
  readonly wait: number;
  /** This one and no other; empty: anybody. */
  readonly named: string;
  /** Who has just left them, or refused, and when: not again, unless they have become ready since then. */
  readonly notAgents: Readonly<Record<string, number>>;
}

/** A choice whose agent has not answered yet. */
export interface Chosen extends Waiting {
  readonly agentId: string;
  readonly atMs: number;
}

export interface Routing {
  readonly ready: Readonly<Record<string, ReadyAgent>>;
  /** The call that an agent talks in, or wraps up: until the agent is heard of again. */
  readonly busy: Readonly<Record<string, { readonly callId: string; readonly isOver: boolean }>>;
  readonly waiting: Readonly<Record<string, Waiting>>;
  readonly chosen: Readonly<Record<string, Chosen>>;
  /** Who spoke last with a contact: by contact, the latest ones only. */
  readonly spoke: Readonly<Record<string, string>>;
}

/** Where the settings say nothing of agents, any of them will do. */
export const anyWork: Pick<AgentWork, 'skills' | 'language' | 'sticky'> = { skills: [], language: '', sticky: false };

/** So many contacts are remembered with their agent. */
const remembered = 1000;

export const nobody: Routing = { ready: {}, busy: {}, waiting: {}, chosen: {}, spoke: {} };

/** What an event changes in it; `contactOf` a call, where the campaign is sticky. */
export function evolveRouting(
  routing: Routing,
  event: CampaignEvent,
  contactOf: (callId: string) => string | undefined,
): Routing {
  switch (event.type) {
    case 'AgentBecameReady': {
      const { agentId, sinceMs, skills, languages } = event;
      const ready = { ...routing.ready, [agentId]: { sinceMs, skills, languages } };
      return { ...routing, ready, busy: without(routing.busy, agentId) };
    }
    case 'AgentWentAway':
    case 'AgentLent': {
      const { agentId } = event;
      return { ...routing, ready: without(routing.ready, agentId), busy: without(routing.busy, agentId) };
    }
    case 'PreviewOffered':
      // Who looks at a contact, or waits for the call that it has accepted, says itself when it is ready again.
      return event.agentId in routing.ready ? { ...routing, ready: without(routing.ready, event.agentId) } : routing;
    case 'AgentRequested': {
      const { callId, sinceMs, wait, agentId: named, notAgentId, atMs } = event;
      const notAgents = notAgentId ? { [notAgentId]: atMs } : {};
      const waiting = { ...routing.waiting, [callId]: { sinceMs, wait, named, notAgents } };
      return { ...routing, waiting, chosen: without(routing.chosen, callId), busy: overFor(routing.busy, callId) };
    }
    case 'AgentChosen': {
      const { callId, agentId, atMs } = event;
      const { [callId]: asked, ...waiting } = routing.waiting;
      if (!asked) return routing;
      const chosen = { ...routing.chosen, [callId]: { ...asked, agentId, atMs } };
      return { ...routing, ready: without(routing.ready, agentId), waiting, chosen };
    }
    case 'AgentRefused': {
      const { [event.callId]: choice, ...chosen } = routing.chosen;
      if (!choice) return routing;
      const { agentId, atMs: _, ...asked } = choice;
      const again = { ...asked, named: '', notAgents: { ...asked.notAgents, [agentId]: event.atMs } };
      return { ...routing, chosen, waiting: { ...routing.waiting, [event.callId]: again } };
    }
    case 'CallConnected': {
      const { callId, agentId } = event;
      const contactId = contactOf(callId);
      return {
        ready: without(routing.ready, agentId),
        busy: { ...routing.busy, [agentId]: { callId, isOver: false } },
        waiting: without(routing.waiting, callId),
        chosen: without(routing.chosen, callId),
        spoke: contactId ? latest(routing.spoke, contactId, agentId) : routing.spoke,
      };
    }
    case 'CallAbandoned':
      return gone(routing, event.callId);
    case 'AttemptEnded':
      return { ...gone(routing, event.callId), busy: overFor(routing.busy, event.callId) };
    default:
      return routing;
  }
}

/** The next choice, of agents who are not `isTaken` otherwise; undefined where nobody who waits can be helped now. */
export function choose(
  { ready, waiting, spoke }: Routing,
  work: Pick<AgentWork, 'skills' | 'language' | 'sticky'>,
  contactOf: (callId: string) => string | undefined,
  isTaken: (agentId: string) => boolean,
): { readonly callId: string; readonly agentId: string; readonly reason: string } | undefined {
  for (const [callId, asked] of byTime(waiting)) {
    // Whoever is named is asked, whatever is believed of them: they may have been reserved for this very call.
    if (asked.named) return { callId, agentId: asked.named, reason: 'named' };
    const last = work.sticky ? spoke[contactOf(callId) ?? ''] : undefined;
    const isFree = (agentId: string) =>
      (ready[agentId]?.sinceMs ?? 0) > (asked.notAgents[agentId] ?? -1) && !isTaken(agentId);
    if (last !== undefined && ready[last] && isFree(last)) return { callId, agentId: last, reason: 'sticky' };
    const agentId = bestOf(ready, work, isFree);
    if (agentId !== undefined) return { callId, agentId, reason: 'idle-longest' };
  }
  return undefined;
}

/** Whether the agent can do the work at all. */
export function fits(
  agent: Pick<ReadyAgent, 'skills' | 'languages'>,
  { skills, language }: Pick<AgentWork, 'skills' | 'language'>,
): boolean {
  const speaks = language === '' || agent.languages.includes(language);
  return speaks && skills.every(({ name, level }) => levelOf(agent, name) >= level);
}

/** How well: the sum of the levels that are asked for, so that who can more comes first. */
function fitness(agent: ReadyAgent, { skills }: Pick<AgentWork, 'skills'>): number {
  return skills.reduce((sum, { name }) => sum + levelOf(agent, name), 0);
}

function bestOf(
  ready: Routing['ready'],
  work: Pick<AgentWork, 'skills' | 'language'>,
  isFree: (agentId: string) => boolean,
): string | undefined {
  let best: { agentId: string; fitness: number; sinceMs: number } | undefined;
  for (const [agentId, agent] of Object.entries(ready)) {
    if (!isFree(agentId) || !fits(agent, work)) continue;
    const candidate = { agentId, fitness: fitness(agent, work), sinceMs: agent.sinceMs };
    if (!best || isBefore(candidate, best)) best = candidate;
  }
  return best?.agentId;
}

/** By name where all else is equal, so that the same events give the same choice. */
function isBefore(
  one: { agentId: string; fitness: number; sinceMs: number },
  other: { agentId: string; fitness: number; sinceMs: number },
): boolean {
  if (one.fitness !== other.fitness) return one.fitness > other.fitness;
  if (one.sinceMs !== other.sinceMs) return one.sinceMs < other.sinceMs;
  return one.agentId < other.agentId;
}

function levelOf({ skills }: Pick<ReadyAgent, 'skills'>, name: string): number {
  return skills.find((skill) => skill.name === name)?.level ?? 0;
}

function byTime(waiting: Routing['waiting']): readonly (readonly [string, Waiting])[] {
  const order = ([oneId, one]: [string, Waiting], [otherId, other]: [string, Waiting]) =>
    one.sinceMs - other.sinceMs || (oneId < otherId ? -1 : 1);
  return Object.entries(waiting).sort(order);
}

function gone(routing: Routing, callId: string): Routing {
  return { ...routing, waiting: without(routing.waiting, callId), chosen: without(routing.chosen, callId) };
}

/** Who talked in a call that is over, or somebody else's now, wraps up. */
function overFor(busy: Routing['busy'], callId: string): Routing['busy'] {
  const talkers = Object.entries(busy).filter(([, each]) => each.callId === callId && !each.isOver);
  if (talkers.length === 0) return busy;
  return { ...busy, ...Object.fromEntries(talkers.map(([agentId]) => [agentId, { callId, isOver: true }])) };
}

function latest(spoke: Routing['spoke'], contactId: string, agentId: string): Routing['spoke'] {
  const known = { ...without(spoke, contactId), [contactId]: agentId };
  const [oldest] = Object.keys(known);
  return Object.keys(known).length > remembered && oldest !== undefined ? without(known, oldest) : known;
}

function without<T>(record: Readonly<Record<string, T>>, key: string): Readonly<Record<string, T>> {
  if (!(key in record)) return record;
  const { [key]: _, ...rest } = record;
  return rest;
}
