/** What every policy for agents keeps to, whatever it would like: the lines, and the rate of new attempts. */
import type { PacingConfig, PacingEvent } from './policy.ts';
import { bucketSize, type Rate, tokensAt } from './rate.ts';

// Looked up once: where tests run, each look at a global costs more than what it does.
const { floor, max, min } = Math;

/** Lines in use and tokens; plain data that `count` changes in place. */
export interface Lines {
  /** Attempts and calls that have a line. */
  readonly inUse: Set<string>;
  /** Abandoned calls, and since when: their line is free when the message has been played, with or without a word. */
  readonly harboured: Map<string, number>;
  rate: Rate;
}

/** No safe-harbour message is longer. An abandoned call whose end nobody tells does not keep its line for ever. */
const longestHarbourMs = 120_000;

export function freshLines(config: PacingConfig): Lines {
  return { inUse: new Set(), harboured: new Map(), rate: { tokens: bucketSize(config) } };
}

/** Follows an event; the end of a call that nobody knows changes nothing. */
export function count(lines: Lines, config: PacingConfig, event: PacingEvent): void {
  switch (event.type) {
    case 'attempt-started':
      lines.rate = { tokens: tokensAt(lines.rate, config, event.at) - 1, countedAtMs: event.at };
      lines.inUse.add(event.callId);
      break;
    case 'attempt-failed':
    case 'call-ended':
      lines.inUse.delete(event.callId);
      lines.harboured.delete(event.callId);
      break;
    case 'call-connected':
      // An agent came after all.
      if (lines.harboured.delete(event.callId)) lines.inUse.add(event.callId);
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
  return max(0, floor(min(wanted, free, tokensAt(lines.rate, config, nowMs))));
}

/** The largest n up to `most`, a whole number, that fits, where none fits beyond one that does not; 0: not even one. */
export function largest(most: number, fits: (n: number) => boolean): number {
  if (most < 1 || !fits(1)) return 0;
  // Double until it is too much, then halve the difference.
  let n = 0;
  let step = 1;
  while (n + step <= most && fits(n + step)) {
    n += step;
    step *= 2;
  }
  for (; step >= 1; step /= 2) if (n + step <= most && fits(n + step)) n += step;
  return n;
}
