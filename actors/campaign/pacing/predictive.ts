/** Predictive dialing. */
import { allowed, count, freshLines, type Lines } from './lines.ts';
import type { PacingConfig, PacingPolicy } from './policy.ts';
import { type Balance, balanceOf, sum } from './predictive-balance.ts';
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
import { freshLearned, type Learned, learn } from './predictive-learned.ts';
import { expectedAnswers, looks, type Tables, tablesOf } from './predictive-tables.ts';
import { tailOf } from './predictive-tail.ts';
import { follow, freshTeam, type Team } from './team.ts';

// Looked up once: where tests run, each look at a global costs more than what it does.
const { max, min } = Math;

const tablesMs = 2000;
const balanceMs = 300;
const staleMs = 400;

export interface PredictiveState {
  readonly config: PacingConfig;
  readonly team: Team;
  readonly lines: Lines;
  readonly learned: Learned;
  readonly budget: Budget;
  tables: Tables;
  balance: Balance;
}

export const predictive: PacingPolicy<PredictiveState> = {
  initial(config) {
    const learned = freshLearned();
    const tables = tablesOf(learned, config, 0);
    return {
      config,
      team: freshTeam(),
      lines: freshLines(config),
      learned,
      budget: freshBudget(),
      tables,
      balance: balanceOf(learned, tables, 0),
    };
  },

  evolve(state, event) {
    const { config, team, lines, learned, budget } = state;
    const { at } = event;
    const renewed = at - state.balance.atMs >= balanceMs || at < state.balance.atMs;
    if (!renewed) shift(state, event, -1);
    learn(learned, event, (seconds) => expectedAnswers(state.tables, seconds));
    if (event.type === 'attempt-answered') {
      countAnswer(budget, at);
      steer(
        budget,
        creditOf(budget, config.maxAbandonRate, at),
        reserveOf(team.signedOn.size, config.maxAbandonRate * budget.shift.answered),
        config.maxAbandonRate,
      );
    }
    if (event.type === 'call-abandoned') countAbandoned(budget, at);
    follow(team, event);
    count(lines, config, event);
    if (renewed) {
      if (at - state.tables.atMs >= tablesMs || at < state.tables.atMs) state.tables = tablesOf(learned, config, at);
      state.balance = balanceOf(learned, state.tables, at);
    } else shift(state, event, 1);
    return state;
  },

  decide(state, nowMs) {
    const { config, team, lines, learned, budget, tables } = state;
    if (team.signedOn.size === 0) return 0;
    const most = allowed(lines, config, config.maxLines, nowMs);
    if (most === 0) return 0;
    const sure = team.ready.size - team.pending.size - team.waiting.size;
    const credit = creditOf(budget, config.maxAbandonRate, nowMs) - team.waiting.size;
    const price = priceOf(budget, credit, reserveOf(team.signedOn.size, config.maxAbandonRate * budget.shift.answered));
    if (price <= 0) return max(0, min(most, sure));
    const balance = nowMs - state.balance.atMs > staleMs ? balanceOf(learned, tables, nowMs) : state.balance;
    const spare = team.ready.size - team.waiting.size;
    const fits = (n: number) => riskOf(tables, balance, spare, n) <= price;
    let n = 0;
    if (fits(1)) {
      let step = 1;
      while (n + step <= most && fits(n + step)) {
        n += step;
        step *= 2;
      }
      for (; step >= 1; step /= 2) if (n + step <= most && fits(n + step)) n += step;
    }
    return min(most, max(n, sure, 0));
  },
};

/** The chance that the answer of the last of n further attempts, if one comes, finds no agent. */
function riskOf(tables: Tables, balance: Balance, spare: number, n: number): number {
  let risk = 0;
  for (let look = 0; look < looks; look++) {
    const p = tables.unrung[look] as number;
    const answers = (balance.answers[look] as number) + (n - 1) * p;
    const mean = answers - (balance.free[look] as number);
    const variance =
      (balance.answersVariance[look] as number) +
      (n - 1) * p * (1 - p) +
      (balance.freeVariance[look] as number) +
      tables.doubt * answers * answers;
    risk += tailOf(mean, variance, spare);
  }
  return risk / looks;
}

/** Takes what the event is about out of the balance (-1), as it stands before it, or into it (1), as it stands after. */
function shift(
  { learned, tables, balance }: PredictiveState,
  event: Parameters<typeof follow>[1],
  times: number,
): void {
  const { at } = event;
  if ('callId' in event) {
    const { callId } = event;
    const started = learned.startedAtMs.get(callId);
    if (started !== undefined) sum(balance.answers, balance.answersVariance, tables.unrung, at - started, times);
    const rang = learned.ringingSinceMs.get(callId);
    if (rang !== undefined) sum(balance.answers, balance.answersVariance, tables.rung, at - rang, times);
    const talks = learned.talkingSinceMs.get(callId);
    if (talks !== undefined) sum(balance.free, balance.freeVariance, tables.talking, at - talks, times);
  }
  if ('agentId' in event) {
    const wraps = learned.wrappingSinceMs.get(event.agentId);
    if (wraps !== undefined) sum(balance.free, balance.freeVariance, tables.wrapping, at - wraps, times);
  }
}
