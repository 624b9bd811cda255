import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Departures } from '#runtime/operations/departures.ts';
import type { LocalOperationsOptions } from '#runtime/operations/local.ts';
import { idOn, TestCluster } from '#test/cluster-kit.ts';
import { type TallyState, tallyActor, tallyProtocol } from '#test/fakes/tally-actor.ts';
import type { TestNode } from '#test/runtime-kit.ts';
import { LeavingOperations } from './leaving.ts';

const names = ['node-a', 'node-b'];
const anchored = { anchored: ({ jobs }: TallyState) => jobs.length > 0 };
let cluster: TestCluster;
let node: TestNode;
let operations: LeavingOperations;
let leaves: boolean;

beforeEach(async () => {
  cluster = new TestCluster();
  const actors = () => [tallyActor({ job: async () => undefined }, anchored)];
  const joined = await cluster.join('node-a', actors());
  await cluster.join('node-b', actors());
  node = joined;
  leaves = false;
  operations = new LeavingOperations({
    ...{ runtime: joined.runtime, journal: joined.journal, clock: cluster.clock, kinds: [] },
    logger: { debug() {}, info() {}, warn() {}, error() {} },
    facts: { node: 'node-a', roles: ['control'], version: '0.1.0', weight: 1 } as LocalOperationsOptions['facts'],
    departures: new Departures(joined.broker, cluster.clock),
    drained: () => undefined,
    isLeaving: () => leaves,
  });
});
afterEach(() => cluster.stop());

const order = (number: number, hosting: boolean) =>
  operations.order({ order: number, life: node.runtime.self, hosting });

test('a node that was told to leave stays until its live call has ended, whoever wants it back', async () => {
  const id = idOn('node-a', names);
  await cluster.meanwhile(node.runtime.ask(tallyProtocol, id, { type: 'Work', job: 'job', key: 'k' }));
  await order(1, false);
  leaves = true;
  let isEmpty = false;
  const drained = node.runtime.drain().then(() => {
    isEmpty = true;
  });
  expect(await order(2, true)).toEqual({
    life: node.runtime.self,
    hosting: 'draining',
    refusal: 'Node node-a was told to leave: it takes actors again when it is started.',
  });
  await cluster.clock.advance(5000);
  expect([node.runtime.hosting, isEmpty]).toEqual(['draining', false]);
  await cluster.meanwhile(node.runtime.ask(tallyProtocol, id, { type: 'Finish' }));
  await cluster.meanwhile(drained);
  expect(node.runtime.hosting).toBe('drained');
});

test('one that was only drained takes actors again', async () => {
  await order(1, false);
  await cluster.clock.advance(2000);
  expect(await order(2, true)).toMatchObject({ hosting: 'hosting', refusal: '' });
});
