import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SeenNumbers } from './seen-numbers.ts';

test('tells the first row of each number, as a map would', () => {
  const number = fc.stringMatching(/^\+[1-9]\d{0,14}$/);
  const numbers = fc.array(number, { minLength: 1, maxLength: 50 }).chain((few) =>
    // Few different ones, so that they come again.
    fc.array(fc.constantFrom(...few), { maxLength: 200 }),
  );
  fc.assert(
    fc.property(numbers, (all) => {
      const seen = new SeenNumbers();
      const known = new Map<string, number>();
      for (const [row, each] of all.entries()) {
        expect(seen.rowOf(each, row)).toBe(known.get(each));
        if (!known.has(each)) known.set(each, row);
      }
    }),
    { seed: 1 },
  );
});

test('holds more than it was made for, numbers in sequence and those with nothing in common', () => {
  const seen = new SeenNumbers();
  const numbers = Array.from({ length: 20_000 }, (_, index) => [`+86138${10_000_000 + index}`, `+${index + 1}`]).flat();
  for (const [row, number] of numbers.entries()) expect(seen.rowOf(number, row)).toBeUndefined();
  for (const [row, number] of numbers.entries()) expect(seen.rowOf(number, 0)).toBe(row);
});
