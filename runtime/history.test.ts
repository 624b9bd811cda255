import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { type Commit, commit as commitCodec } from '#proto/generated/envelope.ts';
import { JournalData, MemoryJournal } from '#test/fakes/memory-journal.ts';
import { tallyActor, tallyProtocol } from '#test/fakes/tally-actor.ts';
import { add, startedNode, TestJournal } from '#test/runtime-kit.ts';
import type { BrokenLink } from './commits.ts';
import { replay, verifyJournal } from './history.ts';

/** Two actors with three commits each, a second apart. */
async function written() {
  const data = new JournalData();
  const node = await startedNode([tallyActor({}, { snapshots: { everyCommits: 2, schema: 1 } })], {
    journal: new TestJournal(data),
  });
  const startMs = node.clock.now();
  for (const amount of [1, 2, 3]) {
    await node.runtime.ask(tallyProtocol, 'a', add(amount), { commandId: `c-${amount}`, correlationId: 'cause-1' });
    await node.runtime.ask(tallyProtocol, 'b', add(amount));
    await node.clock.advance(1000);
  }
  return { data, startMs, journal: new MemoryJournal(data) };
}

describe('replay', () => {
  test('tells the history and the state from the first commit, without snapshots', async () => {
    const { data, startMs, journal } = await written();
    data.snapshots.clear();
    const history = await replay(tallyActor(), journal, 'a');
    expect(history).toMatchObject({ ref: 'tally/a', version: 3, state: { total: 6, amounts: [1, 2, 3] } });
    expect(history.commits.map(({ atMs }) => atMs - startMs)).toEqual([0, 1000, 2000]);
    expect(history.commits[1]).toEqual({
      version: 2,
      atMs: startMs + 1000,
      commandId: 'c-2',
      correlationId: 'cause-1',
      causationId: '',
      sender: 'node:node-1',
      events: [{ type: 'Added', amount: 2, sender: 'node:node-1', correlationId: 'cause-1' }],
    });
  });

  test('as it was at a time', async () => {
    const { startMs, journal } = await written();
    const at = (atMs: number) => replay(tallyActor(), journal, 'a', { atMs });
    expect(await at(startMs - 1)).toMatchObject({ version: 0, commits: [], state: { total: 0 } });
    expect(await at(startMs + 1000)).toMatchObject({ version: 2, state: { total: 3 } });
    expect(await at(startMs + 1999)).toMatchObject({ version: 2 });
  });

  test('of an actor that never was is empty', async () => {
    const { journal } = await written();
    expect(await replay(tallyActor(), journal, 'nobody')).toMatchObject({ version: 0, commits: [] });
  });

  test('of a broken stream throws', async () => {
    const { data, journal } = await written();
    data.streams.get('tally/a')?.splice(1, 1);
    await expect(replay(tallyActor(), journal, 'a')).rejects.toMatchObject({ code: 'JOURNAL_BROKEN' });
  });
});

describe('verify', () => {
  test('walks every chain of a sound journal', async () => {
    const { journal } = await written();
    expect(await verifyJournal(journal)).toEqual({ streams: 2, commits: 6, digest: expect.any(String) });
    expect(await verifyJournal(new MemoryJournal())).toEqual({ streams: 0, commits: 0, digest: sha256('') });
  });

  test('gives a digest of where every stream stands, which tells a loss that no chain shows', async () => {
    const { data, journal } = await written();
    const heads = ['tally/a', 'tally/b'].map((stream) => {
      const last = data.streams.get(stream)?.at(-1);
      return `${stream} ${last?.version} ${Buffer.from(last?.hash ?? '').toString('hex')}\n`;
    });
    const whole = await verifyJournal(journal);
    expect(whole.digest).toBe(sha256(heads.join('')));
    data.snapshots.clear();
    expect(await verifyJournal(journal)).toEqual(whole);

    data.streams.get('tally/b')?.pop();
    const shortened = await verifyJournal(journal);
    expect(shortened).toEqual({ streams: 2, commits: 5, digest: expect.any(String) });
    expect(shortened.digest).not.toBe(whole.digest);
  });

  test.each<[string, (data: JournalData) => void]>([
    ['was edited', (data) => editSnapshot(data, (bytes) => flip(bytes.subarray(60)))],
    ['is longer than its stream', (data) => data.streams.get('tally/b')?.splice(1)],
    ['is of another history', (data) => data.streams.set('tally/b', otherHistory(data))],
  ])('reports a snapshot that %s', async (_name, spoil) => {
    const { data, journal } = await written();
    spoil(data);
    const why: BrokenLink['why'] = 'snapshot of another history';
    expect(await verifyJournal(journal)).toMatchObject({ broken: { stream: 'tally/b', version: 2, why } });
  });

  test('reports commits whose stream is gone', async () => {
    const { data, journal } = await written();
    data.streams.delete('tally/a');
    expect(await verifyJournal(journal)).toEqual({
      streams: 1,
      commits: 3,
      broken: { stream: 'tally/a', version: 1, why: 'stream gone' },
    });
  });

  test.each<[string, (stream: JournalData['entries']) => void, number, BrokenLink['why']]>([
    ['a commit that is gone', (stream) => stream.splice(1, 1), 3, 'gap'],
    ['one changed byte', (stream) => flip(stream[1]?.bytes), 2, 'hash of the bytes wrong'],
    ['one changed byte of a hash', (stream) => flip(stream[2]?.hash), 3, 'hash of the bytes wrong'],
    [
      'a time that is not that of the commit',
      (stream) => stream.splice(1, 1, late(stream)),
      2,
      'time of another commit',
    ],
    ['a commit of another history', (stream) => stream.splice(1, 1, foreign(stream)), 2, 'previous hash wrong'],
    ['a commit of another place', (stream) => stream.splice(1, 1, misplaced(stream)), 2, 'bytes of another place'],
    ['bytes that are no commit', (stream) => stream.splice(1, 1, garbage(stream)), 2, 'bytes unreadable'],
  ])('names the first broken link: %s', async (_name, spoil, version, why) => {
    const { data, journal } = await written();
    const stream = data.streams.get('tally/b');
    if (!stream) throw new Error('There is no stream to spoil.');
    spoil(stream);
    expect(await verifyJournal(journal)).toEqual({
      streams: 1,
      commits: 3,
      broken: { stream: 'tally/b', version, why },
    });
  });
});

type Entries = JournalData['entries'];

function flip(bytes: Uint8Array | undefined): void {
  if (bytes) bytes[3] = (bytes[3] ?? 0) ^ 1;
}

/** As somebody would put a commit in place who knows how commits are made. */
function resealed(stream: Entries, bytesOf: (commit: Commit) => Uint8Array): Entries[number] {
  const [, second] = stream;
  if (!second) throw new Error('There is no second commit.');
  const bytes = bytesOf(commitCodec.decode(second.bytes));
  return { ...second, bytes, hash: createHash('sha256').update(bytes).digest() };
}

function foreign(stream: Entries): Entries[number] {
  return resealed(stream, (commit) => commitCodec.encode({ ...commit, previousHash: new Uint8Array(32) }));
}

function late([, second]: Entries): Entries[number] {
  if (!second) throw new Error('There is no second commit.');
  return { ...second, atMs: second.atMs + 1 };
}

function editSnapshot({ snapshots }: JournalData, edit: (bytes: Uint8Array) => void): void {
  const snapshot = snapshots.get('tally/b');
  if (!snapshot) throw new Error('There is no snapshot to spoil.');
  edit(snapshot.bytes);
}

/** A sound chain, two commits long, that is not the one the snapshot was made of. */
function otherHistory({ streams }: JournalData): Entries {
  const [first, second] = streams.get('tally/b') ?? [];
  if (!first || !second) throw new Error('There are no two commits.');
  const bytes = commitCodec.encode({ ...commitCodec.decode(second.bytes), commandId: 'forged' });
  return [first, { ...second, bytes, hash: createHash('sha256').update(bytes).digest() }];
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function misplaced(stream: Entries): Entries[number] {
  return resealed(stream, (commit) => commitCodec.encode({ ...commit, stream: 'tally/a' }));
}

function garbage(stream: Entries): Entries[number] {
  return resealed(stream, () => new Uint8Array([255, 255, 255]));
}
