import { afterEach, expect, test } from '@jest/globals';
import { TestCluster } from '#test/cluster-kit.ts';
import { tallyActor } from '#test/fakes/tally-actor.ts';
import { envelopeProtocol } from './envelopes.ts';
import { hostingService, Peers } from './peers.ts';

const cluster = new TestCluster();
afterEach(() => cluster.stop());

const hosting = (nodeID: string, protocol: unknown) => ({
  name: hostingService,
  nodeID,
  metadata: { kinds: ['tally'], weight: 1, protocol },
});

test('only nodes that read our envelopes get a seat', () => {
  const services = [hosting('b', envelopeProtocol), hosting('c', envelopeProtocol + 1), hosting('d', undefined)];
  const peers = new Peers(services, 'a', undefined);
  expect(peers.seatsOf('tally')?.map(({ nodeId }) => nodeId)).toEqual(['b']);
  expect([...peers.foreign]).toEqual(['c', 'd']);
});

test('a node of another envelope protocol is named in the log once', async () => {
  const [a, b] = [await cluster.join('node-a', [tallyActor()]), await cluster.join('node-b', [])];
  b.broker.createService(hosting('node-b', envelopeProtocol + 1));
  await cluster.clock.advance(2000);
  await cluster.join('node-c', []);
  const lines = a.logger.lines.filter(({ message }) => message.startsWith('node reads another envelope protocol'));
  expect(lines.map(({ fields }) => fields)).toEqual([{ node: 'node-b' }]);
  expect(a.runtime.nodeOf('tally', 'x')).toBe('node-a');
});
