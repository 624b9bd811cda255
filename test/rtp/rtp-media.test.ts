import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { decodeCompound } from '#adapters/rtp/rtcp-packet.ts';
import { createRtpMedia, type RtpMediaOptions } from '#adapters/rtp/rtp-media.ts';
import { parseRtp } from '#adapters/rtp/rtp-packet.ts';
import { readWav } from '#adapters/rtp/wav.ts';
import type { Logger } from '#ports/logger.ts';
import { type MediaBench, mediaContract } from '#ports/media.contract.ts';
import type { Media, RtpEndpoint } from '#ports/media.ts';
import { HeardMedia } from '#test/fakes/heard-media.ts';
import { freePairs } from './free-ports.ts';
import { writeTone } from './tone.ts';

const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

let folder: string;
let prompt: string;
let longPrompt: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rtp-media-'));
  prompt = await writeTone(join(folder, 'short.wav'), 440, 100);
  longPrompt = await writeTone(join(folder, 'long.wav'), 440, 10_000);
});
afterAll(() => rm(folder, { recursive: true }));

async function media(legs: number, more: Partial<RtpMediaOptions> = {}): Promise<Media> {
  const portRange = await freePairs(legs);
  return createRtpMedia({ bindAddress: '127.0.0.1', portRange, workers: 1, logger: silent, ...more });
}

/** Two planes that call each other. */
async function bench(legs: number): Promise<MediaBench> {
  const ours = await media(legs);
  const far = await media(legs + 1);
  return {
    media: ours,
    prompt,
    longPrompt,
    noPrompt: join(folder, 'absent.wav'),
    recording: join(folder, 'made', 'call.wav'),
    answer: async (legId, side) => {
      const farSide = await far.open(legId, {}, () => undefined);
      await far.connect(legId, side);
      return farSide;
    },
    press: (legId, digit) => far.sendDigits(legId, digit),
    endPrompt: () => undefined,
    stop: () => far.shutdown(),
  };
}

mediaContract('RTP', bench);

describe('two planes that call each other', () => {
  let ours: Media;
  let far: Media;
  let heard: HeardMedia;
  let farHeard: HeardMedia;

  beforeEach(async () => {
    ours = await media(4, { rtcpIntervalMs: 100 });
    far = await media(4, { rtcpIntervalMs: 100 });
    heard = new HeardMedia();
    farHeard = new HeardMedia();
  });
  afterEach(() => Promise.all([ours.shutdown(), far.shutdown()]));

  async function call(recording?: string): Promise<{ side: RtpEndpoint; farSide: RtpEndpoint }> {
    const side = await ours.open('a', recording === undefined ? {} : { recording }, heard.listener);
    const farSide = await far.open('b', {}, farHeard.listener);
    await Promise.all([far.connect('b', side), ours.connect('a', farSide)]);
    return { side, farSide };
  }

  test('every packet arrives, and both sides report to each other', async () => {
    await call();
    await ours.play('a', 'tone', await writeTone(join(folder, 'tone.wav'), 440, 600));
    await heard.next('prompt-ended');
    const report = await ours.close('a');
    expect(report.packetsSent).toBeGreaterThanOrEqual(30);
    expect(report).toMatchObject({ packetsLost: 0, packetsIgnored: 0, remoteFractionLost: 0 });
    expect(report.roundTripMs).toBeGreaterThanOrEqual(0);
    expect(report.remoteJitterMs).toBeGreaterThanOrEqual(0);
    const farReport = await far.close('b');
    expect(farReport.packetsLost).toBe(0);
    // The last packet may still be in the far socket when that is closed.
    expect([0, 1]).toContain(report.packetsSent - farReport.packetsReceived);
  });

  test('digits cross in both directions while prompts play, and the prompts lose nothing', async () => {
    await call();
    await Promise.all([ours.play('a', 'p', prompt), far.play('b', 'q', prompt)]);
    await Promise.all([ours.sendDigits('a', '19#'), far.sendDigits('b', '2D')]);
    for (const digit of ['2', 'D']) expect(await heard.next('digit')).toMatchObject({ digit, durationMs: 100 });
    for (const digit of ['1', '9', '#']) expect(await farHeard.next('digit')).toMatchObject({ digit, durationMs: 100 });
    expect(await heard.next('prompt-ended')).toMatchObject({ playId: 'p', completed: true });
    expect(await farHeard.next('prompt-ended')).toMatchObject({ playId: 'q', completed: true });
  });

  test('a recording has what was heard on the left and what was said on the right', async () => {
    const path = join(folder, 'both.wav');
    await call(path);
    await ours.play('a', 'said', await writeTone(join(folder, 'said.wav'), 500, 300));
    await heard.next('prompt-ended');
    await far.play('b', 'heard', await writeTone(join(folder, 'heard.wav'), 1_000, 300));
    await farHeard.next('prompt-ended');
    // A key passes behind the tone, so that the tone has arrived when the key is heard.
    await far.sendDigits('b', '1');
    await heard.next('digit');
    const report = await ours.close('a');
    expect(report).toMatchObject({ recording: path });
    expect(report.recordingError).toBeUndefined();

    const file = await readFile(path);
    expect(file.readUInt32LE(40)).toBe(file.length - 44);
    expect(report.recordedMs).toBe((file.length - 44) / 32);
    const side = (which: number) => {
      return Array.from({ length: (file.length - 44) / 4 }, (_, index) => file.readInt16LE(44 + index * 4 + which * 2));
    };
    const loud = (samples: number[]) => samples.findIndex((sample) => Math.abs(sample) > 8_000);
    const [left, right] = [side(0), side(1)];
    expect(crossings(right) / 0.3).toBeCloseTo(1_000, -2);
    expect(crossings(left) / 0.3).toBeCloseTo(2_000, -2);
    // The far side spoke when we had ended.
    expect(loud(left) - loud(right)).toBeGreaterThanOrEqual(2_400);
  });

  test('a disk that fails ends the recording, and the call goes on', async () => {
    await call('/dev/full');
    await ours.play('a', 'tone', prompt);
    expect(await heard.next('prompt-ended')).toMatchObject({ completed: true });
    expect(await ours.close('a')).toMatchObject({
      recording: '/dev/full',
      recordedMs: 0,
      recordingError: { code: 'DISK_FULL' },
    });
  });

  test('200 prompts asked for at once are begun one after the other, and the last is played to its end', async () => {
    await call();
    const playIds = Array.from({ length: 200 }, (_, index) => `${index}`);
    // Longer than it takes to ask for all of them on a crowded machine.
    const second = await writeTone(join(folder, 'second-long.wav'), 440, 1_000);
    await Promise.all(playIds.map((playId) => ours.play('a', playId, second)));
    while (!(await heard.next('prompt-ended')).completed);
    expect(heard.events).toEqual(
      playIds.map((playId) => ({ type: 'prompt-ended', playId, completed: playId === '199' })),
    );
  });

  test('on hold nothing is sent and the prompt waits; then it goes on to its end', async () => {
    const { farSide } = await call();
    await ours.connect('a', { ...farSide, direction: 'sendonly' });
    await ours.play('a', 'held', prompt);
    await far.sendDigits('b', '1');
    await heard.next('digit');
    expect(heard.events.map(({ type }) => type)).toEqual(['digit']);
    await ours.connect('a', farSide);
    expect(await heard.next('prompt-ended')).toEqual({ type: 'prompt-ended', playId: 'held', completed: true });
  });

  test('a far side that has vanished is told, when its reports were heard before', async () => {
    const side = await ours.open('s', { silenceMs: 60 }, heard.listener);
    const farSide = await far.open('t', {}, farHeard.listener);
    await ours.connect('s', farSide);
    await far.connect('t', side);
    await far.sendDigits('t', '1');
    await heard.next('digit');
    // Its last report says goodbye.
    await far.close('t');
    expect((await heard.next('silence')).silentMs).toBeGreaterThanOrEqual(60);
  });
});

describe('towards a socket', () => {
  let ours: Media;
  const rtp = createSocket('udp4');
  const rtcp = createSocket('udp4');
  let portBelow: number;

  beforeAll(async () => {
    const { from } = await freePairs(1);
    portBelow = from;
    await new Promise<void>((resolve) => rtp.bind(from, '127.0.0.1', resolve));
    await new Promise<void>((resolve) => rtcp.bind(from + 1, '127.0.0.1', resolve));
  });
  afterAll(() => {
    rtp.close();
    rtcp.close();
  });
  beforeEach(async () => {
    ours = await media(2);
  });
  afterEach(() => ours.shutdown());

  test('silence is sent from the beginning, in the codec that was answered', async () => {
    await ours.open('a', {}, () => undefined);
    const first = once(rtp, 'message');
    await ours.connect('a', { address: '127.0.0.1', port: portBelow, codecs: ['PCMA'], direction: 'sendrecv' });
    const [datagram] = (await first) as [Buffer];
    expect(parseRtp(datagram)).toMatchObject({ payloadType: 8, marker: true, payload: Buffer.alloc(160, 0xd5) });
  });

  test('the end is told with an RTCP BYE, whose CNAME is chance', async () => {
    await ours.open('a', {}, () => undefined);
    const first = once(rtp, 'message');
    await ours.connect('a', { address: '127.0.0.1', port: portBelow, codecs: ['PCMU'], direction: 'sendrecv' });
    const ssrc = parseRtp(((await first) as [Buffer])[0])?.ssrc;
    const control = once(rtcp, 'message');
    await ours.close('a');
    const [datagram] = (await control) as [Buffer];
    expect(decodeCompound(datagram)).toMatchObject([
      { type: 'report', ssrc },
      { type: 'bye', ssrcs: [ssrc] },
    ]);
    expect(datagram.toString('latin1')).toMatch(/[A-Za-z0-9+/]{16}/);
  });
});

describe('a leg id', () => {
  let ours: Media;
  beforeEach(async () => {
    ours = await media(2);
  });
  afterEach(() => ours.shutdown());

  test('closed while it is being opened leaves no port taken, and may be opened again', async () => {
    const opening = ours.open('a', {}, () => undefined);
    const closing = ours.close('a');
    const again = ours.open('a', {}, () => undefined);
    await Promise.all([opening, closing]);
    expect((await again).port).not.toBe((await opening).port);
    await expect(ours.open('b', {}, () => undefined)).resolves.toMatchObject({ port: (await opening).port });
  });

  test('opened again plays nothing that was asked of the leg before', async () => {
    // Two minutes take longer to convert than a leg to close and open.
    const slowPrompt = await writeTone(join(folder, 'slow.wav'), 440, 120_000);
    const heard = new HeardMedia();
    await ours.open('a', {}, heard.listener);
    const slow = ours.play('a', 'before', slowPrompt);
    await new Promise((resolve) => setImmediate(resolve));
    await ours.close('a');

    const side = await ours.open('a', {}, heard.listener);
    await ours.connect('a', side);
    await slow;
    await ours.play('a', 'now', prompt);
    await heard.next('prompt-ended');
    expect(heard.events).toEqual([{ type: 'prompt-ended', playId: 'now', completed: true }]);
  });
});

test.each([
  ['of no port', { address: '127.0.0.1', port: 0 }],
  ['at 0.0.0.0', { address: '0.0.0.0', port: 4_000 }],
  ['of a name', { address: 'media.example', port: 4_000 }],
  ['at the last port, which leaves none for RTCP', { address: '127.0.0.1', port: 65_535 }],
  ['of another family', { address: '::1', port: 4_000 }],
])('a far side %s harms no leg', async (_, where) => {
  const ours = await media(1, { rtcpIntervalMs: 20 });
  const heard = new HeardMedia();
  const side = await ours.open('a', {}, heard.listener);
  const far: RtpEndpoint = { ...where, codecs: ['PCMU'], direction: 'sendrecv' };
  await ours.connect('a', far);
  await ours.connect('a', { ...far, address: '127.0.0.1', port: side.port });
  await ours.play('a', 'p', prompt);
  await heard.next('prompt-ended');
  await ours.connect('a', far);
  await ours.close('a');
  expect(heard.events.map(({ type }) => type)).toEqual(['prompt-ended']);
  await ours.shutdown();
});

describe('ports', () => {
  test('of somebody else are passed over', async () => {
    const range = await freePairs(2);
    const other = createSocket('udp4');
    await new Promise<void>((resolve) => other.bind(range.from + 1, '127.0.0.1', resolve));
    const ours = await media(0, { portRange: range });
    expect((await ours.open('a', {}, () => undefined)).port).toBe(range.from + 2);
    await expect(ours.open('b', {}, () => undefined)).rejects.toMatchObject({
      code: 'PORTS_EXHAUSTED',
      message: `All 2 pairs of media ports from ${range.from} to ${range.to} are in use; widen the range or place fewer calls at once.`,
    });
    await ours.shutdown();
    other.close();
  });

  test('at an address that this machine has not are a mistake of the configuration', async () => {
    const ours = await media(1, { bindAddress: '192.0.2.1' });
    await expect(ours.open('a', {}, () => undefined)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: 'Media cannot listen at 192.0.2.1 (EADDRNOTAVAIL); configure an address of this machine.',
    });
    await ours.shutdown();
  });

  test('are offered under the address that others know', async () => {
    const ours = await media(1, { advertisedAddress: '198.51.100.7' });
    expect(await ours.open('a', {}, () => undefined)).toMatchObject({ address: '198.51.100.7' });
    await ours.shutdown();
  });
});

describe('a media thread that dies', () => {
  test('loses its own legs, and is replaced', async () => {
    const threads: Worker[] = [];
    const ours = await media(4, {
      workers: 2,
      spawn: (workerData) => {
        const thread = new Worker(new URL('../../adapters/rtp/media-thread.ts', import.meta.url), { workerData });
        threads.push(thread);
        return thread;
      },
    });
    const recording = join(folder, 'lost.wav');
    const [lost, kept] = [new HeardMedia(), new HeardMedia()];
    const side = await ours.open('lost', { recording }, lost.listener);
    await ours.open('kept', {}, kept.listener);
    await ours.connect('lost', side);

    await ours.play('lost', 'tone', await writeTone(join(folder, 'second.wav'), 440, 1_400));
    await lost.next('prompt-ended');

    await threads[0]?.terminate();
    expect(await lost.next('lost')).toEqual({ type: 'lost', reason: 'the media thread died' });
    await ours.play('lost', 'p', prompt);
    const report = await ours.close('lost');
    expect(report).toMatchObject({ packetsSent: 0, recording });
    expect(report.recordedMs).toBeGreaterThanOrEqual(1_000);
    expect(readWav(await readFile(recording))).toMatchObject({ sampleRate: 8_000 });
    expect(kept.events).toEqual([]);

    expect(threads).toHaveLength(3);
    const again = await ours.open('lost', {}, lost.listener);
    await ours.connect('lost', again);
    await ours.play('lost', 'p', prompt);
    expect(await lost.next('prompt-ended')).toMatchObject({ completed: true });
    await ours.shutdown();
  });

  test('before it was ready refuses the leg, and is tried again with the next', async () => {
    let good = false;
    const ours = await media(1, {
      spawn: (workerData) => {
        const script = good ? '../../adapters/rtp/media-thread.ts' : './no-such-thread.ts';
        return new Worker(new URL(script, import.meta.url), { workerData });
      },
    });
    await expect(ours.open('a', {}, () => undefined)).rejects.toMatchObject({ code: 'MEDIA_UNAVAILABLE' });
    good = true;
    await expect(ours.open('a', {}, () => undefined)).resolves.toMatchObject({ direction: 'sendrecv' });
    await ours.shutdown();
    await expect(ours.open('b', {}, () => undefined)).rejects.toMatchObject({ code: 'NODE_STOPPING' });
  });
});

/** Times the wave of a tone crosses zero while it is loud. */
function crossings(samples: readonly number[]): number {
  let count = 0;
  let sign = 0;
  for (const sample of samples) {
    if (Math.abs(sample) < 500) continue;
    if (sign !== 0 && Math.sign(sample) !== sign) count++;
    sign = Math.sign(sample);
  }
  return count;
}
