/**
 * Predictive dialing: another attempt is started as long as the chance that its answer would find no agent is at most a
 * price. The chance is of the balance of answers and agents to be expected when that answer would come (forecasts as in
 * Samuelson 1999, by age of each ring, talk and wrap-up instead of averages); the price is steered so that the day abandons
 * no more than its limit, and little less (docs/adr/0014). Below the limit's credit it is one line for each ready agent.
 */
import { allowed, count, freshLines, type Lines } from './lines.ts';
import type { PacingConfig, PacingEvent, PacingPolicy } from './policy.ts';
import { type Balance, balanceOf, changeBalance } from './predictive-balance.ts';
import {
  type Budget,
  countAbandoned,
  countAnswer,
  creditOf,
  freshBudget,
  priceOf,
  reserveOf,
  steer,
} from './predictive-budget.ts';
import { freshPassed, isLate, notePassed, type Passed } from './predictive-late.ts';
import { followJump, freshLearned, type Learned, learn } from './predictive-learned.ts';
import { shareOf } from './predictive-return.ts';
import {
  chancesOf,
  expectedAnswers,
  longestRingOf,
  looks,
  runningAnswers,
  type Tables,
  tablesOf,
} from './predictive-tables.ts';
import { tailOf } from './predictive-tail.ts';
import { follow, freshTeam, type Team } from './team.ts';

// Looked up once: where tests run, each look at a global costs more than what it does.
const { max, min, round } = Math;

/** How old tables and balance may become while events come in, and the balance that a decision goes by. */
const tablesMs = 2000;
const balanceMs = 300;
const staleMs = 400;

export interface PredictiveState {
  readonly config: PacingConfig;
  readonly team: Team;
  readonly lines: Lines;
  readonly learned: Learned;
  readonly budget: Budget;
  readonly passed: Passed;
  /** Made of what was learned, so that a decision is cheap. */
  tables: Tables;
  balance: Balance;
}

/** Why it dials as it does, for people. */
export interface PredictiveReasons extends Readonly<Record<string, number | string>> {
  /** Chance that a new attempt is answered, 0 to 1. */
  readonly answerProbability: number;
  /** Seconds until half of the answers of an attempt have come: what is looked ahead. */
  readonly aheadSeconds: number;
  readonly expectedAnswers: number;
  readonly expectedAgents: number;
  /** Abandonments that may still come. */
  readonly credit: number;
  /** Chance of no agent that a further attempt may have, and that the next one would have. */
  readonly price: number;
  readonly risk: number;
}

export const predictive: PacingPolicy<PredictiveState> & {
  explain(state: PredictiveState, nowMs: number): PredictiveReasons;
} = {
  initial(config) {
    const learned = freshLearned();
    const tables = tablesOf(learned, config, 0);
    const balance = balanceOf(learned, tables, 0);
    return {
      config,
      team: freshTeam(),
      lines: freshLines(config),
      learned,
      budget: freshBudget(),
      passed: freshPassed(),
      tables,
      balance,
    };
  },

  evolve(state, event) {
    if (isLate(state, event)) return state;
    const { config, team, lines, learned } = state;
    const { at } = event;
    const isOld = isOver(state.balance.atMs, balanceMs, at);
    if (!isOld) changeBalance(state.balance, learned, state.tables, event, -1);
    learn(learned, event, {
      now: chancesOf(state.tables),
      longestRing: longestRingOf(config),
      expectedBy: (ringSeconds) => expectedAnswers(state.tables, ringSeconds),
    });
    notePassed(state.passed, event);
    countBudget(state, event);
    follow(team, event);
    count(lines, config, event);
    if (!isOld) {
      changeBalance(state.balance, learned, state.tables, event, 1);
      return state;
    }
    if (isOver(state.tables.atMs, tablesMs, at)) {
      followJump(learned, runningAnswers(learned, state.tables, at));
      state.tables = tablesOf(learned, config, at);
    }
    state.balance = balanceOf(learned, state.tables, at);
    return state;
  },

  decide(state, nowMs) {
    const { config, team, lines } = state;
    if (team.signedOn.size === 0) return 0;
    const most = allowed(lines, config, config.maxLines, nowMs);
    if (most === 0) return 0;
    // One line for each ready agent is always right.
    const sure = min(most, max(0, team.ready.size - team.pending.size - team.waiting.size));
    const { price } = priceNow(state, nowMs);
    if (price <= 0) return sure;
    const balance = freshBalance(state, nowMs);
    const fits = (n: number) => riskOf(state, balance, n) <= price;
    if (!fits(1)) return sure;
    // The risk grows with n: double until it is too much, then halve the difference.
    let n = 0;
    let step = 1;
    while (n + step <= most && fits(n + step)) {
      n += step;
      step *= 2;
    }
    for (; step >= 1; step /= 2) if (n + step <= most && fits(n + step)) n += step;
    return max(n, sure);
  },

  explain(state, nowMs) {
    const { tables, team } = state;
    const balance = freshBalance(state, nowMs);
    const { credit, price } = priceNow(state, nowMs);
    const middle = looks >> 1;
    const spare = team.ready.size - team.waiting.size;
    return {
      answerProbability: rounded(tables.unrung[looks - 1] as number),
      aheadSeconds: tables.seconds[middle] as number,
      expectedAnswers: rounded(balance.answers[middle] as number),
      expectedAgents: rounded(spare + (balance.free[middle] as number)),
      credit: rounded(credit),
      price: rounded(price),
      risk: rounded(riskOf(state, balance, 1)),
    };
  },
};

/** After so long, or where time has gone back. */
function isOver(sinceMs: number, lastsMs: number, nowMs: number): boolean {
  return nowMs - sinceMs >= lastsMs || nowMs < sinceMs;
}

/** Part of the limit that is spent: the later in the day, the less it may be chance whether the limit is kept. */
const spentPart = 0.98;

function countBudget({ config, budget, team }: PredictiveState, { type, at }: PacingEvent): void {
  const limit = spentPart * config.maxAbandonRate;
  if (type === 'call-abandoned') countAbandoned(budget, at);
  if (type !== 'attempt-answered') return;
  countAnswer(budget, at);
  steer(budget, creditOf(budget, limit, at), reserveOf(budget, limit, team.signedOn.size), limit);
}

/** Whoever waits may be abandoned: the credit for it is not spent twice. */
function priceNow({ config, budget, team }: PredictiveState, nowMs: number): { credit: number; price: number } {
  const limit = spentPart * config.maxAbandonRate;
  const credit = creditOf(budget, limit, nowMs) - team.waiting.size;
  return { credit, price: priceOf(budget, credit, reserveOf(budget, limit, team.signedOn.size)) };
}

function freshBalance({ learned, tables, balance }: PredictiveState, nowMs: number): Balance {
  return nowMs - balance.atMs > staleMs ? balanceOf(learned, tables, nowMs) : balance;
}

/** The chance that the answer of the last of n further attempts, if one comes, finds no agent: the mean over the looks. */
function riskOf(state: PredictiveState, balance: Balance, n: number): number {
  const { tables, learned } = state;
  const risk = riskIf(state, balance, n, balance.answers, balance.answersVariance, tables.unrung);
  if (tables.unrungAgain === tables.unrung) return risk;
  const again = riskIf(state, balance, n, balance.again, balance.againVariance, tables.unrungAgain);
  return risk + shareOf(learned.before, chancesOf(tables)) * (again - risk);
}

function riskIf(
  { tables, team }: PredictiveState,
  balance: Balance,
  n: number,
  means: readonly number[],
  variances: readonly number[],
  chances: readonly number[],
): number {
  const spare = team.ready.size - team.waiting.size;
  let risk = 0;
  for (let look = 0; look < looks; look++) {
    const p = chances[look] as number;
    const answers = (means[look] as number) + (n - 1) * p;
    const variance =
      (variances[look] as number) +
      (n - 1) * p * (1 - p) +
      (balance.freeVariance[look] as number) +
      tables.doubt * answers * answers;
    risk += tailOf(answers - (balance.free[look] as number), variance, spare);
  }
  return risk / looks;
}

function rounded(value: number): number {
  return round(value * 1000) / 1000;
}
