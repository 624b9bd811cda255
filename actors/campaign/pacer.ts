/**
 * The policy that a campaign dials by, fed from its own events and nothing else, so that a replay decides the same. Two
 * fences stand around every policy: the lines, and the share of abandoned calls.
 */
import { type AbandonCount, counted as countedBy, countsFor, inWindow, isOver } from '#law/abandon-limits.ts';
import type { CampaignEvent, CampaignSettings, PacingMode, PacingReason } from '#proto/generated/campaign.ts';
import type { AgentBook } from './agent-book.ts';
import { adaptive } from './pacing/adaptive.ts';
import { agentless } from './pacing/agentless.ts';
import { count, isOverLimit, type LastDay, noCalls, sumOf, type Totals, totals } from './pacing/last-day.ts';
import { plainCopy } from './pacing/plain-copy.ts';
import type { PacingConfig, PacingEvent, PacingPolicy } from './pacing/policy.ts';
import { powerOf } from './pacing/power.ts';
import { predictive } from './pacing/predictive.ts';
import { progressive } from './pacing/progressive.ts';
import { anyWork, fits, type Routing } from './routing.ts';

/** How often the pacer is asked when nothing happens. */
export const tickMs = 200;

export interface Pacer {
  /** `unspecified`: there are no agents. */
  readonly mode: PacingMode;
  /** Lines for each ready agent, in the mode power. */
  readonly ratio: number;
  readonly maxAbandonRate: number;
  /** Of the policy, which alone knows what is in it. */
  readonly state: unknown;
  /** Of the settings' own limit. */
  readonly window: LastDay;
  /** The windows of the law. */
  readonly limits: readonly AbandonCount[];
  /** When the first attempt began, from which they follow each other; 0: none has. */
  readonly beganAtMs: number;
}

type AnyPolicy = PacingPolicy<unknown> & {
  explain?(state: unknown, nowMs: number): Readonly<Record<string, number | string>>;
};

/**
 * In the modes manual and preview, where agents ask for each contact or see it first, `decide.ts` goes by them, and this
 * is its upper bound: a contact for each who is ready. The policies of those names model such agents in the simulator.
 */
function policyOf({ mode, ratio }: Pick<Pacer, 'mode' | 'ratio'>): AnyPolicy {
  switch (mode) {
    case 'unspecified':
      return agentless as AnyPolicy;
    case 'power':
      return powerOf(ratio) as AnyPolicy;
    case 'adaptive':
      return adaptive as AnyPolicy;
    case 'predictive':
      return predictive as AnyPolicy;
    default:
      return progressive as AnyPolicy;
  }
}

/** The law of most countries. */
const maxAbandonRate = 0.03;
const connectDeadlineMs = 2000;

export function initialPacer(): Pacer {
  const state = agentless.initial(configOf());
  return { mode: 'unspecified', ratio: 1, maxAbandonRate: 0, state, window: noCalls, limits: [], beganAtMs: 0 };
}

/**
 * Other settings. What was learned stays where the policy does, as all policies keep their `config` under that name;
 * another policy begins with the agents and the lines that there are.
 */
export function reconfigured(pacer: Pacer, settings: CampaignSettings, known: readonly PacingEvent[]): Pacer {
  const mode = settings.agents?.mode ?? 'unspecified';
  const ratio = settings.agents?.powerRatio || 1;
  const settled = configOf(settings);
  const before = sumOf(pacer.window.hours);
  const limits = countsFor(settings.law, pacer.limits, before);
  const same = { ...pacer, ratio, maxAbandonRate: settled.maxAbandonRate, limits };
  const config = { ...settled, maxAbandonRate: settled.maxAbandonRate * personShare(before) };
  if (mode === pacer.mode) return { ...same, state: { ...(pacer.state as object), config } };
  const policy = policyOf({ mode, ratio });
  const state = known.reduce((before, event) => policy.evolve(before, event), policy.initial(config));
  return { ...same, mode, state };
}

/** A policy may change its state in place: it gets a copy, for the one before may be needed again. */
export function fed(pacer: Pacer, events: readonly PacingEvent[]): Pacer {
  const policy = policyOf(pacer);
  const copy = pacer.mode === 'unspecified' ? pacer.state : plainCopy(pacer.state);
  const state = events.reduce((before, event) => policy.evolve(before, event), copy);
  return events.reduce(counted, { ...pacer, state });
}

/**
 * An answer turned out to be a machine's: the shares are of people. A policy counts every answer that it hears of, so it
 * is given the limit that this share of all answers has.
 */
export function machineFound(pacer: Pacer, atMs: number): Pacer {
  const limits = pacer.limits.map((limit) => countedBy(limit, 'machine', pacer.beganAtMs, atMs));
  const window = count(pacer.window, 'machines', atMs);
  const state = pacer.state as { readonly config: PacingConfig };
  const config = { ...state.config, maxAbandonRate: pacer.maxAbandonRate * personShare(totals(window, atMs)) };
  return { ...pacer, limits, window, state: { ...state, config } };
}

function personShare({ answered, machines }: Totals): number {
  return machines === 0 ? 1 : answered / (answered + machines);
}

/** What the decision is fenced by. */
export interface Fences {
  /** Attempts and calls that are not over. */
  readonly lines: number;
  readonly maxLines: number;
  /** Attempts that nobody has answered, and callees who wait. */
  readonly open: number;
  readonly ready: number;
}

/** How many attempts to start now: a whole number, 0 or more. */
export function paced(pacer: Pacer, { lines, maxLines, open, ready }: Fences, nowMs: number): number {
  const wanted = policyOf(pacer).decide(pacer.state, nowMs);
  const fenced = Math.min(wanted, maxLines - lines);
  const slowed = isSlowed(pacer, nowMs) ? Math.min(fenced, ready - open) : fenced;
  return Math.max(0, Math.floor(slowed));
}

/** What a decision went by, as the policy tells it, and what holds it back. */
export function reasons(
  pacer: Pacer,
  { lines, maxLines, open, ready }: Fences,
  nowMs: number,
): readonly PacingReason[] {
  if (pacer.mode === 'unspecified') return [];
  const { answered, abandoned, machines } = totals(pacer.window, nowMs);
  const seen = { answered, ...(machines > 0 ? { machines } : {}), abandoned };
  const lead = pacer.mode === 'power' ? { ratio: pacer.ratio } : {};
  const facts = { policy: pacer.mode, ...lead, ready, open, lines, maxLines, ...seen, limit: pacer.maxAbandonRate };
  const own = policyOf(pacer).explain?.(pacer.state, nowMs) ?? {};
  return Object.entries({ ...facts, ...own, ...heldBy(pacer, nowMs) }).map(([name, value]) =>
    typeof value === 'number' ? { name, amount: value } : { name, word: String(value) },
  );
}

/** What holds it back to a line for each ready agent: the rule, and what is counted in its window; nothing where nothing does. */
function heldBy(pacer: Pacer, nowMs: number): Readonly<Record<string, number | string>> {
  const { window, limits, maxAbandonRate: maxRate, beganAtMs } = pacer;
  const broken = limits.find((each) => isOver(each, beganAtMs, nowMs));
  if (broken) {
    const { ruleId, limit, answered, abandoned } = inWindow(broken, beganAtMs, nowMs);
    return { held: ruleId, heldAnswered: answered, heldAbandoned: abandoned, heldLimit: limit.most };
  }
  if (!isOverLimit(window, maxRate, nowMs)) return {};
  const { answered, abandoned } = totals(window, nowMs);
  return { held: 'the last 24 hours', heldAnswered: answered, heldAbandoned: abandoned, heldLimit: maxRate };
}

/** Over the limit of the settings in the last day, or over one of the law in the window that is open. */
function isSlowed({ mode, window, maxAbandonRate: maxRate, limits, beganAtMs }: Pacer, nowMs: number): boolean {
  if (mode === 'unspecified') return false;
  return isOverLimit(window, maxRate, nowMs) || limits.some((limit) => isOver(limit, beganAtMs, nowMs));
}

function counted(pacer: Pacer, { type, at }: PacingEvent): Pacer {
  const beganAtMs = pacer.beganAtMs || (type === 'attempt-started' ? at : 0);
  const what = type === 'attempt-answered' ? 'answered' : type === 'call-abandoned' ? 'abandoned' : undefined;
  if (!what) return beganAtMs === pacer.beganAtMs ? pacer : { ...pacer, beganAtMs };
  const limits = pacer.limits.map((limit) => countedBy(limit, what, beganAtMs, at));
  return { ...pacer, beganAtMs, limits, window: count(pacer.window, what, at) };
}

interface Before {
  readonly routing: Routing;
  readonly book: AgentBook;
  readonly settings?: CampaignSettings;
}

/**
 * What an event of the campaign says to the policy; `Before` is how things stood. Whoever is ready again has ended the
 * talk, also where the call's own word of it comes later.
 */
export function factsOf({ routing, book, settings }: Before, event: CampaignEvent): readonly PacingEvent[] {
  switch (event.type) {
    case 'AttemptsStarted': {
      // Who is shown first is dialed for one agent, who is away until then: that is no matter of pacing.
      const dialed = event.attempts.filter(({ callId }) => !(callId in book.offers));
      return dialed.map(({ callId }) => ({ type: 'attempt-started', callId, at: event.atMs }));
    }
    case 'PreviewOffered':
      return event.agentId in routing.ready ? [{ type: 'agent-away', agentId: event.agentId, at: event.atMs }] : [];
    case 'AttemptRang':
      return [{ type: 'attempt-ringing', callId: event.callId, at: event.atMs }];
    case 'AgentRequested':
      return event.wait === 1 ? [{ type: 'attempt-answered', callId: event.callId, at: event.atMs }] : [];
    case 'CallConnected': {
      const { callId, agentId, late, atMs: at } = event;
      return [...abandonedIf(late, callId, at), { type: 'call-connected', callId, agentId, at }];
    }
    case 'CallAbandoned':
      return abandonedIf(true, event.callId, event.atMs);
    case 'AgentBecameReady':
      // Who cannot do the work is nobody to dial for.
      if (!fits(event, settings?.agents ?? anyWork)) return [];
      return [{ type: 'agent-ready', agentId: event.agentId, at: event.atMs }];
    case 'AgentWentAway':
    case 'AgentLent':
      return [{ type: 'agent-away', agentId: event.agentId, at: event.atMs }];
    case 'AgentRefused':
      // Who was asked by name was not believed to be ready.
      return routing.chosen[event.callId]?.named
        ? []
        : [{ type: 'agent-away', agentId: event.agentId, at: event.atMs }];
    case 'AttemptEnded':
      return [...abandonedIf(event.abandoned, event.callId, event.atMs), ended(routing, event)];
    default:
      return [];
  }
}

function abandonedIf(isSo: boolean | undefined, callId: string, at: number): readonly PacingEvent[] {
  return isSo ? [{ type: 'call-abandoned', callId, at }] : [];
}

function ended(
  { busy }: Routing,
  { callId, outcome, refusal, abandoned, atMs: at }: CampaignEvent & { type: 'AttemptEnded' },
): PacingEvent {
  const talker = Object.entries(busy).find(([, each]) => each.callId === callId && !each.isOver);
  if (talker) return { type: 'call-ended', callId, agentId: talker[0], at };
  const wasAnswered = outcome === 'answered' || outcome === 'abandoned' || abandoned;
  if (wasAnswered) return { type: 'call-ended', callId, agentId: '', at };
  // Where the call itself could not be placed, nobody was dialed, whatever the outcome says.
  return { type: 'attempt-failed', callId, cause: refusal === undefined ? outcome : 'refused', at };
}

/**
 * How long after the answer somebody has met nobody in time, ms: as the plan has it, and as an audit of the law's windows
 * counts it.
 */
export function deadlineOf({ plan, law }: CampaignSettings): number {
  const rules = law?.rules ?? [];
  const waits = rules.flatMap(({ limit }) => (limit.type === 'ConnectDeadline' ? [limit.waitMs] : []));
  const isAudited = rules.some(({ limit }) => limit.type === 'AbandonWindow') && waits.length === 0;
  return Math.min(plan.connectDeadlineMs ?? connectDeadlineMs, ...waits, ...(isAudited ? [connectDeadlineMs] : []));
}

function configOf(settings?: CampaignSettings): PacingConfig {
  const { agents, plan } = settings ?? {};
  return {
    // Where nobody waits for an agent, a prompt takes every answer.
    maxAbandonRate: agents ? agents.maxAbandonRate || maxAbandonRate : 0,
    connectDeadlineMs: agents ? (plan?.connectDeadlineMs ?? connectDeadlineMs) : 0,
    ringTimeoutMs: plan?.ringTimeoutMs ?? 0,
    maxLines: settings?.maxCalls ?? 0,
    callsPerSecond: settings?.callsPerSecond ?? 1,
    tickMs,
  };
}
