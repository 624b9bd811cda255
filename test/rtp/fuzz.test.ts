import { createSocket, type Socket } from 'node:dgram';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { telephoneEventBytes, writeTelephoneEvent } from '#adapters/rtp/dtmf.ts';
import { createRtpMedia } from '#adapters/rtp/rtp-media.ts';
import { rtpDatagram, rtpHeaderBytes } from '#adapters/rtp/rtp-packet.ts';
import type { Media } from '#ports/media.ts';
import { chanceOf } from '#practice/chance.ts';
import { HeardMedia } from '#test/fakes/heard-media.ts';
import { freePairs } from './free-ports.ts';
import { hostileDatagram, hostilePacket } from './hostile-datagrams.ts';

const seed = 'hostile datagrams';
/** In each of the two attacks. */
const count = 25_000;
/** Sent at once, then the receiver gets a turn: its socket's buffer shall not overflow with what is being tested. */
const batch = 20;

async function media(errors: unknown[]): Promise<Media> {
  const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: (fields: unknown) => errors.push(fields) };
  return createRtpMedia({ bindAddress: '127.0.0.1', portRange: await freePairs(1), rtcpIntervalMs: 200, logger });
}

test(`${count} hostile datagrams from a stranger at the far side’s address change nothing of a live leg`, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fuzz-'));
  const errors: unknown[] = [];
  const [ours, far] = [await media(errors), await media(errors)];
  const heard = new HeardMedia();
  const recording = join(folder, 'leg.wav');
  const side = await ours.open('a', { recording }, heard.listener);
  const farSide = await far.open('b', {}, () => undefined);
  await far.connect('b', side);
  await ours.connect('a', farSide);
  await far.sendDigits('b', '0');
  await heard.next('digit');

  const chance = chanceOf(seed);
  const stranger = createSocket('udp4');
  await new Promise<void>((resolve) => stranger.bind(0, '127.0.0.1', resolve));
  const attack = (async () => {
    for (let sent = 0; sent < count; sent += batch) {
      const sends = Array.from({ length: batch }, (_, index) => {
        const port = side.port + (chance() < 0.5 ? 0 : 1);
        const datagram = hostileDatagram(chance, sent + index);
        return new Promise<void>((resolve) => stranger.send(datagram, port, '127.0.0.1', () => resolve()));
      });
      await Promise.all(sends);
      await after(1);
    }
  })();
  await far.sendDigits('b', '123456789*#');
  await attack;
  await far.sendDigits('b', 'A');
  while ((await heard.next('digit')).digit !== 'A');

  const [report, farReport] = [await ours.close('a'), await far.close('b')];
  stranger.close();
  await Promise.all([ours.shutdown(), far.shutdown()]);

  const digits = heard.events.map((event) => (event.type === 'digit' ? event.digit : event.type));
  expect(digits).toEqual([...'0123456789*#A']);
  expect(errors).toEqual([]);
  expect(report.packetsIgnored).toBeGreaterThan(count / 2);
  expect(report.packetsReceived).toBeLessThanOrEqual(farReport.packetsSent);
  expect(report.packetsReceived + report.packetsLost).toBeLessThanOrEqual(farReport.packetsSent);
  expect(report.packetsReceived).toBeGreaterThan(farReport.packetsSent * 0.9);
  expect(report.remoteFractionLost).toBeLessThan(0.1);
  expect(report.roundTripMs).toBeLessThan(5_000);

  const file = await readFile(recording);
  const samples = new Int16Array(file.buffer, file.byteOffset + 44, (file.length - 44) / 2);
  expect(samples.length).toBeGreaterThan(16_000);
  expect(samples.every((sample) => sample === 0)).toBe(true);
  await rm(folder, { recursive: true });
});

test(`${count} hostile packets within the far side’s own stream leave the leg as it is`, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fuzz-'));
  const errors: unknown[] = [];
  const ours = await media(errors);
  const heard = new HeardMedia();
  const recording = join(folder, 'leg.wav');
  const side = await ours.open('a', { recording }, heard.listener);
  const farPorts = await freePairs(1);
  const [rtp, rtcp] = await Promise.all([listening(farPorts.from), listening(farPorts.from + 1)]);
  const [dtmfPayloadType, ssrc] = [101, 0xfa4];
  const endpoint = { address: '127.0.0.1', port: farPorts.from, codecs: ['PCMU'], dtmfPayloadType } as const;
  await ours.connect('a', { ...endpoint, direction: 'sendrecv' });
  const send = (socket: Socket, datagram: Buffer, port: number) =>
    new Promise<void>((resolve) => socket.send(datagram, port, '127.0.0.1', () => resolve()));

  /** A key as it should be, 100 ms of it, in packets that follow each other from this number on. */
  async function press(event: number, from: number, timestamp: number): Promise<void> {
    for (let index = 0; index < 8; index += 1) {
      const header = { payloadType: dtmfPayloadType, marker: index === 0, sequence: (from + index) & 0xffff };
      const datagram = rtpDatagram({ ...header, timestamp, ssrc }, telephoneEventBytes);
      writeTelephoneEvent(datagram, rtpHeaderBytes, { event, end: index > 4, duration: (index + 1) * 160 });
      await send(rtp, datagram, side.port);
    }
  }

  await press(0, 100, 8000);
  await heard.next('digit');
  const chance = chanceOf(seed);
  const started = performance.now();
  for (let sent = 0; sent < count; sent += batch) {
    const sends = Array.from({ length: batch }, (_, index) => {
      const { datagram, isControl } = hostilePacket(chance, sent + index, ssrc, dtmfPayloadType);
      return isControl ? send(rtcp, datagram, side.port + 1) : send(rtp, datagram, side.port);
    });
    await Promise.all(sends);
    await after(1);
  }
  // Once more in sequence, wherever the stream was thrown to: the first packets are a restart.
  await press(12, 30_000, 90_000_000);
  while ((await heard.next('digit')).digit !== 'A');
  const lastedMs = performance.now() - started;

  const report = await ours.close('a');
  rtp.close();
  rtcp.close();
  await ours.shutdown();
  expect(heard.events.map((event) => (event.type === 'digit' ? event.digit : event.type))).toEqual(['0', 'A']);
  expect(errors).toEqual([]);
  expect(report.packetsReceived + (report.packetsIgnored ?? 0)).toBeLessThanOrEqual(count + 16);
  expect(report.packetsReceived).toBeGreaterThan(count / 4);
  expect([report.jitterMs, report.remoteFractionLost ?? 0, report.roundTripMs ?? 0].every(Number.isFinite)).toBe(true);

  // What was heard is silence, and no timestamp makes the recording longer than the call.
  const file = await readFile(recording);
  const samples = new Int16Array(file.buffer, file.byteOffset + 44, (file.length - 44) / 2);
  expect(samples.length / 2 / 8).toBeLessThan(lastedMs + 5000);
  expect(samples.every((sample) => sample === 0)).toBe(true);
  await rm(folder, { recursive: true });
});

async function listening(port: number): Promise<Socket> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(port, '127.0.0.1', resolve));
  return socket;
}
