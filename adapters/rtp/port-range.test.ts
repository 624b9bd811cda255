import { expect, test } from '@jest/globals';
import { PortRange } from './port-range.ts';

test('even ports whose neighbour is in the range too', () => {
  const range = new PortRange({ from: 4_001, to: 4_006 });
  expect(range.size).toBe(2);
  expect([range.take(), range.take(), range.take()]).toEqual([4_002, 4_004, undefined]);
  expect(new PortRange({ from: 4_000, to: 4_000 }).take()).toBeUndefined();
});

test('a port that was freed comes last', () => {
  const range = new PortRange({ from: 4_000, to: 4_005 });
  range.take();
  range.release(4_000);
  expect([range.take(), range.take(), range.take(), range.take()]).toEqual([4_002, 4_004, 4_000, undefined]);
});
