/**
 * How many attempts the rate allows: a token bucket that holds one attempt and what a tick earns, so that a tick that
 * comes a little early costs nothing.
 */
import type { PacingConfig } from './policy.ts';

// Looked up once: where tests run, each look at a global costs more than what it does.
const { max, min } = Math;

/** What is left of the rate. */
export interface Rate {
  readonly tokens: number;
  /** When `tokens` was counted; absent before the first attempt. */
  readonly countedAtMs?: number;
}

/** A count that lies further ahead is of a node whose clock was wrong. */
const clocksDifferByMs = 1000;

/** Attempts that may start at once; no limit where there is no rate. */
export function bucketSize({ callsPerSecond, tickMs }: PacingConfig): number {
  return callsPerSecond === undefined ? Number.POSITIVE_INFINITY : 1 + (callsPerSecond * tickMs) / 1000;
}

/** Attempts, a number with a fraction, that may start now. */
export function tokensAt({ tokens, countedAtMs }: Rate, config: PacingConfig, nowMs: number): number {
  const size = bucketSize(config);
  if (countedAtMs === undefined || config.callsPerSecond === undefined) return size;
  if (countedAtMs - nowMs > clocksDifferByMs) return size;
  return min(size, tokens + (max(0, nowMs - countedAtMs) * config.callsPerSecond) / 1000);
}
