/** Click to dial: the agent starts each attempt, the pacer none. Attempts that agents start are events all the same. */
import type { PacingPolicy } from './policy.ts';

/** Nothing has to be known. */
export type ManualState = Readonly<Record<string, never>>;

export const manual: PacingPolicy<ManualState> = {
  initial: () => ({}),
  evolve: (state) => state,
  decide: () => 0,
};
