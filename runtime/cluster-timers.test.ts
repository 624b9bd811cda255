/** Durable timers of actors whose node is lost, or which stay elsewhere. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type ClusterNode, idOn, TestCluster } from '#test/cluster-kit.ts';
import { type TallyState, tallyActor, tallyProtocol } from '#test/fakes/tally-actor.ts';

const both = ['node-a', 'node-b'];
let cluster: TestCluster;
let startMs: number;

beforeEach(() => {
  cluster = new TestCluster();
});
afterEach(() => cluster.stop());

const anchored = { anchored: ({ jobs }: TallyState) => jobs.length > 0 };
const join = (name: string) => cluster.join(name, [tallyActor({ job: async () => undefined }, anchored)]);

/** The timer is due 2 s from now. */
async function remind({ runtime }: ClusterNode, id: string): Promise<void> {
  startMs = cluster.clock.now();
  await runtime.ask(tallyProtocol, id, { type: 'Remind', key: 'k', atMs: startMs + 2000, amount: 1 });
}

/** How late the stream's last commit is, and how many there are. */
function lateness(id: string): readonly [number, number] {
  const entries = cluster.data.streams.get(`tally/${id}`) ?? [];
  return [(entries.at(-1)?.atMs ?? 0) - startMs - 2000, entries.length];
}

test.each([
  ['at once', 0],
  ['just before it is due', 1900],
])('a timer whose node dies fires on another, once, at most 5 s late: it dies %s', async (_name, waitMs) => {
  const [a, b] = [await join('node-a'), await join('node-b')];
  const id = idOn('node-a', both);
  await remind(b, id);
  await cluster.clock.advance(waitMs);
  cluster.kill(a);
  await cluster.clock.advance(20_000);
  const [lateMs, commits] = lateness(id);
  expect(commits).toBe(2);
  expect(lateMs).toBeGreaterThanOrEqual(0);
  expect(lateMs).toBeLessThanOrEqual(5000);
  expect(cluster.data.timers.size).toBe(0);
});

test('a timer of a lost node fires as soon as the loss is known, though nobody can say whom to wake', async () => {
  const [a, b] = [await join('node-a'), await join('node-b')];
  const id = idOn('node-a', both);
  await remind(b, id);
  b.journal.wakefulStreams = () => new Promise(() => undefined);
  let lostAtMs = 0;
  b.broker.localBus.on('$node.disconnected', () => {
    lostAtMs = cluster.clock.now();
  });
  await cluster.clock.advance(1900);
  cluster.kill(a);
  await cluster.clock.advance(20_000);
  expect(lateness(id)).toEqual([lostAtMs - startMs - 2000, 2]);
});

test('a timer of an actor that stays elsewhere fires once, in time', async () => {
  const a = await join('node-a');
  const id = idOn('node-b', both);
  await a.runtime.ask(tallyProtocol, id, { type: 'Work', job: 'job', key: 'k' });
  await join('node-b');
  await remind(a, id);
  await cluster.clock.advance(20_000);
  expect(lateness(id)).toEqual([0, 3]);
});

test('a timer that was set on a node before the actor moved fires on the other, at most 2 s late', async () => {
  const a = await join('node-a');
  const id = idOn('node-b', both);
  await remind(a, id);
  const b = await join('node-b');
  await cluster.clock.advance(4000);
  const [lateMs, commits] = lateness(id);
  expect([commits, b.runtime.activations().length]).toEqual([2, 1]);
  expect(lateMs).toBeLessThanOrEqual(2000);
});
