/**
 * Every pacing policy on every scenario, against the best constant ratio that hindsight finds for that day; what a
 * decision costs with 400 agents, and whether what a policy remembers grows with the day.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { serialize } from 'node:v8';
import type { PacingPolicy } from '#actors/campaign/pacing/policy.ts';
import { allPolicies, policyNamed } from '#simulation/policies.ts';
import { readScenario } from '#simulation/read-scenario.ts';
import type { Scenario } from '#simulation/scenario.ts';
import { scenarioDay } from '#simulation/scenario-day.ts';
import { simulateDay } from '#simulation/simulate.ts';
import { type PolicySummary, summarise } from '#simulation/summary.ts';
import { bestLevel, bestRatio } from '#simulation/task.ts';
import { runSimulations } from '#workers/simulations.ts';
import { type BenchOptions, type BenchResult, type Figure, median } from './result.ts';

const folder = join(import.meta.dirname, '..', 'config', 'scenarios');
const seeds = [1, 2];
/** What is timed; one decision of so many, so that the clock does not become what is measured. */
const largest = 'four-hundred';
const timedEvery = 16;

/** The promises are made for the policy on which the work goes. */
const promised = 'predictive';

export async function run(_options: BenchOptions): Promise<BenchResult> {
  const scenarios = readdirSync(folder).map((file) => readScenario(readFileSync(join(folder, file), 'utf8'), file));
  const policies = [bestRatio, bestLevel, ...allPolicies];
  const tasks = scenarios.flatMap((_, source) =>
    seeds.flatMap((seed) => policies.map((policy) => ({ source, seed, policy }))),
  );
  const sources = scenarios.map((scenario) => ({ type: 'scenario', scenario }) as const);
  const summaries = summarise(await runSimulations(sources, tasks));
  const largestScenario = scenarios.find(({ name }) => name === largest);
  if (!largestScenario) throw new Error(`There is no scenario ${largest} to time decisions on`);
  return {
    name: 'pacing',
    figures: [
      ...[bestLevel, ...allPolicies].flatMap((policy) => figuresOf(policy, summaries)),
      ...allPolicies.flatMap((policy) => costOf(policy, largestScenario)),
    ],
    notes: [
      `${scenarios.length} scenarios, ${seeds.length} days each; held out of tuning: ${heldOut(scenarios)}.`,
      'A ratio is talk minutes per agent-hour ÷ those of the best constant ratio of 1 to 10 for that very day.',
      ...scenarios.flatMap((scenario, source) => noteOf(scenario, source, summaries)),
    ],
  };
}

function heldOut(scenarios: readonly Scenario[]): string {
  return scenarios.flatMap((scenario) => (scenario.heldOut ? [scenario.name] : [])).join(', ');
}

function figuresOf(policy: string, summaries: readonly PolicySummary[]): readonly Figure[] {
  const own = summaries.filter((summary) => summary.policy === policy);
  const ratios = own.map(({ toBestRatio }) => toBestRatio);
  const [mean, worst] = [ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length, Math.min(...ratios)];
  const abandoned = Math.max(...own.map(({ worstAbandonRate }) => worstAbandonRate));
  const kept = policy === promised;
  return [
    { name: `${policy} ÷ best ratio, mean`, value: mean, unit: 'ratio', ...(kept ? { target: { atLeast: 1 } } : {}) },
    {
      name: `${policy} ÷ best ratio, worst scenario`,
      value: worst,
      unit: 'ratio',
      ...(kept ? { target: { atLeast: 0.95 } } : {}),
    },
    {
      name: `${policy} abandoned, worst day`,
      value: abandoned * 100,
      unit: '%',
      ...(kept ? { target: { atMost: 3 } } : {}),
    },
  ];
}

/** One line a scenario: ratio and abandon rate of each policy. */
function noteOf(scenario: Scenario, source: number, summaries: readonly PolicySummary[]): readonly string[] {
  const own = summaries.filter((summary) => summary.source === source);
  const best = own.find(({ policy }) => policy === bestRatio);
  const others = own
    .filter(({ policy }) => policy !== bestRatio)
    .map((of) => `${of.policy} ${of.toBestRatio.toFixed(3)} at ${(of.worstAbandonRate * 100).toFixed(2)} %`);
  const found = `best ratio ${best?.ratios?.join(' and ')}, ${best?.talkMinutesPerHour.toFixed(2)} min/h`;
  return [`${scenario.name}${scenario.heldOut ? ' (held out)' : ''}: ${found}; ${others.join(', ')}`];
}

/** What a decision costs at 400 agents, and how much is remembered at noon and in the end. */
function costOf(name: string, scenario: Scenario): readonly Figure[] {
  const named = policyNamed(name);
  if (!named) throw new Error(`There is no policy ${name}`);
  const { policy, agentsDial } = named;
  const micros: number[] = [];
  const day = scenarioDay(scenario, 1);
  const middleMs = (day.fromMs + day.toMs) / 2;
  let asked = 0;
  let sizeAtNoon = 0;
  let state: unknown;
  const timed: PacingPolicy<unknown> = {
    initial: policy.initial,
    evolve: (before, event) => {
      state = policy.evolve(before, event);
      if (sizeAtNoon === 0 && event.at >= middleMs) sizeAtNoon = serialize(state).length;
      return state;
    },
    decide: (before, nowMs) => {
      if (asked++ % timedEvery > 0) return policy.decide(before, nowMs);
      const startedNs = process.hrtime.bigint();
      const count = policy.decide(before, nowMs);
      micros.push(Number(process.hrtime.bigint() - startedNs) / 1000);
      return count;
    },
  };
  simulateDay(timed, day, { agentsDial });
  const sizeAtEnd = serialize(state).length;
  const limit = name === promised ? { target: { atMost: 50 } } : {};
  return [
    { name: `${name} decides, 400 agents, median`, value: median(micros), unit: 'µs', ...limit },
    { name: `${name} remembers at noon`, value: sizeAtNoon / 1024, unit: 'KB' },
    { name: `${name} remembers in the end`, value: sizeAtEnd / 1024, unit: 'KB' },
  ];
}
