/** Nodes on a real bus, which dies and comes back, and one that is cut off from it; their journal is in this process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ServiceBroker } from 'moleculer';
import { brokerOptions } from '#config/broker.ts';
import { configSchema } from '#config/schema.ts';
import { systemClock } from '#ports/system-clock.ts';
import { discovererOf } from '#runtime/discoverer.ts';
import { createRuntime, type Runtime } from '#runtime/runtime.ts';
import { portFor } from '#scripts/services/ports.ts';
import { needProgram } from '#scripts/services/programs.ts';
import { idOn } from '#test/cluster-kit.ts';
import { JournalData, MemoryJournal } from '#test/fakes/memory-journal.ts';
import { tallyActor, tallyProtocol } from '#test/fakes/tally-actor.ts';
import { add, testLogger } from '#test/runtime-kit.ts';

const slow = 120_000;
const names = ['left', 'right'] as const;
const data = new JournalData();
let folder: string;
let port: number;
let bus: ChildProcess;
let left: Node;
let right: Node;

interface Node {
  readonly broker: ServiceBroker;
  readonly runtime: Runtime;
  /** Nodes that it has lost. */
  readonly lost: string[];
}

async function startBus(): Promise<void> {
  const program = needProgram('nats-server', 'apt-get install nats-server');
  bus = spawn(program, ['-a', '127.0.0.1', '-p', String(port)], { stdio: ['ignore', 'ignore', 'pipe'] });
  await new Promise<void>((resolve, reject) => {
    let said = '';
    // It is read for as long as the server lives: one whose words nobody takes stands still in the end.
    bus.stderr?.on('data', (text: Buffer) => {
      said = `${said}${text}`.slice(-4000);
      if (said.includes('Server is ready')) resolve();
    });
    bus.once('exit', () => reject(new Error(`nats-server did not start: ${said}`)));
  });
}

async function start(nodeId: string): Promise<Node> {
  const config = configSchema.parse({
    nodeId,
    nats: { url: `nats://127.0.0.1:${port}` },
    mongodb: { url: 'mongodb://127.0.0.1:1' },
    vaultSecret: 'ab'.repeat(32),
  });
  const broker = new ServiceBroker(brokerOptions(config));
  const lost: string[] = [];
  broker.localBus.on('$node.disconnected', ({ node }: { node: { id: string } }) => lost.push(node.id));
  const runtime = createRuntime({
    broker,
    journal: new MemoryJournal(data),
    clock: systemClock,
    logger: testLogger(),
    actors: [tallyActor()],
    protocols: [tallyProtocol],
  });
  await broker.start();
  await runtime.start();
  return { broker, runtime, lost };
}

async function stop({ broker, runtime }: Node): Promise<void> {
  await runtime.stop({ graceMs: 1000 });
  await broker.stop();
}

/** Fails where it does not hold within a minute. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await holds()); tries += 1) {
    if (tries > 600) throw new Error('What the test waits for does not happen.');
    await wait(100);
  }
}

const answers = async ({ runtime }: Node, id: string) => (await runtime.ask(tallyProtocol, id, add(1))).ok;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'callboard-nodes-'));
  port = await portFor(folder);
  await startBus();
  left = await start('left');
  right = await start('right');
}, slow);
afterAll(async () => {
  await Promise.all([left, right].map(stop));
  bus.kill();
  rmSync(folder, { recursive: true });
}, slow);

test('each reaches the actors of the other', async () => {
  for (const name of names) {
    const id = idOn(name, names);
    for (const node of [left, right])
      expect(await node.runtime.ask(tallyProtocol, id, add(1))).toMatchObject({ ok: true });
    const holder = name === 'left' ? left : right;
    expect(holder.runtime.activations().map((each) => each.id)).toContain(id);
  }
});

test(
  'while the bus is dead nobody is lost, and all goes on when it is back',
  async () => {
    bus.kill('SIGKILL');
    await once(bus, 'exit');
    await until(() => discovererOf(left.broker)?.isDeaf === true && discovererOf(right.broker)?.isDeaf === true);
    // Longer than the patience with a silent node.
    await wait(5000);
    await startBus();
    await until(() => discovererOf(left.broker)?.isDeaf === false && discovererOf(right.broker)?.isDeaf === false);
    await until(async () => (await answers(left, idOn('right', names))) && (await answers(right, idOn('left', names))));
    expect([left.lost, right.lost]).toEqual([[], []]);
  },
  slow,
);

test(
  'a node that is cut off is lost, and its actors answer elsewhere; then its name is free again',
  async () => {
    const { client } = (right.broker as unknown as { transit: { tx: { client: { close(): Promise<void> } } } }).transit
      .tx;
    const id = idOn('right', names);
    await client.close();
    await until(() => left.lost.includes('right'));
    expect(await answers(left, id)).toBe(true);
    expect(left.runtime.activations().map((each) => each.id)).toContain(id);
    await stop(right).catch(() => undefined);
    right = await start('right');
    await until(async () => (await answers(right, id)) && right.runtime.activations().some((each) => each.id === id));
  },
  slow,
);
