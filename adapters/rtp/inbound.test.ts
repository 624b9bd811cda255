import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Digit } from './digit-detector.ts';
import { type HeardAudio, type HeardEvent, Inbound } from './inbound.ts';
import { rtpDatagram } from './rtp-packet.ts';

const carrier = { address: '192.0.2.1', port: 4_000 };

let heard: HeardAudio[];
let digits: Digit[];
let inbound: Inbound;

beforeEach(() => {
  heard = [];
  digits = [];
  inbound = new Inbound({ audio: (audio) => heard.push(audio), digit: (digit) => digits.push(digit) });
  inbound.listen(carrier, [101]);
});

interface Made {
  readonly ssrc?: number;
  readonly payloadType?: number;
  readonly payload?: Buffer;
}

function packet(sequence: number, { ssrc = 1, payloadType = 0, payload = Buffer.alloc(160, 9) }: Made = {}): Buffer {
  const header = { payloadType, marker: false, sequence: sequence & 0xffff, timestamp: sequence * 160, ssrc };
  const datagram = rtpDatagram(header, payload.length);
  payload.copy(datagram, 12);
  return datagram;
}

function receive(sequences: readonly number[], made: Made = {}, source = carrier, nowMs = 0): void {
  for (const sequence of sequences) inbound.receive(packet(sequence, made), source, nowMs);
}

const counts = () => [inbound.reception.received, inbound.ignored];

describe('a stream', () => {
  test('begins with two packets in sequence, and the first is heard too', () => {
    receive([5]);
    expect(heard).toHaveLength(0);
    receive([6, 7]);
    expect(heard.map(({ timestamp }) => timestamp / 160)).toEqual([5, 6, 7]);
    expect(heard[0]).toMatchObject({ codec: 'PCMU', payload: Buffer.alloc(160, 9) });
    expect(counts()).toEqual([3, 0]);
    expect(inbound.ssrc).toBe(1);
  });

  test('may change between the laws', () => {
    receive([5, 6]);
    receive([7], { payloadType: 8 });
    expect(heard.map(({ codec }) => codec)).toEqual(['PCMU', 'PCMU', 'PCMA']);
  });

  test('may come from a port that was not signalled, and is not pushed out by its equals', () => {
    receive([5, 6], {}, { ...carrier, port: 4_444 });
    receive([7, 8], {}, { ...carrier, port: 5_555 }, 100);
    receive([7, 8], { ssrc: 2 }, { ...carrier, port: 4_444 }, 100);
    expect(counts()).toEqual([2, 4]);
  });

  test('that pauses may be followed by another one', () => {
    receive([5, 6]);
    receive([90, 91], { ssrc: 2 }, carrier, 200);
    expect(inbound.ssrc).toBe(2);
    expect(counts()).toEqual([4, 0]);
  });

  test('from another address follows at once when the far side is signalled anew', () => {
    receive([5, 6]);
    inbound.listen({ address: '192.0.2.9', port: 1 }, [101]);
    receive([50, 51], { ssrc: 2 }, { address: '192.0.2.9', port: 1 }, 1);
    expect(counts()).toEqual([4, 0]);
  });
});

describe('two streams from one address', () => {
  const other = { ...carrier, port: 9_000 };
  const ssrcOf = { signalled: 1, other: 2 };

  test('that of the signalled port takes the place at once, and keeps it while it pauses', () => {
    receive([5, 6], { ssrc: ssrcOf.other }, other);
    receive([70, 71], {}, carrier, 1);
    receive([7, 8, 9], { ssrc: ssrcOf.other }, other, 2_000);
    expect(inbound.ssrc).toBe(ssrcOf.signalled);
    expect(counts()).toEqual([4, 3]);
  });

  test('the other is heard again when the signalled port is silent for two seconds', () => {
    receive([70, 71], {}, carrier);
    receive([7, 8], { ssrc: ssrcOf.other }, other, 2_000);
    expect(inbound.ssrc).toBe(ssrcOf.other);
  });

  test('which is the signalled one changes with the signal', () => {
    receive([70, 71], {}, carrier);
    inbound.listen(other, [101]);
    receive([72], {}, carrier, 20);
    receive([7, 8], { ssrc: ssrcOf.other }, other, 20);
    receive([73, 74], {}, carrier, 40);
    expect(inbound.ssrc).toBe(ssrcOf.other);
    expect(counts()).toEqual([5, 2]);
  });

  test('packet by packet in turn make nobody deaf', () => {
    for (const sequence of [5, 6, 7]) {
      receive([sequence + 100], { ssrc: ssrcOf.other }, other);
      receive([sequence], {}, carrier);
    }
    expect(inbound.ssrc).toBe(ssrcOf.signalled);
    receive([8, 9], {}, carrier);
    expect(counts()).toEqual([7, 1]);
  });

  test('neither of them signalled: the first that is in sequence is heard', () => {
    for (const sequence of [5, 6]) {
      receive([sequence], { ssrc: 3 }, other);
      receive([sequence], { ssrc: 4 }, other);
    }
    expect(inbound.ssrc).toBe(3);
    expect(counts()).toEqual([2, 2]);
  });

  test('many that never come in sequence take no room for ever', () => {
    receive([5], {}, carrier);
    for (let ssrc = 10; ssrc < 26; ssrc++) receive([5], { ssrc }, other);
    receive([6], {}, carrier);
    expect(counts()).toEqual([0, 2]);
  });
});

describe('ignored and counted is', () => {
  beforeEach(() => receive([5, 6]));

  test.each([
    ['a datagram that is no RTP', Buffer.from('hello')],
    ['a number far off', packet(30_000)],
  ])('%s', (_, datagram) => {
    inbound.receive(datagram, carrier, 1);
    expect(counts()).toEqual([2, 1]);
    expect(heard).toHaveLength(2);
  });

  test('whatever comes from another address', () => {
    receive([7, 8], {}, { address: '192.0.2.66', port: carrier.port });
    expect(counts()).toEqual([2, 2]);
  });
});

describe('counted in the stream, but not heard, is', () => {
  beforeEach(() => receive([5, 6]));

  test.each([
    ['comfort noise', packet(7, { payloadType: 13, payload: Buffer.from([60]) })],
    ['audio of no length', packet(7, { payload: Buffer.alloc(0) })],
    ['audio of more than 180 ms', packet(7, { payload: Buffer.alloc(1_441) })],
    ['a telephone-event of the wrong size', packet(7, { payloadType: 101, payload: Buffer.alloc(5) })],
  ])('%s', (_, datagram) => {
    inbound.receive(datagram, carrier, 1);
    receive([8]);
    expect(counts()).toEqual([4, 0]);
    expect(inbound.reception.lost).toBe(0);
    expect(heard).toHaveLength(3);
    expect(digits).toEqual([]);
  });

  test('comfort noise, which keeps the place', () => {
    receive([7], { payloadType: 13, payload: Buffer.from([60]) }, carrier, 150);
    receive([90, 91], { ssrc: 2 }, carrier, 300);
    expect(inbound.ssrc).toBe(1);
  });
});

test('comfort noise alone makes no stream', () => {
  receive([5, 6], { payloadType: 13, payload: Buffer.from([60]) });
  expect(counts()).toEqual([0, 2]);
});

test('before the far side is signalled nothing is heard', () => {
  inbound = new Inbound({ audio: (audio) => heard.push(audio), digit: (digit) => digits.push(digit) });
  receive([5, 6]);
  expect(heard).toHaveLength(0);
});

test('packets out of sequence make no stream', () => {
  receive([5, 9, 20]);
  expect(counts()).toEqual([0, 2]);
});

describe('a digit', () => {
  const event = (end: boolean, duration: number) => Buffer.from([7, end ? 0x8a : 0x0a, duration >> 8, duration & 0xff]);

  test('is heard among the audio, and its packets make no jitter', () => {
    receive([5, 6]);
    receive([7], { payloadType: 101, payload: event(true, 800) }, carrier, 40);
    expect(digits).toEqual([{ digit: '7', durationMs: 100 }]);
    expect(inbound.reception.jitterMs).toBeGreaterThan(0);
    const jitter = inbound.reception.jitterMs;
    receive([8], { payloadType: 101, payload: event(true, 800) }, carrier, 400);
    expect(inbound.reception.jitterMs).toBe(jitter);
  });

  test('is heard after the far side restarted under the same SSRC, and one under way is told', () => {
    receive([45_000, 45_001]);
    receive([45_002], { payloadType: 101, payload: event(false, 160) });
    receive([300, 301]);
    expect(digits).toEqual([{ digit: '7', durationMs: 20 }]);
    receive([302], { payloadType: 101, payload: event(true, 800) });
    expect(digits).toHaveLength(2);
  });

  test('is passed on packet by packet, and another stream has another number', () => {
    const passed: HeardEvent[] = [];
    inbound = new Inbound({ audio: (audio) => heard.push(audio), event: (told) => passed.push(told), digit: () => {} });
    inbound.listen(carrier, [101]);
    receive([5, 6]);
    receive([7], { payloadType: 101, payload: event(false, 160) });
    receive([8], { payloadType: 101, payload: event(true, 320) });
    expect(passed.map(({ sequence, duration, payload }) => [sequence, duration, payload])).toEqual([
      [7, 160, event(false, 160)],
      [8, 320, event(true, 320)],
    ]);
    receive([300, 301], { ssrc: 99 }, carrier, 900);
    expect(heard.map(({ sequence }) => sequence)).toEqual([5, 6, 300, 301]);
    const streams = heard.map(({ stream }) => stream);
    expect([streams[0] === streams[1], streams[2] === streams[3], streams[1] === streams[2]]).toEqual([
      true,
      true,
      false,
    ]);
  });

  test('without its end is told after 200 ms, or when the leg ends', () => {
    receive([5, 6]);
    receive([7], { payloadType: 101, payload: event(false, 160) }, carrier, 40);
    inbound.expire(100);
    expect(digits).toHaveLength(0);
    inbound.expire(240);
    expect(digits).toHaveLength(1);
    receive([8], { payloadType: 101, payload: event(false, 160) }, carrier, 260);
    inbound.end();
    expect(digits).toHaveLength(2);
  });
});
