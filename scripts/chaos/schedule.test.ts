import { expect, test } from '@jest/globals';
import { faultKinds, schedule } from './schedule.ts';

function first(count: number, seed: number) {
  const faults = schedule(seed, 3);
  return Array.from({ length: count }, () => faults.next().value);
}

test('every round has every kind of fault, on nodes that there are', () => {
  const faults = first(60, 1);
  for (let round = 0; round < 10; round += 1) {
    const kinds = faults.slice(round * 6, round * 6 + 6).map(({ kind }) => kind);
    expect(kinds.sort()).toEqual([...faultKinds].sort());
  }
  expect(new Set(faults.map(({ node }) => node))).toEqual(new Set([1, 2, 3]));
});

test('the same seed gives the same faults, another one others', () => {
  expect(first(20, 7)).toEqual(first(20, 7));
  expect(first(20, 7)).not.toEqual(first(20, 8));
});
