/**
 * 100 calls are bridged, each side sends a packet every 20 ms: what a packet costs, and how long it takes, beside a
 * relay that does nothing but send datagrams on. In turn, so that both have the same machine.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { createRtpMedia } from '#adapters/rtp/rtp-media.ts';
import type { AudioCodec, Media } from '#ports/media.ts';
import { Callers, type Talk } from './bridge/callers.ts';
import { type BenchResult, type Figure, median } from './result.ts';

const calls = 100;
const talkMs = 4_000;
const rounds = 3;
const packetsASecond = 100;

interface Way {
  readonly name: string;
  measure(): Promise<Talk>;
}

const ways: readonly Way[] = [
  { name: 'plain relay', measure: plain },
  { name: 'bridge', measure: () => bridged(1, ['PCMU', 'PCMU']) },
  { name: 'bridge, the two transcoded', measure: () => bridged(1, ['PCMU', 'PCMA']) },
  { name: 'bridge of two threads', measure: () => bridged(2, ['PCMU', 'PCMU']) },
  { name: 'bridge, one in ten listened to', measure: () => bridged(1, ['PCMU', 'PCMU'], calls / 10) },
];

export async function run(): Promise<BenchResult> {
  const talks = new Map<string, Talk[]>(ways.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const { name, measure } of ways) talks.get(name)?.push(await measure());
  }
  const costOf = (name: string) => median((talks.get(name) ?? []).map(costOfPacket));
  const figures = ways.flatMap(({ name }): Figure[] => {
    const measured = talks.get(name) ?? [];
    const delay = (share: number) => median(measured.map(({ delays }) => percentile(delays, share)));
    const cost = costOf(name);
    const cheaper: Figure[] = name === 'plain relay' ? [] : [ratio(name, cost / costOf('plain relay'))];
    return [
      { name: `${name}: CPU a packet`, value: cost, unit: 'µs' },
      ...cheaper,
      { name: `${name}: calls a core`, value: 1_000_000 / (cost * packetsASecond), unit: '' },
      ...(name.includes('transcoded')
        ? []
        : [
            { name: `${name}: delay, p50`, value: delay(0.5), unit: 'ms' },
            { name: `${name}: delay, p95`, value: delay(0.95), unit: 'ms' },
          ]),
      { name: `${name}: not received`, value: median(measured.map(({ sent, received }) => sent - received)), unit: '' },
    ];
  });
  return {
    name: 'bridge',
    figures,
    notes: [
      `${calls} calls, ${calls * packetsASecond} packets a second; the median of ${rounds} rounds of ${talkMs / 1_000} s in turn.`,
      'CPU is that of the process less that of the thread that talks and listens; the kernel’s work for sending is in it.',
      'The delay has both hops over loopback and the talking thread’s own in it. RTCP is on, nothing is recorded.',
    ],
  };
}

function ratio(name: string, value: number): Figure {
  return { name: `${name} ÷ plain relay`, value, unit: 'ratio' };
}

function costOfPacket({ sent, cpuMs }: Talk): number {
  return (cpuMs * 1_000) / sent;
}

function percentile(ascending: Float64Array, share: number): number {
  return ascending[Math.floor(share * (ascending.length - 1))] ?? Number.NaN;
}

async function plain(): Promise<Talk> {
  const callers = await Callers.open();
  const workerData = { pairs: calls, sink: callers.port };
  const worker = new Worker(new URL('./bridge/plain-relay.ts', import.meta.url), { workerData });
  const [ports] = (await once(worker, 'message')) as [number[]];
  const talk = await callers.talk(ports, talkMs, () => 0);
  await worker.terminate();
  callers.close();
  return talk;
}

async function bridged(workers: number, codecs: readonly [AudioCodec, AudioCodec], listeners = 0): Promise<Talk> {
  const callers = await Callers.open();
  const portRange = { from: 40_000, to: 49_999 };
  const media = createRtpMedia({ bindAddress: '127.0.0.1', portRange, workers, logger: console });
  const ports: number[] = [];
  // One after the other, so that of two threads each has one side of every call.
  for (let call = 0; call < calls; call++) {
    for (const [side, codec] of codecs.entries()) ports.push(await open(media, `${call}.${side}`, codec, callers.port));
  }
  for (let call = 0; call < calls; call++) await media.bridge(`${call}.0`, `${call}.1`);
  const elsewhere = await Callers.open();
  for (let call = 0; call < listeners; call++) {
    await open(media, `boss ${call}`, 'PCMU', elsewhere.port);
    await media.monitor(`boss ${call}`, `${call}.1`, 'listen');
  }
  const talk = await callers.talk(ports, talkMs, (index) => (codecs[index % 2] === 'PCMA' ? 8 : 0));
  await media.shutdown();
  callers.close();
  elsewhere.close();
  return talk;
}

async function open(media: Media, legId: string, codec: AudioCodec, port: number): Promise<number> {
  const side = await media.open(legId, {}, () => undefined);
  await media.connect(legId, { address: '127.0.0.1', port, codecs: [codec], direction: 'sendrecv' });
  return side.port;
}
