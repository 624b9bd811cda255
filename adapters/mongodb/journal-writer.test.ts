import { beforeEach, expect, test } from '@jest/globals';
import { MongoBulkWriteError } from 'mongodb';
import type { NewEntry } from '#ports/journal.ts';
import { Heads } from './journal-heads.ts';
import { JournalWriter, type JournalWriterOptions } from './journal-writer.ts';

const tooLarge = { code: 10_334, errmsg: 'BSONObj size is invalid' };
const diskFull = { code: 14_031, errmsg: 'no space' };
/** Streams of each insert that was sent. */
let sent: string[][];
/** Streams that the server refuses, and why. */
let refused: Map<string, typeof tooLarge>;
let writer: JournalWriter;

interface Document {
  readonly stream?: string;
}

/** Inserts in order, up to the first that is refused. */
async function insertMany(documents: readonly Document[]): Promise<void> {
  const streams = documents.flatMap(({ stream }) => (stream === undefined ? [] : [stream]));
  sent.push(streams);
  const index = documents.findIndex(({ stream }) => stream !== undefined && refused.has(stream));
  const { code = 0, errmsg = '' } = refused.get(documents[index]?.stream ?? '') ?? {};
  if (index < 0) return;
  const result = { getWriteConcernError: () => undefined };
  const error = { message: errmsg, code, writeErrors: [{ index, code, errmsg }] };
  throw new MongoBulkWriteError(error as never, result as never);
}

beforeEach(() => {
  [sent, refused] = [[], new Map()];
  const writers = { register: async () => 1, noteTail: () => true, announce: async () => {}, seal: async () => {} };
  const options = { collections: { journal: { insertMany } }, writers, heads: new Heads(), sweeper: { drop() {} } };
  writer = new JournalWriter({ ...options, onWritten() {} } as unknown as JournalWriterOptions);
});

const append = (stream: string) => {
  const bytes = Uint8Array.of(1);
  const entry: NewEntry = {
    ...{ stream, version: 1, bytes, hash: bytes, atMs: 1, wakeful: false, setTimers: [], clearTimers: [] },
  };
  return writer.append([entry], entry).then(
    () => 'kept',
    (error: { code: string; name: string }) => `${error.name} ${error.code}`,
  );
};
const appendAll = () => Promise.all(['call/1', 'call/2', 'call/3', 'call/4'].map(append));

test('an append that the server refuses is refused alone: those behind it are sent again', async () => {
  refused.set('call/2', tooLarge);
  expect(await appendAll()).toEqual(['kept', 'FatalError JOURNAL_UNAVAILABLE', 'kept', 'kept']);
  expect(sent).toEqual([
    ['call/1', 'call/2', 'call/3', 'call/4'],
    ['call/3', 'call/4'],
  ]);
});

test('where the disk is full none is sent again: each would only hear the same', async () => {
  refused.set('call/2', diskFull);
  const full = 'RetryableError DISK_FULL';
  expect(await appendAll()).toEqual(['kept', full, full, full]);
  expect(sent).toHaveLength(1);
});
