/** A customer, agents and a supervisor, each a telephone with packets of its own, brought together by our legs. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { payloadTypeOf } from '#adapters/rtp/g711.ts';
import { timestampsBetween } from '#adapters/rtp/rtp-packet.ts';
import { type HearingBench, mediaHearingContract } from '#ports/media-hearing.contract.ts';
import { openPlane, Party, type PartyMember } from './party.ts';
import { type ProbePacket, shareIn } from './rtp-probe.ts';
import { writeTone } from './tone.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bridging-'));
});
afterAll(() => rm(folder, { recursive: true }));

const open: { close(): Promise<unknown> }[] = [];
afterEach(() => Promise.all(open.splice(0).map((each) => each.close())));

async function party(members: Readonly<Record<string, PartyMember>>, workers = 1): Promise<Party> {
  const made = await Party.open(members, await openPlane(Object.keys(members).length, { workers }));
  open.push(made);
  return made;
}

/** Whether packets are one stream without a hole, as far as their numbers say. */
function faultsIn(packets: readonly ProbePacket[]): string[] {
  return packets.slice(1).flatMap((packet, index) => {
    const before = packets[index] as ProbePacket;
    const faults: string[] = [];
    if (packet.ssrc !== before.ssrc) faults.push('another source');
    if (packet.sequence !== ((before.sequence + 1) & 0xffff)) faults.push('a gap in the numbers');
    const ahead = timestampsBetween(before.timestamp, packet.timestamp);
    const isAudio = packet.payload.length === 160 && before.payload.length === 160;
    if (isAudio && ahead < 160) faults.push('time turned back');
    if (isAudio && ahead !== 160 && !packet.marker) faults.push('a gap in time without a marker');
    return faults;
  });
}

mediaHearingContract('RTP on one thread', (legs) => bench(legs, 1));
mediaHearingContract('RTP on two threads', (legs) => bench(legs, 2));

async function bench(legs: readonly string[], workers: number): Promise<HearingBench> {
  const p = await party(Object.fromEntries(legs.map((legId) => [legId, {}])), workers);
  return {
    media: p.media,
    music: await writeTone(join(folder, 'music.wav'), 2_500, 30_000),
    noMusic: join(folder, 'absent.wav'),
    hearing: () => p.hearing(),
    stop: async () => undefined,
  };
}

test('whatever is sent is one stream, through talks, music, prompts and silence', async () => {
  const p = await party({ customer: {}, agent: {}, boss: {} }, 2);
  const tone = await writeTone(join(folder, 'short.wav'), 2_500, 100);
  await p.probe('customer').more(5);
  await p.media.bridge('customer', 'agent');
  await p.probe('customer').first(p.toneOf('agent'));
  await p.media.play('customer', 'p', tone);
  await p.probe('customer').first(2_500);
  await p.events.get('customer')?.next('prompt-ended');
  await p.media.hold('customer', tone);
  await p.probe('customer').first(2_500, p.probe('customer').packets.length);
  await p.media.retrieve('customer');
  await p.probe('customer').first(p.toneOf('agent'), p.probe('customer').packets.length);
  await p.media.monitor('boss', 'agent', 'join');
  await p.media.sendDigits('customer', '12');
  await p.hearing();
  await p.media.unbridge('boss');
  // Whoever stops to send is not missed by the other for long: silence goes on in the place of what was said.
  p.probe('agent').pause();
  await p.probe('customer').more(30);
  await p.media.unbridge('customer');
  await p.probe('customer').more(10);
  for (const name of ['customer', 'agent', 'boss']) expect(faultsIn(p.probe(name).packets)).toEqual([]);
});

describe.each([1, 2])('on %i media threads', (workers) => {
  test('keys go through, and are heard of the customer', async () => {
    const p = await party({ customer: {}, agent: {}, deaf: { takesKeys: false } }, workers);
    await p.media.bridge('customer', 'agent');
    await p.hearing();
    p.probe('customer').press('7');
    expect(await p.events.get('customer')?.next('digit')).toMatchObject({ digit: '7', durationMs: 60 });
    const events = () => p.probe('agent').packets.filter(({ payloadType }) => payloadType === 101);
    await p.probe('agent').until(() => events().length === 3);
    expect(events().map(({ payload }) => [payload[0], (payload[1] ?? 0) >> 7, payload.readUInt16BE(2)])).toEqual([
      [7, 0, 160],
      [7, 0, 320],
      [7, 1, 480],
    ]);
    expect(new Set(events().map(({ timestamp }) => timestamp)).size).toBe(1);
    expect(events().map(({ marker }) => marker)).toEqual([true, false, false]);
    // A phone that did not agree to them is not sent any.
    await p.media.bridge('customer', 'deaf');
    await p.hearing();
    p.probe('customer').press('8');
    await p.events.get('customer')?.next('digit');
    await p.hearing();
    expect(p.probe('deaf').packets.filter(({ payloadType }) => payloadType !== 0)).toEqual([]);
  });

  test('keys reach whoever is in a conversation of three', async () => {
    const p = await party({ customer: {}, agent: {}, boss: {} }, workers);
    await p.media.bridge('customer', 'agent');
    await p.media.monitor('boss', 'agent', 'join');
    await p.hearing();
    p.probe('agent').press('5');
    const events = () => p.probe('customer').packets.filter(({ payloadType }) => payloadType === 101);
    await p.probe('customer').until(() => events().some(({ payload }) => (payload[1] ?? 0) >> 7 === 1));
    expect(new Set(events().map(({ payload }) => payload[0]))).toEqual(new Set([5]));
  });
});

test('between different codecs what is said is transcoded, between equal ones no bit of it changes', async () => {
  const p = await party({ customer: { codec: 'PCMA' }, agent: { codec: 'PCMU' }, other: { codec: 'PCMU' } });
  await p.media.bridge('customer', 'agent');
  expect(await p.hearing()).toMatchObject({ customer: 'agent', agent: 'customer' });
  expect(new Set(p.probe('customer').packets.map(({ payloadType }) => payloadType))).toEqual(
    new Set([payloadTypeOf.PCMA]),
  );
  await p.media.bridge('agent', 'other');
  expect(await p.hearing()).toMatchObject({ agent: 'other', other: 'agent' });
  const said = p.probe('other').packets.at(-1)?.payload as Buffer;
  // The tone of the agent at any of its phases, as the agent itself codes it: 650 Hz is over after 16 packets' samples.
  const heardBack = p
    .probe('other')
    .packets.slice(-40)
    .map(({ payload }) => payload.toString('hex'));
  expect(heardBack.filter((hex) => hex === said.toString('hex')).length).toBeGreaterThan(1);
});

test('both sides of a bridged call are on the recording, the customer left and what was heard there right', async () => {
  const recording = join(folder, 'call.wav');
  const p = await party({ customer: { options: { recording } }, agent: {}, boss: {} });
  await p.media.play('customer', 'hello', await writeTone(join(folder, 'hello.wav'), 2_500, 200));
  await p.events.get('customer')?.next('prompt-ended');
  await p.media.bridge('customer', 'agent');
  await p.media.monitor('boss', 'agent', 'whisper');
  await p.hearing();
  await p.probe('customer').more(60);
  const report = await p.media.close('customer');
  expect(report.recordingError).toBeUndefined();
  const file = await readFile(recording);
  const side = (which: 0 | 1) =>
    Int16Array.from({ length: (file.length - 44) / 4 }, (_, at) => file.readInt16LE(44 + at * 4 + which * 2));
  const windows = (samples: Int16Array, hz: number) => {
    const all = Array.from({ length: Math.floor(samples.length / 160) }, (_, at) => at * 160);
    return all.filter((at) => shareIn(hz, samples.subarray(at, at + 160)) > 0.8).length;
  };
  const [left, right] = [side(0), side(1)];
  const [customer, agent, boss] = ['customer', 'agent', 'boss'].map((name) => p.toneOf(name)) as [
    number,
    number,
    number,
  ];
  expect(windows(left, customer)).toBeGreaterThan(60);
  expect(windows(right, 2_500)).toBeGreaterThan(5);
  expect(windows(right, agent)).toBeGreaterThan(50);
  expect([windows(left, agent), windows(right, customer), windows(right, boss), windows(left, boss)]).toEqual([
    0, 0, 0, 0,
  ]);
});
