import { describe, expect, test } from '@jest/globals';
import { behaviourOf, demoDispositions } from './behaviour.ts';

describe('a practice agent', () => {
  test('does the same after the same talk, and not the same after every one', () => {
    expect(behaviourOf(1, 'agent-1', 3)).toEqual(behaviourOf(1, 'agent-1', 3));
    const talks = Array.from({ length: 200 }, (_, talk) => behaviourOf(1, 'agent-1', talk));
    expect(new Set(talks.map(({ disposition }) => disposition))).toEqual(new Set(demoDispositions));
    const waits = talks.map(({ wrapUpMs }) => wrapUpMs);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(2000);
    expect(Math.max(...waits)).toBeLessThanOrEqual(8000);
    const breaks = talks.filter(({ breakMs }) => breakMs > 0).length;
    expect(breaks).toBeGreaterThan(5);
    expect(breaks).toBeLessThan(60);
  });
});
