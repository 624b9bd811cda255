import { describe, expect, test } from '@jest/globals';
import { enqueue, findFirst, firstOf, noTurns } from './turns.ts';

describe('a queue with turns', () => {
  const present = new Map([
    [7, 1],
    [8, 4],
  ]);
  const isThere = (number: number, turn: number) => present.get(number) === turn;

  test('names who is there and has waited longest, again and again', () => {
    const queue = noTurns();
    enqueue(queue, 7, 1);
    enqueue(queue, 8, 4);
    expect([firstOf(queue, isThere), firstOf(queue, isThere)]).toEqual([7, 7]);
  });

  test('passes over who has left, or has come again since', () => {
    const queue = noTurns();
    for (const [number, turn] of [
      [9, 1],
      [8, 3],
      [8, 4],
    ] as const) {
      enqueue(queue, number, turn);
    }
    expect(firstOf(queue, isThere)).toBe(8);
    expect(queue.head).toBe(2);
  });

  test('answers a narrower question without forgetting the others', () => {
    const queue = noTurns();
    enqueue(queue, 7, 1);
    enqueue(queue, 8, 4);
    expect(findFirst(queue, (number, turn) => isThere(number, turn) && number > 7)).toBe(8);
    expect(findFirst(queue, () => false)).toBe(-1);
    expect(firstOf(queue, isThere)).toBe(7);
  });

  test('is empty when all have left', () => {
    const queue = noTurns();
    enqueue(queue, 9, 1);
    expect(firstOf(queue, isThere)).toBe(-1);
    expect(queue.of).toEqual([]);
  });
});
