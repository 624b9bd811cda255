/** Actors that stay on their node, and what becomes of them when the cluster changes or falls apart. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { commit } from '#proto/generated/envelope.ts';
import { activeOn, type ClusterNode, idOn, lossMs, TestCluster } from '#test/cluster-kit.ts';
import { type TallyState, tallyActor, tallyProtocol } from '#test/fakes/tally-actor.ts';
import { add, read, until } from '#test/runtime-kit.ts';
import { run, tell } from './effects.ts';

const both = ['node-a', 'node-b'];
const job = { type: 'Work', job: 'job', key: 'k' } as const;

let cluster: TestCluster;
let done: string[];

beforeEach(() => {
  cluster = new TestCluster();
  done = [];
});
afterEach(() => cluster.stop());

/** Anchored while it has a job; a job goes on until somebody finishes it. */
function join(name: string, settings: Parameters<typeof tallyActor>[1] = {}): Promise<ClusterNode> {
  const executor = (what: string) => async () => {
    done.push(`${what} on ${name}`);
    return undefined;
  };
  const actor = tallyActor(
    { job: executor('job'), drop: executor('drop'), extra: executor('extra') },
    {
      anchored: ({ jobs }: TallyState) => jobs.length > 0,
      deposed: () => [run('drop', {}, 'drop')],
      ...settings,
    },
  );
  return cluster.join(name, [actor]);
}

const stateOf = async ({ runtime }: ClusterNode, id: string) => (await runtime.inspect('tally', id)).state;
const writers = (id: string) =>
  cluster.data.streams.get(`tally/${id}`)?.map(({ bytes }) => commit.decode(bytes).node?.split('#')[0]);

describe('an anchored actor', () => {
  test('stays where it is when its place is elsewhere, reached from all nodes, until it is free', async () => {
    const a = await join('node-a');
    const id = idOn('node-b', both);
    await a.runtime.ask(tallyProtocol, id, job);
    const b = await join('node-b');
    expect([activeOn(a), activeOn(b)]).toEqual([[`tally/${id}`], []]);
    expect(await b.runtime.ask(tallyProtocol, id, add(1))).toMatchObject({ ok: true, version: 2 });
    expect(await a.runtime.ask(tallyProtocol, id, add(2))).toMatchObject({ ok: true, version: 3 });
    expect(a.runtime.activations()).toMatchObject([{ anchored: true }]);
    expect(done).toEqual(['job on node-a']);
    await b.runtime.ask(tallyProtocol, id, { type: 'Finish' });
    await until(cluster.clock, () => activeOn(a).length === 0);
    expect(await a.runtime.ask(tallyProtocol, id, add(3))).toMatchObject({ ok: true, version: 5, reply: { total: 6 } });
    expect(activeOn(b)).toEqual([`tally/${id}`]);
    expect(writers(id)).toEqual(['node-a', 'node-a', 'node-a', 'node-a', 'node-b']);
  });

  test('is brought back by its node where it left memory there', async () => {
    const crash = { type: 'Crash', where: 'decide' } as const;
    const supervision = {
      strategy: 'restart',
      intensity: 0,
      periodMs: 1,
      backoff: { minMs: 60_000, maxMs: 60_000 },
    } as const;
    const a = await join('node-a', { supervision });
    const id = idOn('node-b', both);
    await a.runtime.ask(tallyProtocol, id, job);
    const waiting = a.runtime.ask(tallyProtocol, id, crash);
    const b = await join('node-b');
    await waiting;
    expect([activeOn(a), activeOn(b)]).toEqual([['dead-letters/node-a', `tally/${id}`], []]);
    await cluster.clock.advance(60_000);
    expect(await b.runtime.ask(tallyProtocol, id, read)).toMatchObject({ ok: true });
    expect(activeOn(b)).toEqual([]);
  });

  test.each([
    ['after its first commit', 1000],
    ['also where only a snapshot says who wrote it', 1],
  ])('whose node is lost is woken at its place: %s', async (_name, everyCommits) => {
    const settings = { snapshots: { everyCommits, schema: 1 } };
    const a = await join('node-a', settings);
    const b = await join('node-b', settings);
    const id = idOn('node-b', both);
    const elsewhere = idOn('node-a', both);
    await b.runtime.ask(tallyProtocol, elsewhere, job);
    expect(done).toEqual(['job on node-a']);
    cluster.kill(a);
    await cluster.clock.advance(lossMs);
    expect(activeOn(b)).toEqual([`tally/${elsewhere}`]);
    expect(done).toEqual(['job on node-a', 'job on node-b']);
    expect(await b.runtime.ask(tallyProtocol, id, read)).toMatchObject({ ok: true });
  });

  test('whose node has started again is nobody’s any more', async () => {
    const a = await join('node-a');
    const id = idOn('node-b', both);
    await a.runtime.ask(tallyProtocol, id, job);
    const b = await join('node-b');
    expect(activeOn(b)).toEqual([]);
    cluster.kill(a);
    await a.broker.stop();
    await join('node-a');
    await until(cluster.clock, () => done.length === 2);
    expect([activeOn(b), done]).toEqual([[`tally/${id}`], ['job on node-a', 'job on node-b']]);
  });
});

describe('two activations, forced by a partition', () => {
  test('one wins; the other drops its state and what had not followed from it, and lets go of what it holds', async () => {
    const settings = {
      react: (_state: TallyState, event: { type: string; amount?: number }) =>
        event.amount === 7 ? [run('extra', {}, 'extra'), tell(tallyProtocol, 'other', add(1), 'extra')] : [],
    };
    const a = await join('node-a', settings as Parameters<typeof tallyActor>[1]);
    const b = await join('node-b', settings as Parameters<typeof tallyActor>[1]);
    const id = idOn('node-a', both);
    await a.runtime.ask(tallyProtocol, id, job);
    cluster.part(a, b);
    await cluster.clock.advance(lossMs);
    expect([activeOn(a), activeOn(b)]).toEqual([[`tally/${id}`], [`tally/${id}`]]);
    await b.runtime.ask(tallyProtocol, id, { type: 'Finish' });
    expect(await a.runtime.ask(tallyProtocol, id, add(7))).toMatchObject({ ok: true, version: 3, reply: { total: 7 } });
    expect(await stateOf(a, id)).toMatchObject({ jobs: [], amounts: [7] });
    await cluster.clock.settle();
    expect(done).toEqual(['job on node-b', 'drop on node-a', 'extra on node-a']);
    expect(writers(id)).toEqual(['node-a', 'node-b', 'node-a']);
  });

  test('a node that hears from one that it had lost looks whether its anchored actors were written', async () => {
    const [a, b] = [await join('node-a'), await join('node-b')];
    const id = idOn('node-a', both);
    await a.runtime.ask(tallyProtocol, id, job);
    const mend = cluster.part(a, b);
    await cluster.clock.advance(lossMs);
    await b.runtime.ask(tallyProtocol, id, { type: 'Finish' });
    expect(done).toEqual(['job on node-a', 'job on node-b']);
    mend();
    await cluster.clock.advance(lossMs);
    expect(done).toEqual(['job on node-a', 'job on node-b', 'drop on node-a']);
    expect(await stateOf(a, id)).toMatchObject({ jobs: [] });
  });
});
