/**
 * G.711 by tables (ITU-T G.711, 1988): linear samples are signed 16 bit, as the tables of G.711 scaled up by 4
 * (µ-law, 14 bit) and by 8 (A-law, 13 bit).
 */
import type { AudioCodec } from '#ports/media.ts';

const mulawBias = 132;
const mulawClip = 32_635;

function mulawByte(sample: number): number {
  const magnitude = Math.min(Math.abs(sample), mulawClip) + mulawBias;
  const segment = 24 - Math.clz32(magnitude);
  const step = (magnitude >> (segment + 3)) & 0x0f;
  return ~((sample < 0 ? 0x80 : 0) | (segment << 4) | step) & 0xff;
}

function mulawSample(byte: number): number {
  const inverted = ~byte & 0xff;
  const magnitude = ((((inverted & 0x0f) << 3) + mulawBias) << ((inverted & 0x70) >> 4)) - mulawBias;
  return inverted & 0x80 ? -magnitude : magnitude;
}

function alawByte(sample: number): number {
  const magnitude = (sample < 0 ? ~sample : sample) >> 3;
  const segment = magnitude < 32 ? 0 : 27 - Math.clz32(magnitude);
  const step = (magnitude >> Math.max(segment, 1)) & 0x0f;
  return ((segment << 4) | step) ^ (sample < 0 ? 0x55 : 0xd5);
}

function alawSample(byte: number): number {
  const even = byte ^ 0x55;
  const segment = (even & 0x70) >> 4;
  const step = ((even & 0x0f) << 4) + 8;
  const magnitude = segment === 0 ? step : (step + 0x100) << (segment - 1);
  return even & 0x80 ? magnitude : -magnitude;
}

const encodeTables: Record<AudioCodec, Uint8Array> = {
  PCMU: Uint8Array.from({ length: 65_536 }, (_, index) => mulawByte((index << 16) >> 16)),
  PCMA: Uint8Array.from({ length: 65_536 }, (_, index) => alawByte((index << 16) >> 16)),
};

/** What each of the 256 bytes of a codec means as a signed 16-bit sample. */
export const decodeTables: Readonly<Record<AudioCodec, Int16Array>> = {
  PCMU: Int16Array.from({ length: 256 }, (_, byte) => mulawSample(byte)),
  PCMA: Int16Array.from({ length: 256 }, (_, byte) => alawSample(byte)),
};

/** The byte of a codec that means no sound at all. */
export const silentByte: Readonly<Record<AudioCodec, number>> = { PCMU: 0xff, PCMA: 0xd5 };

/** Static payload types (RFC 3551, table 4). */
export const payloadTypeOf: Readonly<Record<AudioCodec, number>> = { PCMU: 0, PCMA: 8 };

/** The codec of a static payload type, undefined for any that is not G.711. */
export function codecOf(payloadType: number): AudioCodec | undefined {
  if (payloadType === payloadTypeOf.PCMU) return 'PCMU';
  return payloadType === payloadTypeOf.PCMA ? 'PCMA' : undefined;
}

/** Codes samples into `target`, which must be as long. */
export function encode(codec: AudioCodec, samples: Int16Array, target: Uint8Array): void {
  const table = encodeTables[codec];
  for (let index = 0; index < samples.length; index++) {
    target[index] = table[(samples[index] as number) & 0xffff] as number;
  }
}

const transcodeTables: Readonly<Record<AudioCodec, Uint8Array>> = {
  PCMU: Uint8Array.from({ length: 256 }, (_, byte) => mulawByte(alawSample(byte))),
  PCMA: Uint8Array.from({ length: 256 }, (_, byte) => alawByte(mulawSample(byte))),
};

/** Writes what another codec's bytes say into `target`, which must be as long. */
export function transcode(bytes: Uint8Array, to: AudioCodec, target: Uint8Array): void {
  const table = transcodeTables[to];
  for (let index = 0; index < bytes.length; index++) target[index] = table[bytes[index] as number] as number;
}

/** The samples that a codec's bytes stand for. */
export function decode(codec: AudioCodec, bytes: Uint8Array): Int16Array {
  const table = decodeTables[codec];
  return Int16Array.from(bytes, (byte) => table[byte] as number);
}
