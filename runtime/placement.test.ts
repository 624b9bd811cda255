import { describe, expect, test } from '@jest/globals';
import { place, type Seat, seat } from './placement.ts';

const refs = Array.from({ length: 100_000 }, (_, index) => `call/campaign-1.${index}.1`);

const placed = (seats: readonly Seat[]) => refs.map((ref) => place(ref, seats));
const share = (nodes: readonly (string | undefined)[], name: string) =>
  (nodes.filter((node) => node === name).length / nodes.length) * 100;

describe('placement', () => {
  const [one, two, three, four] = ['node-1', 'node-2', 'node-3', 'node-4'].map((name) => seat(name)) as [
    Seat,
    Seat,
    Seat,
    Seat,
  ];

  test('no node, one node, and any order of the same nodes', () => {
    expect(place('call/1', [])).toBeUndefined();
    expect(place('call/1', [one])).toBe('node-1');
    expect(placed([one, two, three]).join()).toBe(placed([three, one, two]).join());
  });

  test('a node that joins three takes a quarter, and nothing else moves', () => {
    const before = placed([one, two, three]);
    const after = placed([one, two, three, four]);
    for (const name of ['node-1', 'node-2', 'node-3']) expect(Math.abs(share(before, name) - 100 / 3)).toBeLessThan(1);
    const moved = after.filter((node, index) => node !== before[index]);
    expect(new Set(moved)).toEqual(new Set(['node-4']));
    expect(Math.abs((moved.length / refs.length) * 100 - 25)).toBeLessThan(1);
  });

  test('when a node leaves, only its actors move, to all that stay', () => {
    const before = placed([one, two, three, four]);
    const after = placed([one, three, four]);
    const from = before.filter((node, index) => node !== after[index]);
    expect(new Set(from)).toEqual(new Set(['node-2']));
    for (const name of ['node-1', 'node-3', 'node-4']) expect(Math.abs(share(after, name) - 100 / 3)).toBeLessThan(1);
  });

  test('a share is as large as the weight', () => {
    const nodes = placed([seat('small', 0.5), seat('plain'), seat('large', 2.5)]);
    expect(Math.abs(share(nodes, 'small') - 12.5)).toBeLessThan(1);
    expect(Math.abs(share(nodes, 'plain') - 25)).toBeLessThan(1);
    expect(Math.abs(share(nodes, 'large') - 62.5)).toBeLessThan(1);
  });

  test('a node whose weight grows only wins actors', () => {
    const before = placed([one, two, three]);
    const after = placed([one, two, seat('node-3', 2)]);
    expect(after.every((node, index) => node === before[index] || node === 'node-3')).toBe(true);
  });
});
