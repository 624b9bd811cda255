/** Several who speak at once, as one of a conference hears them. */
import type { AudioCodec } from '#ports/media.ts';
import type { Frame } from './feed.ts';
import { decodeTables, encode } from './g711.ts';
import { packetSamples } from './pace.ts';

const loudest = 32_767;

/** One frame in the codec that is wanted: untouched where there is one and it is in it, else the sum of all. */
export function mix(frames: readonly Frame[], codec: AudioCodec): Buffer | undefined {
  const [first] = frames;
  if (!first) return undefined;
  if (frames.length === 1 && first.codec === codec) return first.payload;
  const sum = new Int16Array(packetSamples);
  for (const frame of frames) {
    const table = decodeTables[frame.codec];
    for (let index = 0; index < packetSamples; index++) {
      const sample = (sum[index] ?? 0) + (table[frame.payload[index] ?? 0] ?? 0);
      sum[index] = Math.max(-loudest, Math.min(loudest, sample));
    }
  }
  const mixed = Buffer.alloc(packetSamples);
  encode(codec, sum, mixed);
  return mixed;
}
