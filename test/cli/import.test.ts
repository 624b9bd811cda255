/** `callboard import`: a list before it is dialed, and what is left of it when the process is killed. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openSqliteJournal } from '#adapters/sqlite/journal.ts';
import { openSqliteLeads } from '#adapters/sqlite/leads.ts';
import { callboard, oneSentence, startCallboard } from './callboard-process.ts';

let folder = '';
let data = '';
let list = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'callboard-import-'));
  data = join(folder, 'data');
  list = join(folder, 'list.csv');
});
afterEach(() => rmSync(folder, { recursive: true }));

const number = (index: number) => `+86138${String(index).padStart(8, '0')}`;
const read = (...more: string[]) => ['--data', data, 'import', list, '--campaign', 'spring', ...more];

async function counts() {
  const leads = await openSqliteLeads({ path: join(data, 'leads.db') });
  try {
    return await leads.counts('spring');
  } finally {
    await leads.close();
  }
}

test('counts what is new and what is not dialed, says why without a number, and reads nothing twice', async () => {
  writeFileSync(list, `phone,segment,priority\n${number(1)},gold,5\n${number(2)},,\nnonsense,,\n${number(1)},,\n`);
  const first = await callboard(read());
  expect(first).toMatchObject({ code: 0, stderr: '' });
  expect(first.stdout.split('\n')).toEqual([
    `Reading ${list} into the list of campaign spring.`,
    'row 3 is not dialed: its phone is not a telephone number',
    'row 4 is not dialed: duplicate of row 1',
    '4 rows: 2 new, 0 known before, 2 not to be dialed. Campaign spring has 2 leads.',
    '',
  ]);
  const report = join(folder, 'refused.jsonl');
  const again = await callboard(read('--report', report));
  expect(again.stdout).toContain('It was read before up to row 4: going on after it.');
  expect(again.stdout).toContain(`4 rows: 0 new, 2 known before, 2 not to be dialed, see ${report}.`);
  const lines = readFileSync(report, 'utf8').trim().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { row: 3, reason: 'its phone is not a telephone number' },
    { row: 4, reason: 'duplicate of row 1' },
  ]);
  writeFileSync(list, `phone,segment,priority\n${number(1)},gold,5\n${number(2)},silver,\n`);
  expect((await callboard(read())).stdout).toContain(
    '2 rows: 0 new, 2 known before and 1 of these changed, 0 not to be dialed.',
  );
}, 60_000);

test('goes on after kill -9 at the row it had come to, and has every row once', async () => {
  const rows = Array.from({ length: 60_000 }, (_, index) => (index % 50 === 7 ? number(index >> 1) : number(index)));
  writeFileSync(list, `phone\n${rows.join('\n')}\n`);
  const refused = rows.length - new Set(rows).size;
  const killed = startCallboard(read());
  await killed.until(/Reading/);
  while ((await counts()).leads === 0) await pause(5);
  killed.kill('SIGKILL');
  expect((await killed.ended).code).toBe(137);
  const stored = (await counts()).leads;
  const again = await callboard(read('--report', join(folder, 'refused.jsonl')));
  const [, row] = /read before up to row (\d+): going on after it/.exec(again.stdout) ?? [];
  expect(Number(row)).toBeGreaterThan(0);
  // What was stored and not yet noted is found again, and is no other lead.
  expect(Number(row)).toBeLessThanOrEqual(stored + refused);
  const all = rows.length - refused;
  expect(again.stdout).toContain(
    `60000 rows: ${all} new, 0 known before, ${refused} not to be dialed, see ${join(folder, 'refused.jsonl')}.`,
  );
  expect(await counts()).toEqual({ leads: all, open: all, refused });
}, 120_000);

test('refuses a folder that a node has, a list that is none, and a name that is none, each in a sentence', async () => {
  writeFileSync(list, 'name\nAnn\n');
  const unreadable = await callboard(read());
  expect(unreadable).toMatchObject({ code: 1, stderr: expect.stringMatching(oneSentence('LIST_UNREADABLE')) });
  expect(unreadable.stderr).toContain('has no column named phone');
  const named = await callboard(['--data', data, 'import', list, '--campaign', 'spring/sale']);
  expect(named).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(oneSentence('CONFIG_INVALID')) });
  const journal = await openSqliteJournal({ path: join(data, 'journal.db') });
  const held = await callboard(read());
  expect(held).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(oneSentence('JOURNAL_UNAVAILABLE')),
  });
  await journal.close();
}, 60_000);
