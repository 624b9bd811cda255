import { describe, expect, test } from '@jest/globals';
import { compactNtp, ntpOf } from './ntp-time.ts';
import { Reception } from './reception.ts';
import { decodeCompound, encodeBye, encodeCname, encodeReport } from './rtcp-packet.ts';
import { RtcpSession, reportIntervalMs, type StreamState } from './rtcp-session.ts';

const sender = { ntpSeconds: 0xb705_2a0b, ntpFraction: 0x2000_0000, timestamp: 5, packets: 6, octets: 960 };
const block = {
  ssrc: 8,
  fractionLost: 255,
  cumulativeLost: -3,
  extendedHighestSequence: 70_000,
  jitter: 12,
  lastSenderReport: 0x2a0b_2000,
  delaySinceLastSenderReport: 65_536,
};

describe('packets', () => {
  test('a sender report, a CNAME and a BYE are read as they were written', () => {
    const compound = Buffer.concat([
      encodeReport({ ssrc: 7, sender, blocks: [block] }),
      encodeCname(7, 'abcdef'),
      encodeBye(7),
    ]);
    expect(decodeCompound(compound)).toEqual([
      { type: 'report', ssrc: 7, sender, blocks: [block] },
      { type: 'bye', ssrcs: [7] },
    ]);
  });

  test('a receiver report may say nothing', () => {
    expect(decodeCompound(encodeReport({ ssrc: 7, blocks: [] }))).toEqual([{ type: 'report', ssrc: 7, blocks: [] }]);
  });

  test.each([1, 2, 3, 4, 5, 16])('a CNAME of %i characters ends with a zero on a word', (length) => {
    const packet = encodeCname(7, 'x'.repeat(length));
    expect(packet.length % 4).toBe(0);
    expect(packet.readUInt16BE(2)).toBe(packet.length / 4 - 1);
    expect(packet.at(-1)).toBe(0);
  });

  const report = encodeReport({ ssrc: 7, sender, blocks: [block] });
  test.each([
    ['of nothing', Buffer.alloc(0)],
    ['that begins with no report', encodeCname(7, 'x')],
    ['of another version', Buffer.from(report).fill(0x41, 0, 1)],
    ['with padding in its first packet', Buffer.from(report).fill(0xa1, 0, 1)],
    ['with less than its length', report.subarray(0, -1)],
    ['with more behind it', Buffer.concat([report, Buffer.alloc(3)])],
    ['with fewer blocks than announced', Buffer.from(report).fill(0x82, 0, 1)],
    ['with a BYE too short for its count', Buffer.concat([report, encodeBye(7).fill(0x82, 0, 1)])],
  ])('a compound %s is none', (_, datagram) => {
    expect(decodeCompound(datagram)).toBeUndefined();
  });
});

describe('NTP time', () => {
  test('counts from 1900, with fractions', () => {
    expect(ntpOf(500)).toEqual({ ntpSeconds: 2_208_988_800, ntpFraction: 2 ** 31 });
    expect(compactNtp({ ntpSeconds: 0xb705_2a0b, ntpFraction: 0x2000_0000 })).toBe(0x2a0b_2000);
  });

  test('rolls over in 2036', () => {
    expect(ntpOf(Date.UTC(2036, 1, 7, 6, 28, 16)).ntpSeconds).toBe(0);
  });
});

test('reports are spread over 0.5 to 1.5 of the interval, the first after half of it', () => {
  const correction = Math.E - 1.5;
  expect(reportIntervalMs(5_000, false, 0)).toBeCloseTo(2_500 / correction);
  expect(reportIntervalMs(5_000, false, 1)).toBeCloseTo(7_500 / correction);
  expect(reportIntervalMs(5_000, true, 0.5)).toBeCloseTo(2_500 / correction);
});

describe('a session', () => {
  const startMs = Date.UTC(2026, 0, 1);
  const state = (atMs: number, packets: number, remoteSsrc?: number): StreamState => {
    return { unixMs: startMs + atMs, timestamp: 99, packets, octets: packets * 160, remoteSsrc };
  };
  const first = (compound: Buffer | undefined) => decodeCompound(compound ?? Buffer.alloc(0))?.[0];

  test('reports as a sender while it sends, and for one report more', () => {
    const session = new RtcpSession({ ssrc: 7, cname: 'x' });
    const reception = new Reception();
    const kinds = [0, 50, 50, 50].map((packets, index) => {
      const report = first(session.report(state(index * 5_000, packets), reception));
      return report?.type === 'report' && report.sender ? 'SR' : 'RR';
    });
    expect(kinds).toEqual(['RR', 'SR', 'SR', 'RR']);
  });

  test('tells what it hears, and since when it knows the far side’s clock', () => {
    const session = new RtcpSession({ ssrc: 7, cname: 'x' });
    const reception = new Reception();
    reception.begin(1);
    for (const sequence of [1, 3]) reception.count(sequence);
    expect(session.receive(encodeReport({ ssrc: 8, sender, blocks: [] }), startMs, 8)).toBe(true);
    expect(first(session.report(state(1_000, 1, 8), reception))).toMatchObject({
      blocks: [
        {
          ssrc: 8,
          fractionLost: 85,
          cumulativeLost: 1,
          lastSenderReport: compactNtp(sender),
          delaySinceLastSenderReport: 65_536,
        },
      ],
    });
  });

  test('learns the round trip from its own report come back', () => {
    const ours = new RtcpSession({ ssrc: 7, cname: 'x' });
    const theirs = new RtcpSession({ ssrc: 8, cname: 'y' });
    const heard = new Reception();
    theirs.receive(ours.report(state(0, 5), heard), startMs + 30, 7);
    ours.receive(theirs.report(state(2_030, 5, 7), heard), startMs + 2_080, 8);
    expect(ours.remote.roundTripMs).toBeCloseTo(80, 0);
    expect(ours.remote).toMatchObject({ remoteFractionLost: 0, remoteJitterMs: 0 });
  });

  test('believes no round trip below zero, and nothing about others', () => {
    const session = new RtcpSession({ ssrc: 7, cname: 'x' });
    const later = compactNtp(ntpOf(startMs + 60_000));
    session.receive(encodeReport({ ssrc: 8, blocks: [{ ...block, ssrc: 7, lastSenderReport: later }] }), startMs, 8);
    expect(session.remote).toEqual({ remoteFractionLost: 255 / 256, remoteJitterMs: 1.5 });
    session.receive(encodeReport({ ssrc: 8, blocks: [{ ...block, ssrc: 1, fractionLost: 0 }] }), startMs, 8);
    expect(session.remote.remoteFractionLost).toBe(255 / 256);
  });

  test('takes the clock of no stranger', () => {
    const session = new RtcpSession({ ssrc: 7, cname: 'x' });
    session.receive(encodeReport({ ssrc: 66, sender, blocks: [] }), startMs, 8);
    expect(first(session.report(state(0, 1, 8), new Reception()))).toMatchObject({ blocks: [{ lastSenderReport: 0 }] });
  });

  test('tells the clock of the stream before to nobody', () => {
    const session = new RtcpSession({ ssrc: 7, cname: 'x' });
    session.receive(encodeReport({ ssrc: 8, sender, blocks: [] }), startMs, 8);
    expect(first(session.report(state(500, 1, 9), new Reception()))).toMatchObject({
      blocks: [{ ssrc: 9, lastSenderReport: 0, delaySinceLastSenderReport: 0 }],
    });
  });

  test('says goodbye with its last report, but not if it never said anything', () => {
    const silent = new RtcpSession({ ssrc: 7, cname: 'x' });
    expect(silent.bye(state(0, 0), new Reception())).toBeUndefined();
    const goodbye = silent.bye(state(0, 3), new Reception());
    expect(decodeCompound(goodbye ?? Buffer.alloc(0))).toMatchObject([{ type: 'report' }, { type: 'bye', ssrcs: [7] }]);
  });

  test('refuses what is no RTCP', () => {
    expect(new RtcpSession({ ssrc: 7, cname: 'x' }).receive(Buffer.from('hello'), startMs, 8)).toBe(false);
  });
});
