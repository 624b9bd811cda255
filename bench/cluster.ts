/**
 * What a remote actor costs: an ask of one that answers out of memory, against a plain Moleculer call with the same
 * payload and as many in flight, between two processes over a nats-server of its own; and that with
 * Moleculer's JSON (base64 inside), with packets in protobuf, and with frames of JSON and bytes (runtime/packets.ts). All are measured in turn within one run.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { callProtocol } from '#proto/generated/call.ts';
import { startBus } from './cluster/bus.ts';
import { busBroker, busRuntime, command, type SerializerName, serializers } from './cluster/echo.ts';
import { type BenchResult, type Figure, median } from './result.ts';

const rounds = 31;
const actorCount = 100;
const perRound = { 1: 400, 100: 4000 } as const;

interface Pair {
  ask(index: number): Promise<void>;
  call(index: number): Promise<void>;
  stop(): Promise<void>;
}

type Rates = Record<SerializerName, { ask: number; call: number }>;

export async function run(): Promise<BenchResult> {
  const bus = await startBus();
  const host = spawn(process.execPath, [join(import.meta.dirname, 'cluster', 'host.ts'), String(bus.port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    if (host.stdout) await once(host.stdout, 'data');
    const pairs = Object.fromEntries(
      await Promise.all(serializers.map(async (name) => [name, await opened(bus.port, name)] as const)),
    ) as Record<SerializerName, Pair>;
    const together = await measure(pairs, 100);
    const alone = await measure(pairs, 1);
    for (const name of serializers) await pairs[name].stop();
    return { name: 'cluster', figures: figures(together, alone), notes };
  } finally {
    host.kill();
    bus.stop();
  }
}

const notes = [
  `Two processes, nats-server on loopback; ${actorCount} actors, a command of 300 bytes, a small reply; ${rounds} rounds in turn, the median of their ratios.`,
  'The plain call goes to one action of one node, with the same command as an object; it is measured with the same serializer.',
];

function figures(together: readonly Rates[], alone: readonly Rates[]): Figure[] {
  const ratio = (rates: readonly Rates[], of: (rate: Rates) => number) => median(rates.map(of));
  const rate = (rates: readonly Rates[], name: SerializerName, what: 'ask' | 'call') =>
    median(rates.map((each) => each[name][what]));
  return [
    {
      name: 'remote ask ÷ plain call, 100 in flight',
      value: ratio(together, ({ frames }) => frames.ask / frames.call),
      unit: 'ratio',
      target: { atLeast: 0.8 },
    },
    {
      name: 'remote ask ÷ plain call, one at a time',
      value: ratio(alone, ({ frames }) => frames.ask / frames.call),
      unit: 'ratio',
      target: { atLeast: 0.8 },
    },
    {
      name: 'remote ask ÷ plain call with JSON alone, 100 in flight',
      value: ratio(together, ({ frames, JSON: json }) => frames.ask / json.call),
      unit: 'ratio',
      target: { atLeast: 0.8 },
    },
    {
      name: 'asks, frames ÷ JSON and base64, 100 in flight',
      value: ratio(together, ({ frames, JSON: json }) => frames.ask / json.ask),
      unit: 'ratio',
    },
    {
      name: 'asks, frames ÷ protobuf, 100 in flight',
      value: ratio(together, ({ frames, protobuf }) => frames.ask / protobuf.ask),
      unit: 'ratio',
    },
    ...serializers.flatMap((name): Figure[] => [
      { name: `remote asks, ${name}, 100 in flight`, value: rate(together, name, 'ask'), unit: '1/s' },
      { name: `plain calls, ${name}, 100 in flight`, value: rate(together, name, 'call'), unit: '1/s' },
      { name: `remote asks, ${name}, one at a time`, value: rate(alone, name, 'ask'), unit: '1/s' },
      { name: `plain calls, ${name}, one at a time`, value: rate(alone, name, 'call'), unit: '1/s' },
    ]),
  ];
}

async function opened(port: number, name: SerializerName): Promise<Pair> {
  const broker = busBroker('asker', port, name);
  await broker.start();
  const runtime = busRuntime(broker);
  await runtime.start();
  await broker.waitForServices(['actors', 'hosting', 'plain'], 10_000);
  return {
    ask: async (index) => {
      const answered = await runtime.ask(callProtocol, `spring-sale.${index % actorCount}.1`, command);
      if (!answered.ok) throw new Error(answered.rejection.message);
    },
    call: async () => {
      await broker.call('plain.describe', command);
    },
    stop: async () => {
      await runtime.stop({ graceMs: 100 });
      await broker.stop();
    },
  };
}

async function measure(pairs: Record<SerializerName, Pair>, inFlight: 1 | 100): Promise<Rates[]> {
  const results: Rates[] = [];
  // The first round warms up and does not count.
  for (let round = 0; round <= rounds; round += 1) {
    const rates: Rates = { frames: { ask: 0, call: 0 }, JSON: { ask: 0, call: 0 }, protobuf: { ask: 0, call: 0 } };
    const turns = serializers.flatMap((name) => (['ask', 'call'] as const).map((what) => ({ name, what })));
    for (const { name, what } of round % 2 === 0 ? turns : turns.reverse()) {
      rates[name][what] = await rateOf(pairs[name][what], perRound[inFlight], inFlight);
    }
    if (round > 0) results.push(rates);
  }
  return results;
}

async function rateOf(work: (index: number) => Promise<void>, count: number, inFlight: number): Promise<number> {
  let next = 0;
  const worker = async () => {
    while (next < count) await work(next++);
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: inFlight }, worker));
  return (count * 1000) / (performance.now() - startedAt);
}
