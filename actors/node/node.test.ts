import { describe, expect, test } from '@jest/globals';
import { type NodeCommand, type NodeEvent, nodeProtocol } from '#proto/generated/node.ts';
import type { Answered } from '#runtime/actor.ts';
import { run } from '#runtime/effects.ts';
import { given } from '#test/given.ts';
import { decide } from './decide.ts';
import { type NodePorts, nodeActor } from './node.actor.ts';
import { isWakeful, react, resume } from './react.ts';
import { evolve, initial } from './state.ts';

const node = { protocol: nodeProtocol, initial, decide, evolve, react, resume, isWakeful };
const facts = (life: string) => ({ life, roles: ['control', 'voice'], version: '0.1.0', weight: 1 });
const started = (life = 'a#1', atMs = 1): NodeEvent => ({ type: 'NodeStarted', ...facts(life), atMs });
const drainRequested: NodeEvent = { type: 'DrainRequested', by: 'ann', reason: 'new disk', atMs: 2 };
const undrainRequested: NodeEvent = { type: 'UndrainRequested', by: 'bob', atMs: 3 };
const order = (number: number, hosting: boolean) =>
  run('order', { order: number, life: 'a#1', hosting }, `order:${number}`);

describe('the record of a node', () => {
  test('has each of its lives once', () => {
    given(node)
      .when({ type: 'ReportStart', ...facts('a#1') }, { nowMs: 1 })
      .then(started())
      .when({ type: 'ReportStart', ...facts('a#1') }, { nowMs: 2 })
      .then()
      .when({ type: 'ReportLeave', life: 'a#1' }, { nowMs: 3 })
      .then({ type: 'NodeLeft', atMs: 3 })
      .when({ type: 'ReportLeave', life: 'a#1' })
      .then()
      .when({ type: 'ReportStart', ...facts('a#2') }, { nowMs: 4 })
      .then(started('a#2', 4))
      .when({ type: 'ReportLeave', life: 'a#1' })
      .then();
  });

  test('says how the node stands', () => {
    given(node, started(), drainRequested)
      .when({ type: 'DescribeNode' })
      .thenReply({
        type: 'NodeDescribed',
        ...{ phase: 'draining', life: 'a#1', roles: ['control', 'voice'], version: '0.1.0', startedAtMs: 1 },
        ...{ order: 1, by: 'ann', reason: 'new disk', refusal: '', forgetting: false },
      });
  });
});

describe('an operator', () => {
  test('has a node drained, and by name', () => {
    const story = given(node, started())
      .when({ type: 'DrainNode', by: 'ann', reason: 'new disk' }, { nowMs: 2 })
      .then(drainRequested)
      .thenEffects(order(1, false));
    expect([story.wakeful, story.resumed]).toEqual([true, [order(1, false)]]);
    const drained = story
      .when({ type: 'ReportDrained', order: 1 }, { nowMs: 3 })
      .then({ type: 'NodeDrained', atMs: 3 })
      .thenEffects();
    expect([drained.wakeful, drained.resumed]).toEqual([false, []]);
    drained
      .when({ type: 'DrainNode', by: 'bob', reason: '' })
      .then()
      .when({ type: 'UndrainNode', by: 'bob' }, { nowMs: 3 })
      .then(undrainRequested)
      .thenEffects(order(2, true))
      .when({ type: 'ReportUndrained', order: 2 }, { nowMs: 4 })
      .then({ type: 'NodeUndrained', atMs: 4 })
      .when({ type: 'UndrainNode', by: 'bob' })
      .then();
  });

  test('takes it back before it is done, and late news of it changes nothing', () => {
    given(node, started(), drainRequested)
      .when({ type: 'UndrainNode', by: 'bob' }, { nowMs: 3 })
      .then(undrainRequested)
      .thenEffects(order(2, true))
      .when({ type: 'ReportDrained', order: 1 })
      .then()
      .when({ type: 'ReportRefusal', order: 1, reason: 'no' })
      .then();
  });

  test('hears that a node which leaves takes no actors again', () => {
    const story = given(node, started(), drainRequested, undrainRequested)
      .when({ type: 'ReportRefusal', order: 2, reason: 'It leaves.' }, { nowMs: 4 })
      .then({ type: 'UndrainRefused', reason: 'It leaves.', atMs: 4 })
      .thenEffects();
    expect(story.state).toMatchObject({ phase: 'draining', order: 2, refusal: 'It leaves.' });
    story.when({ type: 'ReportDrained', order: 2 }, { nowMs: 5 }).then({ type: 'NodeDrained', atMs: 5 });
  });

  test('hears that the node refuses', () => {
    given(node, started(), drainRequested)
      .when({ type: 'ReportRefusal', order: 1, reason: 'It is the only one.' }, { nowMs: 3 })
      .then({ type: 'DrainRefused', reason: 'It is the only one.', atMs: 3 })
      .when({ type: 'DescribeNode' })
      .thenReply({
        type: 'NodeDescribed',
        ...{ phase: 'up', life: 'a#1', roles: ['control', 'voice'], version: '0.1.0', startedAtMs: 1 },
        ...{ order: 1, by: 'ann', reason: 'new disk', refusal: 'It is the only one.', forgetting: false },
      });
  });

  test('cannot have one drained that never was or is gone', () => {
    given(node).when({ type: 'DrainNode', by: 'ann', reason: '' }).thenRejected('NODE_UNKNOWN');
    const left = given(node, started(), { type: 'NodeLeft', atMs: 2 });
    left.when({ type: 'DrainNode', by: 'ann', reason: '' }).thenRejected('NODE_LEFT');
    left.when({ type: 'UndrainNode', by: 'ann' }).thenRejected('NODE_LEFT');
  });
});

describe('a node that died', () => {
  const look = (number: number) => run('look', { look: number }, `look:${number}`);
  const there = 'Node a-1 is on the bus: only one that is not can be forgotten.';

  test('is forgotten by name once nobody finds it, and known again when it starts', () => {
    const looking = given(node, started())
      .when({ type: 'ForgetNode', by: 'ann' }, { nowMs: 2 })
      .then({ type: 'ForgetRequested', by: 'ann', atMs: 2 })
      .thenEffects(look(1))
      .when({ type: 'ForgetNode', by: 'bob' })
      .then();
    expect([looking.wakeful, looking.resumed]).toEqual([true, [look(1)]]);
    const forgotten = looking
      .when({ type: 'ReportGone', look: 1 }, { nowMs: 3 })
      .then({ type: 'NodeForgotten', atMs: 3 })
      .when({ type: 'ReportGone', look: 1 })
      .then();
    expect([forgotten.wakeful, forgotten.resumed, forgotten.state.phase]).toEqual([false, [], 'forgotten']);
    forgotten.when({ type: 'DrainNode', by: 'ann', reason: '' }).thenRejected('NODE_LEFT');
    forgotten.when({ type: 'ReportStart', ...facts('a#1') }, { nowMs: 4 }).then(started('a#1', 4));
  });

  test('and lives is not forgotten, nor is what it was told', () => {
    const story = given(node, started(), drainRequested)
      .when({ type: 'ForgetNode', by: 'bob' }, { nowMs: 3 })
      .thenEffects(look(1));
    expect([story.wakeful, story.resumed]).toEqual([true, [order(1, false), look(1)]]);
    const refused = story
      .when({ type: 'ReportThere', look: 1 }, { nowMs: 4 })
      .then({ type: 'ForgetRefused', reason: there, atMs: 4 })
      .when({ type: 'ReportThere', look: 1 })
      .then();
    expect(refused.state).toMatchObject({ phase: 'draining', forgetting: false, refusal: there, by: 'ann' });
    refused
      .when({ type: 'ForgetNode', by: 'bob' }, { nowMs: 5 })
      .thenEffects(look(2))
      .when({ type: 'ReportDrained', order: 1 }, { nowMs: 6 })
      .then({ type: 'NodeDrained', atMs: 6 })
      .when({ type: 'ReportGone', look: 1 })
      .then();
  });

  test('that starts or leaves while it is looked for is not forgotten', () => {
    const requested: NodeEvent = { type: 'ForgetRequested', by: 'ann', atMs: 2 };
    for (const event of [started('a#2', 3), { type: 'NodeLeft', atMs: 3 } as const]) {
      given(node, started(), requested, event).when({ type: 'ReportGone', look: 1 }).then();
    }
  });

  test('cannot be forgotten where it never was or has left', () => {
    given(node).when({ type: 'ForgetNode', by: 'ann' }).thenRejected('NODE_UNKNOWN');
    given(node, started(), { type: 'NodeLeft', atMs: 2 })
      .when({ type: 'ForgetNode', by: 'ann' })
      .thenRejected('NODE_LEFT');
  });

  test.each([
    [true, 'ReportThere'],
    [false, 'ReportGone'],
  ])('is looked for on the bus: there %p', async (isThere, type) => {
    const { executors } = nodeActor({ isThere: () => isThere, tellNode: () => Promise.reject(new Error('not told')) });
    const command = await executors.look?.({ look: 3 } as never, { actorId: 'a' } as never, 'look:3');
    expect(command).toEqual({ type, look: 3 });
  });
});

test('a node that starts again is drained no more, and orders go on being numbered', () => {
  const again = given(node, started(), drainRequested, started('a#2', 5));
  expect([again.wakeful, again.resumed]).toEqual([false, []]);
  again
    .when({ type: 'ReportDrained', order: 1 })
    .then()
    .when({ type: 'DrainNode', by: 'ann', reason: '' }, { nowMs: 6 })
    .thenEffects(run('order', { order: 2, life: 'a#2', hosting: false }, 'order:2'));
});

describe('telling the node', () => {
  const told = { order: 1, life: 'a#1', hosting: false };
  const record = { phase: 'draining', order: 1 };

  async function execute(given: typeof told, answered: Awaited<ReturnType<NodePorts['tellNode']>>, now = record) {
    const seen: unknown[] = [];
    const actor = nodeActor({
      isThere: () => false,
      tellNode: async (nodeId, order) => {
        seen.push([nodeId, order]);
        return answered;
      },
    });
    const context = {
      actorId: 'a',
      ask: async (): Promise<Answered<unknown>> => ({ ok: true, version: 1, reply: { type: 'NodeDescribed', ...now } }),
    };
    const command = (await actor.executors.order?.(given as never, context as never, 'order:1')) as
      | NodeCommand
      | undefined;
    return { command, seen };
  }

  test('reports what it answers; one that still drains reports by itself', async () => {
    const obeyed = { life: 'a#1', hosting: 'drained', refusal: '' } as const;
    expect(await execute(told, obeyed)).toEqual({ command: { type: 'ReportDrained', order: 1 }, seen: [['a', told]] });
    expect((await execute(told, { ...obeyed, hosting: 'draining' })).command).toBeUndefined();
    const refused = await execute(told, { ...obeyed, hosting: 'hosting', refusal: 'It is the only one.' });
    expect(refused.command).toEqual({ type: 'ReportRefusal', order: 1, reason: 'It is the only one.' });
    const taken = await execute({ ...told, hosting: true }, { ...obeyed, hosting: 'hosting' });
    expect(taken.command).toEqual({ type: 'ReportUndrained', order: 1 });
  });

  test('ends with the order, and waits for the record of a new life', async () => {
    const obeyed = { life: 'a#1', hosting: 'drained', refusal: '' } as const;
    for (const now of [
      { ...record, order: 2 },
      { ...record, phase: 'up' },
      { ...record, phase: 'left' },
    ]) {
      expect(await execute(told, obeyed, now)).toEqual({ command: undefined, seen: [] });
    }
    await expect(execute(told, { ...obeyed, life: 'a#2' })).rejects.toMatchObject({ code: 'NODE_UNREACHABLE' });
  });
});
