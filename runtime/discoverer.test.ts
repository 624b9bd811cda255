/** Brokers in one process, Moleculer's Fake transporter between them, and a clock that is turned by hand. */
import { afterEach, expect, test } from '@jest/globals';
import { ServiceBroker } from 'moleculer';
import { ManualClock } from '#test/fakes/manual-clock.ts';
import { tallyActor } from '#test/fakes/tally-actor.ts';
import { TestJournal, testNode } from '#test/runtime-kit.ts';
import { cut, part } from '#test/wires.ts';
import { ClusterDiscoverer, discovererOf } from './discoverer.ts';

let space = 0;
const clock = new ManualClock();
const open: ServiceBroker[] = [];

async function started(
  nodeID: string,
  names: readonly string[] = [],
  stopping: (broker: ServiceBroker) => Promise<void> = async () => undefined,
  itsClock = clock,
): Promise<ServiceBroker> {
  const broker = new ServiceBroker({
    nodeID,
    namespace: `discoverer-${space}`,
    logger: false,
    internalServices: false,
    transporter: 'Fake',
    serializer: 'JSON',
    registry: { discoverer: new ClusterDiscoverer({ clock: itsClock }) },
    middlewares: [{ name: 'Stopping', stopping }],
  });
  for (const name of names) broker.createService({ name });
  open.push(broker);
  await broker.start();
  return broker;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((broker) => broker.stop()));
  space += 1;
});

const seen = (broker: ServiceBroker) =>
  broker.registry
    .getNodeList({ onlyAvailable: true })
    .map(({ id }) => id)
    .sort();

test('a node that falls silent is lost after 3 s, and found again when it is heard', async () => {
  const [a, b] = [await started('a'), await started('b')];
  await clock.advance(1000);
  expect([seen(a), seen(b)]).toEqual([
    ['a', 'b'],
    ['a', 'b'],
  ]);
  const mend = cut('b', a);
  await clock.advance(2500);
  expect(seen(a)).toEqual(['a', 'b']);
  await clock.advance(1250);
  expect(seen(a)).toEqual(['a']);
  mend();
  await clock.advance(1000);
  expect([seen(a), seen(b)]).toEqual([
    ['a', 'b'],
    ['a', 'b'],
  ]);
});

test('a node that is heard is unknown until it has said what it is', async () => {
  const a = await started('a');
  const mend = cut('b', a, 'INFO');
  await started('b');
  await clock.advance(1000);
  expect([discovererOf(a)?.unknown, seen(a)]).toEqual([['b'], ['a']]);
  mend();
  await clock.advance(1000);
  expect([discovererOf(a)?.unknown, seen(a)]).toEqual([[], ['a', 'b']]);
});

test('while the bus is down nobody is lost', async () => {
  const [a, b] = [await started('a'), await started('b')];
  await clock.advance(1000);
  const mends = [part(a, b), cut('a', a), cut('b', b)];
  await clock.advance(20_000);
  expect([seen(a), seen(b)]).toEqual([
    ['a', 'b'],
    ['a', 'b'],
  ]);
  expect(discovererOf(a)?.isDeaf).toBe(true);
  for (const mend of mends.reverse()) mend();
  await clock.advance(20_000);
  expect(seen(a)).toEqual(['a', 'b']);
  expect(discovererOf(a)?.isDeaf).toBe(false);
});

test('of two nodes with one name the second refuses to start, and the first is not harmed', async () => {
  const [a, b] = [await started('a', ['first']), await started('b')];
  await clock.advance(5000);
  const again = testNode(new TestJournal(), clock, [tallyActor()], await started('a', ['second']));
  const starting = again.runtime.start();
  const refused = expect(starting).rejects.toMatchObject({ code: 'NODE_NAME_TAKEN', name: 'FatalError' });
  await clock.advance(2000);
  await refused;
  await again.broker.stop();
  await clock.advance(5000);
  const names = (broker: ServiceBroker) =>
    broker.registry.getServiceList({ onlyAvailable: true }).map(({ name }) => name);
  expect([seen(b), names(b), names(a)]).toEqual([['a', 'b'], ['first'], ['first']]);
});

test('a running node hears that an older one has its name', async () => {
  const a = await started('a');
  await clock.advance(10);
  const mends = [cut('a', a)];
  const young = testNode(new TestJournal(), clock, [], await started('a'));
  mends.push(cut('a', young.broker));
  const errors: unknown[] = [];
  young.runtime.onFatal((error) => errors.push(error));
  const starting = young.runtime.start();
  await clock.advance(5000);
  await starting;
  expect(errors).toEqual([]);
  for (const mend of mends) mend();
  await clock.advance(2000);
  expect(errors).toEqual([expect.objectContaining({ code: 'NODE_NAME_TAKEN' })]);
});

test('a process that stood still for minutes does not end the one that took its place', async () => {
  const stopped = new ManualClock();
  const old = testNode(new TestJournal(), stopped, [], await started('a', [], undefined, stopped));
  const errors: string[] = [];
  old.runtime.onFatal((error) => errors.push(`old ${(error as { code: string }).code}`));
  const starting = old.runtime.start();
  await stopped.advance(60_000);
  await starting;
  await started('b');
  const mends = [cut('a', old.broker), cut('b', old.broker)];
  await clock.advance(10_000);
  const young = testNode(new TestJournal(), clock, [], await started('a'));
  young.runtime.onFatal(() => errors.push('young'));
  const startingAnew = young.runtime.start();
  await clock.advance(5000);
  await startingAnew;
  for (const mend of mends.reverse()) mend();
  stopped.jump(15_000);
  await stopped.advance(1);
  await clock.advance(2000);
  expect(errors).toEqual(['old NODE_NAME_TAKEN']);
});

test('a broker that stops has its services until they are taken down', async () => {
  const gate = Promise.withResolvers<void>();
  const a = await started('a', ['actors', 'hosting'], async (broker) => {
    await broker.destroyService('hosting');
    await discovererOf(broker)?.sendLocalNodeInfo();
    await gate.promise;
  });
  const b = await started('b');
  await clock.advance(1000);
  const names = () => b.registry.getServiceList({ onlyAvailable: true }).map(({ name }) => name);
  expect(names()).toEqual(['actors', 'hosting']);
  const stopping = a.stop();
  while (names().includes('hosting')) await clock.settle();
  expect(names()).toEqual(['actors']);
  await clock.advance(2000);
  expect(names()).toEqual(['actors']);
  gate.resolve();
  await stopping;
  expect(names()).toEqual([]);
});
