/** The loss of a node with many calls, step by step, on whatever journal. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startBus } from '#bench/cluster/bus.ts';
import { startBenchNode } from '#bench/cluster/node.ts';
import { type Figure, median } from '#bench/result.ts';
import type { ErrorCode } from '#ports/errors.ts';
import type { Journal } from '#ports/journal.ts';
import { callProtocol } from '#proto/generated/call.ts';
import type { Runtime } from '#runtime/runtime.ts';
import { callId, commitsOf, eventsEach } from './calls.ts';
import type { Holding, HostSetup } from './host.ts';
import { lend } from './lent-journal.ts';

export interface LossSetup {
  readonly actors: number;
  /** The calls are written into it; it is lent to the nodes where they have none of their own. */
  readonly journal: Journal;
  readonly mongodb?: HostSetup['mongodb'];
}

const asksAtOnce = 100;
const askTimeoutMs = 10_000;
const appendsAtOnce = 200;
/** As good as all actors are placed on the first node: it has a million shares, the other has one. */
const shares = { doomed: 1_000_000, survivor: 1 };
/** Of an actor that is not there again yet. */
const passing: ReadonlySet<string> = new Set<ErrorCode>([
  'ACTOR_MOVED',
  'ASK_TIMEOUT',
  'MAILBOX_FULL',
  'NODE_STOPPING',
  'NODE_UNREACHABLE',
]);

/** Lets a node have the calls, kills it, and asks for each call until another node has it. */
export async function loseNode({ actors, journal, mongodb }: LossSetup): Promise<Figure[]> {
  await atOnce(actors, appendsAtOnce, (index) => journal.append(commitsOf(index)));
  const bus = await startBus();
  const children: ChildProcess[] = [];
  const namespace = `recovery-${process.pid}`;
  const host = async (name: keyof typeof shares): Promise<ChildProcess> => {
    const setup = { name, natsUrl: bus.url, namespace, weight: shares[name], ...(mongodb ? { mongodb } : {}) };
    const child = startHost(setup, journal);
    children.push(child);
    await ready(child, name);
    return child;
  };
  const asker = await startBenchNode({ name: 'asker', natsUrl: bus.url, namespace });
  try {
    const doomed = await host('doomed');
    await untilAllAnswer(asker.runtime, actors);
    const survivor = await host('survivor');
    const held = await holdingOf(doomed);
    const before = await holdingOf(survivor);
    const killedAtMs = performance.now();
    doomed.kill('SIGKILL');
    const times = (await untilAllAnswer(asker.runtime, actors)).map((atMs) => atMs - killedAtMs);
    return figures({ times, held, before, after: await holdingOf(survivor) });
  } finally {
    for (const child of children) child.kill('SIGKILL');
    await asker.stop();
    bus.stop();
  }
}

interface Loss {
  /** From the kill to the first answer of each, ms. */
  readonly times: readonly number[];
  readonly held: Holding;
  readonly before: Holding;
  readonly after: Holding;
}

function figures({ times, held, before, after }: Loss): Figure[] {
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const loadedASecond = (times.length * 1000) / (last - first);
  const cpuUs = ((after.cpuMs - before.cpuMs) * 1000) / times.length;
  return [
    { name: 'actors on the node that was killed', value: held.actors, unit: 'actors' },
    { name: 'until the first answers', value: first / 1000, unit: 's' },
    { name: 'until half of them answer', value: median(times) / 1000, unit: 's' },
    { name: 'until all answer', value: last / 1000, unit: 's' },
    { name: 'actors loaded, from the first to the last', value: loadedASecond, unit: '1/s' },
    { name: 'events replayed', value: loadedASecond * eventsEach, unit: '1/s' },
    { name: 'CPU of the survivor for an actor', value: cpuUs, unit: 'µs' },
    { name: 'heap of an actor', value: (after.heapBytes - before.heapBytes) / 1024 / after.actors, unit: 'KB' },
    { name: 'memory of the survivor before, resident', value: before.residentBytes / 2 ** 20, unit: 'MiB' },
    { name: 'memory of the survivor after, resident', value: after.residentBytes / 2 ** 20, unit: 'MiB' },
  ];
}

function startHost(setup: HostSetup, journal: Journal): ChildProcess {
  const script = join(import.meta.dirname, 'host.ts');
  const child = fork(script, [JSON.stringify(setup)], { serialization: 'advanced' });
  if (!setup.mongodb) lend(journal, child);
  return child;
}

async function ready(child: ChildProcess, name: string): Promise<void> {
  const ended = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`The ${name} node ended before it was ready: ${signal ?? code}.`);
  });
  ended.catch(() => undefined);
  await Promise.race([heard(child, (message) => message === 'ready'), ended]);
}

async function holdingOf(child: ChildProcess): Promise<Holding> {
  const answered = heard(child, (message) => typeof message === 'object' && message !== null && 'heapBytes' in message);
  child.send('holding');
  return (await answered) as Holding;
}

function heard(child: ChildProcess, isIt: (message: unknown) => boolean): Promise<unknown> {
  return new Promise((resolve) => {
    const listen = (message: unknown) => {
      if (!isIt(message)) return;
      child.off('message', listen);
      resolve(message);
    };
    child.on('message', listen);
  });
}

/** When each answered for the first time. */
async function untilAllAnswer(runtime: Runtime, actors: number): Promise<number[]> {
  const answeredAtMs: number[] = [];
  await atOnce(actors, asksAtOnce, async (index) => {
    for (;;) {
      const options = { timeoutMs: askTimeoutMs };
      const answered = await runtime.ask(callProtocol, callId(index), { type: 'DescribeCall' }, options);
      if (answered.ok) break;
      if (!passing.has(answered.rejection.code)) throw new Error(answered.rejection.message);
      await pause(50);
    }
    answeredAtMs.push(performance.now());
  });
  return answeredAtMs;
}

async function atOnce(count: number, limit: number, work: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: limit }, worker));
}
