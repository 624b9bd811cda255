/**
 * The adaptive dial level of open-source dialers (VICIdial's "ADAPT_" methods, as their manual describes them): every
 * 15 s the level is multiplied by 1 + (ready agents - waiting calls, averaged over the last minute) / active agents, and
 * held between 1 and a maximum; while the day's abandon rate is over its limit it is halved instead. Lines wanted are level ×
 * active agents - calls in progress, placed every 2.5 s. A baseline to compare with, written from that description.
 */
import { allowed, count, freshLines, type Lines, linesInUse } from './lines.ts';
import type { PacingConfig, PacingPolicy } from './policy.ts';
import { follow, freshTeam, type Team } from './team.ts';

// Looked up once: where tests run, each look at a global costs more than what it does.
const { floor, max, min } = Math;

const adjustEveryMs = 15_000;
const placeEveryMs = 2500;
/** A minute of quarters. */
const quarters = 4;
const dayMs = 86_400_000;

/** The level, and the average that moves it. */
interface Level {
  readonly level: number;
  /** Sums of (ready - waiting) × ms of the last quarters of a minute, the newest last. */
  readonly surplus: readonly number[];
  /** Of the quarter that is under way. */
  readonly current: number;
  /** Up to when it is summed; -1 before the first event. */
  readonly atMs: number;
  readonly adjustAtMs: number;
}

export interface AdaptiveState {
  readonly config: PacingConfig;
  readonly team: Team;
  readonly lines: Lines;
  level: Level;
  placedAtMs: number;
  /** Days since 1970 by UTC, and what has been answered and abandoned on it. */
  day: number;
  answered: number;
  abandoned: number;
}

export function adaptiveOf(maxLevel: number): PacingPolicy<AdaptiveState> {
  /** The level at a time, if nothing happens until then. */
  function levelAt(state: AdaptiveState, nowMs: number): Level {
    const { level: known, team, config } = state;
    if (known.atMs < 0) return { ...known, atMs: nowMs, adjustAtMs: nowMs + adjustEveryMs };
    const over = state.abandoned > config.maxAbandonRate * state.answered;
    const spare = team.ready.size - team.waiting.size;
    let { level, surplus, current, atMs, adjustAtMs } = known;
    while (adjustAtMs <= nowMs) {
      surplus = [...surplus, current + spare * (adjustAtMs - atMs)].slice(-quarters);
      const average = surplus.reduce((sum, part) => sum + part, 0) / (surplus.length * adjustEveryMs);
      const factor = over ? 0.5 : 1 + average / max(1, team.signedOn.size);
      level = min(maxLevel, max(1, level * factor));
      current = 0;
      atMs = adjustAtMs;
      // After a night there is nothing to catch up with.
      adjustAtMs = nowMs - adjustAtMs > dayMs ? nowMs + adjustEveryMs : adjustAtMs + adjustEveryMs;
    }
    return { level, surplus, current: current + spare * max(0, nowMs - atMs), atMs: max(atMs, nowMs), adjustAtMs };
  }

  return {
    initial: (config) => ({
      config,
      team: freshTeam(),
      lines: freshLines(config),
      level: { level: 1, surplus: [], current: 0, atMs: -1, adjustAtMs: 0 },
      placedAtMs: Number.NEGATIVE_INFINITY,
      day: -1,
      answered: 0,
      abandoned: 0,
    }),

    evolve(state, event) {
      state.level = levelAt(state, event.at);
      const day = floor(event.at / dayMs);
      if (day > state.day) {
        state.day = day;
        state.answered = 0;
        state.abandoned = 0;
      }
      if (event.type === 'attempt-started') state.placedAtMs = event.at;
      if (event.type === 'attempt-answered') state.answered++;
      if (event.type === 'call-abandoned') state.abandoned++;
      follow(state.team, event);
      count(state.lines, state.config, event);
      return state;
    },

    decide(state, nowMs) {
      const { config, team, lines, placedAtMs } = state;
      if (team.signedOn.size === 0 || nowMs - placedAtMs < placeEveryMs) return 0;
      const { level } = levelAt(state, nowMs);
      const wanted = floor(level * team.signedOn.size) - linesInUse(lines, nowMs);
      return allowed(lines, config, wanted, nowMs);
    },
  };
}

/** With the largest level that such dialers suggest for an ordinary campaign. */
export const adaptive = adaptiveOf(3);
