/**
 * Datagrams that no peer should send: nonsense, cut and stretched packets, a stranger's well-formed ones, and those of a
 * far side that has lost its mind.
 */
import { encodeBye, encodeCname, encodeReport } from '#adapters/rtp/rtcp-packet.ts';
import { rtpDatagram } from '#adapters/rtp/rtp-packet.ts';

/** 0 to 1. */
type Chance = () => number;

const below = (chance: Chance, limit: number) => Math.floor(chance() * limit);
const word = (chance: Chance) => below(chance, 2 ** 32);

function bytes(chance: Chance, length: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, () => below(chance, 256)));
}

/** As loud as µ-law can be, so that a recording would show it. */
function strangersAudio(chance: Chance, sequence: number): Buffer {
  const payloadType = [0, 8, 101][below(chance, 3)] as number;
  const payloadBytes = payloadType === 101 ? 4 : 160;
  const header = { payloadType, marker: false, sequence: sequence & 0xffff, timestamp: sequence * 160, ssrc: 0xbad };
  const datagram = rtpDatagram({ ...header, timestamp: header.timestamp >>> 0 }, payloadBytes);
  return datagram.fill(payloadType === 101 ? 0x89 : 0x80, 12);
}

function report(chance: Chance): Buffer {
  const block = {
    ssrc: word(chance),
    fractionLost: below(chance, 256),
    cumulativeLost: below(chance, 2 ** 23),
    extendedHighestSequence: word(chance),
    jitter: word(chance),
    lastSenderReport: word(chance),
    delaySinceLastSenderReport: word(chance),
  };
  const sender = {
    ntpSeconds: word(chance),
    ntpFraction: word(chance),
    timestamp: word(chance),
    packets: word(chance),
    octets: word(chance),
  };
  const ssrc = word(chance);
  return Buffer.concat([encodeReport({ ssrc, sender, blocks: [block] }), encodeCname(ssrc, 'x'), encodeBye(ssrc)]);
}

function damaged(chance: Chance, datagram: Buffer): Buffer {
  for (let flips = 1 + below(chance, 8); flips > 0; flips--)
    datagram[below(chance, datagram.length)] = below(chance, 256);
  return datagram;
}

/** The datagram of a number; the same chance gives the same. */
export function hostileDatagram(chance: Chance, number: number): Buffer {
  const packet = chance() < 0.5 ? strangersAudio(chance, number) : report(chance);
  switch (below(chance, 6)) {
    case 0:
      return bytes(chance, below(chance, 300));
    case 1:
      return packet.subarray(0, below(chance, packet.length));
    case 2:
      return Buffer.concat([packet, bytes(chance, below(chance, 64))]);
    case 3:
      // Types that are neither audio nor events: with this bit none of 0, 8 and 101 is among them.
      // A few are as large as UDP allows.
      return Buffer.concat([packet, Buffer.alloc(chance() < 0.02 ? 65_000 : below(chance, 3_000), number)]);
    case 4:
      return damaged(chance, packet);
    default:
      return packet;
  }
}

/** µ-law's zero, so that what is taken as audio is silence in a recording. */
const silence = 0xff;

/**
 * A packet of the far side's own stream that should not be, by its number: telephone-events that are none, sequence
 * numbers and timestamps that jump, payloads too long or missing, headers that lie, and reports of nonsense.
 */
export function hostilePacket(
  chance: Chance,
  number: number,
  ssrc: number,
  dtmfPayloadType: number,
): { readonly datagram: Buffer; readonly isControl: boolean } {
  const rtp = (payloadType: number, payloadBytes: number, more: { sequence?: number; timestamp?: number } = {}) => {
    const header = { payloadType, marker: chance() < 0.5, sequence: number & 0xffff, timestamp: number * 160, ssrc };
    return rtpDatagram({ ...header, ...more }, payloadBytes).fill(silence, 12);
  };
  const ofRtp = (datagram: Buffer) => ({ datagram, isControl: false });
  switch (below(chance, 9)) {
    case 0:
      // Every length but the one that an event has.
      return ofRtp(rtp(dtmfPayloadType, [0, 1, 2, 3, 5, 8, 300][below(chance, 7)] as number));
    case 1: {
      const datagram = rtp(dtmfPayloadType, 4, { timestamp: word(chance) });
      datagram.set([16 + below(chance, 240), below(chance, 256), below(chance, 256), below(chance, 256)], 12);
      return ofRtp(datagram);
    }
    case 2:
      return ofRtp(rtp(0, chance() < 0.5 ? 0 : 1_441 + below(chance, 6_000)));
    case 3:
      // Types that are neither audio nor events: with this bit none of 0, 8 and 101 is among them.
      return ofRtp(rtp(below(chance, 128) | 2, below(chance, 300)));
    case 4:
      return ofRtp(rtp(0, 160, { sequence: below(chance, 65_536) }));
    case 5:
      return ofRtp(rtp(0, 160, { timestamp: word(chance) }));
    case 6: {
      // Contributing sources, an extension and padding that the packet has no room for.
      const datagram = rtp(0, below(chance, 40));
      datagram[0] = 0x80 | below(chance, 64);
      return ofRtp(datagram);
    }
    case 7:
      return ofRtp(rtp(0, 0).subarray(0, below(chance, 12)));
    default: {
      const datagram = report(chance);
      datagram.writeUInt32BE(ssrc, 4);
      return { datagram: chance() < 0.5 ? datagram : damaged(chance, datagram), isControl: true };
    }
  }
}
