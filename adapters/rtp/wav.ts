/** WAV files: what may be played, and the header of what is recorded (Microsoft RIFF, 1994; WAVEFORMATEX). */
import { decode } from './g711.ts';

/** Audio of one channel. */
export interface MonoAudio {
  readonly sampleRate: 8_000 | 16_000;
  readonly samples: Int16Array;
}

const formatTags = new Map<number, 'PCM' | 'PCMA' | 'PCMU'>([
  [1, 'PCM'],
  [6, 'PCMA'],
  [7, 'PCMU'],
]);
const extensibleTag = 0xfffe;
/** Writers that cannot seek back leave a size of this or more: the data goes on to the end of the file. */
const endlessBytes = 0x7fff_0000;

/**
 * Reads a WAV of PCM 16 bit or G.711, mono or stereo, 8 or 16 kHz, and mixes stereo to mono. A file that is
 * anything else comes back as what is wrong with it, to stand after "the file" in a sentence.
 */
export function readWav(file: Buffer): MonoAudio | { readonly fault: string } {
  if (file.length < 12 || file.toString('latin1', 0, 4) !== 'RIFF' || file.toString('latin1', 8, 12) !== 'WAVE') {
    return { fault: 'is no WAV file' };
  }
  const format = chunk(file, 'fmt ');
  if (!format || format.body.length < 16) return { fault: 'has no format chunk' };
  const data = chunk(file, 'data');
  if (!data) return { fault: 'has no data chunk' };
  if (data.size > data.body.length && data.size < endlessBytes) {
    return { fault: `is cut short, ${data.body.length} of ${data.size} bytes of audio are there` };
  }

  const tag = format.body.readUInt16LE(0);
  const coding = formatTags.get(tag === extensibleTag && format.body.length >= 26 ? format.body.readUInt16LE(24) : tag);
  if (!coding) return { fault: `is coded in format ${tag}, which is neither PCM nor G.711` };
  const channels = format.body.readUInt16LE(2);
  if (channels !== 1 && channels !== 2) return { fault: `has ${channels} channels` };
  const sampleRate = format.body.readUInt32LE(4);
  if (sampleRate !== 8_000 && sampleRate !== 16_000) return { fault: `has ${sampleRate} samples a second` };
  const bits = format.body.readUInt16LE(14);
  if (bits !== (coding === 'PCM' ? 16 : 8)) return { fault: `has ${bits} bits a sample` };

  const samples = coding === 'PCM' ? littleEndian(data.body) : decode(coding, data.body);
  const mono = channels === 1 ? samples : mixed(samples);
  return mono.length === 0 ? { fault: 'has no audio in it' } : { sampleRate, samples: mono };
}

/** The first chunk of a name: the size that it claims, and as much of its body as is there. */
function chunk(file: Buffer, name: string): { size: number; body: Buffer } | undefined {
  for (let at = 12; at + 8 <= file.length; ) {
    const size = file.readUInt32LE(at + 4);
    if (file.toString('latin1', at, at + 4) === name) return { size, body: file.subarray(at + 8, at + 8 + size) };
    at += 8 + size + (size & 1);
  }
  return undefined;
}

function littleEndian(bytes: Buffer): Int16Array {
  return Int16Array.from({ length: bytes.length >> 1 }, (_, index) => bytes.readInt16LE(index * 2));
}

function mixed(stereo: Int16Array): Int16Array {
  return Int16Array.from({ length: stereo.length >> 1 }, (_, frame) => {
    return ((stereo[frame * 2] as number) + (stereo[frame * 2 + 1] as number)) >> 1;
  });
}

/** Octets of a `wavHeader`. */
export const wavHeaderBytes = 44;

/** The header of a PCM 16-bit, 8 kHz WAV with this much audio behind it. */
export function wavHeader(channels: 1 | 2, dataBytes: number): Buffer {
  const header = Buffer.alloc(wavHeaderBytes);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(wavHeaderBytes - 8 + dataBytes, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(8_000, 24);
  header.writeUInt32LE(8_000 * channels * 2, 28);
  header.writeUInt16LE(channels * 2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(dataBytes, 40);
  return header;
}
