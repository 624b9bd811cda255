/** What a node wakes that takes over from others: how many at once, and what does not wait for it. */
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { RetryableError } from '#ports/errors.ts';
import { activeOn, idOn, lossMs, TestCluster } from '#test/cluster-kit.ts';
import { tallyActor, tallyProtocol } from '#test/fakes/tally-actor.ts';
import { TestJournal } from '#test/runtime-kit.ts';

const both = ['node-a', 'node-b'];
let cluster: TestCluster;
let done: string[];

beforeEach(() => {
  cluster = new TestCluster();
  done = [];
});
afterEach(async () => {
  jest.restoreAllMocks();
  await cluster.stop();
});

const join = (name: string) => {
  const job = async () => {
    done.push(name);
    return undefined;
  };
  return cluster.join(name, [tallyActor({ job })]);
};

test('a timer of a lost node does not wait until all of its actors are woken', async () => {
  const [a, b] = [await join('node-a'), await join('node-b')];
  const id = idOn('node-a', both);
  const atMs = cluster.clock.now() + 1000;
  await b.runtime.ask(tallyProtocol, id, { type: 'Remind', key: 'k', atMs, amount: 1 });
  b.journal.wakefulStreams = () => new Promise(() => undefined);
  cluster.kill(a);
  await cluster.clock.advance(6000);
  const commits = cluster.data.streams.get(`tally/${id}`) ?? [];
  expect(commits).toHaveLength(2);
  expect((commits[1]?.atMs ?? 0) - atMs).toBeLessThanOrEqual(5000);
});

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
  expect(before).toBeLessThan(ids.length - 64);
  expect(most).toBeLessThanOrEqual(64);
});

test('a node starts also where the journal cannot say just then what is to be woken, and asks again', async () => {
  const a = await join('node-a');
  await a.runtime.ask(tallyProtocol, 'one', { type: 'Work', job: 'job', key: 'k' });
  cluster.kill(a);
  const away = new RetryableError('JOURNAL_UNAVAILABLE', 'The journal has no connection to give.');
  const asked = jest.spyOn(TestJournal.prototype, 'wakefulStreams').mockRejectedValue(away);
  const b = await join('node-b');
  expect(activeOn(b)).toEqual([]);
  asked.mockRestore();
  await cluster.clock.advance(lossMs);
  expect(activeOn(b)).toEqual(['tally/one']);
  expect(done).toEqual(['node-a', 'node-b']);
});
