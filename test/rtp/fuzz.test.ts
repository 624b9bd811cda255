import { createSocket } from 'node:dgram';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { createRtpMedia } from '#adapters/rtp/rtp-media.ts';
import type { Media } from '#ports/media.ts';
import { chanceOf } from '#practice/chance.ts';
import { HeardMedia } from '#test/fakes/heard-media.ts';
import { freePairs } from './free-ports.ts';
import { hostileDatagram } from './hostile-datagrams.ts';

const seed = 'hostile datagrams';
const count = 50_000;
/** Sent at once, then the receiver gets a turn: its socket's buffer shall not overflow with what is being tested. */
const batch = 20;

async function media(errors: unknown[]): Promise<Media> {
  const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: (fields: unknown) => errors.push(fields) };
  return createRtpMedia({ bindAddress: '127.0.0.1', portRange: await freePairs(1), rtcpIntervalMs: 200, logger });
}

test(`${count} hostile datagrams from the far side’s own address change nothing of a live leg`, async () => {
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
