/** Two nodes and a console on one bus: what an operator can ask, and what a node that is drained does. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import * as node from '#actors/node/state.ts';
import { type NodeCommand, nodeProtocol } from '#proto/generated/node.ts';
import { chronicle } from '#runtime/actor.ts';
import { replay } from '#runtime/history.ts';
import { activeOn, idOn, lossMs, TestCluster } from '#test/cluster-kit.ts';
import { type TallyState, tallyActor, tallyProtocol } from '#test/fakes/tally-actor.ts';
import { joinConsole, joinOperated, type OperatedNode } from '#test/operations-kit.ts';
import { add } from '#test/runtime-kit.ts';
import { Departures } from './departures.ts';
import { LocalOperations } from './local.ts';
import { createOperationsService } from './service.ts';

const record = chronicle({ protocol: nodeProtocol, ...node });
let cluster: TestCluster;
let a: OperatedNode;
let b: OperatedNode;
let console: Awaited<ReturnType<typeof joinConsole>>;
const names = ['node-a', 'node-b'];
const anchored = { anchored: ({ jobs }: TallyState) => jobs.length > 0 };
const actors = () => [tallyActor({ job: async () => undefined }, anchored)];

beforeEach(async () => {
  cluster = new TestCluster();
  a = await joinOperated(cluster, 'node-a', actors());
  b = await joinOperated(cluster, 'node-b', actors());
  console = await joinConsole(cluster);
});
afterEach(() => cluster.stop());

/** A refusal may come before anybody waits for it. */
const asked = <T>(promise: Promise<T>): Promise<T> => {
  promise.catch(() => undefined);
  return cluster.meanwhile(promise, 50);
};
const ask = (command: NodeCommand, id: string) => asked(console.runtime.ask(nodeProtocol, id, command));
const described = async (id: string) => {
  const answer = await asked(console.runtime.ask(nodeProtocol, id, { type: 'DescribeNode' }));
  return answer.ok ? answer.reply : undefined;
};

describe('an operator', () => {
  test('sees the nodes that can be operated, and how they stand', async () => {
    await asked(console.runtime.ask(tallyProtocol, idOn('node-a', names), add(1)));
    await cluster.clock.advance(500);
    expect(console.fleet.nodes()).toEqual(names);
    const [first, second] = await asked(console.fleet.loads());
    expect(first).toEqual({
      node: 'node-a',
      load: {
        ...{ node: 'node-a', life: a.runtime.self, roles: ['control'], version: '0.1.0', weight: 1 },
        ...{ hosting: 'hosting', upMs: expect.any(Number), mailboxDepth: 0 },
        actors: expect.objectContaining({ tally: 1 }),
        missingMs: {},
      },
    });
    expect(first?.load?.upMs).toBeGreaterThan(500);
    expect(second).toMatchObject({ node: 'node-b', load: { life: b.runtime.self } });
  });

  test('sees actors, their state, where they are placed and where they live', async () => {
    const [onA, onB] = [idOn('node-a', names), idOn('node-b', names)];
    for (const id of [onA, onB]) await asked(console.runtime.ask(tallyProtocol, id, add(2)));
    const { actors, more, silent } = await asked(console.fleet.activations({ kind: 'tally', limit: 10 }));
    expect(actors.map(({ ref, node }) => [ref, node])).toEqual([
      [`tally/${onA}`, 'node-a'],
      [`tally/${onB}`, 'node-b'],
    ]);
    expect([more, silent]).toEqual([false, []]);
    expect(await asked(console.fleet.activations({ kind: 'tally', limit: 1 }))).toMatchObject({ more: true });
    expect((await asked(console.fleet.activations({ kind: 'tally', limit: 10 }, 'node-b'))).actors).toHaveLength(1);
    expect(console.fleet.placeOf({ kind: 'tally', id: onB })).toBe('node-b');
    expect(await asked(console.fleet.holdersOf({ kind: 'tally', id: onB }))).toMatchObject([{ node: 'node-b' }]);
    const { state, ...rest } = await asked(console.fleet.inspect({ kind: 'tally', id: onB }));
    expect([JSON.parse(state), rest]).toEqual([
      { total: 2, amounts: [2], jobs: [] },
      { version: 1, mailboxDepth: 0, active: true },
    ]);
    expect(await asked(console.fleet.streams({ kind: 'tally', prefix: '', limit: 10 }))).toEqual([onA, onB].sort());
    expect(await asked(console.fleet.streams({ kind: 'tally', prefix: onA, limit: 1 }))).toEqual([onA]);
    expect(await asked(console.fleet.streams({ kind: 'tally', prefix: 'x', limit: 10 }))).toEqual([]);
  });

  test('reads events in parts', async () => {
    for (const amount of [1, 2, 3]) await asked(console.runtime.ask(tallyProtocol, 'x', add(amount)));
    const part = (after: number, limit: number) =>
      asked(console.fleet.events({ kind: 'tally', id: 'x', after, limit }));
    const first = await part(0, 2);
    expect(first).toMatchObject({ version: 2, more: true, events: [{ version: 1, type: 'Added' }, { version: 2 }] });
    expect(JSON.parse(first.events[1]?.fields ?? '')).toMatchObject({ amount: 2 });
    expect(await part(2, 2)).toMatchObject({ version: 3, more: false, events: [{ version: 3 }] });
    expect(await part(3, 2)).toEqual({ version: 3, more: false, events: [] });
    expect(await part(9, 2)).toEqual({ version: 9, more: false, events: [] });
  });

  test('is refused what is none of the parameters, and told what is not there', async () => {
    const at = console.fleet.at('node-a');
    const wrong: Promise<unknown>[] = [
      at.activations({ kind: 'Tally!', limit: 10 }),
      at.activations({ limit: 0 }),
      at.activations({ limit: 100_000 }),
      at.activations({ limit: 10, more: 1 } as never),
      at.events({ kind: 'tally', id: '../x', after: 0, limit: 1 }),
      at.order({ order: -1, life: 'x', hosting: true }),
    ];
    for (const each of wrong) await expect(asked(each)).rejects.toMatchObject({ name: 'ValidationError' });
    const kind = { kind: 'season', id: 'x' };
    await expect(asked(at.inspect(kind))).rejects.toMatchObject({ name: 'FatalError', code: 'ACTOR_KIND_UNKNOWN' });
    await expect(asked(console.fleet.events({ ...kind, after: 0, limit: 1 }))).rejects.toMatchObject({
      code: 'ACTOR_KIND_UNKNOWN',
    });
    await expect(asked(console.fleet.at('node-c').load())).rejects.toMatchObject({
      name: 'RetryableError',
      code: 'NODE_UNREACHABLE',
      message: 'Node node-c does not answer: look whether it is there with nodes.',
    });
    expect(await asked(console.fleet.activations({ limit: 1 }, 'node-c'))).toEqual({
      ...{ actors: [], more: false, silent: ['node-c'] },
    });
  });

  test('hears how a node stands whose store does not say how far it is behind', async () => {
    for (const lagMs of [() => new Promise<never>(() => undefined), () => Promise.reject(new Error('away'))]) {
      const facts = { node: 'node-a', roles: ['control'], version: '0.1.0', weight: 1 };
      const parts = { ...a, lagMs, clock: cluster.clock, kinds: [], facts, drained: () => undefined };
      const operations = new LocalOperations({ ...parts, departures: new Departures(a.broker, cluster.clock) });
      const load = await cluster.meanwhile(operations.load(), 1000);
      expect([load.hosting, load.lagMs]).toEqual(['hosting', undefined]);
    }
  });

  test('is told when there is no cluster', async () => {
    await cluster.leave(a);
    await cluster.leave(b);
    await expect(asked(console.fleet.streams({ kind: 'tally', prefix: '', limit: 1 }))).rejects.toMatchObject({
      code: 'CLUSTER_EMPTY',
    });
  });
});

describe('a drained node', () => {
  test('has nothing left, says so, and takes actors again', async () => {
    const id = idOn('node-a', names);
    await asked(console.runtime.ask(tallyProtocol, id, add(1)));
    await ask({ type: 'DrainNode', by: 'ann', reason: 'new disk' }, 'node-a');
    await cluster.clock.advance(2000);
    expect([a.runtime.hosting, activeOn(a)]).toEqual(['drained', []]);
    expect(await described('node-a')).toMatchObject({ phase: 'drained', by: 'ann', reason: 'new disk' });
    expect(await asked(console.runtime.ask(tallyProtocol, id, add(1)))).toMatchObject({ version: 2 });
    await ask({ type: 'UndrainNode', by: 'bob' }, 'node-a');
    await cluster.clock.advance(1000);
    expect([a.runtime.hosting, (await described('node-a'))?.phase]).toEqual(['hosting', 'up']);
    const { commits } = await replay(record, a.journal, 'node-a');
    expect(commits.flatMap(({ events }) => events)).toMatchObject([
      { type: 'NodeStarted', life: a.runtime.self, roles: ['control'], version: '0.1.0', weight: 1 },
      { type: 'DrainRequested', by: 'ann', reason: 'new disk' },
      { type: 'NodeDrained' },
      { type: 'UndrainRequested', by: 'bob' },
      { type: 'NodeUndrained' },
    ]);
  });

  test('waits for what is anchored to it, and reports by itself', async () => {
    const id = idOn('node-a', names);
    await asked(console.runtime.ask(tallyProtocol, id, { type: 'Work', job: 'job', key: 'k' }));
    await ask({ type: 'DrainNode', by: 'ann', reason: '' }, 'node-a');
    await cluster.clock.advance(5000);
    expect([a.runtime.hosting, (await described('node-a'))?.phase]).toEqual(['draining', 'draining']);
    expect(await asked(console.fleet.holdersOf({ kind: 'tally', id }))).toMatchObject([
      { node: 'node-a', anchored: true },
    ]);
    expect(console.fleet.placeOf({ kind: 'tally', id })).toBe('node-b');
    await asked(console.runtime.ask(tallyProtocol, id, { type: 'Finish' }));
    await cluster.clock.advance(2000);
    expect([a.runtime.hosting, (await described('node-a'))?.phase]).toEqual(['drained', 'drained']);
  });

  test('is told when it can be reached again', async () => {
    await a.broker.destroyService(a.service);
    await ask({ type: 'DrainNode', by: 'ann', reason: '' }, 'node-a');
    await cluster.clock.advance(2000);
    expect([a.runtime.hosting, (await described('node-a'))?.phase]).toEqual(['hosting', 'draining']);
    createOperationsService(a.broker, a.operations);
    await cluster.clock.advance(5000);
    expect([a.runtime.hosting, (await described('node-a'))?.phase]).toEqual(['drained', 'drained']);
  });

  test('that is taken back while it drains goes on', async () => {
    const id = idOn('node-a', names);
    await asked(console.runtime.ask(tallyProtocol, id, { type: 'Work', job: 'job', key: 'k' }));
    for (const type of ['DrainNode', 'UndrainNode', 'DrainNode', 'UndrainNode'] as const) {
      await ask({ type, by: 'ann', reason: '' }, 'node-a');
    }
    await cluster.clock.advance(2000);
    expect([a.runtime.hosting, (await described('node-a'))?.phase]).toEqual(['hosting', 'up']);
  });

  test('and started again is drained no more', async () => {
    await ask({ type: 'DrainNode', by: 'ann', reason: '' }, 'node-a');
    await cluster.clock.advance(2000);
    cluster.kill(a);
    await cluster.clock.advance(lossMs);
    const again = await joinOperated(cluster, 'node-a', actors());
    await cluster.clock.advance(2000);
    expect([again.runtime.hosting, (await described('node-a'))?.phase]).toEqual(['hosting', 'up']);
  });

  test('refuses where nobody else hosts its kinds, and goes on', async () => {
    await b.presence.leave();
    await cluster.leave(b);
    expect(await described('node-b')).toMatchObject({ phase: 'left' });
    await ask({ type: 'DrainNode', by: 'ann', reason: '' }, 'node-a');
    await cluster.clock.advance(1000);
    const refusal =
      'Node node-a is the only one that hosts tally, node, dead-letters: start another one with its roles and a name of its own first, then drain this one.';
    expect(await described('node-a')).toMatchObject({ phase: 'up', refusal });
    expect(a.runtime.hosting).toBe('hosting');
  });

  test('leaves orders for another life and older ones aside', async () => {
    const at = console.fleet.at('node-a');
    const life = a.runtime.self;
    const hosting = { life, hosting: 'hosting', refusal: '' };
    expect(await asked(at.order({ order: 5, life: 'node-a#other', hosting: false }))).toEqual(hosting);
    expect(await asked(at.order({ order: 5, life, hosting: true }))).toEqual(hosting);
    expect(await asked(at.order({ order: 4, life, hosting: false }))).toEqual(hosting);
  });
});
