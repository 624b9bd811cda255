import { beforeEach, describe, expect, test } from '@jest/globals';
import type { MediaEvent } from '#ports/media.ts';
import { parseTelephoneEvent } from './dtmf.ts';
import { Outbound } from './outbound.ts';
import { parseRtp, type RtpPacket } from './rtp-packet.ts';
import type { SpokenAudio, SpokenEvent } from './spoken.ts';

let events: MediaEvent[];
let outbound: Outbound;

beforeEach(() => {
  events = [];
  outbound = new Outbound({ ssrc: 7, sequence: 65_534, timestamp: 0xffff_ff00 }, (event) => events.push(event));
  outbound.direct({ codec: 'PCMU', dtmfPayloadType: 101 });
});

function packets(first: number, end: number): (RtpPacket | undefined)[] {
  return Array.from({ length: end - first }, (_, index) => {
    const packet = outbound.next(first + index);
    return packet && parseRtp(packet.datagram);
  });
}

function prompt(bytes: number, value = 1) {
  return { PCMU: new Uint8Array(bytes).fill(value), PCMA: new Uint8Array(bytes).fill(value + 1) };
}

test('silence is sent where nothing else is, numbers and timestamps wrap', () => {
  const [first, second, third] = packets(0, 3);
  expect(first).toEqual({
    payloadType: 0,
    marker: true,
    sequence: 65_534,
    timestamp: 0xffff_ff00,
    ssrc: 7,
    payload: Buffer.alloc(160, 0xff),
  });
  expect(second).toMatchObject({ marker: false, sequence: 65_535, timestamp: 0xffff_ffa0 });
  expect(third).toMatchObject({ sequence: 0, timestamp: 0x40 });
  expect([outbound.packets, outbound.octets]).toEqual([3, 480]);
});

test('nothing is sent while it must not be; after it the clock has gone on and the marker is set', () => {
  packets(0, 2);
  outbound.direct(undefined);
  expect(packets(2, 5)).toEqual([undefined, undefined, undefined]);
  outbound.direct({ codec: 'PCMA' });
  const [packet] = packets(5, 6);
  expect(packet).toMatchObject({ payloadType: 8, marker: true, sequence: 0 });
  expect(packet?.timestamp).toBe((0xffff_ff00 + 5 * 160) % 2 ** 32);
  expect(packet?.payload[0]).toBe(0xd5);
});

describe('a prompt', () => {
  test('is played to its end, the last packet filled up with silence', () => {
    outbound.play('hello', prompt(200));
    const [first, second] = packets(0, 1).concat(packets(1, 2));
    expect(first?.payload).toEqual(Buffer.alloc(160, 1));
    expect(second?.payload).toEqual(Buffer.concat([Buffer.alloc(40, 1), Buffer.alloc(120, 0xff)]));
    expect(events).toEqual([{ type: 'prompt-ended', playId: 'hello', completed: true }]);
    expect(packets(2, 3)[0]?.payload).toEqual(Buffer.alloc(160, 0xff));
  });

  test('of no length ends with the first packet', () => {
    outbound.play('nothing', prompt(0));
    packets(0, 1);
    expect(events).toHaveLength(1);
  });

  test('waits while nothing is sent, and goes on in the other codec', () => {
    outbound.play('hello', prompt(320));
    packets(0, 1);
    outbound.direct(undefined);
    packets(1, 50);
    outbound.direct({ codec: 'PCMA' });
    expect(packets(50, 51)[0]?.payload).toEqual(Buffer.alloc(160, 2));
    expect(events).toMatchObject([{ completed: true }]);
  });

  test('loses nothing when ticks are skipped', () => {
    outbound.play('hello', prompt(320));
    packets(0, 1);
    expect(packets(40, 41)[0]).toMatchObject({ marker: true, payload: Buffer.alloc(160, 1) });
  });

  test('is stopped by the next, which is stopped by the end of the leg', () => {
    outbound.play('one', prompt(320));
    outbound.play('two', prompt(320));
    outbound.end();
    outbound.stop();
    expect(events).toEqual([
      { type: 'prompt-ended', playId: 'one', completed: false },
      { type: 'prompt-ended', playId: 'two', completed: false },
    ]);
  });
});

describe('digits', () => {
  test('are 100 ms each with 60 ms between, the end told three times', () => {
    let out = false;
    outbound.press([5, 11], () => {
      out = true;
    });
    const sent = packets(0, 16);
    expect(out).toBe(false);
    const [audio] = packets(16, 17);
    expect(out).toBe(true);
    expect(audio?.payloadType).toBe(0);

    const told = sent.map((packet) => packet && { ...parseTelephoneEvent(packet.payload), marker: packet.marker });
    const key = (event: number) => [
      { event, duration: 160, end: false, marker: true },
      { event, duration: 320, end: false, marker: false },
      { event, duration: 480, end: false, marker: false },
      { event, duration: 640, end: false, marker: false },
      { event, duration: 800, end: true, marker: false },
      { event, duration: 800, end: true, marker: false },
      { event, duration: 800, end: true, marker: false },
      undefined,
    ];
    expect(told).toEqual([...key(5), ...key(11)]);
    expect(new Set(sent.map((packet) => packet?.timestamp))).toEqual(
      new Set([outbound.timestampAt(0), undefined, outbound.timestampAt(8)]),
    );
    expect(sent.flatMap((packet) => packet?.sequence ?? [])).toEqual(
      Array.from({ length: 14 }, (_, index) => (65_534 + index) & 0xffff),
    );
  });

  test('hold the prompt up, which loses nothing', () => {
    outbound.play('hello', prompt(320));
    packets(0, 1);
    outbound.press([1], () => undefined);
    packets(1, 9);
    expect(events).toEqual([]);
    packets(9, 10);
    expect(events).toMatchObject([{ completed: true }]);
  });

  test('wait while nothing is sent, or no keys are taken', () => {
    outbound.direct(undefined);
    outbound.press([1], () => undefined);
    expect(packets(0, 1)).toEqual([undefined]);
    outbound.direct({ codec: 'PCMU' });
    expect(packets(1, 2)).toMatchObject([{ payloadType: 0 }]);
    outbound.direct({ codec: 'PCMU', dtmfPayloadType: 96 });
    expect(packets(2, 3)).toMatchObject([{ payloadType: 96, timestamp: outbound.timestampAt(2) }]);
  });

  test('still to be sent are given up at the end of the leg', () => {
    let out = 0;
    outbound.press([1], () => out++);
    outbound.press([2], () => out++);
    outbound.end();
    expect(out).toBe(2);
  });
});

describe('what one other leg says', () => {
  const audio = (sequence: number, change: Partial<SpokenAudio> = {}): SpokenAudio => {
    const payload = Buffer.alloc(160, sequence);
    return { type: 'audio', codec: 'PCMU', sequence, timestamp: sequence * 160, stream: 1, payload, ...change };
  };
  const key = (sequence: number, marker: boolean): SpokenEvent => {
    const payload = Buffer.from([7, 0x0a, 0, 160]);
    return { type: 'event', sequence, timestamp: 1600, stream: 1, payload, marker, duration: 160 };
  };
  const relayed = (spoken: SpokenAudio | SpokenEvent, tick: number) => {
    const packet = outbound.relay(spoken, tick);
    return packet && { ...(parseRtp(packet.datagram) as RtpPacket), at: packet.audio?.at };
  };

  test('is sent on at once, untouched, in our own stream, and no tick sends anything besides', () => {
    packets(0, 2);
    expect(relayed(audio(10), 2.3)).toEqual({
      payloadType: 0,
      marker: true,
      sequence: 0,
      timestamp: (0xffff_ff00 + 368) % 2 ** 32,
      ssrc: 7,
      payload: Buffer.alloc(160, 10),
      at: 368,
    });
    expect(packets(3, 4)).toEqual([undefined]);
    expect(relayed(audio(11), 3.9)).toMatchObject({ marker: false, sequence: 1, at: 528 });
    expect(relayed(audio(13), 5)).toMatchObject({ marker: false, sequence: 3, at: 848 });
    expect(relayed(audio(12), 5)).toMatchObject({ marker: false, sequence: 2, at: 688 });
    expect(relayed(audio(14), 6)).toMatchObject({ sequence: 4 });
    expect([outbound.packets, outbound.octets]).toEqual([7, 7 * 160]);
  });

  test('is followed by silence when it stops, and goes on with the marker', () => {
    relayed(audio(10), 0);
    expect(packets(1, 10)).toEqual(Array.from({ length: 9 }, () => undefined));
    expect(packets(10, 12)).toMatchObject([
      { marker: true, sequence: 65_535 },
      { marker: false, sequence: 0 },
    ]);
    expect(relayed(audio(11), 12)).toMatchObject({ marker: true, sequence: 1, at: 12 * 160 });
  });

  test('waits for no clock: what runs before ours is not overtaken by silence', () => {
    relayed(audio(10), 0);
    for (let index = 1; index <= 9; index += 1) relayed(audio(10 + index), index * 0.1);
    // Ten packets' time was sent within one tick: the next tick of our own is for the time after them.
    outbound.endRelay();
    expect(packets(1, 10)).toEqual(Array.from({ length: 9 }, () => undefined));
    expect(packets(10, 11)).toMatchObject([{ sequence: 8 }]);
  });

  test('is coded anew where the far side has another codec', () => {
    outbound.direct({ codec: 'PCMA' });
    expect(relayed(audio(10, { payload: Buffer.alloc(160, 0xff) }), 0)).toMatchObject({
      payloadType: 8,
      payload: Buffer.alloc(160, 0xd5),
    });
  });

  test('gives way to a prompt, to music and to keys, and comes back after them', () => {
    outbound.play('hello', prompt(320));
    expect(relayed(audio(10), 0)).toBeUndefined();
    packets(0, 2);
    expect(relayed(audio(11), 2)).toMatchObject({ marker: true });
    outbound.loop(prompt(160, 5));
    expect(relayed(audio(12), 3)).toBeUndefined();
    expect(packets(3, 5).map((packet) => packet?.payload[0])).toEqual([5, 5]);
    outbound.loop(undefined);
    expect(relayed(audio(14), 5)).toMatchObject({ marker: true });
    outbound.press([1], () => undefined);
    expect(relayed(audio(15), 6)).toBeUndefined();
    expect(packets(6, 15).filter((packet) => packet?.payloadType === 101)).toHaveLength(7);
    expect(relayed(audio(24), 15)).toMatchObject({ payloadType: 0, marker: true });
  });

  test('has keys in it, under the number of the far side, for one that takes them', () => {
    outbound.direct({ codec: 'PCMU', dtmfPayloadType: 96 });
    relayed(audio(9), 0);
    expect(relayed(key(10, true), 1)).toMatchObject({ payloadType: 96, marker: true, timestamp: 0xffff_ffa0 });
    expect(relayed(key(11, false), 2)).toMatchObject({ marker: false, timestamp: 0xffff_ffa0, sequence: 0 });
    outbound.direct({ codec: 'PCMU' });
    expect(relayed(key(12, false), 3)).toBeUndefined();
  });

  test('is not sent to one that must not be sent to', () => {
    outbound.direct(undefined);
    expect(relayed(audio(10), 0)).toBeUndefined();
  });

  test('is sent by a leg that has been open for days', () => {
    const day = 24 * 3600 * 50;
    for (const tick of [0, day, 2 * day, 4 * day, 7 * day])
      expect(packets(tick, tick + 1)).toMatchObject([{ ssrc: 7 }]);
    expect(relayed(audio(10), 11 * day)).toMatchObject({ at: 11 * day * 160 });
    const late = new Outbound({ ssrc: 7, sequence: 1, timestamp: 9 }, () => undefined);
    late.direct({ codec: 'PCMU' });
    expect(late.next(4 * day)).toBeDefined();
  });
});
