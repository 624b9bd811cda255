/** What goes on after a stop, and what does not: two campaigns in one data folder, and an impatient Ctrl-C. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openSqliteJournalReader } from '#adapters/sqlite/journal.ts';
import { type PracticeCarrier, startPracticeCarrier } from '#practice/start.ts';
import { callEvent } from '#proto/generated/call.ts';
import { commit } from '#proto/generated/envelope.ts';
import { callboard, startCallboard } from './callboard-process.ts';

const prompt = join(import.meta.dirname, '..', '..', 'config', 'prompts', 'hello.wav');
let folder: string;
let carrier: PracticeCarrier;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'callboard-going-on-'));
  carrier = await startPracticeCarrier({ seed: 3, timeScale: 0.2 });
});
afterEach(async () => {
  await carrier.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** People who answer and say nothing, so that their calls last until the prompt is over. */
function list(name: string, count: number, exchange: string): string {
  const path = join(folder, `${name}.csv`);
  const numbers = Array.from({ length: count }, (_, index) => `+1${exchange}55501${index}3`);
  writeFileSync(path, `phone\n${numbers.join('\n')}\n`);
  return path;
}

const run = (path: string, name: string, ...more: string[]) => [
  ...['--data', join(folder, 'data'), 'run', path, '--campaign', name],
  ...['--trunk', carrier.uri, '--prompt', prompt, '--rate', '50', ...more],
];

/** What the journal says of a campaign's calls: how many were dialed, and the outcome of each that is over. */
async function calls(name: string): Promise<{ dialed: number; outcomes: string[] }> {
  const journal = await openSqliteJournalReader({ path: join(folder, 'data', 'journal.db') });
  const entries = await journal.readAll('', 100_000);
  await journal.close();
  const events = entries
    .filter(({ stream }) => stream.startsWith(`call/${name}.`))
    .flatMap(({ bytes }) => commit.decode(bytes).events.map((event) => callEvent.decode(event)));
  return {
    dialed: events.filter(({ type }) => type === 'CallDialed').length,
    outcomes: events.flatMap((event) => (event.type === 'CallEnded' ? [event.outcome] : [])),
  };
}

test('a command dials its own campaign only, and says which other one waits', async () => {
  const first = list('first', 8, '202');
  const killed = startCallboard(run(first, 'first', '--max-calls', '3'));
  await killed.until(/row \d+ .*answered/);
  killed.kill('SIGKILL');
  await killed.ended;
  const before = await calls('first');

  const other = await callboard(run(list('second', 2, '415'), 'second'));
  expect(other).toMatchObject({ code: 0, stderr: '' });
  expect(other.stdout).toContain('campaign first is unfinished too; it waits for its own command.');
  expect((await calls('first')).dialed).toBe(before.dialed);
  expect((await calls('second')).outcomes).toEqual(['answered', 'answered']);

  expect(await callboard(run(first, 'first'))).toMatchObject({ code: 0, stderr: '' });
  const after = await calls('first');
  expect(after.dialed).toBe(8);
  expect(after.outcomes).toHaveLength(8);
  expect(new Set(after.outcomes)).toEqual(new Set(['answered', 'unknown']));
}, 120_000);

test('a second Ctrl-C ends live calls and leaves those that were never dialed to the next start', async () => {
  const people = list('people', 8, '312');
  const stopped = startCallboard(run(people, 'people', '--max-calls', '3'));
  await stopped.until(/row \d+ .*answered/);
  stopped.kill('SIGINT');
  await stopped.until(/Ctrl-C again ends them now/);
  stopped.kill('SIGINT');
  expect(await stopped.ended).toMatchObject({ code: 130, stderr: '' });
  const { dialed, outcomes } = await calls('people');
  expect(outcomes).toHaveLength(dialed);
  expect(dialed).toBeLessThan(8);

  expect(await callboard(run(people, 'people'))).toMatchObject({ code: 0, stderr: '' });
  const after = await calls('people');
  expect(after.dialed).toBe(8);
  expect(after.outcomes).toHaveLength(8);
}, 120_000);
