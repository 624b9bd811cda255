import { setImmediate } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { FewAtOnce } from './few-at-once.ts';

/** Questions whose answers the test gives. */
function questions(count: number) {
  const asked: number[] = [];
  const answers = Array.from({ length: count }, () => Promise.withResolvers<number>());
  const ask = (index: number) => () => {
    asked.push(index);
    return (answers[index] as (typeof answers)[number]).promise;
  };
  return { asked, answers, ask };
}

test('asks in order, so many at once, and goes on after a failure', async () => {
  const few = new FewAtOnce(2);
  const { asked, answers, ask } = questions(4);
  const given = [0, 1, 2, 3].map((index) => few.ask(ask(index)));
  const settled = Promise.allSettled(given);
  expect(asked).toEqual([0, 1]);
  answers[1]?.reject(new Error('away'));
  await setImmediate();
  expect(asked).toEqual([0, 1, 2]);
  answers[2]?.resolve(2);
  await setImmediate();
  expect(asked).toEqual([0, 1, 2, 3]);
  answers[0]?.resolve(0);
  answers[3]?.resolve(3);
  expect((await settled).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
});

test('a place that nobody waits for is free again', async () => {
  const few = new FewAtOnce(1);
  await few.ask(async () => 1);
  const { asked, answers, ask } = questions(2);
  const given = [0, 1].map((index) => few.ask(ask(index)));
  expect(asked).toEqual([0]);
  for (const answer of answers) answer.resolve(1);
  await Promise.all(given);
  expect(asked).toEqual([0, 1]);
});
