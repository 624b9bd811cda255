/**
 * For campaigns that no agent serves: a prompt or a bot takes every answer, so nobody can be abandoned and only
 * the lines and the rate bound it.
 */
import type { PacingConfig, PacingPolicy } from './policy.ts';
import { bucketSize, type Rate, tokensAt } from './rate.ts';

export interface AgentlessState extends Rate {
  readonly config: PacingConfig;
  readonly lines: number;
}

export const agentless: PacingPolicy<AgentlessState> = {
  initial: (config) => ({ config, lines: 0, tokens: bucketSize(config) }),

  evolve(state, event) {
    switch (event.type) {
      case 'attempt-started':
        return {
          ...state,
          lines: state.lines + 1,
          tokens: tokensAt(state, state.config, event.at) - 1,
          countedAtMs: event.at,
        };
      case 'attempt-failed':
      case 'call-ended':
        return { ...state, lines: Math.max(0, state.lines - 1) };
      default:
        return state;
    }
  },

  decide(state, nowMs) {
    const free = state.config.maxLines - state.lines;
    return Math.max(0, Math.floor(Math.min(free, tokensAt(state, state.config, nowMs))));
  },
};
