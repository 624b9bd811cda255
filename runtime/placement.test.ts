import { describe, expect, test } from '@jest/globals';
import { place } from './placement.ts';

const refs = Array.from({ length: 10_000 }, (_, index) => `call/campaign-1.${index}`);

describe('placement', () => {
  test('no node, one node, and any order of the same nodes', () => {
    expect(place('call/1', [])).toBeUndefined();
    expect(place('call/1', ['a'])).toBe('a');
    for (const ref of refs.slice(0, 100)) expect(place(ref, ['a', 'b', 'c'])).toBe(place(ref, ['c', 'a', 'b']));
  });

  test('spreads actors evenly', () => {
    const nodes = ['node-1', 'node-2', 'node-3', 'node-4'];
    for (const node of nodes) {
      const share = refs.filter((ref) => place(ref, nodes) === node).length / refs.length;
      expect(share).toBeGreaterThan(0.22);
      expect(share).toBeLessThan(0.28);
    }
  });

  test('a node that joins takes its share, and nothing else moves', () => {
    const before = ['node-1', 'node-2'];
    const after = [...before, 'node-3'];
    const moved = refs.filter((ref) => place(ref, before) !== place(ref, after));
    expect(moved.every((ref) => place(ref, after) === 'node-3')).toBe(true);
    expect(moved.length / refs.length).toBeGreaterThan(0.3);
    expect(moved.length / refs.length).toBeLessThan(0.37);
  });
});
