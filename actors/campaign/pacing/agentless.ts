/**
 * For campaigns that no agent serves: a prompt or a bot takes every answer, so nobody can be abandoned and only
 * the lines and the rate bound it. The rate is a token bucket that holds one attempt and what a tick earns, so that
 * a tick that comes a little early costs nothing.
 */
import type { PacingConfig, PacingPolicy } from './policy.ts';

export interface AgentlessState {
  readonly config: PacingConfig;
  readonly lines: number;
  readonly tokens: number;
  /** When `tokens` was counted; undefined before the first attempt. */
  readonly countedAtMs?: number;
}

export const agentless: PacingPolicy<AgentlessState> = {
  initial: (config) => ({ config, lines: 0, tokens: bucketSize(config) }),

  evolve(state, event) {
    switch (event.type) {
      case 'attempt-started':
        return { ...state, lines: state.lines + 1, tokens: tokensAt(state, event.at) - 1, countedAtMs: event.at };
      case 'attempt-failed':
      case 'call-ended':
        return { ...state, lines: Math.max(0, state.lines - 1) };
      default:
        return state;
    }
  },

  decide(state, nowMs) {
    const free = state.config.maxLines - state.lines;
    return Math.max(0, Math.floor(Math.min(free, tokensAt(state, nowMs))));
  },
};

/** A count that lies further ahead is of a node whose clock was wrong. */
const clocksDifferByMs = 1000;

function bucketSize(config: PacingConfig): number {
  if (config.callsPerSecond === undefined) return Number.POSITIVE_INFINITY;
  return 1 + (config.callsPerSecond * config.tickMs) / 1000;
}

function tokensAt(state: AgentlessState, nowMs: number): number {
  const size = bucketSize(state.config);
  if (state.countedAtMs === undefined || state.config.callsPerSecond === undefined) return size;
  if (state.countedAtMs - nowMs > clocksDifferByMs) return size;
  const gained = (Math.max(0, nowMs - state.countedAtMs) * state.config.callsPerSecond) / 1000;
  return Math.min(size, state.tokens + gained);
}
