import { expect, test } from '@jest/globals';
import { createTurns } from './turns.ts';

test('one thing is done after the other, and it is over when the last one is', async () => {
  const turns = createTurns();
  const done: string[] = [];
  const slow = Promise.withResolvers<void>();
  turns.take(async () => {
    await slow.promise;
    done.push('first');
  });
  turns.take(async () => void done.push('second'));
  const over = turns.over().then(() => done.push('over'));
  slow.resolve();
  await over;
  expect(done).toEqual(['first', 'second', 'over']);
});
