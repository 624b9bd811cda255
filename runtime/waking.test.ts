import { beforeEach, expect, test } from '@jest/globals';
import { ManualClock } from '#test/fakes/manual-clock.ts';
import type { Activation } from './activation.ts';
import { Waking } from './waking.ts';

const streams = Array.from({ length: 40 }, (_, index) => `tally/${index}`);
let clock: ManualClock;
let woken: string[];
let inMemory: Set<string>;
let loaded: Map<string, () => void>;
let waking: Waking;

beforeEach(() => {
  clock = new ManualClock();
  woken = [];
  inMemory = new Set();
  loaded = new Map();
  const wake = (stream: string) => {
    woken.push(stream);
    inMemory.add(stream);
    const { promise, resolve } = Promise.withResolvers<void>();
    loaded.set(stream, resolve);
    return { firstRead: promise } as Activation;
  };
  waking = new Waking({ clock, router: { wake, isAsleep: (stream) => !inMemory.has(stream) } });
});

async function load(count: number): Promise<void> {
  for (const stream of woken.slice(-count)) loaded.get(stream)?.();
  await clock.settle();
}

test('wakes sixteen at a time, in order, and whoever came into memory meanwhile not at all', async () => {
  waking.wake(streams, 0);
  expect(woken).toEqual(streams.slice(0, 16));
  inMemory.add('tally/16');
  await load(1);
  expect(woken).toEqual([...streams.slice(0, 16), 'tally/17']);
  for (let round = 0; round < 3; round += 1) await load(16);
  expect(woken).toHaveLength(39);
  expect(new Set(woken).size).toBe(39);
});

test('one that has left memory since is left alone for as long as it is said, until it has nothing outstanding', async () => {
  waking.wake(['tally/1'], 0);
  await load(1);
  inMemory.clear();
  await clock.advance(500);
  waking.wake(['tally/1'], 60_000);
  expect(woken).toHaveLength(1);
  waking.keep(() => true);
  waking.wake(['tally/1'], 60_000);
  expect(woken).toHaveLength(1);
  waking.keep(() => false);
  waking.wake(['tally/1'], 60_000);
  expect(woken).toHaveLength(2);
});

test('wakes nobody any more once it has stopped', async () => {
  waking.wake(streams, 0);
  waking.stop();
  await load(16);
  expect(woken).toHaveLength(16);
});
