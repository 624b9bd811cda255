/** The comparison of policies as a table for the terminal. */
import Table from 'cli-table3';
import { isHindsight, type PolicySummary } from '#simulation/summary.ts';

const percent = (share: number, digits = 1) => `${(share * 100).toFixed(digits)} %`;
const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

/** A row for each policy, the hindsight's first; `!` marks a day or an hour that is over the limit. */
export function simulationTable(summaries: readonly PolicySummary[], maxAbandonRate: number): string {
  const table = new Table({
    head: [
      'policy',
      'talk min/h',
      '÷ best ratio',
      'busy',
      'abandoned',
      'worst day',
      'worst hour',
      'agents wait',
      'lines',
      'attempts',
    ],
    style: { head: [], border: [] },
    // No lines between the rows.
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'right', 'right', 'right', 'right'],
  });
  const marked = (rate: number) => `${percent(rate, 2)}${rate > maxAbandonRate ? ' !' : ''}`;
  const sorted = [...summaries].sort(
    (one, other) => Number(isHindsight(other.policy)) - Number(isHindsight(one.policy)),
  );
  for (const of of sorted) {
    table.push([
      nameOf(of),
      of.talkMinutesPerHour.toFixed(2),
      Number.isNaN(of.toBestRatio) ? '' : of.toBestRatio.toFixed(3),
      percent(of.utilisation),
      marked(of.abandonRate),
      marked(of.worstAbandonRate),
      of.worstHour === undefined ? '' : marked(of.worstHour),
      seconds(of.agentWaitMs),
      String(of.linesMax),
      String(of.attempts),
    ]);
  }
  return table.toString();
}

/** The name, and of a constant that was searched which it was. */
export function nameOf({ policy, ratios }: Pick<PolicySummary, 'policy' | 'ratios'>): string {
  if (!ratios) return policy;
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)];
  return `${policy} (${least === most ? least : `${least} to ${most}`})`;
}
