/**
 * What the policy learns from the events of a campaign: how long attempts take to ring and to be answered, how long
 * agents talk and wrap up, and whether those who finish stay. Plain data that `learn` changes in place.
 */
import { type PacingEvent, wasTried } from './policy.ts';
import { freshHazard, type Hazard, observe } from './predictive-hazard.ts';
import { countLine, freshLevel, jumpOf, type Level } from './predictive-level.ts';
import { type Chances, freshReturn, type Return, weigh } from './predictive-return.ts';

// Looked up once: where tests run, each look at a global costs more than what it does.
const { exp, min } = Math;

/** Ways to end, by their places in a hazard. */
export const starts = { rings: 0, answered: 1, failed: 2 } as const;
export const ringing = { answered: 0, failed: 1 } as const;

/** Observations after which an old one counts little: e⁻¹. */
const memory = { attempts: 800, talks: 300 };

export interface Learned {
  /** From the attempt until it rings, is answered or fails. */
  readonly start: Hazard;
  /** From the first ring until it is answered or fails. */
  readonly ring: Hazard;
  readonly talk: Hazard;
  readonly wrap: Hazard;
  /** How the answers of late compare with the hazard of `ring`. */
  readonly level: Level;
  /** What people answered before, and whether they do so again. */
  readonly before: Return;
  /** Ends of work of late, and how many of those agents went away. */
  leaving: { atMs: number; ended: number; left: number };
  /** Since when, by what each does now. */
  readonly startedAtMs: Map<string, number>;
  readonly ringingSinceMs: Map<string, number>;
  readonly talkingSinceMs: Map<string, number>;
  /** By agent; the others by call. */
  readonly wrappingSinceMs: Map<string, number>;
}

export function freshLearned(): Learned {
  return {
    // Before anything is known, two of three answer, within seconds, and talks are long: that dials little.
    start: freshHazard([0.4, 0.01, 0.05], 6),
    ring: freshHazard([0.1, 0.05], 6),
    talk: freshHazard([1 / 240], 4),
    wrap: freshHazard([1 / 40], 4),
    level: freshLevel(),
    before: freshReturn(),
    leaving: { atMs: 0, ended: 0, left: 0 },
    startedAtMs: new Map(),
    ringingSinceMs: new Map(),
    talkingSinceMs: new Map(),
    wrappingSinceMs: new Map(),
  };
}

/** Another list, if that is to be seen: the answers come so many times as often, at the same ages. */
export function followJump({ level, ring }: Learned, running: number): void {
  const times = jumpOf(level, running);
  const answered = ring.ends[ringing.answered] as number[];
  if (times !== 1)
    for (let step = 0; step < answered.length; step++) answered[step] = (answered[step] as number) * times;
}

/** What is believed while an event is learned from. */
export interface Believed {
  readonly now: Chances;
  /** Nothing rings for longer, seconds: older lines are those of a clock that was put on, or their end was never told. */
  readonly longestRing: number;
  /** How many answers the hazard lets a line expect that has rung for so many seconds. */
  expectedBy(ringSeconds: number): number;
}

export function learn(learned: Learned, event: PacingEvent, believed: Believed): void {
  const { at } = event;
  switch (event.type) {
    case 'attempt-started':
      learned.startedAtMs.set(event.callId, at);
      break;
    case 'attempt-ringing': {
      const sinceMs = learned.startedAtMs.get(event.callId);
      if (sinceMs === undefined) break;
      learned.startedAtMs.delete(event.callId);
      learned.ringingSinceMs.set(event.callId, at);
      weigh(learned.before, { came: 'ringing', rang: false }, believed.now);
      observe(learned.start, min((at - sinceMs) / 1000, believed.longestRing), starts.rings, memory.attempts);
      break;
    }
    case 'attempt-answered':
    case 'attempt-failed':
      if (event.type === 'attempt-failed' && !wasTried(event.cause)) {
        learned.startedAtMs.delete(event.callId);
        learned.ringingSinceMs.delete(event.callId);
        break;
      }
      attemptEnds(learned, event.callId, at, event.type === 'attempt-answered', believed);
      break;
    case 'call-connected':
      learned.talkingSinceMs.set(event.callId, at);
      learned.wrappingSinceMs.delete(event.agentId);
      break;
    case 'call-abandoned':
      learned.startedAtMs.delete(event.callId);
      learned.ringingSinceMs.delete(event.callId);
      break;
    case 'call-ended': {
      learned.startedAtMs.delete(event.callId);
      learned.ringingSinceMs.delete(event.callId);
      const sinceMs = learned.talkingSinceMs.get(event.callId);
      if (sinceMs === undefined) break;
      learned.talkingSinceMs.delete(event.callId);
      if (event.agentId !== '') learned.wrappingSinceMs.set(event.agentId, at);
      observe(learned.talk, (at - sinceMs) / 1000, 0, memory.talks);
      break;
    }
    case 'agent-ready':
    case 'agent-away': {
      const left = event.type === 'agent-away';
      const sinceMs = learned.wrappingSinceMs.get(event.agentId);
      learned.wrappingSinceMs.delete(event.agentId);
      if (sinceMs !== undefined) observe(learned.wrap, (at - sinceMs) / 1000, 0, memory.talks);
      if (sinceMs !== undefined || left) workEnds(learned, at, left);
      break;
    }
  }
}

function attemptEnds(
  learned: Learned,
  callId: string,
  at: number,
  answered: boolean,
  { now, longestRing, expectedBy }: Believed,
): void {
  const startedMs = learned.startedAtMs.get(callId);
  const ringingMs = learned.ringingSinceMs.get(callId);
  const rang = ringingMs !== undefined;
  if (startedMs !== undefined || rang) weigh(learned.before, { came: answered ? 'answered' : 'failed', rang }, now);
  if (startedMs !== undefined) {
    learned.startedAtMs.delete(callId);
    const seconds = min((at - startedMs) / 1000, longestRing);
    observe(learned.start, seconds, answered ? starts.answered : starts.failed, memory.attempts);
  }
  if (ringingMs === undefined) return;
  learned.ringingSinceMs.delete(callId);
  const seconds = min((at - ringingMs) / 1000, longestRing);
  observe(learned.ring, seconds, answered ? ringing.answered : ringing.failed, memory.attempts);
  countLine(learned.level, answered, expectedBy(seconds));
}

const leavingMemoryMs = 120_000;
/** So many who stay are believed in beforehand. */
const stayPrior = 6;

function workEnds(learned: Learned, at: number, left: boolean): void {
  const { leaving } = learned;
  const keeps = exp(-(at - leaving.atMs) / leavingMemoryMs);
  learned.leaving = { atMs: at, ended: leaving.ended * keeps + 1, left: leaving.left * keeps + (left ? 1 : 0) };
}

/** Which part of those who finish will be ready then: less where many go on a break just now. */
export function stayShare({ leaving }: Learned, nowMs: number): number {
  const keeps = exp(-(nowMs - leaving.atMs) / leavingMemoryMs);
  return 1 - (leaving.left * keeps) / (leaving.ended * keeps + stayPrior);
}
