/** Journals that older versions wrote are read as those versions read them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { commit as commitCodec } from '#proto/generated/envelope.ts';
import type { Chronicle } from '#runtime/actor.ts';
import { sha256 } from '#runtime/commits.ts';
import { replay, verifyJournal } from '#runtime/history.ts';
import { kinds } from '#scripts/kinds.ts';
import { MemoryJournal } from '#test/fakes/memory-journal.ts';

interface Recorded {
  readonly streams: readonly {
    readonly kind: string;
    readonly id: string;
    readonly version: number;
    readonly state: object;
    /** Base64. */
    readonly commits: readonly string[];
  }[];
}

const folder = join(import.meta.dirname, '..', 'fixtures', 'journals');
const recordings = readdirSync(folder).map((file) => ({
  file,
  ...(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Recorded),
}));
const chronicleOf = (kind: string) => kinds.find(({ protocol }) => protocol.kind === kind) as Chronicle;
const plain = (state: unknown) => JSON.parse(JSON.stringify(state)) as object;

async function journalOf({ streams }: Recorded): Promise<MemoryJournal> {
  const journal = new MemoryJournal();
  for (const { kind, id, commits } of streams) {
    for (const [index, text] of commits.entries()) {
      const bytes = new Uint8Array(Buffer.from(text, 'base64'));
      const { atMs } = commitCodec.decode(bytes);
      const facts = {
        stream: `${kind}/${id}`,
        version: index + 1,
        atMs,
        wakeful: false,
        setTimers: [],
        clearTimers: [],
      };
      await journal.append([{ ...facts, bytes, hash: sha256(bytes) }]);
    }
  }
  return journal;
}

test('every kind of actor was recorded', () => {
  const recorded = new Set(recordings.flatMap(({ streams }) => streams.map(({ kind }) => kind)));
  expect([...recorded].sort()).toEqual(kinds.map(({ protocol }) => protocol.kind).sort());
});

describe.each(recordings)('the journal of $file', ({ streams }) => {
  test('has chains that hold', async () => {
    const journal = await journalOf({ streams });
    expect(await verifyJournal(journal)).toMatchObject({ streams: streams.length, digest: expect.any(String) });
  });

  test.each(streams)('$kind/$id comes to the same state', async ({ kind, id, version, state, commits }) => {
    const journal = await journalOf({ streams });
    const replayed = await replay(chronicleOf(kind), journal, id);
    expect([replayed.version, commits.length]).toEqual([version, version]);
    expect(plain(replayed.state)).toMatchObject(state);
  });
});
