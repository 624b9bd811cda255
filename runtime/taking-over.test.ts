/** What a node wakes that takes over from others: how many at once. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { activeOn, lossMs, TestCluster } from '#test/cluster-kit.ts';
import { tallyActor, tallyProtocol } from '#test/fakes/tally-actor.ts';

let cluster: TestCluster;
let done: string[];

beforeEach(() => {
  cluster = new TestCluster();
  done = [];
});
afterEach(() => cluster.stop());

const join = (name: string) => {
  const job = async () => {
    done.push(name);
    return undefined;
  };
  return cluster.join(name, [tallyActor({ job })]);
};

test('those of a lost node are woken a few at a time, and all of them', async () => {
  const [a, b] = [await join('node-a'), await join('node-b')];
  const ids = Array.from({ length: 200 }, (_, index) => `worker-${index}`);
  for (const id of ids) void a.runtime.ask(tallyProtocol, id, { type: 'Work', job: 'job', key: 'k' });
  await cluster.clock.advance(100);
  const before = activeOn(b).length;
  let [reading, most] = [0, 0];
  const { read } = b.journal;
  b.journal.read = async (...which) => {
    reading += 1;
    most = Math.max(most, reading);
    const entries = await read.apply(b.journal, which);
    reading -= 1;
    return entries;
  };
  cluster.kill(a);
  await cluster.clock.advance(lossMs + 1000);
  expect(activeOn(b)).toHaveLength(ids.length);
  expect(done.filter((name) => name === 'node-b')).toHaveLength(ids.length);
  expect(before).toBeLessThan(ids.length - 16);
  expect(most).toBeLessThanOrEqual(16);
});
