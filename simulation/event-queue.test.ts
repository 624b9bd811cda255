import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createEventQueue } from './event-queue.ts';

describe('the queue of events', () => {
  test('gives the earliest first, and those of one millisecond in the order in which they came', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 3000 }), (times) => {
        const queue = createEventQueue();
        for (const [number, atMs] of times.entries()) queue.add(atMs, 1, number, 2);
        const taken: [number, number][] = [];
        for (;;) {
          const atMs = queue.nextAtMs();
          if (!queue.take()) break;
          taken.push([atMs, queue.subject]);
          expect([queue.kind, queue.generation]).toEqual([1, 2]);
        }
        const sorted = times
          .map((atMs, number) => [atMs, number])
          .sort(([a = 0, m = 0], [b = 0, n = 0]) => a - b || m - n);
        expect(taken).toEqual(sorted);
        expect(queue.nextAtMs()).toBe(Number.POSITIVE_INFINITY);
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  test('takes what is added while it is emptied', () => {
    const queue = createEventQueue();
    queue.add(10, 0, 1, 0);
    queue.add(30, 0, 3, 0);
    queue.take();
    queue.add(20, 0, 2, 0);
    queue.take();
    expect(queue.subject).toBe(2);
  });
});
