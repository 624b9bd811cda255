import { describe, expect, test } from '@jest/globals';
import { plainCopy } from './plain-copy.ts';
import { predictive } from './predictive.ts';

describe('a copy of plain data', () => {
  const value = {
    number: 1,
    none: undefined,
    nothing: null,
    rows: [[1, 2], [3]],
    people: new Set(['ann']),
    since: new Map([['ann', 5]]),
    nested: new Map([['ann', { at: [7] }]]),
  };

  test('is the same', () => {
    expect(plainCopy(value)).toEqual(value);
    expect(plainCopy(5)).toBe(5);
  });

  test('changes alone, at any depth', () => {
    const copy = plainCopy(value);
    copy.rows[0]?.push(9);
    copy.people.add('bob');
    copy.since.set('ann', 6);
    copy.nested.get('ann')?.at.push(8);
    expect(value.rows[0]).toEqual([1, 2]);
    expect(value.people.size).toBe(1);
    expect(value.since.get('ann')).toBe(5);
    expect(value.nested.get('ann')?.at).toEqual([7]);
  });

  test('is what structuredClone makes of what a policy remembers', () => {
    const config = { maxAbandonRate: 0.03, connectDeadlineMs: 2000, ringTimeoutMs: 20_000, maxLines: 20, tickMs: 200 };
    const state = predictive.evolve(predictive.initial(config), { type: 'agent-ready', agentId: 'ann', at: 1000 });
    expect(plainCopy(state)).toEqual(structuredClone(state));
    expect(plainCopy(structuredClone(state)).team.ready.size).toBe(1);
  });
});
