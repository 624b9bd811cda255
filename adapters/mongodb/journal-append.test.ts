import { describe, expect, test } from '@jest/globals';
import { ObjectId } from 'mongodb';
import type { NewEntry } from '#ports/journal.ts';
import { appendOf, documentsOf } from './journal-append.ts';
import { type Head, noHead } from './journal-heads.ts';

const place = { writer: 7, sequence: 300 };

function entry(version: number, more: Partial<NewEntry> = {}): NewEntry {
  const bytes = Uint8Array.of(version);
  return {
    stream: 'call/1',
    version,
    bytes,
    hash: bytes,
    atMs: version,
    wakeful: false,
    setTimers: [],
    clearTimers: [],
    ...more,
  };
}

function written(entries: readonly [NewEntry, ...NewEntry[]], head: Head = noHead) {
  return documentsOf(appendOf(entries, entries[0]), head, place);
}

const ring = (atMs: number) => ({ key: 'ring', atMs, command: Uint8Array.of(1) });
const head = (more: Partial<Head> = {}): Head => ({
  version: 1,
  place: { writer: 7, sequence: 299 },
  timers: [],
  seenAtMs: 0,
  ...more,
});

describe('an append becomes', () => {
  test('one document whose key is the version that it begins with', () => {
    const { markers, commit } = written([entry(1)]);
    expect(markers).toEqual([]);
    expect(commit).toMatchObject({
      _id: 'call/1@1',
      version: 1,
      begins: 'call/1',
      writer: 7,
      sequence: 300,
      block: 1,
    });
    expect(commit).not.toHaveProperty('earlier');
  });

  test('one document also for several commits', () => {
    const { commit } = written([entry(2), entry(3), entry(4)], head());
    expect(commit).toMatchObject({ _id: 'call/1@2', version: 4, atMs: 4 });
    expect(commit.earlier?.map(({ atMs }) => atMs)).toEqual([2, 3]);
    expect(commit).not.toHaveProperty('begins');
  });

  test('a document that names the one before it where another writer wrote that', () => {
    const before = { writer: 3, sequence: 12 };
    expect(written([entry(2)], head({ place: before })).commit.behind).toEqual(before);
    expect(written([entry(2)], head()).commit.behind).toBeUndefined();
  });
});

describe('markers stand ahead of a commit', () => {
  test('that leaves work outstanding where none was', () => {
    const { markers, commit } = written([entry(1, { wakeful: true })]);
    expect(markers).toEqual([{ _id: commit.wake, marker: 'wakeful', of: 'call/1', from: 1, by: 7 }]);
  });

  test('and not where the commit before has one already', () => {
    const wake = new ObjectId();
    const { markers, commit, obsolete } = written([entry(2, { wakeful: true })], head({ wake }));
    expect([markers, commit.wake, obsolete]).toEqual([[], wake, []]);
  });

  test('and are obsolete once no work is outstanding', () => {
    const wake = new ObjectId();
    const { commit, obsolete } = written([entry(2, { wakeful: true }), entry(3)], head({ wake }));
    expect([commit.wake, obsolete]).toEqual([undefined, [wake]]);
  });

  test('that sets a timer, and only for those that are left at its end', () => {
    const { markers, commit } = written([
      entry(1, { setTimers: [ring(10), { ...ring(20), key: 'talk' }] }),
      entry(2, { setTimers: [ring(30)], clearTimers: ['talk'] }),
    ]);
    expect(markers).toMatchObject([{ marker: 'timer', key: 'ring', dueAtMs: 30, from: 2 }]);
    expect(commit.timers).toEqual([{ key: 'ring', atMs: 30, id: markers[0]?._id }]);
  });

  test('timers of before stay, unless they are moved or cleared', () => {
    const timers = ['ring', 'talk', 'gather'].map((key, index) => ({ key, atMs: index, id: new ObjectId() }));
    const before = head({ timers });
    const { markers, commit, obsolete } = written(
      [entry(2, { setTimers: [ring(99)], clearTimers: ['gather'] })],
      before,
    );
    expect(commit.timers?.map(({ key }) => key)).toEqual(['ring', 'talk']);
    expect(commit.timers?.[1]).toBe(timers[1]);
    expect(markers).toHaveLength(1);
    expect(obsolete).toEqual([timers[0]?.id, timers[2]?.id]);
  });
});
