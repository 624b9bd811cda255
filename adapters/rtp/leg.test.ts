import type { Socket } from 'node:dgram';
import { EventEmitter } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import type { MediaEvent, RtpEndpoint } from '#ports/media.ts';
import { Leg } from './leg.ts';
import { encodeCname, encodeReport } from './rtcp-packet.ts';
import { rtpDatagram } from './rtp-packet.ts';

class SocketOfNobody extends EventEmitter {
  send(): void {}
  close(closed: () => void): void {
    closed();
  }
}

const far: RtpEndpoint = { address: '127.0.0.1', port: 4000, codecs: ['PCMU'], direction: 'sendrecv' };
const ssrc = 7;

/** A connected leg that tells silence after 20 s, on a clock that a test turns. */
function connected() {
  const [rtp, rtcp] = [new SocketOfNobody(), new SocketOfNobody()];
  const events: MediaEvent[] = [];
  let nowMs = 0;
  let sequence = 0;
  const leg = new Leg({
    ports: { rtp: rtp as unknown as Socket, rtcp: rtcp as unknown as Socket },
    options: { silenceMs: 20_000 },
    stream: { ssrc: 1, sequence: 1, timestamp: 1 },
    cname: 'us',
    rtcpIntervalMs: 5000,
    dtmfPayloadType: 101,
    elapsedMs: () => nowMs,
    clockStartMs: 1_750_000_000_000,
    chance: () => 0.5,
    emit: (event) => events.push(event),
    say: () => {},
    recordingFailed: () => {},
  });
  leg.connect(far);
  return {
    leg,
    silences: () => events.filter(({ type }) => type === 'silence').length,
    speaks() {
      for (let packet = 0; packet < 2; packet += 1) {
        const header = { payloadType: 0, marker: false, sequence: sequence++, timestamp: sequence * 160, ssrc };
        rtp.emit('message', rtpDatagram(header, 160).fill(0xff, 12), { address: far.address, port: far.port });
      }
    },
    reports() {
      const report = Buffer.concat([encodeReport({ ssrc, blocks: [] }), encodeCname(ssrc, 'them')]);
      rtcp.emit('message', report, { address: far.address, port: far.port + 1 });
    },
    pass(ms: number) {
      nowMs += ms;
      leg.tick(Math.floor(nowMs / 20));
    },
  };
}

describe('silence', () => {
  test('is told once when nothing comes any more, and again after something came', () => {
    const { speaks, reports, pass, silences } = connected();
    speaks();
    reports();
    pass(19_000);
    expect(silences()).toBe(0);
    pass(2000);
    pass(20_000);
    expect(silences()).toBe(1);
    speaks();
    pass(21_000);
    expect(silences()).toBe(2);
  });

  test('is not told of somebody who is muted: the reports go on', () => {
    const { speaks, reports, pass, silences } = connected();
    speaks();
    for (let minute = 0; minute < 60; minute += 1) {
      reports();
      pass(15_000);
    }
    expect(silences()).toBe(0);
  });

  test('is not told of one who never sent reports: it may be muted', () => {
    const { speaks, pass, silences } = connected();
    speaks();
    pass(600_000);
    expect(silences()).toBe(0);
  });

  test('is not told before anything was said, nor on hold', () => {
    const { leg, speaks, reports, pass, silences } = connected();
    reports();
    pass(600_000);
    expect(silences()).toBe(0);
    speaks();
    leg.connect({ ...far, direction: 'inactive' });
    pass(600_000);
    expect(silences()).toBe(0);
  });
});
