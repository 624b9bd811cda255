/**
 * Moleculer's packets, with commands and answers as the bytes they are: what Moleculer says about them stays JSON,
 * which costs it the least, and the bytes follow it. A packet without bytes is JSON alone and begins with a brace.
 *
 *     0x00 | length of the JSON, 32 bits, big endian | JSON | bytes
 */
import { Serializers } from 'moleculer';

const mark = 0x00;
const headBytes = 5;

type Packet = Record<string, unknown>;

export class PacketSerializer extends Serializers.Base {
  /** What delivery.ts looks for. */
  readonly carriesBytes = true;

  override serialize(packet: Packet, type?: string): Buffer {
    const field = fieldOf(type);
    const bytes = field && packet[field];
    if (!field || !(bytes instanceof Uint8Array)) return Buffer.from(JSON.stringify(packet));
    packet[field] = undefined;
    const text = JSON.stringify(packet);
    packet[field] = bytes;
    const length = Buffer.byteLength(text);
    const frame = Buffer.allocUnsafe(headBytes + length + bytes.length);
    frame[0] = mark;
    frame.writeUInt32BE(length, 1);
    frame.write(text, headBytes);
    frame.set(bytes, headBytes + length);
    return frame;
  }

  /** @throws on bytes that are no packet; Moleculer logs it and drops them. */
  override deserialize(frame: Buffer, type?: string): Packet {
    if (frame[0] !== mark) return JSON.parse(frame.toString()) as Packet;
    const field = fieldOf(type);
    if (!field || frame.length < headBytes) throw new RangeError(`A packet ${type} holds no bytes.`);
    const end = headBytes + frame.readUInt32BE(1);
    const packet = JSON.parse(frame.toString('utf8', headBytes, end)) as Packet;
    packet[field] = frame.subarray(end);
    return packet;
  }
}

/** Where a packet of Moleculer has what its sender sent (Moleculer's packets.js). */
function fieldOf(type: string | undefined): 'params' | 'data' | undefined {
  if (type === 'REQ') return 'params';
  return type === 'RES' ? 'data' : undefined;
}
