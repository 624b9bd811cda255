/** The outcome as people read it. */
import { median } from '#bench/result.ts';
import { type ChaosOutcome, recoveriesOf, recoveryLimitMs } from './outcome.ts';

const width = 52;

export function tableOf(outcome: ChaosOutcome): string {
  const { seed, minutes, calls, faults, counts, attempts, outcomes, commands, notes } = outcome;
  const rows = [
    ...counts.map(({ name, found, of }): [string, string] => [name, `${found.length} of ${of}`]),
    ['from a kill to the last of its actors', recoveries(outcome)],
    ['live calls when faults came', spread(faults.map(({ liveCalls }) => liveCalls))],
    ['attempts', `${attempts} (${listed(outcomes)})`],
    ['commands of the probe', `${commands.acknowledged} acknowledged, ${commands.unacknowledged} never`],
  ] as const;
  return [
    `chaos with seed ${seed}, ${minutes} min, ${calls} calls at once: ${faults.length} faults (${listed(byKind(faults))})`,
    ...rows.map(([name, value]) => `  ${name.padEnd(width)} ${value}`),
    ...notes.map((note) => `  ${note}`),
  ].join('\n');
}

function recoveries(outcome: ChaosOutcome): string {
  const times = recoveriesOf(outcome);
  if (times.length === 0) return 'no node was killed';
  const limit = `promised: under ${recoveryLimitMs / 1000} s`;
  return `median ${seconds(median(times))}, maximum ${seconds(Math.max(...times))} (${limit})`;
}

function spread(values: readonly number[]): string {
  return values.length === 0 ? 'none' : `median ${Math.round(median(values))}, least ${Math.min(...values)}`;
}

function byKind(faults: ChaosOutcome['faults']): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind } of faults) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

function listed(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
