import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ObjectId } from 'mongodb';
import type { StoredEntry } from '#ports/journal.ts';
import {
  blockOf,
  blockSize,
  type CommitDocument,
  type OrderedDocument,
  type SealDocument,
} from './journal-documents.ts';
import { merge } from './journal-merge.ts';
import { type Place, ReaderPlace } from './journal-position.ts';

const none = new Uint8Array(0);

function commit(
  stream: string,
  version: number,
  writer: number,
  sequence: number,
  more: Partial<CommitDocument> = {},
): CommitDocument {
  return {
    _id: `${stream}@${version}`,
    ...{ stream, version, bytes: none, hash: none, atMs: 1 },
    ...{ writer, sequence, block: blockOf(sequence) },
    ...more,
  };
}

function seal(writer: number, sequence: number): SealDocument {
  return { _id: new ObjectId(), seal: true, writer, sequence, block: blockOf(sequence), atMs: 1 };
}

/** What a server has, asked as the queries ask. */
class Documents {
  readonly all: OrderedDocument[] = [];
  readonly asked: Place[] = [];

  async read(after: Place, limit: number): Promise<readonly OrderedDocument[]> {
    this.asked.push(after);
    return this.all
      .filter((each) => each.writer === after.writer && each.block === blockOf(after.sequence + 1))
      .filter(({ sequence }) => sequence > after.sequence)
      .sort((left, right) => left.sequence - right.sequence)
      .slice(0, limit);
  }

  async page(position: string, limit = 100, writers = [1, 2, 3]): Promise<readonly StoredEntry[]> {
    const place = ReaderPlace.parse(position);
    return merge({
      place,
      writers: writers.filter((writer) => writer > place.base),
      limit,
      read: (after, most) => this.read(after, most),
      onEnd: () => undefined,
    });
  }

  async pages(limit: number, writers?: number[]): Promise<readonly StoredEntry[]> {
    const entries: StoredEntry[] = [];
    for (;;) {
      const page = await this.page(entries.at(-1)?.position ?? '', limit, writers);
      if (page.length === 0) return entries;
      entries.push(...page);
    }
  }
}

const names = (entries: readonly StoredEntry[]) => entries.map(({ stream, version }) => `${stream}@${version}`);

describe('the order of many writers', () => {
  test('each writer’s documents come in order, and the positions tell where each is', async () => {
    const documents = new Documents();
    documents.all.push(commit('a', 1, 1, 1), commit('b', 1, 2, 1), commit('a', 2, 1, 2));
    const entries = await documents.page('');
    expect(names(entries)).toEqual(['a@1', 'a@2', 'b@1']);
    expect(entries.map(({ position }) => position)).toEqual(['0;1:1', '0;1:2', '0;1:2;2:1']);
    expect(await documents.page('0;1:2;2:1')).toEqual([]);
  });

  test('a commit waits for the one before it of another writer', async () => {
    const documents = new Documents();
    documents.all.push(commit('a', 2, 1, 1, { behind: { writer: 2, sequence: 1 } }), commit('b', 1, 1, 2));
    expect(await documents.page('')).toEqual([]);
    documents.all.push(commit('a', 1, 2, 1));
    expect(names(await documents.page(''))).toEqual(['a@1', 'a@2', 'b@1']);
  });

  test('a writer of whom nobody has told is found by what waits for it', async () => {
    const documents = new Documents();
    documents.all.push(commit('a', 2, 1, 1, { behind: { writer: 9, sequence: 1 } }), commit('a', 1, 9, 1));
    expect(names(await documents.page('', 100, [1]))).toEqual(['a@1', 'a@2']);
  });

  test('what came after we had asked for it is asked for again', async () => {
    const documents = new Documents();
    const [first, second] = [commit('a', 1, 1, 1), commit('a', 2, 2, 1, { behind: { writer: 1, sequence: 1 } })];
    documents.all.push(second);
    const read = documents.read.bind(documents);
    documents.read = async (after, limit) => {
      const found = await read(after, limit);
      if (after.writer === 1 && !documents.all.includes(first)) documents.all.push(first);
      return found;
    };
    expect(names(await documents.page(''))).toEqual(['a@1', 'a@2']);
  });

  test('nothing behind a gap is given before the gap is closed', async () => {
    const documents = new Documents();
    documents.all.push(commit('a', 1, 1, 1), commit('c', 1, 1, 3));
    expect(names(await documents.page(''))).toEqual(['a@1']);
    documents.all.push(commit('b', 1, 1, 2));
    expect(names(await documents.page('0;1:1'))).toEqual(['b@1', 'c@1']);
  });

  test('a writer that has ended is not asked again', async () => {
    const documents = new Documents();
    documents.all.push(commit('a', 1, 1, 1), seal(1, 2), commit('b', 1, 2, 1));
    const entries = await documents.page('');
    expect(entries.map(({ position }) => position)).toEqual(['0;1:1', '1;2:1']);
    documents.asked.length = 0;
    expect(await documents.page('1;2:1')).toEqual([]);
    expect(documents.asked.map(({ writer }) => writer)).not.toContain(1);
  });

  test('commits of one document can be parted by a limit', async () => {
    const documents = new Documents();
    const earlier = [1, 2, 3].map((atMs) => ({ bytes: none, hash: none, atMs }));
    documents.all.push(commit('a', 4, 1, 1, { earlier }), commit('b', 1, 1, 2));
    expect((await documents.page('')).map(({ position }) => position)).toEqual([
      '0;1:0.1',
      '0;1:0.2',
      '0;1:0.3',
      '0;1:1',
      '0;1:2',
    ]);
    for (const limit of [1, 2, 3, 4, 5]) {
      expect(names(await documents.pages(limit))).toEqual(['a@1', 'a@2', 'a@3', 'a@4', 'b@1']);
    }
  });

  test('asks for a block at a time, and not for what cannot be there', async () => {
    const documents = new Documents();
    for (let sequence = 1; sequence <= blockSize + 2; sequence += 1) {
      documents.all.push(commit(`a/${sequence}`, 1, 1, sequence));
    }
    expect(await documents.page('', 1000, [1])).toHaveLength(blockSize + 2);
    expect(documents.asked.map(({ sequence }) => sequence)).toEqual([0, blockSize]);
  });

  test('whatever the writers did, each entry comes once and streams are in order', async () => {
    const act = fc.record({
      writer: fc.integer({ min: 1, max: 3 }),
      stream: fc.nat(3),
      count: fc.integer({ min: 1, max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 60 }), fc.integer({ min: 1, max: 9 }), async (acts, limit) => {
        const documents = new Documents();
        const last = new Map<string, CommitDocument>();
        const written = new Map<number, number>();
        const expected: string[] = [];
        for (const { writer, stream, count } of acts) {
          const name = `stream/${stream}`;
          const before = last.get(name);
          const first = (before?.version ?? 0) + 1;
          const sequence = (written.get(writer) ?? 0) + 1;
          const document = commit(name, first + count - 1, writer, sequence, {
            earlier: Array.from({ length: count - 1 }, () => ({ bytes: none, hash: none, atMs: 1 })),
            ...(before && before.writer !== writer
              ? { behind: { writer: before.writer, sequence: before.sequence } }
              : {}),
          });
          documents.all.push(document);
          last.set(name, document);
          written.set(writer, sequence);
          for (let version = first; version < first + count; version += 1) expected.push(`${name}@${version}`);
        }
        const seen = names(await documents.pages(limit));
        expect(seen.toSorted()).toEqual(expected.toSorted());
        for (const name of last.keys()) {
          const of = (all: string[]) => all.filter((each) => each.startsWith(`${name}@`));
          expect(of(seen)).toEqual(of(expected));
        }
      }),
      { numRuns: 300 },
    );
  });
});
