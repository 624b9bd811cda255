/** RTCP packets: SR, RR, SDES with a CNAME, BYE (RFC 3550, 6.4 to 6.6). */
import type { ReceptionFigures } from './reception.ts';

/** What a sender report says of its sender (RFC 3550, 6.4.1). */
export interface SenderInfo {
  /** NTP time: seconds since 1900 and their fraction in 1/2^32. */
  readonly ntpSeconds: number;
  readonly ntpFraction: number;
  readonly timestamp: number;
  readonly packets: number;
  readonly octets: number;
}

/** What a report says of one source its sender hears. */
export interface ReportBlock extends ReceptionFigures {
  readonly ssrc: number;
  /** Middle 32 bits of the NTP time of the last SR heard, 0 for none. */
  readonly lastSenderReport: number;
  /** From hearing it to this report, in 1/65,536 s. */
  readonly delaySinceLastSenderReport: number;
}

export interface Report {
  readonly type: 'report';
  readonly ssrc: number;
  /** In sender reports only. */
  readonly sender?: SenderInfo;
  readonly blocks: readonly ReportBlock[];
}

export interface Bye {
  readonly type: 'bye';
  readonly ssrcs: readonly number[];
}

const senderReport = 200;
const receiverReport = 201;
const sourceDescription = 202;
const goodbye = 203;
const cnameItem = 1;
const blockBytes = 24;
const senderBytes = 20;

function packet(type: number, count: number, body: Buffer): Buffer {
  const header = Buffer.alloc(4);
  header[0] = 0x80 | count;
  header[1] = type;
  header.writeUInt16BE(body.length / 4, 2);
  return Buffer.concat([header, body]);
}

/** An SR where `sender` is given, an RR where not. */
export function encodeReport({ ssrc, sender, blocks }: Omit<Report, 'type'>): Buffer {
  const start = 4 + (sender ? senderBytes : 0);
  const body = Buffer.alloc(start + blocks.length * blockBytes);
  body.writeUInt32BE(ssrc, 0);
  if (sender) {
    body.writeUInt32BE(sender.ntpSeconds, 4);
    body.writeUInt32BE(sender.ntpFraction, 8);
    body.writeUInt32BE(sender.timestamp, 12);
    body.writeUInt32BE(sender.packets >>> 0, 16);
    body.writeUInt32BE(sender.octets >>> 0, 20);
  }
  for (const [index, block] of blocks.entries()) {
    const at = start + index * blockBytes;
    body.writeUInt32BE(block.ssrc, at);
    body.writeUInt8(block.fractionLost, at + 4);
    body.writeIntBE(Math.max(-0x80_0000, Math.min(0x7f_ffff, block.cumulativeLost)), at + 5, 3);
    body.writeUInt32BE(block.extendedHighestSequence >>> 0, at + 8);
    body.writeUInt32BE(block.jitter >>> 0, at + 12);
    body.writeUInt32BE(block.lastSenderReport, at + 16);
    body.writeUInt32BE(block.delaySinceLastSenderReport >>> 0, at + 20);
  }
  return packet(sender ? senderReport : receiverReport, blocks.length, body);
}

/** An SDES with the CNAME alone: the one item that must be there, and the only one that needs say nothing of people. */
export function encodeCname(ssrc: number, cname: string): Buffer {
  const text = Buffer.from(cname, 'latin1');
  // The item list ends with at least one zero and fills its 32-bit word.
  const body = Buffer.alloc(4 + 4 * Math.ceil((2 + text.length + 1) / 4));
  body.writeUInt32BE(ssrc, 0);
  body[4] = cnameItem;
  body[5] = text.length;
  text.copy(body, 6);
  return packet(sourceDescription, 1, body);
}

/** A BYE without a reason. */
export function encodeBye(ssrc: number): Buffer {
  const body = Buffer.alloc(4);
  body.writeUInt32BE(ssrc, 0);
  return packet(goodbye, 1, body);
}

/**
 * Reads a compound packet; what is neither a report nor a BYE is stepped over. Undefined when it is not valid as a
 * whole (RFC 3550, A.2): version 2, a report first, lengths that add up, room for what the counts announce.
 */
export function decodeCompound(datagram: Buffer): (Report | Bye)[] | undefined {
  const found: (Report | Bye)[] = [];
  let at = 0;
  while (at < datagram.length) {
    if (at + 4 > datagram.length) return undefined;
    const first = datagram.readUInt8(at);
    const type = datagram.readUInt8(at + 1);
    const end = at + 4 + datagram.readUInt16BE(at + 2) * 4;
    if (first >> 6 !== 2 || end > datagram.length) return undefined;
    if (at === 0 && (first & 0x20 || (type !== senderReport && type !== receiverReport))) return undefined;
    const read = decodeBody(type, first & 0x1f, datagram.subarray(at + 4, end));
    if (read === 'short') return undefined;
    if (read) found.push(read);
    at = end;
  }
  return found.length > 0 ? found : undefined;
}

function decodeBody(type: number, count: number, body: Buffer): Report | Bye | 'short' | undefined {
  switch (type) {
    case senderReport:
    case receiverReport:
      return decodeReport(type === senderReport, count, body);
    case goodbye:
      if (body.length < count * 4) return 'short';
      return { type: 'bye', ssrcs: Array.from({ length: count }, (_, index) => body.readUInt32BE(index * 4)) };
    default:
      return undefined;
  }
}

function decodeReport(fromSender: boolean, count: number, body: Buffer): Report | 'short' {
  const start = 4 + (fromSender ? senderBytes : 0);
  if (body.length < start + count * blockBytes) return 'short';
  const blocks = Array.from({ length: count }, (_, index) => decodeBlock(body, start + index * blockBytes));
  const report = { type: 'report', ssrc: body.readUInt32BE(0), blocks } as const;
  if (!fromSender) return report;
  const sender = {
    ntpSeconds: body.readUInt32BE(4),
    ntpFraction: body.readUInt32BE(8),
    timestamp: body.readUInt32BE(12),
    packets: body.readUInt32BE(16),
    octets: body.readUInt32BE(20),
  };
  return { ...report, sender };
}

function decodeBlock(body: Buffer, at: number): ReportBlock {
  return {
    ssrc: body.readUInt32BE(at),
    fractionLost: body.readUInt8(at + 4),
    cumulativeLost: body.readIntBE(at + 5, 3),
    extendedHighestSequence: body.readUInt32BE(at + 8),
    jitter: body.readUInt32BE(at + 12),
    lastSenderReport: body.readUInt32BE(at + 16),
    delaySinceLastSenderReport: body.readUInt32BE(at + 20),
  };
}
