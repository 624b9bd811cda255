/**
 * What every policy keeps to, whatever it would like: the lines, and the rate of new attempts, a token bucket that holds
 * one attempt and what a tick earns, so that a tick that comes a little early costs nothing.
 */
import type { PacingConfig, PacingEvent } from './policy.ts';

// Looked up once: where tests run, each look at a global costs more than what it does.
const { floor, max, min } = Math;

/** Lines in use and tokens; plain data that `count` changes in place. */
export interface Lines {
  /** Attempts and calls that have a line. */
  readonly inUse: Set<string>;
  /** Abandoned calls, and since when: their line is free when the message has been played, with or without a word. */
  readonly harboured: Map<string, number>;
  tokens: number;
  /** When `tokens` was counted; -1 before the first attempt. */
  countedAtMs: number;
}

/** A count that lies further ahead is of a node whose clock was wrong. */
const clocksDifferByMs = 1000;
/** No safe-harbour message is longer. An abandoned call whose end nobody tells does not keep its line for ever. */
const longestHarbourMs = 120_000;

export function freshLines(config: PacingConfig): Lines {
  return { inUse: new Set(), harboured: new Map(), tokens: bucketSize(config), countedAtMs: -1 };
}

/** Follows an event; the end of a call that nobody knows changes nothing. */
export function count(lines: Lines, config: PacingConfig, event: PacingEvent): void {
  switch (event.type) {
    case 'attempt-started':
      lines.tokens = tokensAt(lines, config, event.at) - 1;
      lines.countedAtMs = event.at;
      lines.inUse.add(event.callId);
      break;
    case 'attempt-failed':
    case 'call-ended':
      lines.inUse.delete(event.callId);
      lines.harboured.delete(event.callId);
      break;
    case 'call-abandoned':
      if (lines.inUse.delete(event.callId)) lines.harboured.set(event.callId, event.at);
      // Maps keep their order: the oldest come first.
      for (const [callId, atMs] of lines.harboured) {
        if (atMs > event.at - longestHarbourMs) break;
        lines.harboured.delete(callId);
      }
      break;
  }
}

/** How many lines are in use. */
export function linesInUse(lines: Lines, nowMs: number): number {
  let used = lines.inUse.size;
  if (lines.harboured.size === 0) return used;
  for (const atMs of lines.harboured.values()) if (atMs > nowMs - longestHarbourMs) used++;
  return used;
}

/** Of the attempts that are wanted, a number, how many may start: a whole number, 0 or more. */
export function allowed(lines: Lines, config: PacingConfig, wanted: number, nowMs: number): number {
  if (!(wanted >= 1)) return 0;
  const free = config.maxLines - linesInUse(lines, nowMs);
  return max(0, floor(min(wanted, free, tokensAt(lines, config, nowMs))));
}

function bucketSize(config: PacingConfig): number {
  if (config.callsPerSecond === undefined) return Number.MAX_SAFE_INTEGER;
  return 1 + (config.callsPerSecond * config.tickMs) / 1000;
}

function tokensAt(lines: Lines, config: PacingConfig, nowMs: number): number {
  const size = bucketSize(config);
  if (lines.countedAtMs < 0 || config.callsPerSecond === undefined) return size;
  if (lines.countedAtMs - nowMs > clocksDifferByMs) return size;
  const gained = (max(0, nowMs - lines.countedAtMs) * config.callsPerSecond) / 1000;
  return min(size, lines.tokens + gained);
}
