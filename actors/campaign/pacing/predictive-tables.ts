/**
 * What is to be expected of a line that has rung for so long, and of an agent who has talked for so long, within the time
 * that a new attempt takes to be answered: tables by age, computed from the hazards every few seconds.
 */
import type { PacingConfig } from './policy.ts';
import { ageEdges, ageStep, ageSteps, nextStep } from './predictive-ages.ts';
import { addTime, type Hazard, perSecond } from './predictive-hazard.ts';
import { type Learned, levelOf, stayShare } from './predictive-learned.ts';

// Looked up once: where tests run, each look at a global costs more than what it does.
const { ceil, exp, max, min } = Math;

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
const [running, ringRate, failRate, answerRate, ringFailRate, talkRate, wrapRate, directRate] = [
  room(),
  room(),
  room(),
  room(),
  room(),
  room(),
  room(),
  room(),
];
const plane = () => new Float64Array(ageSteps * (longest + 1));
const [unrung, rung, talking, wrapping] = [plane(), plane(), plane(), plane()];

export function tablesOf(learned: Learned, config: PacingConfig, nowMs: number): Tables {
  const horizon = min(longest, max(8, ceil((config.ringTimeoutMs + config.connectDeadlineMs) / 1000) + 2));
  const grace = config.connectDeadlineMs / 1000 / 2;
  const level = levelOf(learned);
  // Order matters: `running` is used again.
  rates(learned.start, learned.startedAtMs, nowMs, [ringRate, directRate, failRate]);
  rates(learned.ring, learned.ringingSinceMs, nowMs, [answerRate, ringFailRate]);
  rates(learned.talk, learned.talkingSinceMs, nowMs, [talkRate]);
  rates(learned.wrap, learned.wrappingSinceMs, nowMs, [wrapRate]);
  const cumulated: number[] = [];
  const hazard = Array.from(answerRate);
  let sum = 0;
  for (let step = 0; step < ageSteps; step++) {
    cumulated.push(sum);
    sum += (answerRate[step] as number) * ((ageEdges[step + 1] as number) - (ageEdges[step] as number));
    answerRate[step] = (answerRate[step] as number) * level.mean;
  }
  fill(rung, horizon, ageSteps, answerRate, undefined, ringFailRate);
  // An attempt that rings goes on as one that has just begun to.
  fill(unrung, horizon, ageSteps, directRate, { rate: ringRate, into: rung }, failRate);
  fill(wrapping, horizon, ageSteps, wrapRate, undefined, undefined);
  fill(talking, horizon, ageSteps, undefined, { rate: talkRate, into: wrapping }, undefined);

  const whole = unrung[horizon * ageSteps] as number;
  const seconds = quantiles.map((quantile) => {
    let second = 1;
    while (second < horizon && (unrung[second * ageSteps] as number) < quantile * whole) second++;
    return second;
  });
  const stays = stayShare(learned, nowMs);
  const free = seconds.map((second) => min(horizon, second + grace));
  return {
    atMs: nowMs,
    seconds,
    unrung: columns(unrung, seconds, 1),
    rung: columns(rung, seconds, 1),
    talking: columns(talking, free, stays),
    wrapping: columns(wrapping, free, stays),
    doubt: level.relativeVariance,
    cumulated,
    hazard,
  };
}

/** Answers that a line has let expect that has rung for so many seconds, were the list as it was. */
export function expectedAnswers({ cumulated, hazard }: Tables, ringSeconds: number): number {
  const step = ageStep(ringSeconds);
  return (cumulated[step] as number) + (hazard[step] as number) * (ringSeconds - (ageEdges[step] as number));
}

function rates(hazard: Hazard, sinceMs: ReadonlyMap<string, number>, nowMs: number, into: readonly Float64Array[]) {
  running.fill(0);
  for (const since of sinceMs.values()) addTime(running, (nowMs - since) / 1000, 1);
  for (const [way, rate] of into.entries()) perSecond(hazard, way, running, rate);
}

/**
 * Fills the plane with the probability, by seconds ahead and age, that it ends as it is to: at once by the rate `done`,
 * or `via` another stage that begins then. Second by second, backwards: what a second brings, then what is to be expected
 * at the age after it.
 */
function fill(
  plane: Float64Array,
  horizon: number,
  steps: number,
  done: Float64Array | undefined,
  via: { readonly rate: Float64Array; readonly into: Float64Array } | undefined,
  lost: Float64Array | undefined,
): void {
  plane.fill(0, 0, steps);
  for (let step = 0; step < steps; step++) {
    const [ends, moves, fails] = [done?.[step] ?? 0, via?.rate[step] ?? 0, lost?.[step] ?? 0];
    const total = ends + moves + fails;
    const leaves = total > 0 ? 1 - exp(-total) : 0;
    const endShare = total > 0 ? (ends / total) * leaves : 0;
    const moveShare = total > 0 ? (moves / total) * leaves : 0;
    share[step * 3] = endShare;
    share[step * 3 + 1] = moveShare;
    share[step * 3 + 2] = 1 - leaves;
  }
  for (let second = 1; second <= horizon; second++) {
    const [now, before] = [second * steps, (second - 1) * steps];
    const viaDone = via ? (via.into[before] as number) : 0;
    for (let step = 0; step < steps; step++) {
      plane[now + step] =
        (share[step * 3] as number) +
        (share[step * 3 + 1] as number) * viaDone +
        (share[step * 3 + 2] as number) * (plane[before + (nextStep[step] as number)] as number);
    }
  }
}
const share = new Float64Array(ageSteps * 3);

function columns(plane: Float64Array, seconds: readonly number[], times: number): number[] {
  const table = new Array<number>(ageSteps * seconds.length);
  for (let step = 0; step < ageSteps; step++) {
    for (let look = 0; look < seconds.length; look++) {
      const at = seconds[look] as number;
      const whole = at | 0;
      const part = at - whole;
      const low = plane[whole * ageSteps + step] as number;
      table[step * seconds.length + look] =
        times * (part > 0 ? low + part * ((plane[(whole + 1) * ageSteps + step] as number) - low) : low);
    }
  }
  return table;
}
