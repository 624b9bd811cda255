/**
 * What it takes to come back from the loss of a node: 20,000 calls on a process that is killed, another that takes them
 * over from the journal in MongoDB, a third that asks each of them until it answers.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openMongodb } from '#adapters/mongodb/connection.ts';
import { openMongodbJournal } from '#adapters/mongodb/journal.ts';
import type { ErrorCode } from '#ports/errors.ts';
import { systemClock } from '#ports/system-clock.ts';
import { callProtocol } from '#proto/generated/call.ts';
import type { Runtime } from '#runtime/runtime.ts';
import { startBenchNode } from './cluster/node.ts';
import { benchServices } from './cluster/services.ts';
import { callId, commitsOf, eventsEach } from './recovery/calls.ts';
import type { Holding, HostSetup } from './recovery/host.ts';
import { type BenchResult, median } from './result.ts';

const actorCount = 20_000;
const asksAtOnce = 100;
const askTimeoutMs = 10_000;
const appendsAtOnce = 200;
/** Of an actor that is not there again yet. */
const passing: ReadonlySet<string> = new Set<ErrorCode>([
  'ACTOR_MOVED',
  'ASK_TIMEOUT',
  'MAILBOX_FULL',
  'NODE_STOPPING',
  'NODE_UNREACHABLE',
]);
const quiet = { debug() {}, info() {}, warn() {}, error: console.error };

export async function run(): Promise<BenchResult> {
  const services = await benchServices();
  const database = `callboard_bench_${process.pid}_${Date.now().toString(36)}`;
  const mongodb = await openMongodb({ url: services.mongodbUrl, database, clock: systemClock, logger: quiet });
  const hosts: ChildProcess[] = [];
  const asker = await startBenchNode({ name: 'asker', natsUrl: services.natsUrl, namespace: database });
  const host = async (name: string, weight: number): Promise<ChildProcess> => {
    const { natsUrl, mongodbUrl } = services;
    const child = await startHost({ name, natsUrl, mongodbUrl, database, weight });
    hosts.push(child);
    return child;
  };
  try {
    const journal = await openMongodbJournal({ db: mongodb.db, clock: systemClock });
    await atOnce(appendsAtOnce, (index) => journal.append(commitsOf(index)));
    await journal.close();
    // As good as all actors are placed on the first: it has a million shares, the other has one.
    const doomed = await host('doomed', 1_000_000);
    await untilAllAnswer(asker.runtime);
    const survivor = await host('survivor', 1);
    const before = await holdingOf(survivor);
    const held = await holdingOf(doomed);
    const killedAt = performance.now();
    doomed.kill('SIGKILL');
    const answeredAt = await untilAllAnswer(asker.runtime);
    const after = await holdingOf(survivor);
    const times = answeredAt.map((at) => at - killedAt).sort((a, b) => a - b);
    const first = times[0] ?? Number.NaN;
    const last = times.at(-1) ?? Number.NaN;
    const seconds = (last - first) / 1000;
    return {
      name: 'recovery',
      figures: [
        { name: 'actors on the node that was killed', value: held.actors, unit: 'actors' },
        { name: 'until the first answers', value: first / 1000, unit: 's' },
        { name: 'until half of them answer', value: median(times) / 1000, unit: 's' },
        { name: 'until all answer', value: last / 1000, unit: 's' },
        { name: 'actors loaded', value: actorCount / seconds, unit: '1/s' },
        { name: 'events replayed', value: (actorCount * eventsEach) / seconds, unit: '1/s' },
        {
          name: 'memory of an actor, heap',
          value: (after.heapBytes - before.heapBytes) / 1024 / after.actors,
          unit: 'KB',
        },
        { name: 'memory of the survivor, resident', value: after.residentBytes / 2 ** 20, unit: 'MiB' },
        { name: 'the same before', value: before.residentBytes / 2 ** 20, unit: 'MiB' },
        {
          name: 'CPU of the survivor for an actor',
          value: ((after.cpuMs - before.cpuMs) * 1000) / actorCount,
          unit: 'µs',
        },
      ],
      notes: [
        `${actorCount} calls in mid-talk, ${eventsEach} events each, no snapshots; three processes and the servers share this machine.`,
        `MongoDB is ${mongodb.server.ferretdb ? 'FerretDB on PostgreSQL' : mongodb.server.version}; each load is two queries: snapshot and commits.`,
        `The asker has ${asksAtOnce} asks in flight and repeats those that are not answered. A node is lost after 3 s of silence.`,
      ],
    };
  } finally {
    for (const child of hosts) child.kill('SIGKILL');
    await asker.stop();
    await mongodb.db.dropDatabase();
    await mongodb.close();
    await services.close();
  }
}

async function startHost(setup: HostSetup): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, 'recovery', 'host.ts'), [JSON.stringify(setup)]);
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`${setup.name} did not start.`)));
  await Promise.race([once(child, 'message'), ended]);
  ended.catch(() => undefined);
  return child;
}

async function holdingOf(child: ChildProcess): Promise<Holding> {
  child.send('holding');
  const [holding] = (await once(child, 'message')) as [Holding];
  return holding;
}

/** When each answered for the first time. */
async function untilAllAnswer(runtime: Runtime): Promise<number[]> {
  const answeredAt: number[] = [];
  await atOnce(asksAtOnce, async (index) => {
    for (;;) {
      const answered = await runtime.ask(
        callProtocol,
        callId(index),
        { type: 'DescribeCall' },
        { timeoutMs: askTimeoutMs },
      );
      if (answered.ok) break;
      if (!passing.has(answered.rejection.code)) throw new Error(answered.rejection.message);
      await pause(50);
    }
    answeredAt.push(performance.now());
  });
  return answeredAt;
}

async function atOnce(limit: number, work: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < actorCount) await work(next++);
  };
  await Promise.all(Array.from({ length: limit }, worker));
}
