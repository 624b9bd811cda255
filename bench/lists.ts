/**
 * Lists of a million people: the import as people run it, a process of its own, against a bare insert of the same rows;
 * and claiming a thousand leads of what was imported.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteLeads } from '#adapters/sqlite/leads.ts';
import { claimed, claimFigures } from './lists/claims.ts';
import { oneIn, writePeople } from './lists/people.ts';
import type { Taken } from './lists/tell-peak.ts';
import type { BenchOptions, BenchResult } from './result.ts';

const rows = 1_000_000;
const rounds = 15;
const here = import.meta.dirname;

export async function run(_options: BenchOptions): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'callboard-bench-'));
  try {
    const list = join(folder, 'list.csv');
    await writePeople(list, rows);
    const loadBefore = loadavg()[0] ?? 0;
    const plain = await taken([join(here, 'lists', 'plain-import.ts'), list, join(folder, 'plain.db')]);
    const data = join(folder, 'data');
    mkdirSync(data);
    const callboard = join(here, '..', 'scripts', 'callboard.ts');
    const ours = await taken([callboard, '--data', data, 'import', list, '--campaign', 'bench']);
    const loadAfter = loadavg()[0] ?? 0;
    const leads = await openSqliteLeads({ path: join(data, 'leads.db') });
    const claims = await claimFigures(leads, 'bench', rounds, { atMost: 50 });
    await leads.close();
    return {
      name: 'lists',
      figures: [
        { name: 'import of a million rows', value: ours.seconds, unit: 's', target: { atMost: 90 } },
        { name: 'import, memory at its highest', value: ours.peakMiB, unit: 'MiB', target: { atMost: 300 } },
        { name: 'import, CPU of all threads', value: ours.cpuSeconds, unit: 's' },
        { name: 'import ÷ bare insert, time', value: ours.seconds / plain.seconds, unit: 'ratio' },
        { name: 'import ÷ bare insert, CPU', value: ours.cpuSeconds / plain.cpuSeconds, unit: 'ratio' },
        { name: 'bare insert', value: plain.seconds, unit: 's' },
        { name: 'bare insert, memory at its highest', value: plain.peakMiB, unit: 'MiB' },
        ...claims,
      ],
      notes: [
        `${rows} rows of 8 columns; one in ${oneIn.bad} cannot be dialed, one in ${oneIn.repeated} repeats a number.`,
        'Import: `callboard import`, from its start to its end, in a process of its own.',
        'Bare insert: csv-parse and one table with a unique number; no check, no encryption, no leads.',
        `Claims: ${claimed} leads, durable, ${rounds} rounds of each kind in turn, with ${claimed / 10} callbacks due each time.`,
        `Load of the machine (1 minute) before and after the imports: ${loadBefore.toFixed(1)} and ${loadAfter.toFixed(1)}.`,
      ],
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Runs a program to its end, and gives what it told at its end. */
async function taken(program: readonly string[]): Promise<Taken> {
  const child = spawn(process.execPath, ['--import', join(here, 'lists', 'tell-peak.ts'), ...program], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let told = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    told += text;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`The program ended with ${code}: ${told}`);
  return JSON.parse(told.trim().split('\n').at(-1) ?? '') as Taken;
}
