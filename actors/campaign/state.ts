/** What a campaign knows: its settings, its list, the attempts that are live, and what became of the others. */
import type { Outcome } from '#proto/generated/call.ts';
import type { CampaignEvent, CampaignSettings, FollowUp, Lead } from '#proto/generated/campaign.ts';
import { type AgentBook, emptyBook, evolveBook } from './agent-book.ts';
import { type Fences, factsOf, fed, initialPacer, type Pacer, reconfigured, tickMs } from './pacer.ts';
import type { PacingEvent } from './pacing/policy.ts';
import { evolveRouting, nobody, type Routing } from './routing.ts';

/** So many calls that crash within the window pause the campaign. */
export const crashLimit = 3;
const crashWindowMs = 60_000;

export { tickMs };

/**
 * draft → ready → running ⇄ paused; stopping waits for the last live call. A list that grows, or another choice of its
 * leads, makes ended ready again.
 */
export type Phase = 'draft' | 'ready' | 'running' | 'paused' | 'stopping' | 'ended';

export interface LiveAttempt {
  readonly lead: Lead;
  /** When it was started, or last looked after. */
  readonly sinceMs: number;
}

export interface CampaignState {
  readonly phase: Phase;
  readonly settings?: CampaignSettings;
  /** An attempt has begun under these settings. */
  readonly tried: boolean;
  /** Path of the list that is being read. */
  readonly loading?: string;
  readonly loads: number;
  readonly leads: number;
  readonly refused: number;
  /** No lead is left to claim, for now. */
  readonly exhausted: boolean;
  /** When the list has another one; absent: never, but for what is in `followUps`. */
  readonly nextAtMs?: number;
  /** Leads that are to be called again, which the list hears of with the next claim. */
  readonly followUps: readonly FollowUp[];
  /** Stopped for good by an operator. */
  readonly stopped: boolean;
  readonly claims: number;
  /** Leads of the last claim that became attempts: the next claim settles them first. */
  readonly begun: readonly Lead[];
  /** The claim that has not been answered yet. */
  readonly claim?: { readonly claimId: string; readonly count: number; readonly followUps: readonly FollowUp[] };
  /** By call id. */
  readonly live: Readonly<Record<string, LiveAttempt>>;
  readonly attempts: number;
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
  readonly reason: string;
  /** How often what is wanted of live calls has changed: it names the word that they get. */
  readonly changes: number;
  /** When calls crashed, as far as it matters still. */
  readonly crashedAtMs: readonly number[];
  readonly pacer: Omit<Pacer, 'state'>;
  /** What the policy knows: plain data that it alone understands. */
  readonly pacing: unknown;
  /** Who takes which answer. */
  readonly routing: Routing;
  readonly book: AgentBook;
}

export function initial(): CampaignState {
  return {
    phase: 'draft',
    tried: false,
    loads: 0,
    leads: 0,
    refused: 0,
    exhausted: false,
    followUps: [],
    stopped: false,
    claims: 0,
    begun: [],
    live: {},
    attempts: 0,
    outcomes: {},
    reason: '',
    changes: 0,
    crashedAtMs: [],
    ...parted(initialPacer()),
    routing: nobody,
    book: emptyBook,
  };
}

/** Crashes that count together with one now. */
export function recentCrashes({ crashedAtMs }: CampaignState, nowMs: number): readonly number[] {
  return crashedAtMs.filter((atMs) => atMs > nowMs - crashWindowMs);
}

export function liveCount(state: CampaignState): number {
  return Object.keys(state.live).length;
}

/** What keeps the policy in its bounds. */
export function fencesOf(state: CampaignState): Fences {
  const { routing, book, settings } = state;
  const lines = liveCount(state);
  // Once each, whatever was said of one: who is counted twice would be a line too many over the limit.
  const served = new Set(book.abandoning);
  for (const { callId, isOver } of Object.values(routing.busy)) if (!isOver && state.live[callId]) served.add(callId);
  const open = lines - served.size;
  return { lines, maxLines: settings?.maxCalls ?? 0, open, ready: Object.keys(routing.ready).length };
}

/** The contact of a call that is live. */
export function contactOf({ live }: CampaignState): (callId: string) => string | undefined {
  return (callId) => live[callId]?.lead.contactId;
}

export function evolve(state: CampaignState, event: CampaignEvent): CampaignState {
  const facts = factsOf(state.routing, event);
  const next = evolveBooks(state, event);
  return facts.length > 0 ? { ...next, ...parted(fed(pacerOf(state), facts)) } : next;
}

/** What the campaign dials by. */
export function pacerOf({ pacer, pacing }: CampaignState): Pacer {
  return { ...pacer, state: pacing };
}

function parted({ state: pacing, ...pacer }: Pacer): Pick<CampaignState, 'pacer' | 'pacing'> {
  return { pacer, pacing };
}

/** All but the pacer: what is enough to know what is left to do. */
export function evolveBooks(state: CampaignState, event: CampaignEvent): CampaignState {
  const next = evolveList(state, event);
  const routing = evolveRouting(state.routing, event, contactOf(state));
  const book = evolveBook(state.book, event);
  return routing === next.routing && book === next.book ? next : { ...next, routing, book };
}

function evolveList(state: CampaignState, event: CampaignEvent): CampaignState {
  switch (event.type) {
    case 'CampaignConfigured':
      return {
        ...state,
        settings: event.settings,
        tried: false,
        changes: state.changes + 1,
        ...parted(reconfigured(pacerOf(state), event.settings, knownTo(state))),
      };
    case 'ListRequested':
      return { ...state, loading: event.path, loads: state.loads + 1, reason: '' };
    case 'ListLoaded':
      return {
        ...without(state, 'loading'),
        leads: state.leads + event.added,
        refused: event.refused,
        exhausted: state.exhausted && event.added === 0,
        phase: state.phase === 'draft' || (state.phase === 'ended' && event.added > 0) ? 'ready' : state.phase,
      };
    case 'ListFailed':
      return { ...without(state, 'loading'), reason: event.failure };
    case 'CampaignStarted':
    case 'CampaignResumed':
      return { ...state, phase: 'running', reason: '', changes: state.changes + 1, crashedAtMs: [] };
    case 'CampaignPaused':
      return { ...state, phase: 'paused', reason: event.reason, changes: state.changes + 1 };
    case 'CallCrashed':
      return { ...state, crashedAtMs: [...recentCrashes(state, event.atMs), event.atMs] };
    case 'CampaignStopped':
      // Leads that a claim still gives are not dialed.
      return { ...without(state, 'claim'), phase: 'stopping', stopped: true, changes: state.changes + 1 };
    case 'CampaignEnded':
      return { ...state, phase: 'ended' };
    case 'LeadsRequested':
      return requested(state, event);
    case 'AttemptsStarted':
      return started(state, event);
    case 'LeadScheduled':
      return { ...state, followUps: [...withoutSame(state.followUps, event.followUp), event.followUp] };
    case 'LeadsDue':
      return {
        ...without(state, 'nextAtMs'),
        exhausted: false,
        phase: state.phase === 'ended' ? 'ready' : state.phase,
      };
    case 'AttemptsOverdue':
      return { ...state, live: { ...state.live, ...lookedAfter(state, event.callIds, event.atMs) } };
    case 'AttemptEnded': {
      const { [event.callId]: _, ...live } = state.live;
      const outcomes = { ...state.outcomes, [event.outcome]: (state.outcomes[event.outcome] ?? 0) + 1 };
      return { ...state, live, outcomes };
    }
    default:
      return state;
  }
}

/** What a policy that begins now has to know. */
function knownTo({ live, routing }: CampaignState): readonly PacingEvent[] {
  return [
    ...Object.entries(live).map(([callId, { sinceMs: at }]) => ({ type: 'attempt-started', callId, at }) as const),
    ...Object.entries(routing.ready).map(
      ([agentId, { sinceMs: at }]) => ({ type: 'agent-ready', agentId, at }) as const,
    ),
  ];
}

/** What the list has to hear goes with the claim, also when that is repeated. */
function requested(state: CampaignState, { claimId, count }: CampaignEvent & { type: 'LeadsRequested' }) {
  const claim = { claimId, count, followUps: state.followUps };
  return { ...without(state, 'nextAtMs'), claims: state.claims + 1, claim, followUps: [], exhausted: false };
}

/** Of several decisions about one attempt the last one counts. */
function withoutSame(followUps: readonly FollowUp[], { row, attempt }: FollowUp): readonly FollowUp[] {
  return followUps.filter((other) => other.row !== row || other.attempt !== attempt);
}

function started(state: CampaignState, event: CampaignEvent & { type: 'AttemptsStarted' }): CampaignState {
  const live: Record<string, LiveAttempt> = { ...state.live };
  for (const { callId, lead } of event.attempts) live[callId] = { lead, sinceMs: event.atMs };
  return {
    ...without(state, 'claim'),
    begun: event.attempts.map(({ lead }) => lead),
    tried: state.tried || event.attempts.length > 0,
    live,
    attempts: state.attempts + event.attempts.length,
    exhausted: event.attempts.length < (state.claim?.count ?? 0),
    ...(event.nextAtMs === undefined ? {} : { nextAtMs: event.nextAtMs }),
  };
}

function lookedAfter(state: CampaignState, callIds: readonly string[], sinceMs: number): Record<string, LiveAttempt> {
  const found = callIds.flatMap((callId) => {
    const attempt = state.live[callId];
    return attempt ? [[callId, { ...attempt, sinceMs }] as const] : [];
  });
  return Object.fromEntries(found);
}

function without<K extends 'loading' | 'claim' | 'nextAtMs'>(state: CampaignState, key: K): Omit<CampaignState, K> {
  const { [key]: _, ...rest } = state;
  return rest;
}
