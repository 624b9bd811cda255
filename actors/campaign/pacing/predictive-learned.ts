/**
 * What the policy learns from the events of a campaign: how long attempts take to ring and to be answered, how long
 * agents talk and wrap up, and whether those who finish stay. Plain data that `learn` changes in place.
 */
import type { PacingEvent } from './policy.ts';
import { freshHazard, type Hazard, observe } from './predictive-hazard.ts';

// Looked up once: where tests run, each look at a global costs more than what it does.
const { exp, sqrt } = Math;

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
  /** Answers of late against those that the hazard of `ring` had let expect: a change of the list shows here first. */
  level: { seen: number; expected: number };
  /** Ends of work of late, and how many of those agents went away. */
  leaving: { atMs: number; ended: number; left: number };
  /** Answers ever learned from, up to some: who knows little is careful. */
  answers: number;
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
    level: { seen: 0, expected: 0 },
    leaving: { atMs: 0, ended: 0, left: 0 },
    answers: 0,
    startedAtMs: new Map(),
    ringingSinceMs: new Map(),
    talkingSinceMs: new Map(),
    wrappingSinceMs: new Map(),
  };
}

/** Expected answers after which the level has forgotten most of an older one. */
const levelMemory = 60;
/** So many answers, as expected, stand against what was seen of late. */
const levelPrior = 20;
/** Standard deviations between what was seen and what was expected that are no chance any more. */
const jump = 4;

/** How many times the hazard of late the answers come, and the relative variance of that. */
export function levelOf({ level, answers }: Learned): { readonly mean: number; readonly relativeVariance: number } {
  const mean = (level.seen + levelPrior) / (level.expected + levelPrior);
  return { mean, relativeVariance: 1 / (level.expected + 30) + 1 / (answers + 4) };
}

/** `expectedBy` says how many answers the hazard lets a line expect that has rung for so many seconds. */
export function learn(learned: Learned, event: PacingEvent, expectedBy: (ringSeconds: number) => number): void {
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
      observe(learned.start, (at - sinceMs) / 1000, starts.rings, memory.attempts);
      break;
    }
    case 'attempt-answered':
    case 'attempt-failed':
      attemptEnds(learned, event.callId, at, event.type === 'attempt-answered', expectedBy);
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
  expectedBy: (ringSeconds: number) => number,
): void {
  const startedMs = learned.startedAtMs.get(callId);
  if (startedMs !== undefined) {
    learned.startedAtMs.delete(callId);
    observe(learned.start, (at - startedMs) / 1000, answered ? starts.answered : starts.failed, memory.attempts);
  }
  const ringingMs = learned.ringingSinceMs.get(callId);
  if (ringingMs === undefined) return;
  learned.ringingSinceMs.delete(callId);
  const seconds = (at - ringingMs) / 1000;
  observe(learned.ring, seconds, answered ? ringing.answered : ringing.failed, memory.attempts);
  if (answered && learned.answers < 1e6) learned.answers++;
  const expected = expectedBy(seconds);
  const { level } = learned;
  const keeps = exp(-expected / levelMemory);
  level.seen = level.seen * keeps + (answered ? 1 : 0);
  level.expected = level.expected * keeps + expected;
  const surprise = (level.seen - level.expected) / sqrt(level.expected + 1);
  if (surprise > jump || surprise < -jump) jumpTo(learned, (level.seen + 2) / (level.expected + 2));
}

/** Another list: the answers come so many times as often, at the same ages. */
function jumpTo(learned: Learned, times: number): void {
  const answered = learned.ring.ends[ringing.answered] as number[];
  for (let step = 0; step < answered.length; step++) answered[step] = (answered[step] as number) * times;
  learned.level = { seen: 0, expected: 0 };
  learned.answers = 20;
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
