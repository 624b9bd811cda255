/**
 * Answers and agents to be expected at each look ahead: sums over all lines and agents, means and variances. They are
 * kept up to date with each event and taken anew after some time, for ages go on.
 */
import type { PacingEvent } from './policy.ts';
import { ageStep } from './predictive-ages.ts';
import type { Learned } from './predictive-learned.ts';
import { looks, type Tables } from './predictive-tables.ts';

/** Plain data, by look; `changeBalance` changes it in place. */
export interface Balance {
  readonly atMs: number;
  readonly answers: number[];
  readonly answersVariance: number[];
  /** The same, if people answered again as they did before. */
  readonly again: number[];
  readonly againVariance: number[];
  /** Agents who become ready; those who are ready now are not in it. */
  readonly free: number[];
  readonly freeVariance: number[];
}

/** Of the lines and agents as they stand. */
export function balanceOf(learned: Learned, tables: Tables, nowMs: number): Balance {
  const balance: Balance = {
    atMs: nowMs,
    answers: zeros(),
    answersVariance: zeros(),
    again: zeros(),
    againVariance: zeros(),
    free: zeros(),
    freeVariance: zeros(),
  };
  const { free, freeVariance } = balance;
  for (const since of learned.startedAtMs.values())
    addLine(balance, tables.unrung, tables.unrungAgain, nowMs - since, 1);
  for (const since of learned.ringingSinceMs.values())
    addLine(balance, tables.rung, tables.rungAgain, nowMs - since, 1);
  for (const since of learned.talkingSinceMs.values()) add(free, freeVariance, tables.talking, nowMs - since, 1);
  for (const since of learned.wrappingSinceMs.values()) add(free, freeVariance, tables.wrapping, nowMs - since, 1);
  return balance;
}

/** Takes what the event is about out of the balance (-1), as it stood before it, or into it (1), as it stands after. */
export function changeBalance(
  balance: Balance,
  learned: Learned,
  tables: Tables,
  event: PacingEvent,
  times: 1 | -1,
): void {
  const { at } = event;
  const { free, freeVariance } = balance;
  if ('callId' in event) {
    const started = learned.startedAtMs.get(event.callId);
    if (started !== undefined) addLine(balance, tables.unrung, tables.unrungAgain, at - started, times);
    const rang = learned.ringingSinceMs.get(event.callId);
    if (rang !== undefined) addLine(balance, tables.rung, tables.rungAgain, at - rang, times);
    const talks = learned.talkingSinceMs.get(event.callId);
    if (talks !== undefined) add(free, freeVariance, tables.talking, at - talks, times);
  }
  if ('agentId' in event) {
    const wraps = learned.wrappingSinceMs.get(event.agentId);
    if (wraps !== undefined) add(free, freeVariance, tables.wrapping, at - wraps, times);
  }
}

function addLine(
  { answers, answersVariance, again, againVariance }: Balance,
  now: readonly number[],
  before: readonly number[],
  ageMs: number,
  times: number,
): void {
  add(answers, answersVariance, now, ageMs, times);
  add(again, againVariance, before, ageMs, times);
}

function add(means: number[], variances: number[], table: readonly number[], ageMs: number, times: number): void {
  const row = ageStep(ageMs / 1000) * looks;
  for (let look = 0; look < looks; look++) {
    const p = table[row + look] as number;
    means[look] = (means[look] as number) + times * p;
    variances[look] = (variances[look] as number) + times * p * (1 - p);
  }
}

function zeros(): number[] {
  return new Array<number>(looks).fill(0);
}
