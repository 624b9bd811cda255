/**
 * Chance-constrained dialing (after Charnes and Cooper 1959): the largest n whose expected overflow per expected answer,
 * E[(A - F)+] / E[A], stays under a steered price. A: answers expected from those who wait, from what is ringing and from n
 * more. F: agents who are ready, and those expected to finish. Both sums are taken for normal. A baseline to compare with:
 * it has the forecasts and the budget of `predictive`, so that only the rule differs, an average over all answers instead
 * of the risk of the last one (docs/adr/0014).
 */
import { allowed, count, freshLines, type Lines, largest } from './lines.ts';
import type { PacingConfig, PacingPolicy } from './policy.ts';
import type { Balance } from './predictive-balance.ts';
import { type Budget, followBudget, freshBudget, priceNow } from './predictive-budget.ts';
import { balanceNow, type Forecast, foresee, freshForecast } from './predictive-forecast.ts';
import { looks } from './predictive-tables.ts';
import { normalBelow, normalDensity } from './predictive-tail.ts';
import { follow, freshTeam, type Team } from './team.ts';

// Looked up once: where tests run, each look at a global costs more than what it does.
const { max, min, sqrt } = Math;

/**
 * A and F are of one moment: when rather more than half of the answers of a new attempt have come. Of the moments that
 * `predictive` looks at this one brought the most talk; earlier it sees too few answers, later too many agents.
 */
const middle = looks >> 1;

export interface ChanceConstrainedState extends Forecast {
  readonly config: PacingConfig;
  readonly team: Team;
  readonly lines: Lines;
  readonly budget: Budget;
}

export const chanceConstrained: PacingPolicy<ChanceConstrainedState> = {
  initial: (config) => ({
    config,
    team: freshTeam(),
    lines: freshLines(config),
    budget: freshBudget(),
    ...freshForecast(config),
  }),

  evolve(state, event) {
    foresee(state, state.config, event);
    followBudget(state.budget, state.config, state.team, event);
    follow(state.team, event);
    count(state.lines, state.config, event);
    return state;
  },

  decide(state, nowMs) {
    const { config, team, lines, budget } = state;
    const most = allowed(lines, config, config.maxLines, nowMs);
    if (most === 0 || team.signedOn.size === 0) return 0;
    // One line for each ready agent is always right.
    const sure = min(most, max(0, team.ready.size - team.pending.size - team.waiting.size));
    const { price } = priceNow(budget, config, team, nowMs);
    if (price <= 0) return sure;
    const balance = balanceNow(state, nowMs);
    return max(
      sure,
      largest(most, (n) => overflowPerAnswer(state, balance, n) <= price),
    );
  },
};

/** E[(A - F)+] / E[A] with n attempts more, by the normal approximation; what is not known of the answers widens it. */
function overflowPerAnswer({ tables, team }: ChanceConstrainedState, balance: Balance, n: number): number {
  const p = tables.unrung[middle] as number;
  const toCome = (balance.answers[middle] as number) + n * p;
  const answers = team.waiting.size + toCome;
  if (answers <= 0) return 0;
  const mean = answers - team.ready.size - (balance.free[middle] as number);
  const variance =
    (balance.answersVariance[middle] as number) +
    n * p * (1 - p) +
    (balance.freeVariance[middle] as number) +
    tables.doubt * toCome * toCome;
  if (!(variance > 1e-9)) return max(0, mean) / answers;
  const deviation = sqrt(variance);
  const z = mean / deviation;
  return max(0, mean * normalBelow(z) + deviation * normalDensity(z)) / answers;
}
