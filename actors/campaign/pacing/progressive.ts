/** One line for each ready agent: whoever answers finds one, unless that agent has gone away meanwhile. */

import type { PacingPolicy } from './policy.ts';
import { type PowerState, powerOf } from './power.ts';

export const progressive: PacingPolicy<PowerState> = powerOf(1);
