import { expect, test } from '@jest/globals';
import { Turns } from './journal-turns.ts';

test('each call for a name begins when the one before it has ended, and other names do not wait', async () => {
  const turns = new Turns<string>();
  expect(['a1', 'a2', 'a3'].map((call) => turns.take('a', call))).toEqual([true, false, false]);
  expect(turns.take('b', 'b1')).toBe(true);
  expect([turns.end('a'), turns.end('b'), turns.end('a'), turns.end('a')]).toEqual(['a2', undefined, 'a3', undefined]);
  expect(turns.take('a', 'a4')).toBe(true);
});

test('tells when it is nobody’s turn any more', async () => {
  const turns = new Turns<string>();
  await turns.whenEmpty();
  let empty = false;
  turns.take('a', 'a1');
  turns.take('a', 'a2');
  const told = turns.whenEmpty().then(() => {
    empty = true;
  });
  turns.end('a');
  await Promise.resolve();
  expect(empty).toBe(false);
  turns.end('a');
  await told;
});
