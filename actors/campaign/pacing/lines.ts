/**
 * What every policy keeps to, whatever it would like: the lines, and the rate of new attempts, a token bucket that holds
 * one attempt and what a tick earns, so that a tick that comes a little early costs nothing.
 */
import type { PacingConfig, PacingEvent } from './policy.ts';

/** Lines in use and tokens; plain data that `count` changes in place. */
export interface Lines {
  inUse: number;
  tokens: number;
  /** When `tokens` was counted; -1 before the first attempt. */
  countedAtMs: number;
}

/** A count that lies further ahead is of a node whose clock was wrong. */
const clocksDifferByMs = 1000;

export function freshLines(config: PacingConfig): Lines {
  return { inUse: 0, tokens: bucketSize(config), countedAtMs: -1 };
}

/** Follows an event. */
export function count(lines: Lines, config: PacingConfig, event: PacingEvent): void {
  if (event.type === 'attempt-started') {
    lines.tokens = tokensAt(lines, config, event.at) - 1;
    lines.countedAtMs = event.at;
    lines.inUse++;
  } else if (event.type === 'attempt-failed' || event.type === 'call-ended') {
    lines.inUse = Math.max(0, lines.inUse - 1);
  }
}

/** Of the attempts that are wanted, a number, how many may start: a whole number, 0 or more. */
export function allowed(lines: Lines, config: PacingConfig, wanted: number, nowMs: number): number {
  if (!(wanted >= 1)) return 0;
  const free = config.maxLines - lines.inUse;
  return Math.max(0, Math.floor(Math.min(wanted, free, tokensAt(lines, config, nowMs))));
}

function bucketSize(config: PacingConfig): number {
  if (config.callsPerSecond === undefined) return Number.MAX_SAFE_INTEGER;
  return 1 + (config.callsPerSecond * config.tickMs) / 1000;
}

function tokensAt(lines: Lines, config: PacingConfig, nowMs: number): number {
  const size = bucketSize(config);
  if (lines.countedAtMs < 0 || config.callsPerSecond === undefined) return size;
  if (lines.countedAtMs - nowMs > clocksDifferByMs) return size;
  const gained = (Math.max(0, nowMs - lines.countedAtMs) * config.callsPerSecond) / 1000;
  return Math.min(size, lines.tokens + gained);
}
