/** Datagrams that no peer should send: nonsense, cut and stretched packets, and a stranger's well-formed ones. */
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
      // A few are as large as UDP allows.
      return Buffer.concat([packet, Buffer.alloc(chance() < 0.02 ? 65_000 : below(chance, 3_000), number)]);
    case 4:
      return damaged(chance, packet);
    default:
      return packet;
  }
}
