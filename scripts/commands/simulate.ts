/** `callboard simulate SCENARIO`: what each policy makes of a day, side by side. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FatalError } from '#ports/errors.ts';
import { withJournal } from '#scripts/read-journal.ts';
import { readCampaign } from '#scripts/simulation/read-recording.ts';
import { recordingOf } from '#scripts/simulation/recorded-campaign.ts';
import { simulationPage } from '#scripts/view/simulation-page.ts';
import { simulationTable, tableLegend } from '#scripts/view/simulation-table.ts';
import { allPolicies, policyNamed } from '#simulation/policies.ts';
import { readScenario } from '#simulation/read-scenario.ts';
import { summarise } from '#simulation/summary.ts';
import { bestLevel, bestRatio, type DaySource, dayOf } from '#simulation/task.ts';
import { runSimulations } from '#workers/simulations.ts';
import type { CommonOptions } from './options.ts';

export interface SimulateOptions extends CommonOptions {
  /** `all`, or names with commas between them. */
  readonly policy: string;
  readonly seeds: number;
  /** Where the page goes. */
  readonly report?: string;
  readonly json?: boolean;
  /** Id of a campaign, instead of a scenario. */
  readonly fromJournal?: string;
  readonly agents?: number;
  readonly date?: string;
}

const examples = join(import.meta.dirname, '..', '..', 'config', 'scenarios');

/**
 * Simulates and prints.
 * @throws SCENARIO_INVALID, CONFIG_INVALID for a policy that there is not, and what reading a journal throws.
 */
export async function simulate(file: string | undefined, options: SimulateOptions): Promise<void> {
  const policies = chosenPolicies(options.policy);
  const source = await sourceOf(file, options);
  const day = dayOf(source, 1);
  const seeds = Array.from({ length: options.seeds }, (_, n) => n + 1);
  const tasks = seeds.flatMap((seed) => policies.map((policy) => ({ source: 0, seed, policy })));
  const results = await runSimulations([source], tasks);
  const summaries = summarise(results);
  const { maxAbandonRate } = day.config;
  const about = aboutOf(source, options.seeds);
  if (options.report !== undefined) {
    const first = results.filter(({ task }) => task.seed === 1);
    write(options.report, simulationPage({ title: day.name, about, maxAbandonRate, summaries, day: first }));
  }
  if (options.json) {
    const days = results.map(({ task, ratio, result: { series: _, ...result } }) => ({ ...task, ratio, ...result }));
    console.log(JSON.stringify({ name: day.name, about, maxAbandonRate, summaries, days }, null, 2));
    return;
  }
  console.log(`${day.name}: ${about}`);
  console.log(simulationTable(summaries, maxAbandonRate));
  console.log(tableLegend(maxAbandonRate));
  if (options.report !== undefined) console.log(`The page is ${options.report}.`);
}

function chosenPolicies(names: string): readonly string[] {
  if (names === 'all') return [bestRatio, bestLevel, ...allPolicies];
  const chosen = [...new Set(names.split(',').map((name) => name.trim()))].filter((name) => name !== '');
  const unknown = chosen.find((name) => !policyNamed(name));
  if (unknown !== undefined || chosen.length === 0) {
    const known = [...new Set(allPolicies.map((name) => name.replace(/^power-.*/, 'power-RATIO')))].join(', ');
    throw new FatalError('CONFIG_INVALID', `There is no policy ${unknown ?? names}: write all, or some of ${known}.`);
  }
  return [bestRatio, ...chosen];
}

async function sourceOf(file: string | undefined, options: SimulateOptions): Promise<DaySource> {
  const { fromJournal, agents, date } = options;
  if ((file === undefined) === (fromJournal === undefined)) {
    const names = readdirSync(examples).map((name) => name.replace(/\.yaml$/, ''));
    throw new FatalError(
      'CONFIG_INVALID',
      `Name either a scenario file or, with --from-journal, a campaign; config/scenarios/ has ${names.join(', ')}.`,
    );
  }
  if (fromJournal === undefined && (agents !== undefined || date !== undefined)) {
    const option = agents === undefined ? '--date' : '--agents';
    throw new FatalError(
      'CONFIG_INVALID',
      `${option} goes with --from-journal only: ${file} says itself who works when.`,
    );
  }
  if (date !== undefined && !isDate(date)) {
    throw new FatalError('CONFIG_INVALID', `--date ${date} is no day: write year, month and day as in 2026-11-22.`);
  }
  if (fromJournal !== undefined) {
    const campaign = await withJournal(options, (journal) => readCampaign(journal, fromJournal));
    const wanted = { ...(agents === undefined ? {} : { agents }), ...(date === undefined ? {} : { date }) };
    return { type: 'recording', recording: recordingOf(campaign, wanted) };
  }
  return { type: 'scenario', scenario: readScenario(textOf(file ?? ''), file ?? '') };
}

function isDate(text: string): boolean {
  const atMs = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
  return !Number.isNaN(atMs) && new Date(atMs).toISOString().startsWith(text);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new FatalError('SCENARIO_INVALID', `The scenario ${file} cannot be read (${why}): check its path.`, {
      cause,
    });
  }
}

function write(file: string, page: string): void {
  try {
    writeFileSync(file, page);
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new FatalError('CONFIG_INVALID', `The report ${file} cannot be written (${why}): name another path.`, {
      cause,
    });
  }
}

function aboutOf(source: DaySource, seeds: number): string {
  const days = seeds === 1 ? 'one day' : `${seeds} days`;
  if (source.type === 'scenario') {
    const { title, heldOut } = source.scenario;
    return `${title}; ${days}${heldOut ? ', held out of tuning' : ''}.`;
  }
  const { attempts, agents } = source.recording;
  return `${days} like the recorded one, drawn from its ${attempts.length} attempts, with ${agents.length} agents.`;
}
