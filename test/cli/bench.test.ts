/** `npm run bench`: what it answers before it measures anything, and how it puts a promise beside a figure. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { promiseOf } from '#bench/result.ts';

const script = join(import.meta.dirname, '..', '..', 'bench', 'run.ts');

function bench(...args: string[]): Promise<{ code: unknown; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
}

test('--help names the benches, and what their exit code says', async () => {
  const { code, stdout, stderr } = await bench('--help');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^Usage: npm run bench -- NAME \[--json\].*\n\nNAME is one of actors, .*journal, .*\.$/m);
  expect(stdout).toMatch(/the exit code is 0 either way/);
});

test.each([
  [['speed'], /^Name one of the benches: actors, .*journal, .*\n$/],
  [[], /^Name one of the benches: actors, .*journal, .*\n$/],
  [['actors', '--fast'], /^A bench knows the options --json[^.\n]* and --help only\.\n$/],
  [['sip', '--mongodb'], /^sip is not measured on MongoDB\.\n$/],
  [['actors', '--sync-ms', 'long'], /^--sync-ms long is not a number of milliseconds from 0 to 1000\.\n$/],
  [
    ['rtp', '--sync-ms', '4'],
    /^--sync-ms is for benches that compare with raw writes of the disk: actors, journal\.\n$/,
  ],
])('%j is answered with one sentence', async (args, sentence) => {
  expect(await bench(...args)).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(sentence) });
});

test('a promise stands beside its figure, kept or not', () => {
  const figure = { name: 'local ask', value: 0.95, unit: 'ratio' };
  expect(promiseOf(figure)).toBe('');
  expect(promiseOf({ ...figure, target: { atLeast: 0.9 } })).toBe('  (promised: at least 0.9, kept)');
  expect(promiseOf({ ...figure, target: { atMost: 0.5 } })).toBe('  (promised: at most 0.5, NOT KEPT)');
});
