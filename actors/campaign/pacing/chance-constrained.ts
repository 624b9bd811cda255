/**
 * Chance-constrained dialing (after Charnes and Cooper 1959; with the forecasts of Samuelson 1999, who dials by the
 * answers and the agents that are to be expected): the largest n whose expected overflow per expected answer,
 * E[(A - F)+] / E[A], stays under a price. A: answers expected from what is ringing and from n more. F: agents who are
 * ready, and those expected to finish before the answers come. Both sums are taken for normal. The price is steered by
 * what the day has abandoned so far. A baseline to compare with.
 */
import { allowed, count, freshLines, type Lines } from './lines.ts';
import { type PacingConfig, type PacingPolicy, wasTried } from './policy.ts';
import { follow, freshTeam, type Team } from './team.ts';

// Looked up once: where tests run, each look at a global costs more than what it does.
const { exp, floor, max, min, sqrt, PI } = Math;

/** Weight of the newest observation in a running mean. */
const newest = 0.02;
/** So many answers' worth of unspent abandonments double the price; as many overspent bring it to nothing. */
const patienceAnswers = 150;
const highestPrice = 4;
/** Of the limit, so that the day does not end beyond it. */
const aim = 0.95;
const dayMs = 86_400_000;

export interface ChanceConstrainedState {
  readonly config: PacingConfig;
  readonly team: Team;
  readonly lines: Lines;
  /** Running means: probability of an answer, and ms from the attempt to it, of talk and of wrap-up. */
  answerShare: number;
  answerMs: number;
  talkMs: number;
  wrapMs: number;
  readonly startedAtMs: Map<string, number>;
  /** Calls with an agent, since when. */
  readonly talkingSinceMs: Map<string, number>;
  /** Agents who wrap up, since when. */
  readonly wrappingSinceMs: Map<string, number>;
  /** Days since 1970 by UTC, and what has been answered and abandoned on it. */
  day: number;
  answered: number;
  abandoned: number;
}

export const chanceConstrained: PacingPolicy<ChanceConstrainedState> = {
  initial: (config) => ({
    config,
    team: freshTeam(),
    lines: freshLines(config),
    // Before anything is known: half of all answer, which dials little.
    answerShare: 0.5,
    answerMs: 8000,
    talkMs: 120_000,
    wrapMs: 15_000,
    startedAtMs: new Map(),
    talkingSinceMs: new Map(),
    wrappingSinceMs: new Map(),
    day: -1,
    answered: 0,
    abandoned: 0,
  }),

  evolve(state, event) {
    const day = floor(event.at / dayMs);
    if (day > state.day) {
      state.day = day;
      state.answered = 0;
      state.abandoned = 0;
    }
    learn(state, event);
    follow(state.team, event);
    count(state.lines, state.config, event);
    return state;
  },

  decide(state, nowMs) {
    const { config, team, lines } = state;
    const most = allowed(lines, config, config.maxLines, nowMs);
    if (most === 0 || team.signedOn.size === 0) return 0;
    const price = priceOf(state);
    const free = freeAgents(state);
    const fits = (more: number) => overflowPerAnswer(state, free, more) <= price;
    let n = 0;
    if (fits(1)) {
      // The overflow grows with n: double until it is too much, then halve the difference.
      let step = 1;
      while (n + step <= most && fits(n + step)) {
        n += step;
        step *= 2;
      }
      for (; step >= 1; step /= 2) if (n + step <= most && fits(n + step)) n += step;
    }
    // One line for each ready agent is always right.
    return min(most, max(n, team.ready.size - team.pending.size - team.waiting.size, 0));
  },
};

function learn(state: ChanceConstrainedState, event: Parameters<typeof follow>[1]): void {
  const { at } = event;
  switch (event.type) {
    case 'attempt-started':
      state.startedAtMs.set(event.callId, at);
      break;
    case 'attempt-answered': {
      state.answered++;
      const sinceMs = state.startedAtMs.get(event.callId);
      if (sinceMs === undefined) break;
      state.startedAtMs.delete(event.callId);
      state.answerShare += newest * (1 - state.answerShare);
      state.answerMs += newest * (at - sinceMs - state.answerMs);
      break;
    }
    case 'attempt-failed':
      if (state.startedAtMs.delete(event.callId) && wasTried(event.cause))
        state.answerShare -= newest * state.answerShare;
      break;
    case 'call-abandoned':
      state.abandoned++;
      break;
    case 'call-connected':
      state.talkingSinceMs.set(event.callId, at);
      state.wrappingSinceMs.delete(event.agentId);
      break;
    case 'call-ended': {
      state.startedAtMs.delete(event.callId);
      const sinceMs = state.talkingSinceMs.get(event.callId);
      if (sinceMs === undefined) break;
      state.talkingSinceMs.delete(event.callId);
      state.talkMs += newest * (at - sinceMs - state.talkMs);
      state.wrappingSinceMs.set(event.agentId, at);
      break;
    }
    case 'agent-ready':
    case 'agent-away': {
      const sinceMs = state.wrappingSinceMs.get(event.agentId);
      if (sinceMs === undefined) break;
      state.wrappingSinceMs.delete(event.agentId);
      state.wrapMs += newest * (at - sinceMs - state.wrapMs);
      break;
    }
  }
}

/** The abandon limit, more where the day has abandoned less, nothing where it has abandoned more by as much. */
function priceOf({ config, answered, abandoned }: ChanceConstrainedState): number {
  const limit = config.maxAbandonRate;
  if (limit <= 0) return 0;
  const unspent = (aim * limit * answered - abandoned) / (limit * patienceAnswers);
  return limit * min(highestPrice, max(0, 1 + unspent));
}

/** Agents for the answers to come: mean and variance. A time is taken for memoryless. */
function freeAgents({ team, talkMs, wrapMs, answerMs, talkingSinceMs, wrappingSinceMs }: ChanceConstrainedState) {
  const talkers = 1 - exp(-answerMs / max(1, talkMs + wrapMs));
  const wrappers = 1 - exp(-answerMs / max(1, wrapMs));
  return {
    mean: team.ready.size + talkingSinceMs.size * talkers + wrappingSinceMs.size * wrappers,
    variance: talkingSinceMs.size * talkers * (1 - talkers) + wrappingSinceMs.size * wrappers * (1 - wrappers),
  };
}

/** E[(A - F)+] / E[A] with n attempts more, by the normal approximation. */
function overflowPerAnswer(state: ChanceConstrainedState, free: { mean: number; variance: number }, n: number): number {
  const { team, answerShare } = state;
  const ringing = team.pending.size + n;
  const answers = team.waiting.size + ringing * answerShare;
  if (answers <= 0) return 0;
  const mean = answers - free.mean;
  const deviation = sqrt(free.variance + ringing * answerShare * (1 - answerShare));
  if (deviation < 1e-9) return max(0, mean) / answers;
  const z = mean / deviation;
  return max(0, mean * normalBelow(z) + deviation * normalDensity(z)) / answers;
}

function normalDensity(z: number): number {
  return exp((-z * z) / 2) / sqrt(2 * PI);
}

/** The standard normal distribution function (Abramowitz and Stegun, 26.2.17; error below 7.5e-8). */
function normalBelow(z: number): number {
  const t = 1 / (1 + 0.231_641_9 * (z < 0 ? -z : z));
  const series =
    t * (0.319_381_53 + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
  const upper = normalDensity(z) * series;
  return z < 0 ? upper : 1 - upper;
}
