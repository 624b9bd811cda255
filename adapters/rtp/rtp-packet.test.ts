import { expect, test } from '@jest/globals';
import { parseRtp, rtpDatagram, timestampsBetween } from './rtp-packet.ts';

const header = { payloadType: 101, marker: true, sequence: 65_535, timestamp: 0xffff_fff0, ssrc: 0xdead_beef };

function datagram(payload = Buffer.from('audio')): Buffer {
  const written = rtpDatagram(header, payload.length);
  payload.copy(written, 12);
  return written;
}

test('what is written is read', () => {
  expect(parseRtp(datagram())).toEqual({ ...header, payload: Buffer.from('audio') });
});

test('contributing sources, an extension and padding are stepped over', () => {
  const plain = datagram();
  const full = Buffer.concat([
    plain.subarray(0, 12),
    Buffer.alloc(8, 7),
    Buffer.from([0xbe, 0xde, 0, 1, 1, 2, 3, 4]),
    Buffer.from('audio'),
    Buffer.from([0, 0, 3]),
  ]);
  full[0] = 0x80 | 0x20 | 0x10 | 2;
  expect(parseRtp(full)?.payload.toString()).toBe('audio');
});

test.each([
  ['shorter than a header', () => datagram().subarray(0, 11)],
  ['of another version', () => Buffer.from(datagram().fill(0x40, 0, 1))],
  ['with more sources than it has room for', () => Buffer.from(datagram().fill(0x8f, 0, 1))],
  ['with an extension beyond its end', () => Buffer.from(datagram().fill(0x90, 0, 1))],
  ['with an extension cut off', () => datagram(Buffer.alloc(2)).fill(0x90, 0, 1)],
  ['with no padding where padding is announced', () => datagram(Buffer.from([1, 0])).fill(0xa0, 0, 1)],
  ['with more padding than payload', () => datagram(Buffer.from([1, 200])).fill(0xa0, 0, 1)],
])('a datagram %s is no packet', (_, made) => {
  expect(parseRtp(made())).toBeUndefined();
});

test('timestamps are compared across their wrap', () => {
  expect(timestampsBetween(0xffff_fff0, 0x10)).toBe(32);
  expect(timestampsBetween(0x10, 0xffff_fff0)).toBe(-32);
});
