/** A console that looks for its cluster: brokers in one process, and a clock that is turned by hand. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ServiceBroker } from 'moleculer';
import { ClusterDiscoverer } from '#runtime/discoverer.ts';
import { Fleet } from '#runtime/operations/fleet.ts';
import { operationsService } from '#runtime/operations/service.ts';
import { ManualClock } from '#test/fakes/manual-clock.ts';
import { cut } from '#test/wires.ts';
import { findCluster } from './visit.ts';

const clock = new ManualClock();
const brokers: ServiceBroker[] = [];
let visitor: ServiceBroker;
let said: string[];

async function started(nodeID: string, ...names: readonly string[]): Promise<ServiceBroker> {
  const broker = new ServiceBroker({
    ...{ nodeID, namespace: 'visit', logger: false, internalServices: false, transporter: 'Fake', serializer: 'JSON' },
    registry: { discoverer: new ClusterDiscoverer({ clock }) },
  });
  for (const name of names) broker.createService({ name });
  brokers.push(broker);
  await broker.start();
  return broker;
}

const fleetOf = (broker: ServiceBroker) => new Fleet(broker, { nodeOf: () => undefined });

/** What becomes of it, once it is known. */
function looking(): { outcome?: unknown } {
  const looked: { outcome?: unknown } = {};
  const ports = {
    broker: visitor,
    fleet: fleetOf(visitor),
    clock,
    say: (sentence: string) => void said.push(sentence),
  };
  findCluster(ports, { cluster: 'north', nats: { url: 'nats://bus' } }).then(
    () => Object.assign(looked, { outcome: 'found' }),
    (error) => Object.assign(looked, { outcome: error }),
  );
  return looked;
}

beforeEach(async () => {
  said = [];
  visitor = await started('visitor');
});
afterEach(async () => {
  await Promise.all(brokers.splice(0).map((broker) => broker.stop()));
});

test('a cluster that is known by then is not waited for', async () => {
  await started('a', operationsService);
  while (fleetOf(visitor).nodes().length === 0) await clock.advance(100);
  const looked = looking();
  await clock.settle();
  expect([looked.outcome, said]).toEqual(['found', []]);
});

test('a node that was heard is waited for until it has said what it is, and the person is told', async () => {
  await started('a', operationsService);
  const mend = cut('b', visitor, 'INFO');
  await started('b', operationsService);
  await clock.advance(1000);
  const looked = looking();
  await clock.advance(1000);
  expect([looked.outcome, said]).toEqual([undefined, ['Looking for the nodes of the cluster north…']]);
  mend();
  await clock.advance(1000);
  expect(looked.outcome).toBe('found');
});

test('one that never says what it is keeps nobody from the others', async () => {
  await started('a', operationsService);
  cut('b', visitor, 'INFO');
  await started('b', operationsService);
  await clock.advance(1000);
  const looked = looking();
  await clock.advance(5000);
  expect(looked.outcome).toBe('found');
});

test('where nobody is, that is said after a while', async () => {
  const looked = looking();
  await clock.advance(5000);
  expect(looked.outcome).toMatchObject({ code: 'CLUSTER_EMPTY' });
});
