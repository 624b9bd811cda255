/** Days of a scenario: each seed is another day of the same kind, and the same day for every policy. */
import { normalQuantile, uniform } from './chance.ts';
import { type AgentPlan, answersHuman, answersMachine, type Day, fails } from './day.ts';
import { type Sampler, sampler } from './distribution.ts';
import type { Scenario } from './scenario.ts';

// Looked up once: where tests run, each look at a global costs more than what it does.
const { ceil, exp, floor, log, max, min, round, sqrt } = Math;

/** 2 March 2026, midnight: any date will do, but policies are to meet times as large as real ones. */
const midnightMs = 1_772_409_600_000;
const minuteMs = 60_000;

/** What chance is asked for: numbers that stay as they are, or every day changes. */
const purposes = {
  outcome: 0,
  setup: 1,
  ring: 3,
  talk: 5,
  wrap: 7,
  patience: 9,
  harbour: 11,
  detection: 13,
  missed: 15,
  look: 16,
  agent: 100,
  drift: 200,
} as const;

const outcomeWords = [
  ['human', ''],
  ['machine', 'machine'],
  ['busy', 'busy'],
  ['noAnswer', 'no-answer'],
  ['unreachable', 'unreachable'],
  ['failed', 'failed'],
] as const;

interface Phase {
  readonly fromMs: number;
  /** Logarithm of the odds that a person answers. */
  readonly logOdds: number;
  /** Of the others, cumulated, by their place in outcomeWords less one. */
  readonly others: readonly number[];
  readonly setup: Sampler;
  readonly ring: Sampler;
  readonly talk: Sampler;
  readonly wrap: Sampler;
}

/** The day of a scenario under a seed, a whole number. */
export function scenarioDay(scenario: Scenario, seed: number): Day {
  const { limits, machines, day } = scenario;
  const config = {
    maxAbandonRate: limits.maxAbandonRate,
    connectDeadlineMs: limits.connectDeadline,
    ringTimeoutMs: limits.ringTimeout,
    maxLines: limits.maxLines,
    tickMs: limits.tick,
    ...(limits.callsPerSecond === undefined ? {} : { callsPerSecond: limits.callsPerSecond }),
  };
  const phases = phasesOf(scenario);
  const drift = driftOf(scenario, seed);
  const machine = { talk: sampler(machines.talk), wrap: sampler(machines.wrap), told: sampler(machines.detection) };
  const greeting = sampler(machines.greeting);
  const patience = scenario.patience === undefined ? undefined : sampler(scenario.patience);
  const harbour = sampler(scenario.safeHarbour);
  const look = sampler(scenario.look);
  const detected = machines.handling === 'detected';
  const last = phases.length - 1;

  return {
    name: scenario.name,
    config,
    fromMs: midnightMs + day.from,
    toMs: midnightMs + day.to,
    agents: agentsOf(scenario, seed),
    listSize: scenario.listSize,
    lookMs: (n) => round(look(uniform(seed, n, purposes.look), uniform(seed, n, purposes.look + 1))),
    draw(n, atMs, into) {
      let index = last;
      while (index > 0 && (phases[index] as Phase).fromMs > atMs) index--;
      const phase = phases[index] as Phase;
      const lasts = (of: Sampler, purpose: number) =>
        round(of(uniform(seed, n, purpose), uniform(seed, n, purpose + 1)));
      const wandered = phase.logOdds + (drift?.(atMs) ?? 0);
      const humanShare = 1 / (1 + exp(-wandered));
      const chosen = uniform(seed, n, purposes.outcome);
      into.setupMs = lasts(phase.setup, purposes.setup);
      into.harbourMs = lasts(harbour, purposes.harbour);
      into.patienceMs = patience ? lasts(patience, purposes.patience) : Number.POSITIVE_INFINITY;
      if (chosen < humanShare) {
        const ringMs = lasts(phase.ring, purposes.ring);
        rings(into, into.setupMs + ringMs, config.ringTimeoutMs);
        if (into.end === fails) return;
        into.end = answersHuman;
        if (detected) into.endMs += lasts(greeting, purposes.detection);
        into.talkMs = max(1, lasts(phase.talk, purposes.talk));
        into.wrapMs = lasts(phase.wrap, purposes.wrap);
        return;
      }
      const other = (chosen - humanShare) / (1 - humanShare);
      let word = 1;
      while (word < outcomeWords.length - 1 && other >= (phase.others[word - 1] as number)) word++;
      if (word === 1) {
        rings(into, into.setupMs + lasts(phase.ring, purposes.ring), config.ringTimeoutMs);
        if (into.end === fails) return;
        into.end = answersMachine;
        into.talkMs = max(1, lasts(machine.talk, purposes.talk));
        into.wrapMs = lasts(machine.wrap, purposes.wrap);
        if (!detected) return;
        if (uniform(seed, n, purposes.missed) < machines.missed) {
          into.endMs += lasts(greeting, purposes.detection);
          return;
        }
        into.end = fails;
        into.cause = 'machine';
        into.endMs += lasts(machine.told, purposes.detection);
        return;
      }
      into.end = fails;
      into.cause = (outcomeWords[word] as (typeof outcomeWords)[number])[1];
      if (word === 3) {
        into.endMs = max(config.ringTimeoutMs, into.setupMs);
        return;
      }
      // The network says so before it rings.
      into.endMs = into.setupMs;
      into.setupMs = -1;
    },
  };
}

/** An answer after `endMs`, unless we have given up by then. */
function rings(into: { end: number; cause: string; endMs: number }, endMs: number, timeoutMs: number): void {
  into.end = endMs > timeoutMs ? fails : answersHuman;
  into.cause = 'no-answer';
  into.endMs = min(endMs, timeoutMs);
}

function phasesOf({ phases }: Scenario): readonly Phase[] {
  const compiled: Phase[] = [];
  let named = phases[0] as Scenario['phases'][number];
  for (const phase of phases) {
    // A phase that says nothing of something leaves it as it was.
    named = { ...named, ...(Object.fromEntries(Object.entries(phase).filter(([, is]) => is !== undefined)) as object) };
    const { outcomes, setup, ring, talk, wrap } = named;
    if (!outcomes || !setup || !ring || !talk || !wrap) throw new TypeError('The schema lets no such scenario through');
    const total = Object.values(outcomes).reduce((sum, weight) => sum + weight, 0);
    const human = outcomes.human / total;
    let sum = 0;
    const others = outcomeWords.slice(1).map(([word]) => {
      sum += outcomes[word] / max(total - outcomes.human, Number.MIN_VALUE);
      return sum;
    });
    compiled.push({
      fromMs: midnightMs + phase.from,
      logOdds: log(human / (1 - human)),
      others,
      setup: sampler(setup),
      ring: sampler(ring),
      talk: sampler(talk),
      wrap: sampler(wrap),
    });
  }
  return compiled;
}

/** Minute by minute, how far the log-odds have wandered; undefined where they do not. */
function driftOf({ drift, day }: Scenario, seed: number): ((atMs: number) => number) | undefined {
  if (!drift || drift.sigma === 0) return undefined;
  const minutes = ceil((day.to - day.from) / minuteMs) + 1;
  const keeps = exp(-minuteMs / max(drift.memory, 1));
  const step = drift.sigma * sqrt(1 - keeps * keeps);
  const path = new Float64Array(minutes);
  let at = drift.sigma * normalQuantile(uniform(seed, 0, purposes.drift));
  for (let minute = 0; minute < minutes; minute++) {
    path[minute] = at;
    at = keeps * at + step * normalQuantile(uniform(seed, minute + 1, purposes.drift));
  }
  const fromMs = midnightMs + day.from;
  return (atMs) => path[min(minutes - 1, max(0, floor((atMs - fromMs) / minuteMs)))] as number;
}

function agentsOf(scenario: Scenario, seed: number): readonly AgentPlan[] {
  const plans: AgentPlan[] = [];
  for (const group of scenario.agents) {
    for (let of = 0; of < group.count; of++) {
      const number = plans.length;
      const chance = (purpose: number) => uniform(seed, number, purposes.agent + purpose);
      const lateMs = round(chance(0) * group.within);
      let fromMs = midnightMs + group.from + lateMs;
      const endsMs = midnightMs + group.to + lateMs;
      const stints: { fromMs: number; toMs: number }[] = [];
      for (const [index, pause] of [...group.breaks].sort((a, b) => a.at - b.at).entries()) {
        // Which part of the group goes is the same every day: the first of them.
        if ((of + 0.5) / group.count > pause.share) continue;
        const leavesMs = midnightMs + pause.at + round(chance(2 + index * 2) * pause.within);
        const backMs = midnightMs + pause.at + pause.lasts + round(chance(3 + index * 2) * pause.within);
        if (leavesMs <= fromMs || backMs >= endsMs || backMs <= leavesMs) continue;
        stints.push({ fromMs, toMs: leavesMs });
        fromMs = backMs;
      }
      stints.push({ fromMs, toMs: endsMs });
      plans.push({ id: `a${number}`, stints, pace: exp(group.pace * normalQuantile(chance(1))) });
    }
  }
  return plans;
}
