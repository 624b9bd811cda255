/**
 * What a campaign that really ran has shown of its day, and days like it. The nth attempt of such a day is one of the
 * recorded attempts that began about then, drawn by chance with its ring, its outcome and its talk together (Efron's
 * bootstrap, 1979, in a window of time); agents come and go as they did. So another policy can be asked what it would
 * have done, though it would have dialed at other moments.
 */
import type { PacingConfig } from '#actors/campaign/pacing/policy.ts';
import { uniform } from './chance.ts';
import { type AgentPlan, answersHuman, type Day, fails } from './day.ts';

/** An attempt as it was; all are in order of their beginning. */
export interface RecordedAttempt {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  /** From the INVITE to the first ring, ms; -1: it did not ring. */
  readonly setupMs: number;
  /** From the INVITE to the answer or the failure, ms. */
  readonly endMs: number;
  /** The outcome where nobody answered; empty: somebody did. */
  readonly cause: string;
  /** With an agent, ms; -1: the answer met none. */
  readonly talkMs: number;
  /** How long the person waited before hanging up; -1: they did not. */
  readonly leftAfterMs: number;
}

export interface Recording {
  readonly name: string;
  readonly config: PacingConfig;
  readonly fromMs: number;
  readonly toMs: number;
  readonly attempts: readonly RecordedAttempt[];
  /** Wrap-ups, in order. */
  readonly wraps: readonly { readonly atMs: number; readonly wrapMs: number }[];
  readonly agents: readonly AgentPlan[];
}

/** How many attempts about a time are like one that begins then. */
const alike = 200;
/** Where no message was recorded. */
const harbourMs = 6000;
const lookMs = 12_000;

const { floor, max, min } = Math;

/** A day like the recorded one. */
export function recordedDay(recording: Recording, seed: number): Day {
  const { name, config, fromMs, toMs, attempts, wraps, agents } = recording;
  const talks = attempts.filter(({ talkMs }) => talkMs >= 0);
  const drawn = <T extends { readonly atMs: number }>(
    of: readonly T[],
    atMs: number,
    chance: number,
  ): T | undefined => {
    const size = min(alike, of.length);
    const first = max(0, min(of.length - size, placeOf(of, atMs) - (size >> 1)));
    return of[first + floor(chance * size)];
  };
  return {
    name,
    config,
    fromMs,
    toMs,
    agents,
    // Nobody knows how many more leads there would have been.
    listSize: Number.MAX_SAFE_INTEGER,
    lookMs: () => lookMs,
    draw(n, atMs, into) {
      const attempt = drawn(attempts, atMs, uniform(seed, n, 0));
      if (!attempt) throw new RangeError('A recording without attempts makes no day');
      into.setupMs = attempt.setupMs;
      into.endMs = attempt.endMs;
      into.cause = attempt.cause;
      into.end = attempt.cause === '' ? answersHuman : fails;
      into.harbourMs = harbourMs;
      into.patienceMs = attempt.leftAfterMs >= 0 ? attempt.leftAfterMs : Number.POSITIVE_INFINITY;
      // Whoever met no agent would have talked as others did.
      const talk = attempt.talkMs >= 0 ? attempt.talkMs : drawn(talks, atMs, uniform(seed, n, 1))?.talkMs;
      into.talkMs = max(1, talk ?? 0);
      into.wrapMs = drawn(wraps, atMs, uniform(seed, n, 2))?.wrapMs ?? 0;
    },
  };
}

/** How many are before a time. */
function placeOf(of: readonly { readonly atMs: number }[], atMs: number): number {
  let low = 0;
  let high = of.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((of[middle] as { atMs: number }).atMs < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
