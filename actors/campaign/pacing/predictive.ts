/**
 * Predictive dialing: another attempt is started as long as the chance that its answer would find no agent is at most a
 * price. The chance is of the balance of answers and agents to be expected when that answer would come (forecasts as in
 * Samuelson 1999, by age of each ring, talk and wrap-up instead of averages); the price is steered so that the day abandons
 * no more than its limit, and little less (docs/adr/0014). Below the limit's credit it is one line for each ready agent.
 */
import { allowed, count, freshLines, type Lines, largest } from './lines.ts';
import type { PacingConfig, PacingPolicy } from './policy.ts';
import type { Balance } from './predictive-balance.ts';
import { type Budget, followBudget, freshBudget, priceNow } from './predictive-budget.ts';
import { balanceNow, type Forecast, foresee, freshForecast } from './predictive-forecast.ts';
import { freshPassed, isLate, notePassed, type Passed } from './predictive-late.ts';
import { shareOf } from './predictive-return.ts';
import { chancesOf, looks } from './predictive-tables.ts';
import { tailOf } from './predictive-tail.ts';
import { follow, freshTeam, type Team } from './team.ts';

// Looked up once: where tests run, each look at a global costs more than what it does.
const { max, min, round } = Math;

export interface PredictiveState extends Forecast {
  readonly config: PacingConfig;
  readonly team: Team;
  readonly lines: Lines;
  readonly budget: Budget;
  readonly passed: Passed;
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
  /** Attempts that start now. */
  readonly wants: number;
  /** Chance of no agent that an attempt may have, and that one more than these would have. */
  readonly price: number;
  readonly risk: number;
  /** Why not one more: the `risk` is above the price, there is no `credit`, or no `line` or call a second is left. */
  readonly stop: 'risk' | 'credit' | 'lines';
}

export const predictive: PacingPolicy<PredictiveState> & {
  explain(state: PredictiveState, nowMs: number): PredictiveReasons;
} = {
  initial: (config) => ({
    config,
    team: freshTeam(),
    lines: freshLines(config),
    budget: freshBudget(),
    passed: freshPassed(),
    ...freshForecast(config),
  }),

  evolve(state, event) {
    if (isLate(state, event)) return state;
    foresee(state, state.config, event);
    notePassed(state.passed, event);
    followBudget(state.budget, state.config, state.team, event);
    follow(state.team, event);
    count(state.lines, state.config, event);
    return state;
  },

  decide(state, nowMs) {
    const { config, team, lines, budget } = state;
    if (team.signedOn.size === 0) return 0;
    const most = allowed(lines, config, config.maxLines, nowMs);
    if (most === 0) return 0;
    // One line for each ready agent is always right.
    const sure = min(most, max(0, team.ready.size - team.pending.size - team.waiting.size));
    const { price } = priceNow(budget, config, team, nowMs);
    if (price <= 0) return sure;
    const balance = balanceNow(state, nowMs);
    const fits = (n: number) => riskOf(state, balance, n) <= price;
    return max(sure, largest(most, fits));
  },

  explain(state, nowMs) {
    const { config, tables, team, budget } = state;
    const balance = balanceNow(state, nowMs);
    const { credit, price } = priceNow(budget, config, team, nowMs);
    const middle = looks >> 1;
    const spare = team.ready.size - team.waiting.size;
    const wants = predictive.decide(state, nowMs);
    const isFull = wants >= allowed(state.lines, config, config.maxLines, nowMs);
    return {
      wants,
      answerProbability: rounded(tables.unrung[looks - 1] as number),
      aheadSeconds: tables.seconds[middle] as number,
      expectedAnswers: rounded(balance.answers[middle] as number),
      expectedAgents: rounded(spare + (balance.free[middle] as number)),
      credit: rounded(credit),
      price: rounded(price),
      risk: rounded(riskOf(state, balance, wants + 1)),
      stop: isFull ? 'lines' : price <= 0 ? 'credit' : 'risk',
    };
  },
};

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
