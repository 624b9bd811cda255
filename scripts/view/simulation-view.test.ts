import { describe, expect, test } from '@jest/globals';
import { scenarioSchema } from '#simulation/scenario.ts';
import { summarise } from '#simulation/summary.ts';
import { bestRatio, runTask } from '#simulation/task.ts';
import { plotSvg } from './plot.ts';
import { simulationPage } from './simulation-page.ts';
import { simulationTable } from './simulation-table.ts';

const scenario = scenarioSchema.parse({
  name: 'hour',
  title: 'an hour',
  heldOut: false,
  day: { from: '10:00', to: '11:00' },
  agents: [{ count: 6, from: '10:00', to: '11:00' }],
  phases: [
    {
      from: '10:00',
      outcomes: { human: 30, noAnswer: 70 },
      setup: { exactly: '1s' },
      ring: { exactly: '6s' },
      talk: { exponential: { mean: '50s' } },
      wrap: { exactly: '10s' },
    },
  ],
  limits: { maxLines: 60 },
});
const day = [bestRatio, 'progressive', 'power-8'].map((policy) =>
  runTask({ source: 0, seed: 1, policy }, [{ type: 'scenario', scenario }]),
);
const summaries = summarise(day);

describe('the table of policies', () => {
  const lines = simulationTable(summaries, 0.03).split('\n');
  const row = (name: string) => lines.find((line) => line.includes(` ${name}`)) ?? '';

  test('has a row for each, with the ratio that was the best', () => {
    expect(row('best constant ratio')).toContain(`(${day[0]?.ratio})`);
    expect(row('progressive')).toContain(day[1]?.result.talkMinutesPerHour.toFixed(2));
  });

  test('marks what is over the limit, and nothing else', () => {
    expect(row('power-8')).toContain(`${((day[2]?.result.abandonRate ?? 0) * 100).toFixed(2)} % !`);
    expect(row('progressive')).not.toContain('!');
    const [kept] = summaries;
    if (!kept) throw new Error('There is no summary');
    // No limit names an hour.
    expect(simulationTable([{ ...kept, worstAbandonRate: 0.03, worstHour: 0.07 }], 0.03)).not.toContain('!');
  });
});

describe('the page of policies', () => {
  const title = 'hour <&> "more"';
  const page = simulationPage({ title, about: 'An hour.', maxAbandonRate: 0.03, summaries, day });

  test('loads nothing, and means what a title says as text', () => {
    expect(page).not.toMatch(/\b(src|href)=|https?:|@import|url\(/);
    expect(page).toContain('hour &#60;&#38;&#62; &#34;more&#34;');
  });

  test('has four plots with a line for each policy, which its box shows and hides', () => {
    expect(page.match(/<svg /g)).toHaveLength(4);
    for (const at of [0, 1, 2]) {
      expect(page.match(new RegExp(`<path class="line p${at}"`, 'g'))).toHaveLength(4);
      expect(page).toContain(`data-line="p${at}"`);
    }
    expect(page).not.toContain('NaN');
    expect(page).not.toContain('undefined');
  });
});

describe('a plot', () => {
  const line = { name: 'a', className: 'a', values: [0, 10, 40] };
  const lines = [line];

  test('fits its axes to what it shows, and cuts off what is above the most', () => {
    const all = plotSvg({ title: 't', unit: ' %', fromMs: 36_000_000, stepMs: 60_000, lines });
    expect(all).toContain('>40 %</text>');
    expect(all).toContain('>10:00</text>');
    expect(all).toContain('>10:02</text>');
    const cut = plotSvg({ title: 't', unit: ' %', fromMs: 0, stepMs: 60_000, lines, most: 12, limit: 3 });
    expect(cut).not.toContain('>40 %</text>');
    expect(cut).toContain('class="limit"');
    expect(cut).toContain('>a ends at 40.0 % ↑</text>');
    // It leaves at the top, a sixth of the way from 10 to 40.
    const points = [...cut.matchAll(/[ML]([\d.]+) ([\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
    expect(points).toEqual([
      [52, 234],
      [480, 87.3],
      [551.3, 14],
    ]);
  });

  test('leaves a gap where there is nothing to show, and where a line is above the picture', () => {
    const values = [1, Number.NaN, 2, 40, 40, 3];
    const drawn = plotSvg({ ...{ title: 't', unit: '', fromMs: 0, stepMs: 1 }, lines: [{ ...line, values }], most: 5 });
    expect(drawn.match(/M[\d.]+ /g)).toHaveLength(3);
    expect(drawn).not.toContain('ends at');
    expect(drawn).not.toContain('NaN');
  });

  test('of nothing is a plot too', () => {
    expect(plotSvg({ title: 't', unit: '', fromMs: 0, stepMs: 60_000, lines: [] })).toContain('<svg');
  });
});
