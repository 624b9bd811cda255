/**
 * The best that a constant could have done: of all ratios from 1 to 10 the one with the most talk that kept the abandon
 * limit on this very day. No policy can know it beforehand.
 */
import { powerOf } from '#actors/campaign/pacing/power.ts';
import type { Day } from './day.ts';
import type { DayResult } from './result.ts';
import { simulateDay } from './simulate.ts';

export interface Hindsight {
  readonly ratio: number;
  readonly result: DayResult;
}

const least = 1;
const most = 10;
const coarse = 0.5;
const fine = 0.1;
/** Ratios that abandon so much more than they may are followed by worse ones only. */
const hopeless = 3;

/**
 * Tries every half, then every tenth about the best. Where even one line for each ready agent abandons more than the
 * limit, because agents have gone away while it rang, that is the answer. `per` as in the policy `power`.
 */
export function bestConstantRatio(day: Day, per: 'ready' | 'signed-on' = 'ready'): Hindsight {
  const limit = day.config.maxAbandonRate;
  const tryRatio = (ratio: number): Hindsight => ({ ratio, result: simulateDay(powerOf(ratio, per), day) });
  let best = tryRatio(least);
  const consider = (ratio: number): DayResult => {
    const tried = tryRatio(ratio);
    const { abandonRate, talkMinutesPerHour } = tried.result;
    if (abandonRate <= limit && talkMinutesPerHour > best.result.talkMinutesPerHour) best = tried;
    return tried.result;
  };
  for (let step = 1; least + step * coarse <= most; step++) {
    if (consider(least + step * coarse).abandonRate > limit * hopeless) break;
  }
  const centre = best.ratio;
  for (let step = -4; step <= 4; step++) {
    const ratio = Math.round((centre + step * fine) * 10) / 10;
    if (step !== 0 && ratio > least && ratio <= most) consider(ratio);
  }
  return best;
}
