/** Test audio on disk. */
import { writeFile } from 'node:fs/promises';
import { wavHeader } from '#adapters/rtp/wav.ts';

/** Writes a WAV with a tone of this length, 8 kHz mono, half of full loudness. */
export async function writeTone(path: string, hz: number, durationMs: number): Promise<string> {
  const samples = Int16Array.from({ length: durationMs * 8 }, (_, index) => {
    return 16_000 * Math.sin((2 * Math.PI * hz * index) / 8_000);
  });
  await writeFile(path, Buffer.concat([wavHeader(1, samples.byteLength), Buffer.from(samples.buffer)]));
  return path;
}
