/** One fault of each kind, one after another, on three nodes with a campaign in progress. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runChaos } from '#scripts/chaos/run.ts';
import { faultKinds } from '#scripts/chaos/schedule.ts';

const slow = 600_000;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'callboard-chaos-'));
  // Root's PostgreSQL belongs to somebody else, who must be able to get there.
  chmodSync(folder, 0o755);
});
afterAll(() => rmSync(folder, { recursive: true }));

test(
  'no fault loses an event, calls anybody twice, breaks a chain, or leaves anything behind',
  async () => {
    const said: string[] = [];
    const outcome = await runChaos({
      folder,
      seed: 3,
      minutes: 10,
      mostFaults: faultKinds.length,
      calls: 30,
      talkS: [10, 20],
      say: (sentence) => said.push(sentence),
      signal: new AbortController().signal,
    });
    expect(new Set(outcome.faults.map(({ kind }) => kind))).toEqual(new Set(faultKinds));
    const found = outcome.counts.map((count) => [count.name, count.found]);
    expect({ found, said }).toEqual({ found: outcome.counts.map(({ name }) => [name, []]), said });
    // Faults under which nothing was going on would prove nothing.
    expect(outcome.commands.acknowledged).toBeGreaterThan(100);
    expect(outcome.outcomes.answered).toBeGreaterThan(10);
    expect(outcome.faults.filter(({ liveCalls }) => liveCalls > 0)).not.toEqual([]);
  },
  slow,
);
