import { beforeEach, describe, expect, test } from '@jest/globals';
import { type OwnStream, Relay } from './relay.ts';
import type { SpokenAudio } from './spoken.ts';

let relay: Relay;
beforeEach(() => {
  relay = new Relay();
});

const payload = Buffer.alloc(160, 0xff);
const packet = (sequence: number, timestamp = sequence * 160, stream = 1): SpokenAudio => {
  return { type: 'audio', codec: 'PCMU', sequence, timestamp, stream, payload };
};
/** Our stream at a clock of so many packets, with 500 as its next number. */
const own = (packets: number, sequence = 500): OwnStream => ({
  sequence,
  clock: 7_000 + packets * 160,
  end: undefined,
});

describe('packets of one stream', () => {
  test('go on where ours stopped, as far apart as they were', () => {
    expect(relay.number(packet(9), own(0))).toEqual({ sequence: 500, timestamp: 7_000, begins: true });
    expect(relay.number(packet(10), own(1, 501))).toEqual({ sequence: 501, timestamp: 7_160, begins: false });
    // One is lost, and one comes late: the far side shall see both.
    expect(relay.number(packet(12), own(3, 502))).toEqual({ sequence: 503, timestamp: 7_480, begins: false });
    expect(relay.number(packet(11), own(3, 504))).toEqual({ sequence: 502, timestamp: 7_320, begins: false });
  });

  test('go round with their numbers', () => {
    relay.number(packet(65_535, 0xffff_ff60), own(0));
    expect(relay.number(packet(0, 0), own(1, 501))).toEqual({ sequence: 501, timestamp: 7_160, begins: false });
    const late = new Relay();
    late.number(packet(1, 160), { sequence: 65_535, clock: 0xffff_ff60, end: undefined });
    const next = late.number(packet(2, 320), { sequence: 0, clock: 0, end: undefined });
    expect(next).toEqual({ sequence: 0, timestamp: 0, begins: false });
  });

  test('do not turn back what was sent before them', () => {
    expect(relay.number(packet(9), { ...own(0), end: 7_090 })).toMatchObject({ timestamp: 7_090 });
    expect(relay.number(packet(8), own(0, 501))).toBeUndefined();
  });
});

describe('a new start is made', () => {
  test.each([
    ['another stream', packet(11, 11 * 160, 2)],
    ['a clock that has run away', packet(11, 11 * 160 + 2_000)],
    ['numbers that jump', packet(5_000, 11 * 160)],
  ])('with %s', (_, next) => {
    relay.number(packet(9), own(0));
    expect(relay.number(next, own(2, 502))).toEqual({ sequence: 502, timestamp: 7_320, begins: true });
  });

  test('when something else was sent meanwhile', () => {
    relay.number(packet(9), own(0));
    relay.reset();
    expect(relay.number(packet(10), own(50, 540))).toEqual({ sequence: 540, timestamp: 15_000, begins: true });
  });
});
