import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import type { NewEntry } from '#ports/journal.ts';
import { JournalWriter } from './journal-writer.ts';

const rounds = 20;

function entry(stream: string, version: number): NewEntry {
  const bytes = new Uint8Array(10);
  return { stream, version, bytes, hash: bytes, atMs: 1, wakeful: false, setTimers: [], clearTimers: [] };
}

test('where a sync is slow, those who began at different times come to share it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'callboard-journal-'));
  let syncs = 0;
  const writer = await JournalWriter.open({ path: join(folder, 'journal.db'), slowerMs: 5 }, () => {
    syncs += 1;
  });
  const appendOften = async (stream: string) => {
    for (let version = 1; version <= rounds; version += 1) {
      await writer.append(stream, version, [entry(stream, version)]);
    }
  };
  const first = appendOften('call/1');
  await setImmediate();
  const second = appendOften('call/2');
  await setImmediate();
  await Promise.all([first, second, appendOften('call/3')]);
  // Each by turns would take twice as many, or three times.
  expect(syncs).toBeLessThanOrEqual(rounds + 3);
  await writer.drain();
  await writer.close();
  await rm(folder, { recursive: true });
});
