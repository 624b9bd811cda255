/**
 * What is to be expected of a line that has rung for so long, and of an agent who has talked for so long, within the time
 * that a new attempt takes to be answered: tables by age, computed from the hazards every few seconds.
 */
import type { PacingConfig } from './policy.ts';
import { ageEdges, ageStep, ageSteps } from './predictive-ages.ts';
import { addTime, perSecond } from './predictive-hazard.ts';
import { type Learned, ringing, starts, stayShare } from './predictive-learned.ts';
import { factorOf } from './predictive-level.ts';
import { type Chances, timesOf } from './predictive-return.ts';
import { columnsOf, fillPlane, planeFor } from './predictive-sojourn.ts';

// Looked up once: where tests run, each look at a global costs more than what it does.
const { ceil, max, min } = Math;

/** Moments at which the balance is looked at: when so large a part of the answers of a new attempt has come. */
const quantiles = [0.08, 0.25, 0.42, 0.58, 0.75, 0.92] as const;
export const looks: number = quantiles.length;
/** Longest time that is looked ahead, seconds. */
const longest = 60;

/** By age and look: `table[step * looks + look]`, probabilities. */
export interface Tables {
  readonly atMs: number;
  /** Seconds from now of each look. */
  readonly seconds: readonly number[];
  /** Answered by then: of an attempt that does not ring yet, and of one that does. */
  readonly unrung: readonly number[];
  readonly rung: readonly number[];
  /** The same, if people answered again as they did before. */
  readonly unrungAgain: readonly number[];
  readonly rungAgain: readonly number[];
  /** Ready by then: of an agent who talks, and of one who wraps up. */
  readonly talking: readonly number[];
  readonly wrapping: readonly number[];
  /** Relative variance of the answer probability: what is not known of it. */
  readonly doubt: number;
  /** Answers of a line to be expected up to the beginning of each age, and the hazard after it. */
  readonly cumulated: readonly number[];
  readonly hazard: readonly number[];
}

// Rooms to compute in: nothing in them outlives a call.
const room = () => new Float64Array(ageSteps);
const running = room();
const [ringRate, directRate, failRate] = [room(), room(), room()];
const [answerRate, ringFailRate] = [room(), room()];
const [talkRate, wrapRate] = [room(), room()];
const [unrung, rung, talking, wrapping] = [planeFor(longest), planeFor(longest), planeFor(longest), planeFor(longest)];

/** Nothing rings for longer, seconds. */
export function longestRingOf({ ringTimeoutMs, connectDeadlineMs }: PacingConfig): number {
  return max(8, ceil((ringTimeoutMs + connectDeadlineMs) / 1000) + 2);
}

export function tablesOf(learned: Learned, config: PacingConfig, nowMs: number): Tables {
  const longestRing = longestRingOf(config);
  const horizon = min(longest, longestRing);
  const grace = config.connectDeadlineMs / 2000;
  timeOf(learned.startedAtMs, nowMs, longestRing);
  perSecond(learned.start, starts.rings, running, ringRate);
  perSecond(learned.start, starts.answered, running, directRate);
  perSecond(learned.start, starts.failed, running, failRate);
  timeOf(learned.ringingSinceMs, nowMs, longestRing);
  perSecond(learned.ring, ringing.answered, running, answerRate);
  perSecond(learned.ring, ringing.failed, running, ringFailRate);
  timeOf(learned.talkingSinceMs, nowMs, Number.POSITIVE_INFINITY);
  perSecond(learned.talk, 0, running, talkRate);
  timeOf(learned.wrappingSinceMs, nowMs, Number.POSITIVE_INFINITY);
  perSecond(learned.wrap, 0, running, wrapRate);
  const cumulated: number[] = [];
  for (let step = 0; step < ageSteps; step++) if ((ageEdges[step] as number) >= longestRing) answerRate[step] = 0;
  const hazard = Array.from(answerRate);
  let sum = 0;
  for (let step = 0; step < ageSteps; step++) {
    cumulated.push(sum);
    sum += (answerRate[step] as number) * ((ageEdges[step + 1] as number) - (ageEdges[step] as number));
  }
  const level = factorOf(learned.level, runningAnswers(learned, { cumulated, hazard }, nowMs));
  for (let step = 0; step < ageSteps; step++) answerRate[step] = (answerRate[step] as number) * level.mean;
  fillPlane(rung, horizon, answerRate, undefined, ringFailRate);
  // An attempt that rings goes on as one that has just begun to.
  fillPlane(unrung, horizon, directRate, { rate: ringRate, into: rung }, failRate);
  fillPlane(wrapping, horizon, wrapRate, undefined, undefined);
  fillPlane(talking, horizon, undefined, { rate: talkRate, into: wrapping }, undefined);

  const whole = unrung[horizon * ageSteps] as number;
  const seconds = quantiles.map((quantile) => {
    let second = 1;
    while (second < horizon && (unrung[second * ageSteps] as number) < quantile * whole) second++;
    return second;
  });
  const stays = stayShare(learned, nowMs);
  const free = seconds.map((second) => min(horizon, second + grace));
  const [unrungNow, rungNow] = [columnsOf(unrung, seconds, 1), columnsOf(rung, seconds, 1)];
  const now = chancesOf({ unrung: unrungNow, rung: rungNow });
  const { before } = learned;
  return {
    atMs: nowMs,
    seconds,
    unrung: unrungNow,
    rung: rungNow,
    unrungAgain: manyTimes(unrungNow, timesOf(before.unrung, now.unrung)),
    rungAgain: manyTimes(rungNow, timesOf(before.rung, now.rung)),
    talking: columnsOf(talking, free, stays),
    wrapping: columnsOf(wrapping, free, stays),
    doubt: level.doubt,
    cumulated,
    hazard,
  };
}

/** Chance that an attempt is answered that begins now. */
export function chancesOf({ unrung, rung }: Pick<Tables, 'unrung' | 'rung'>): Chances {
  return { unrung: unrung[looks - 1] as number, rung: rung[looks - 1] as number };
}

function manyTimes(table: readonly number[], times: number): readonly number[] {
  return times === 1 ? table : table.map((p) => min(1, p * times));
}

/** Answers that a line has let expect that has rung for so many seconds, were the list as it was. */
export function expectedAnswers(
  { cumulated, hazard }: Pick<Tables, 'cumulated' | 'hazard'>,
  ringSeconds: number,
): number {
  const step = ageStep(ringSeconds);
  return (cumulated[step] as number) + (hazard[step] as number) * (ringSeconds - (ageEdges[step] as number));
}

/** Answers that were to be expected by now of the lines that ring and have not been answered. */
export function runningAnswers(learned: Learned, tables: Pick<Tables, 'cumulated' | 'hazard'>, nowMs: number): number {
  let sum = 0;
  for (const since of learned.ringingSinceMs.values()) sum += expectedAnswers(tables, (nowMs - since) / 1000);
  return sum;
}

/** Fills `running` with the time at risk of those under way. */
function timeOf(sinceMs: ReadonlyMap<string, number>, nowMs: number, longestSeconds: number): void {
  running.fill(0);
  for (const since of sinceMs.values()) addTime(running, min((nowMs - since) / 1000, longestSeconds), 1);
}
