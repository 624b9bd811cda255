import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { decode } from './g711.ts';
import { PromptShelf } from './prompt-shelf.ts';
import { readPrompt } from './prompts.ts';
import { wavHeader } from './wav.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prompts-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, samples: Int16Array, rate = 8_000): Promise<string> {
  const header = wavHeader(1, samples.byteLength);
  header.writeUInt32LE(rate, 24);
  const path = join(folder, name);
  await writeFile(path, Buffer.concat([header, Buffer.from(samples.buffer)]));
  return path;
}

const steps = Int16Array.from({ length: 20_000 }, (_, index) => index - 10_000);

describe('a prompt', () => {
  test('is there in both laws, in memory that threads share', async () => {
    const prompt = await readPrompt(await file('steps.wav', steps));
    for (const codec of ['PCMU', 'PCMA'] as const) {
      expect(prompt[codec].buffer).toBeInstanceOf(SharedArrayBuffer);
      expect(prompt[codec].length).toBe(20_000);
      expect(Math.abs((decode(codec, prompt[codec])[15_000] ?? 0) - 5_000)).toBeLessThan(160);
    }
  });

  test('of 16 kHz has half as many samples', async () => {
    const prompt = await readPrompt(await file('wide.wav', steps, 16_000));
    expect(prompt.PCMU.length).toBe(10_000);
  });

  test.each([
    ['absent.wav', 'does not exist; check the path and its permissions.'],
    ['', 'cannot be read (EISDIR); check the path and its permissions.'],
  ])('that cannot be opened is refused in one sentence: %s', async (name, sentence) => {
    const path = join(folder, name);
    const message = `The prompt ${path} ${sentence}`;
    await expect(readPrompt(path)).rejects.toMatchObject({ code: 'PROMPT_UNREADABLE', message });
  });

  test('of the wrong kind is refused with what to do', async () => {
    const path = await file('cd.wav', steps, 44_100);
    const message = `The prompt ${path} has 44100 samples a second; give it as PCM 16 bit or G.711, mono or stereo, with 8000 or 16000 samples a second.`;
    await expect(readPrompt(path)).rejects.toMatchObject({ code: 'PROMPT_UNREADABLE', message });
  });
});

describe('the shelf', () => {
  test('gives the same prompt to all who ask', async () => {
    const path = await file('shared.wav', steps);
    const shelf = new PromptShelf();
    const [one, two] = await Promise.all([shelf.take(path), shelf.take(path)]);
    expect(two).toBe(one);
    expect(await shelf.take(path)).toBe(one);
  });

  test('reads a file again when it has changed', async () => {
    const path = await file('changing.wav', steps);
    const shelf = new PromptShelf();
    const before = await shelf.take(path);
    await file('changing.wav', steps.subarray(0, 800));
    await utimes(path, 1, 1);
    expect((await shelf.take(path)).PCMU).not.toHaveLength(before.PCMU.length);
  });

  test('does not remember a failure', async () => {
    const path = join(folder, 'later.wav');
    const shelf = new PromptShelf();
    await expect(shelf.take(path)).rejects.toMatchObject({ code: 'PROMPT_UNREADABLE' });
    await file('later.wav', steps);
    expect((await shelf.take(path)).PCMU).toHaveLength(20_000);
  });

  test('makes room for new prompts', async () => {
    const shelf = new PromptShelf();
    const first = await file('0.wav', steps.subarray(0, 160));
    const kept = await shelf.take(first);
    for (let index = 1; index <= 64; index++) await shelf.take(await file(`${index}.wav`, steps.subarray(0, 160)));
    expect(await shelf.take(first)).not.toBe(kept);
  });
});
