/**
 * A fixed number of lines: for each ready agent (power dialing), or for each agent who is signed on, those in a call
 * included (the fixed dial level of open-source dialers). Nobody adapts it, so it abandons what it abandons.
 */
import { allowed, count, freshLines, type Lines, linesInUse } from './lines.ts';
import type { PacingConfig, PacingPolicy } from './policy.ts';
import { follow, freshTeam, type Team } from './team.ts';

// Looked up once: where tests run, each look at a global costs more than what it does.
const { floor } = Math;

export interface PowerState {
  readonly config: PacingConfig;
  readonly team: Team;
  readonly lines: Lines;
  /** Where between two whole numbers the next fraction of a line is rounded, 0 to 1. */
  dither: number;
}

/** Its multiples, less their whole parts, are spread evenly (Weyl): fractions of lines come out right over time. */
const golden = 0.618_033_988_749_895;

/** `ratio` lines, above 0, may be a fraction; `ready`: dialing ones for each ready agent, `signed-on`: all, for each agent. */
export function powerOf(ratio: number, per: 'ready' | 'signed-on' = 'ready'): PacingPolicy<PowerState> {
  return {
    initial: (config) => ({ config, team: freshTeam(), lines: freshLines(config), dither: 0.5 }),

    evolve(state, event) {
      follow(state.team, event);
      count(state.lines, state.config, event);
      if (event.type === 'agent-ready') state.dither = (state.dither + golden) % 1;
      return state;
    },

    decide({ config, team, lines, dither }, nowMs) {
      const out = team.pending.size + team.waiting.size;
      const wanted =
        per === 'ready'
          ? floor(ratio * team.ready.size + dither) - out
          : floor(ratio * team.signedOn.size + dither) - linesInUse(lines, nowMs);
      return team.signedOn.size === 0 ? 0 : allowed(lines, config, wanted, nowMs);
    },
  };
}

/** Two lines for each ready agent. */
export const power = powerOf(2);
