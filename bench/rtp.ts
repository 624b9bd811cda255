/**
 * 200 legs of one media thread play a prompt at once. All send to one socket here, which notes when each packet
 * came; so the spread has the delays of both threads in it.
 */
import { createSocket, type Socket } from 'node:dgram';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRtpMedia } from '#adapters/rtp/rtp-media.ts';
import { wavHeader } from '#adapters/rtp/wav.ts';
import type { Media } from '#ports/media.ts';
import type { BenchResult, Figure } from './result.ts';

const legs = 200;
const promptMs = 8_000;
const packetMs = 20;
/** Of all legs, in the time in which CPU is measured. */
const promptPackets = (legs * promptMs) / packetMs;

interface Run {
  readonly packetsSent: number;
  readonly packetsHeard: number;
  /** Of the times between two packets of a leg from 20 ms, ascending, ms. */
  readonly deviations: Float64Array;
  readonly cpuMs: number;
}

export async function run(): Promise<BenchResult> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-rtp-'));
  const prompt = await writePrompt(join(folder, 'prompt.wav'));
  const plain = await measure(prompt, () => undefined);
  const recorded = await measure(prompt, (leg) => join(folder, `${leg}.wav`));
  await rm(folder, { recursive: true });
  return {
    name: 'rtp',
    figures: [...figures('', plain), ...figures('recorded: ', recorded)],
    notes: [
      `${legs} legs in one media thread, a prompt of ${promptMs / 1_000} s each, to one UDP socket on 127.0.0.1.`,
      'CPU is that of the process less that of the receiving thread; in it is the kernel’s work for sending.',
    ],
  };
}

function figures(prefix: string, { packetsSent, packetsHeard, deviations, cpuMs }: Run): Figure[] {
  const percentile = (share: number) => deviations[Math.floor(share * (deviations.length - 1))] ?? Number.NaN;
  return [
    { name: `${prefix}packets sent`, value: packetsSent, unit: '' },
    { name: `${prefix}packets not received`, value: packetsSent - packetsHeard, unit: '' },
    { name: `${prefix}deviation from 20 ms, p50`, value: percentile(0.5), unit: 'ms' },
    { name: `${prefix}deviation from 20 ms, p95`, value: percentile(0.95), unit: 'ms' },
    { name: `${prefix}deviation from 20 ms, p99`, value: percentile(0.99), unit: 'ms' },
    { name: `${prefix}deviation from 20 ms, most`, value: percentile(1), unit: 'ms' },
    { name: `${prefix}CPU a packet`, value: (cpuMs * 1_000) / promptPackets, unit: 'µs' },
    { name: `${prefix}CPU of one core`, value: (100 * cpuMs) / promptMs, unit: '%' },
  ];
}

async function measure(prompt: string, recordingOf: (leg: number) => string | undefined): Promise<Run> {
  const sink = createSocket({ type: 'udp4', recvBufferSize: 4_000_000 });
  await new Promise<void>((resolve) => sink.bind(0, '127.0.0.1', resolve));
  const arrivals = noteArrivals(sink);
  const media = createRtpMedia({
    bindAddress: '127.0.0.1',
    portRange: { from: 40_000, to: 49_999 },
    workers: 1,
    logger: console,
  });

  const ended: Promise<void>[] = [];
  for (let leg = 0; leg < legs; leg++) {
    const { promise, resolve } = Promise.withResolvers<void>();
    ended.push(promise);
    await open(media, `${leg}`, sink.address().port, recordingOf(leg), resolve);
  }
  const before = cpuOfOthersMs();
  for (let leg = 0; leg < legs; leg++) await media.play(`${leg}`, 'prompt', prompt);
  await Promise.all(ended);
  const cpuMs = cpuOfOthersMs() - before;

  let packetsSent = 0;
  for (let leg = 0; leg < legs; leg++) packetsSent += (await media.close(`${leg}`)).packetsSent;
  const times = [...arrivals.values()];
  await media.shutdown();
  sink.close();
  return {
    packetsSent,
    packetsHeard: times.reduce((sum, { length }) => sum + length, 0),
    deviations: Float64Array.from(times.flatMap(deviationsOf)).sort(),
    cpuMs,
  };
}

/** Opens a leg towards the sink. */
async function open(
  media: Media,
  legId: string,
  port: number,
  recording: string | undefined,
  promptEnded: () => void,
): Promise<void> {
  await media.open(legId, recording === undefined ? {} : { recording }, ({ type }) => {
    if (type === 'prompt-ended') promptEnded();
  });
  await media.connect(legId, { address: '127.0.0.1', port, codecs: ['PCMU'], direction: 'sendrecv' });
}

/** When the packets of each SSRC came, ms. */
function noteArrivals(sink: Socket): Map<number, number[]> {
  const arrivals = new Map<number, number[]>();
  sink.on('message', (datagram) => {
    const ssrc = datagram.readUInt32BE(8);
    const times = arrivals.get(ssrc) ?? [];
    arrivals.set(ssrc, times);
    times.push(performance.now());
  });
  return arrivals;
}

function deviationsOf(times: readonly number[]): number[] {
  return times.slice(1).map((time, index) => Math.abs(time - (times[index] as number) - packetMs));
}

/** CPU of all threads but this one, ms. */
function cpuOfOthersMs(): number {
  const all = process.cpuUsage();
  const own = process.threadCpuUsage();
  return (all.user + all.system - own.user - own.system) / 1_000;
}

async function writePrompt(path: string): Promise<string> {
  const samples = Int16Array.from({ length: promptMs * 8 }, (_, index) => 8_000 * Math.sin(index / 3));
  await writeFile(path, Buffer.concat([wavHeader(1, samples.byteLength), Buffer.from(samples.buffer)]));
  return path;
}
