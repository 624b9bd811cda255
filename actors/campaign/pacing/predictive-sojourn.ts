/**
 * The chance that something is over within so many seconds, by its age: solved second by second from hazards, also where
 * it goes through another stage first, as an attempt that begins to ring or a talk that is followed by a wrap-up.
 */
import { ageSteps, nextStep } from './predictive-ages.ts';

// Looked up once: where tests run, each look at a global costs more than what it does.
const { exp } = Math;

/** Room for `longest` seconds ahead, and now: `plane[second * ageSteps + step]`. */
export function planeFor(longest: number): Float64Array {
  return new Float64Array(ageSteps * (longest + 1));
}

/** What a second brings at each age: it is over, it goes on to the next stage, it stays. Nothing in it outlives a call. */
const share = new Float64Array(ageSteps * 3);

/**
 * Fills the plane with the probability, by seconds ahead and age, that it ends as it is to: at once by the rate `done`,
 * or `via` another stage that begins then. Second by second, backwards: what a second brings, then what is to be expected
 * at the age after it.
 */
export function fillPlane(
  plane: Float64Array,
  horizon: number,
  done: Float64Array | undefined,
  via: { readonly rate: Float64Array; readonly into: Float64Array } | undefined,
  lost: Float64Array | undefined,
): void {
  plane.fill(0, 0, ageSteps);
  for (let step = 0; step < ageSteps; step++) {
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
    const [now, before] = [second * ageSteps, (second - 1) * ageSteps];
    const viaDone = via ? (via.into[before] as number) : 0;
    for (let step = 0; step < ageSteps; step++) {
      plane[now + step] =
        (share[step * 3] as number) +
        (share[step * 3 + 1] as number) * viaDone +
        (share[step * 3 + 2] as number) * (plane[before + (nextStep[step] as number)] as number);
    }
  }
}

/** By age and look, the plane at those seconds, which may have fractions, times a factor. */
export function columnsOf(plane: Float64Array, seconds: readonly number[], times: number): number[] {
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
