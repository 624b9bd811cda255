import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { CodedError } from '#ports/errors.ts';
import { Recording } from './recording.ts';
import { readWav } from './wav.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recording-'));
});
afterAll(() => rm(folder, { recursive: true }));

const unexpected = (error: CodedError) => {
  throw new Error(error.message);
};
const second = new Int16Array(16_000).fill(1_234);

test('a folder is made, and the file is for its owner alone', async () => {
  const path = join(folder, 'a', 'b', 'call.wav');
  const recording = new Recording(path, unexpected);
  recording.write(second);
  recording.write(second.subarray(0, 160));
  expect(await recording.close()).toEqual({ path, recordedMs: 1_010 });
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const file = await readFile(path);
  expect(file.readUInt16LE(22)).toBe(2);
  expect(readWav(file)).toMatchObject({ samples: new Int16Array(8_080).fill(1_234) });
});

test('a recording of nothing is a file all the same', async () => {
  const path = join(folder, 'empty.wav');
  expect(await new Recording(path, unexpected).close()).toEqual({ path, recordedMs: 0 });
  expect(await readFile(path)).toHaveLength(44);
});

test('the folder is a file: one error, and the recording ends', async () => {
  await writeFile(join(folder, 'file'), '');
  const path = join(folder, 'file', 'calls', 'call.wav');
  const errors: CodedError[] = [];
  const recording = new Recording(path, (error) => errors.push(error));
  recording.write(second);
  const { recordedMs, error } = await recording.close();
  expect(recordedMs).toBe(0);
  expect(errors).toEqual([error]);
  expect(error).toEqual({
    code: 'RECORDING_UNWRITABLE',
    message: `The recording ${path} cannot be written (ENOTDIR); check that its folder can be written to.`,
  });
});

test('the disk is full: the recording ends and says so', async () => {
  const errors: CodedError[] = [];
  const recording = new Recording('/dev/full', (error) => errors.push(error));
  recording.write(second);
  recording.write(second);
  expect(await recording.close()).toMatchObject({ recordedMs: 0, error: { code: 'DISK_FULL' } });
  expect(errors).toEqual([
    { code: 'DISK_FULL', message: 'The disk of the recording /dev/full is full; make room on it.' },
  ]);
});

test('a disk that does not keep up is not waited for', async () => {
  const path = join(folder, 'slow.wav');
  const errors: CodedError[] = [];
  const recording = new Recording(path, (error) => errors.push(error));
  for (let index = 0; index < 20; index++) recording.write(second);
  const { recordedMs, error } = await recording.close();
  expect(error?.message).toBe(`The disk of the recording ${path} does not keep up; record to a faster one.`);
  expect(errors).toHaveLength(1);
  expect(recordedMs).toBe(0);
});
