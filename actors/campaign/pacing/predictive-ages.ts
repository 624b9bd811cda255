/**
 * Ages in steps: seconds at first, then wider and wider ones, so that what is learned of a ring and of a talk of an hour
 * has the same small size.
 */

// Looked up once: where tests run, each look at a global costs more than what it does.
const { ceil, floor, log } = Math;

const narrow = 24;
const growth = 1.15;
const logGrowth = log(growth);
const longestSeconds = 3600;

/** How many steps there are; the last one has no end. */
export const ageSteps: number = narrow + ceil(log(longestSeconds / narrow) / logGrowth);

/** Beginning of each step, seconds, and the end of the last. */
export const ageEdges: readonly number[] = Array.from({ length: ageSteps + 1 }, (_, step) =>
  step <= narrow ? step : narrow * growth ** (step - narrow),
);

/** The step in which an age in seconds, 0 or more, is. */
export function ageStep(seconds: number): number {
  if (!(seconds >= 1)) return 0;
  if (seconds < narrow) return floor(seconds);
  const step = narrow + floor(log(seconds / narrow) / logGrowth);
  return step < ageSteps ? step : ageSteps - 1;
}

/** For each step, the one in which its middle is a second later. */
export const nextStep: readonly number[] = Array.from({ length: ageSteps }, (_, step) =>
  ageStep(((ageEdges[step] as number) + (ageEdges[step + 1] as number)) / 2 + 1),
);
