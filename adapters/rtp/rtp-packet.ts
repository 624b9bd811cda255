/** RTP packets (RFC 3550, 5.1). */

/** What a packet says; the payload is a view into the datagram. */
export interface RtpPacket {
  readonly payloadType: number;
  readonly marker: boolean;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  readonly payload: Buffer;
}

/** Octets before the payload when nothing is contributed or extended. */
export const rtpHeaderBytes = 12;

/**
 * Reads a datagram (RFC 3550, 5.1 and A.1): version 2, and contributing sources, header extension and padding
 * within its length. Anything else is undefined.
 */
export function parseRtp(datagram: Buffer): RtpPacket | undefined {
  if (datagram.length < rtpHeaderBytes) return undefined;
  const first = datagram.readUInt8(0);
  if (first >> 6 !== 2) return undefined;

  let start = rtpHeaderBytes + (first & 0x0f) * 4;
  if (first & 0x10) {
    if (datagram.length < start + 4) return undefined;
    start += 4 + datagram.readUInt16BE(start + 2) * 4;
  }
  let end = datagram.length;
  if (first & 0x20) {
    const padding = datagram.readUInt8(end - 1);
    if (padding === 0) return undefined;
    end -= padding;
  }
  if (start > end) return undefined;

  const second = datagram.readUInt8(1);
  return {
    payloadType: second & 0x7f,
    marker: second >= 0x80,
    sequence: datagram.readUInt16BE(2),
    timestamp: datagram.readUInt32BE(4),
    ssrc: datagram.readUInt32BE(8),
    payload: datagram.subarray(start, end),
  };
}

/** Everything of a packet but its payload. */
export type RtpHeader = Omit<RtpPacket, 'payload'>;

/** A datagram with its header written and room for `payloadBytes` behind it; the room is not cleared. */
export function rtpDatagram(header: RtpHeader, payloadBytes: number): Buffer {
  const datagram = Buffer.allocUnsafe(rtpHeaderBytes + payloadBytes);
  datagram[0] = 0x80;
  datagram[1] = (header.marker ? 0x80 : 0) | header.payloadType;
  datagram.writeUInt16BE(header.sequence, 2);
  datagram.writeUInt32BE(header.timestamp, 4);
  datagram.writeUInt32BE(header.ssrc, 8);
  return datagram;
}

/** How far timestamp `later` is after `earlier`, modulo 2^32: negative when it is before. */
export function timestampsBetween(earlier: number, later: number): number {
  return (later - earlier) | 0;
}
