import { expect, test } from '@jest/globals';
import { broken, type ChaosOutcome, type FaultTold } from './outcome.ts';
import { tableOf } from './table.ts';

function outcome(found: readonly string[], ...lastMs: number[]): ChaosOutcome {
  const kill = (ms: number): FaultTold => {
    return {
      kind: 'kill',
      atS: 1,
      what: 'node-1 killed',
      liveCalls: 9,
      recovery: { actors: 3, lostMs: 3000, medianMs: 3500, lastMs: ms, last: 'call/a' },
    };
  };
  return {
    seed: 1,
    minutes: 1,
    calls: 10,
    faults: lastMs.map(kill),
    counts: [{ name: 'streams with a broken chain', found, of: 7 }],
    attempts: 5,
    outcomes: { answered: 4, unknown: 1 },
    commands: { acknowledged: 100, unacknowledged: 0 },
    notes: [],
  };
}

test('zeros that are zero and actors that answer in time keep every promise', () => {
  expect(broken(outcome([], 4000, 7999))).toEqual([]);
});

test('what is not zero is named, and so is a slow recovery', () => {
  expect(broken(outcome(['call/a at version 2: hash'], 8000))).toEqual([
    'streams with a broken chain: 1, such as call/a at version 2: hash.',
    'From a kill to the last of its actors it took 8000 ms, more than 8000.',
  ]);
});

test('the table has every count and the times of recovery', () => {
  const table = tableOf(outcome([], 4000, 5000, 6500));
  expect(table).toMatch(/streams with a broken chain +0 of 7/);
  expect(table).toMatch(/median 5\.0 s, maximum 6\.5 s/);
});
