/** Prompts: read and converted once, then shared by every leg of every worker. */
import { open } from 'node:fs/promises';
import { setImmediate as othersTurn } from 'node:timers/promises';
import { FatalError } from '#ports/errors.ts';
import type { AudioCodec } from '#ports/media.ts';
import { encode } from './g711.ts';
import { halveRate } from './resample.ts';
import { readWav } from './wav.ts';

/** A prompt ready to be sent: the same 8 kHz audio in either law, in memory that threads share. */
export type Prompt = Readonly<Record<AudioCodec, Uint8Array>>;

const largestFileBytes = 100_000_000;
/** A second of audio is converted at a time, so that the thread stays answering. */
const chunkSamples = 8_000;
const advice = 'give it as PCM 16 bit or G.711, mono or stereo, with 8000 or 16000 samples a second';

/**
 * Reads and converts a prompt.
 * @throws PROMPT_UNREADABLE
 */
export async function readPrompt(path: string): Promise<Prompt> {
  const audio = readWav(await contents(path));
  if ('fault' in audio) throw unreadable(path, audio.fault, advice);

  const halving = audio.sampleRate === 16_000;
  const length = halving ? audio.samples.length >> 1 : audio.samples.length;
  const prompt = {
    PCMU: new Uint8Array(new SharedArrayBuffer(length)),
    PCMA: new Uint8Array(new SharedArrayBuffer(length)),
  };
  for (let from = 0; from < length; from += chunkSamples) {
    const to = Math.min(from + chunkSamples, length);
    const samples = halving ? halveRate(audio.samples, from, to) : audio.samples.subarray(from, to);
    encode('PCMU', samples, prompt.PCMU.subarray(from, to));
    encode('PCMA', samples, prompt.PCMA.subarray(from, to));
    await othersTurn();
  }
  return prompt;
}

async function contents(path: string): Promise<Buffer> {
  try {
    await using file = await open(path);
    const { size } = await file.stat();
    if (size > largestFileBytes) throw unreadable(path, 'is larger than 100 MB', 'play a shorter one');
    return await file.readFile();
  } catch (error) {
    if (error instanceof FatalError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    const fault = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
    throw unreadable(path, fault, 'check the path and its permissions', error);
  }
}

function unreadable(path: string, fault: string, remedy: string, cause?: unknown): FatalError {
  return new FatalError('PROMPT_UNREADABLE', `The prompt ${path} ${fault}; ${remedy}.`, { cause });
}
