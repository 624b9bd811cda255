/** The comparison of policies as a table for the terminal. */
import Table from 'cli-table3';
import { isHindsight, type PolicySummary } from '#simulation/summary.ts';

const percent = (share: number, digits = 1) => `${(share * 100).toFixed(digits)} %`;
const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

/** A row for each policy, the hindsight's first; `!` marks what is over the limit: of a day, of all days. */
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
      of.worstHour === undefined ? '' : percent(of.worstHour, 2),
      seconds(of.agentWaitMs),
      String(of.linesMax),
      String(of.attempts),
    ]);
  }
  return table.toString();
}

/** What the columns mean, a sentence or two a line; the limit is a share, 0 to 1, and `mark` what is over it. */
export function tableLegend(maxAbandonRate: number, mark = '!'): string {
  const limit = `${Number((maxAbandonRate * 100).toFixed(2))} %`;
  return [
    'talk min/h: talk with people, minutes for each hour that an agent was signed on. busy: share of it in calls or wrapping up.',
    '÷ best ratio: talk ÷ that of the best constant ratio of the same day.',
    `Best constant ratio: of 1 to 10 dialing lines for each ready agent, what had the most talk and abandoned at most ${limit} that day.`,
    'Best constant level: the same, of all lines, those in talk included, for each agent signed on. Both are known in hindsight only.',
    'abandoned: share of the answers, of all days; worst day: of one; worst hour: of any hour with 100 answers or more.',
    `${mark}: over the limit, ${limit} of a day; no limit names an hour.`,
    'agents wait: for the next call, on average. people wait: for an agent. lines: the most at once.',
  ].join('\n');
}

/** The name, and of a constant that was searched which it was. */
export function nameOf({ policy, ratios }: Pick<PolicySummary, 'policy' | 'ratios'>): string {
  if (!ratios) return policy;
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)];
  return `${policy} (${least === most ? least : `${least} to ${most}`})`;
}
