import { wavHeaderBytes } from '#adapters/rtp/wav.ts';

/** The largest sample of one channel of a stereo recording: 0 is left, what was heard, 1 is right, what was said. */
export function loudest(file: Buffer, channel: 0 | 1): number {
  let most = 0;
  for (let at = wavHeaderBytes + 2 * channel; at + 1 < file.length; at += 4) {
    most = Math.max(most, Math.abs(file.readInt16LE(at)));
  }
  return most;
}
