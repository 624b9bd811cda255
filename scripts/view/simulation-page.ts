/** The comparison of policies as a page of its own: a table, and how the first day went. */
import type { DayResult, Series } from '#simulation/result.ts';
import type { PolicySummary } from '#simulation/summary.ts';
import type { TaskResult } from '#simulation/task.ts';
import { escapeText, type Plot, plotSvg } from './plot.ts';
import { nameOf, tableLegend } from './simulation-table.ts';

export interface SimulationPage {
  readonly title: string;
  /** A sentence about what was simulated. */
  readonly about: string;
  readonly maxAbandonRate: number;
  readonly summaries: readonly PolicySummary[];
  /** Of one day: what the plots show. */
  readonly day: readonly TaskResult[];
}

/** A page needs no more points than it has room for, and what jumps from minute to minute fewer. */
const mostPoints = 160;
const calmPoints = 40;
const dayMs = 86_400_000;
const colours = [
  '#222222',
  '#1f6fb4',
  '#d95f0e',
  '#2a9d4a',
  '#b8342b',
  '#7b52a8',
  '#8c6239',
  '#d6589f',
  '#6b7280',
  '#a3a500',
  '#0fa3b1',
  '#3f3fbf',
  '#e0a400',
];

/** HTML that loads nothing. */
export function simulationPage({ title, about, maxAbandonRate, summaries, day }: SimulationPage): string {
  const names = day.map(({ task, ratio }) => nameOf(ratio === undefined ? task : { ...task, ratios: [ratio] }));
  const plots = plotsOf(day, names, maxAbandonRate).map(plotSvg).join('\n');
  const legend = names
    .map(
      (name, at) =>
        `<label><input type="checkbox" checked data-line="p${at}"><span class="key p${at}"></span>${escapeText(name)}</label>`,
    )
    .join('');
  const lineColours = names
    .map((_, at) => {
      const colour = colours[at % colours.length];
      return `.p${at}{stroke:${colour};background:${colour}}text.p${at}{fill:${colour};stroke:none}`;
    })
    .join('');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeText(title)}</title>
<style>${style}${lineColours}</style></head><body>
<h1>${escapeText(title)}</h1><p>${escapeText(about)}</p>
${tableOf(summaries, maxAbandonRate)}
${legendOf(maxAbandonRate)}
<div class="legend">${legend}</div>
${plots}
<script>
for (const box of document.querySelectorAll('[data-line]')) box.addEventListener('change', () => {
  for (const line of document.querySelectorAll('svg .' + box.dataset.line)) line.style.display = box.checked ? '' : 'none';
});
</script></body></html>
`;
}

const style = `body{font:15px/1.45 system-ui,sans-serif;margin:2em auto;max-width:1080px;padding:0 1em;color:#222;background:#fff}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}td,th{padding:.2em .7em;border-bottom:1px solid #ddd;text-align:right}
td{white-space:nowrap}.wide{overflow-x:auto}.gone{font-size:12px}
td:first-child,th:first-child{text-align:left}figure{margin:1.5em 0}figcaption{font-weight:600}svg{width:100%;height:auto}
.grid{stroke:#e4e4e4}.axis{font-size:12px;fill:#555}.line{fill:none;stroke-width:1.6}path.p0{stroke-dasharray:6 3}
.limit{stroke:#c00;stroke-dasharray:2 3;stroke-width:1.5}.legend{position:sticky;top:0;background:#fffc;padding:.4em 0}
.legend label{margin-right:1.1em;white-space:nowrap}.key{display:inline-block;width:1.6em;height:3px;margin:0 .4em;vertical-align:middle}
`;

function legendOf(maxAbandonRate: number): string {
  const paragraphs = tableLegend(maxAbandonRate, 'Bold').split('\n');
  return `<p>${paragraphs.map(escapeText).join('<br>')}</p>`;
}

function tableOf(summaries: readonly PolicySummary[], limit: number): string {
  const rate = (share: number) => {
    const text = `${(share * 100).toFixed(2)} %`;
    return share > limit ? `<b>${text}</b>` : text;
  };
  const rows = summaries.map((of) => {
    const cells = [
      escapeText(nameOf(of)),
      of.talkMinutesPerHour.toFixed(2),
      Number.isNaN(of.toBestRatio) ? '' : of.toBestRatio.toFixed(3),
      `${(of.utilisation * 100).toFixed(1)} %`,
      rate(of.abandonRate),
      rate(of.worstAbandonRate),
      of.worstHour === undefined ? '' : `${(of.worstHour * 100).toFixed(2)} %`,
      `${(of.agentWaitMs / 1000).toFixed(1)} s`,
      `${(of.customerWaitMs / 1000).toFixed(2)} s`,
      String(of.linesMax),
      String(of.attempts),
    ];
    return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
  });
  const heads =
    'policy,talk min/h,÷ best ratio,busy,abandoned,worst day,worst hour,agents wait,people wait,lines,attempts'.split(
      ',',
    );
  return `<div class="wide"><table><tr>${heads.map((head) => `<th>${head}</th>`).join('')}</tr>${rows.join('\n')}</table></div>`;
}

function plotsOf(day: readonly TaskResult[], names: readonly string[], maxAbandonRate: number): readonly Plot[] {
  const first = day[0]?.result.series;
  if (!first) return [];
  // After the last attempt the floor empties: what few agents still do there is no part of the comparison.
  const longest = Math.max(
    1,
    ...day.map(({ result }) => result.series.attempts.findLastIndex((count) => count > 0) + 1),
  );
  const width = Math.max(1, Math.ceil(longest / mostPoints));
  const wide = Math.max(1, Math.ceil(longest / calmPoints));
  const every = (steps: number) => ({ fromMs: first.fromMs % dayMs, stepMs: first.stepMs * steps });
  const lines = (of: (result: DayResult) => readonly number[]) =>
    day.map(({ result }, at) => ({ name: names[at] ?? '', className: `p${at}`, values: of(result) }));
  // The last bin of a share has to be full: a minute by itself jumps.
  const whole = Math.max(wide, longest - (longest % wide));
  const shareOf = (part: (series: Series) => readonly number[], by: number) => (result: DayResult) =>
    ratios(
      binned(part(result.series).slice(0, whole), wide),
      binned(result.series.signedOnMs.slice(0, whole), wide),
    ).map((share) => share * by);
  const minutes = shareOf((series) => series.talkMs, 60);
  const waiting = shareOf((series) => series.idleMs, 100);
  const soFar = ({ series }: DayResult) => {
    const all = cumulated(binned(series.answered.slice(0, longest), width));
    return ratios(cumulated(binned(series.abandoned.slice(0, longest), width)), all).map((share) => share * 100);
  };
  const inUse = ({ series }: DayResult) =>
    binned(series.linesMax.slice(0, longest), width, (one, other) => Math.max(one, other));
  const limit = maxAbandonRate * 100;
  return [
    { title: 'Talk, minutes an hour of each agent', unit: '', ...every(wide), lines: lines(minutes) },
    { title: 'Abandoned so far that day', unit: ' %', ...every(width), lines: lines(soFar), limit, most: limit * 4 },
    { title: 'Lines in use, at most', unit: '', ...every(width), lines: lines(inUse) },
    { title: 'Agents who wait for a call', unit: ' %', ...every(wide), lines: lines(waiting) },
  ];
}

function binned(
  values: readonly number[],
  width: number,
  fold: (one: number, other: number) => number = (one, other) => one + other,
): readonly number[] {
  return Array.from({ length: Math.ceil(values.length / width) }, (_, at) =>
    values.slice(at * width, (at + 1) * width).reduce(fold, 0),
  );
}

function cumulated(values: readonly number[]): readonly number[] {
  let sum = 0;
  return values.map((value) => {
    sum += value;
    return sum;
  });
}

/** NaN where there is nothing to divide by. */
function ratios(above: readonly number[], below: readonly number[]): readonly number[] {
  return above.map((value, at) => ((below[at] ?? 0) > 0 ? value / (below[at] as number) : Number.NaN));
}
