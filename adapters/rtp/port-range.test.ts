import { expect, test } from '@jest/globals';
import { PortRange } from './port-range.ts';

test('even ports whose neighbour is in the range too', () => {
  const range = new PortRange({ from: 4_001, to: 4_006 }, () => 0);
  expect(range.size).toBe(2);
  expect([range.take(), range.take(), range.take()]).toEqual([4_002, 4_004, undefined]);
  expect(new PortRange({ from: 4_000, to: 4_000 }, () => 0).take()).toBeUndefined();
});

test('a port that was freed comes last', () => {
  const range = new PortRange({ from: 4_000, to: 4_005 }, () => 0);
  range.take();
  range.release(4_000);
  expect([range.take(), range.take(), range.take(), range.take()]).toEqual([4_002, 4_004, 4_000, undefined]);
});

test('the first is chance, and none is left out', () => {
  const range = new PortRange({ from: 4_000, to: 4_007 }, () => 0.6);
  expect(Array.from({ length: 5 }, () => range.take())).toEqual([4_004, 4_006, 4_000, 4_002, undefined]);
  expect(new PortRange({ from: 4_000, to: 4_007 }, () => 0.999).take()).toBe(4_006);
});
