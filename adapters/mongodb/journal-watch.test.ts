import { expect, test } from '@jest/globals';
import { ManualClock } from '#test/fakes/manual-clock.ts';
import { JournalWatch } from './journal-watch.ts';
import type { JournalWriters } from './journal-writers.ts';

/** A register in which writers 1, which has ended, 2 and 3 stand, and what was done with it. */
function registered() {
  const tails = new Map([
    [1, 5],
    [2, 0],
    [3, 7],
  ]);
  const ends = new Map([[1, 5]]);
  const sealed: string[] = [];
  let news = false;
  const writers: Partial<JournalWriters> = {
    refresh: async () => {
      const told = news;
      news = false;
      return told;
    },
    endedUpTo: 1,
    above: () => [2, 3],
    tailOf: (writer) => tails.get(writer) ?? 0,
    endOf: (writer) => ends.get(writer),
    seal: async (writer, after) => {
      sealed.push(`${writer} after ${after}`);
      ends.set(writer, after + 1);
    },
  };
  return {
    writers: writers as JournalWriters,
    sealed,
    write(writer: number) {
      tails.set(writer, (tails.get(writer) ?? 0) + 1);
      news = true;
    },
  };
}

test('tells what is new, looks thoroughly now and then, and seals whoever was silent for ten minutes', async () => {
  const clock = new ManualClock();
  const { writers, sealed, write } = registered();
  const told: boolean[] = [];
  const watch = new JournalWatch({ writers, clock, everyMs: 1000, onNews: (thorough) => told.push(thorough) });
  watch.start();
  const pass = async (seconds: number) => {
    for (let second = 0; second < seconds; second += 1) await clock.advance(1000);
  };
  await pass(1);
  expect(told).toEqual([]);
  write(2);
  await pass(1);
  expect(told).toEqual([false]);
  await pass(18);
  expect(told).toEqual([false, true]);
  for (let minute = 0; minute < 11; minute += 1) {
    write(3);
    await pass(60);
  }
  expect(sealed).toEqual(['2 after 1']);
  await watch.stop();
  told.length = 0;
  write(3);
  await pass(30);
  expect(told).toEqual([]);
});
