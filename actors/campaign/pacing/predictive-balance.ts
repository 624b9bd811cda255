/**
 * Answers and agents to be expected at each look ahead: sums over all lines and agents, means and variances. They are
 * kept up to date with each event and taken anew after some time, for ages go on.
 */
import { ageStep } from './predictive-ages.ts';
import type { Learned } from './predictive-learned.ts';
import { looks, type Tables } from './predictive-tables.ts';

/** Plain data; `add` changes it in place. */
export interface Balance {
  atMs: number;
  readonly answers: number[];
  readonly answersVariance: number[];
  readonly free: number[];
  readonly freeVariance: number[];
}

/** Of the lines and agents as they stand. */
export function balanceOf(learned: Learned, tables: Tables, nowMs: number): Balance {
  const balance: Balance = {
    atMs: nowMs,
    answers: zeros(),
    answersVariance: zeros(),
    free: zeros(),
    freeVariance: zeros(),
  };
  const { answers, answersVariance, free, freeVariance } = balance;
  for (const since of learned.startedAtMs.values()) sum(answers, answersVariance, tables.unrung, nowMs - since, 1);
  for (const since of learned.ringingSinceMs.values()) sum(answers, answersVariance, tables.rung, nowMs - since, 1);
  for (const since of learned.talkingSinceMs.values()) sum(free, freeVariance, tables.talking, nowMs - since, 1);
  for (const since of learned.wrappingSinceMs.values()) sum(free, freeVariance, tables.wrapping, nowMs - since, 1);
  return balance;
}

/** One more (1) or one less (-1) of an age. */
export function sum(
  means: number[],
  variances: number[],
  table: readonly number[],
  ageMs: number,
  times: number,
): void {
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
