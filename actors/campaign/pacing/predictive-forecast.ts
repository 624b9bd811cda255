/**
 * What is to be expected while attempts ring: what was learned, tables made of it, and the balance of answers and agents.
 * Tables and balance become a little old, so that following an event costs little.
 */
import type { PacingConfig, PacingEvent } from './policy.ts';
import { type Balance, balanceOf, changeBalance } from './predictive-balance.ts';
import { followJump, freshLearned, type Learned, learn } from './predictive-learned.ts';
import {
  chancesOf,
  expectedAnswers,
  longestRingOf,
  runningAnswers,
  type Tables,
  tablesOf,
} from './predictive-tables.ts';

/** How old tables and balance may become while events come in, and the balance that a decision goes by. */
const tablesMs = 2000;
const balanceMs = 300;
const staleMs = 400;

/** Plain data that `foresee` changes in place. */
export interface Forecast {
  readonly learned: Learned;
  /** Made of what was learned, so that a decision is cheap. */
  tables: Tables;
  balance: Balance;
}

export function freshForecast(config: PacingConfig): Forecast {
  const learned = freshLearned();
  const tables = tablesOf(learned, config, 0);
  return { learned, tables, balance: balanceOf(learned, tables, 0) };
}

/** Follows an event. */
export function foresee(forecast: Forecast, config: PacingConfig, event: PacingEvent): void {
  const { learned } = forecast;
  const { at } = event;
  const isOld = isOver(forecast.balance.atMs, balanceMs, at);
  if (!isOld) changeBalance(forecast.balance, learned, forecast.tables, event, -1);
  learn(learned, event, {
    now: chancesOf(forecast.tables),
    longestRing: longestRingOf(config),
    expectedBy: (ringSeconds) => expectedAnswers(forecast.tables, ringSeconds),
  });
  if (!isOld) {
    changeBalance(forecast.balance, learned, forecast.tables, event, 1);
    return;
  }
  if (isOver(forecast.tables.atMs, tablesMs, at)) {
    followJump(learned, runningAnswers(learned, forecast.tables, at));
    forecast.tables = tablesOf(learned, config, at);
  }
  forecast.balance = balanceOf(learned, forecast.tables, at);
}

/** The balance that a decision goes by. */
export function balanceNow({ learned, tables, balance }: Forecast, nowMs: number): Balance {
  return nowMs - balance.atMs > staleMs ? balanceOf(learned, tables, nowMs) : balance;
}

/** After so long, or where time has gone back. */
function isOver(sinceMs: number, lastsMs: number, nowMs: number): boolean {
  return nowMs - sinceMs >= lastsMs || nowMs < sinceMs;
}
