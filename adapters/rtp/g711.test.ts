import { describe, expect, test } from '@jest/globals';
import { codecOf, decode, decodeTables, encode, silentByte, transcode } from './g711.ts';

const every = Uint8Array.from({ length: 256 }, (_, byte) => byte);

function encoded(codec: 'PCMU' | 'PCMA', ...samples: number[]): number[] {
  const target = new Uint8Array(samples.length);
  encode(codec, Int16Array.from(samples), target);
  return [...target];
}

describe('µ-law', () => {
  // ITU-T G.711, table 2a: the values at the decoder's output, scaled by 4 from 14 to 16 bit.
  test.each([
    [0x80, 8031],
    [0x8f, 4191],
    [0x9f, 2079],
    [0xaf, 1023],
    [0xbf, 495],
    [0xcf, 231],
    [0xdf, 99],
    [0xef, 33],
    [0xfe, 2],
    [0xff, 0],
  ])('byte %i means %i of table 2a, and its mirror the negative', (byte, value) => {
    expect(decodeTables.PCMU[byte]).toBe(value * 4);
    expect(decodeTables.PCMU[byte ^ 0x80]).toBe(0 - value * 4);
  });

  test('a byte decoded and coded again is the same byte, but for negative zero', () => {
    const again = encoded('PCMU', ...decode('PCMU', every));
    expect(again).toEqual([...every].map((byte) => (byte === 0x7f ? 0xff : byte)));
  });

  test('what is louder than the law can say is clipped', () => {
    expect(encoded('PCMU', 32_767, -32_768)).toEqual([0x80, 0x00]);
  });
});

describe('A-law', () => {
  // ITU-T G.711, table 1a: the values at the decoder's output, scaled by 8 from 13 to 16 bit; the bytes before
  // the inversion of the even bits.
  test.each([
    [0b1111_1111, 4032],
    [0b1111_0000, 2112],
    [0b1110_0000, 1056],
    [0b1101_0000, 528],
    [0b1100_0000, 264],
    [0b1011_0000, 132],
    [0b1010_0000, 66],
    [0b1000_0000, 1],
  ])('character signal %i means %i of table 1a, and its mirror the negative', (signal, value) => {
    expect(decodeTables.PCMA[signal ^ 0x55]).toBe(value * 8);
    expect(decodeTables.PCMA[signal ^ 0x80 ^ 0x55]).toBe(-value * 8);
  });

  test('a byte decoded and coded again is the same byte', () => {
    expect(encoded('PCMA', ...decode('PCMA', every))).toEqual([...every]);
  });

  test('what is louder than the law can say is clipped', () => {
    expect(encoded('PCMA', 32_767, -32_768)).toEqual([0xaa, 0x2a]);
  });
});

describe.each(['PCMU', 'PCMA'] as const)('%s', (codec) => {
  test('codes every sample to within half the step of its segment', () => {
    for (let sample = -32_000; sample <= 32_000; sample += 7) {
      const [byte = 0] = encoded(codec, sample);
      const distance = Math.abs((decodeTables[codec][byte] ?? 0) - sample);
      expect(distance).toBeLessThanOrEqual(Math.max(8, (Math.abs(sample) + 132) / 32));
    }
  });

  test('its silent byte is as near to nothing as the law allows', () => {
    expect(Math.abs(decodeTables[codec][silentByte[codec]] ?? 99)).toBeLessThanOrEqual(8);
  });
});

test('the digital milliwatt of both laws (G.711, tables 5 and 6) is the same 1 kHz tone', () => {
  const mulaw = decode('PCMU', Uint8Array.of(0x1e, 0x0b, 0x0b, 0x1e, 0x9e, 0x8b, 0x8b, 0x9e));
  const alaw = decode('PCMA', Uint8Array.of(0x34, 0x21, 0x21, 0x34, 0xb4, 0xa1, 0xa1, 0xb4));
  for (const [index, sample] of mulaw.entries()) {
    expect(Math.sign(sample)).toBe(index < 4 ? -1 : 1);
    expect(Math.abs(sample - (alaw[index] ?? 0))).toBeLessThan(600);
  }
});

test('only payload types 0 and 8 are G.711', () => {
  expect([0, 8, 3, 101].map(codecOf)).toEqual(['PCMU', 'PCMA', undefined, undefined]);
});

test.each(['PCMU', 'PCMA'] as const)('to %s by a table is what it is by way of samples', (to) => {
  const target = new Uint8Array(256);
  transcode(every, to, target);
  expect([...target]).toEqual(encoded(to, ...decode(to === 'PCMU' ? 'PCMA' : 'PCMU', every)));
});
