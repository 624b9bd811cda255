/**
 * What the journal costs over MongoDB itself: appends against raw ordered inserts of the same bytes with the same
 * concern, and replays against a raw find of the same documents. Each pair is measured in turn within one run.
 */
import type { Collection, Db } from 'mongodb';
import { openMongodb } from '#adapters/mongodb/connection.ts';
import { makeIndexes } from '#adapters/mongodb/indexes.ts';
import { openMongodbJournal } from '#adapters/mongodb/journal.ts';
import { blockOf, type CommitDocument } from '#adapters/mongodb/journal-documents.ts';
import { journalCollections, journalIndexes } from '#adapters/mongodb/journal-queries.ts';
import type { BenchResult } from '#bench/result.ts';
import type { Journal, NewEntry } from '#ports/journal.ts';
import { systemClock } from '#ports/system-clock.ts';
import {
  appendRate,
  appendsTogether,
  inTurn,
  interleaved,
  oneCall,
  perSecond,
  rawDecoder,
  replayRate,
  streamOf,
} from './load.ts';

const rounds = 7;
const calls = 250;
const appendsPerRound = 1600;
const appendsAlone = 160;
/** What a subscription reads at once. */
const pageEntries = 256;
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

/** `url`: where the server is; its databases `callboard_bench_…` are made and dropped. */
export async function run({ url }: { readonly url: string }): Promise<BenchResult> {
  const database = `callboard_bench_${process.pid}`;
  const { db, server, close } = await openMongodb({ url, database, clock: systemClock, logger: quiet });
  const journal = await openMongodbJournal({ db, clock: systemClock });
  const raw = await openRaw(db);
  try {
    const streams = Array.from({ length: calls }, (_, index) => streamOf(`call/spring-sale.${index + 1}.1`, oneCall()));
    await Promise.all(
      streams.map(async (entries) => {
        for (const entry of entries) await journal.append([entry]);
      }),
    );
    const all = await inTurn(
      rounds,
      () => readAllRate(journal),
      () => raw.findAllRate(),
    );
    const ofCalls = await inTurn(
      rounds,
      () => replayRate(journal, streams),
      () => raw.replayRate(streams),
    );
    const appends = (prefix: string, count: number, together: number, insert: RawInsert) =>
      inTurn(
        rounds,
        (round) => appendRate(journal, interleaved(`${prefix}-${round}`, count), together),
        (round) => raw.insertRate(insert, interleaved(`${prefix}-${round}`, count), together),
      );
    const together = await appends('same', appendsPerRound, appendsTogether, raw.same);
    const bare = await appends('bare', appendsPerRound, appendsTogether, raw.bare);
    const alone = await appends('alone', appendsAlone, 1, raw.same);
    return {
      name: 'journal --mongodb',
      figures: [
        {
          name: `appends, ${appendsTogether} in flight ÷ raw inserts of ${appendsTogether}`,
          value: together.ratio,
          unit: 'ratio',
          target: { atLeast: 0.7 },
        },
        { name: 'the same ÷ raw inserts with one key', value: bare.ratio, unit: 'ratio' },
        { name: 'replay of everything ÷ raw find', value: all.ratio, unit: 'ratio', target: { atLeast: 0.5 } },
        { name: 'replay of calls ÷ raw find by stream', value: ofCalls.ratio, unit: 'ratio', target: { atLeast: 0.5 } },
        { name: 'appends one at a time ÷ raw', value: alone.ratio, unit: 'ratio' },
        { name: `appends with ${appendsTogether} in flight`, value: together.ours, unit: '1/s' },
        { name: 'appends one at a time', value: alone.ours, unit: '1/s' },
        { name: 'commits replayed, of everything', value: all.ours, unit: '1/s' },
        { name: 'commits replayed, of calls', value: ofCalls.ours, unit: '1/s' },
      ],
      notes: [
        server.ferretdb
          ? 'The server is FerretDB on PostgreSQL, which is no MongoDB: it answers equality only without reading a collection.'
          : `The server is MongoDB ${server.version}${server.replicaSet ? ', a replica set' : ''}.`,
        `${calls} calls of ${oneCall().length} commits; ${rounds} rounds in turn, the median of their ratios.`,
        'Everything: readAll in pages, against one find of the same collection. Calls: journal.read, the codecs, evolve, against a find by stream and protobufjs’ own decode.',
        'Appends: write concern majority, journaled. Raw: ordered insertMany of the same documents into a collection with the same indexes; with one key: of stream, version, time, hash and bytes alone, with an index on (stream, version).',
      ],
    };
  } finally {
    await journal.close();
    await db.dropDatabase();
    await close();
  }
}

async function readAllRate(journal: Journal): Promise<number> {
  const startedAt = performance.now();
  let commits = 0;
  let bytes = 0;
  for (let position = ''; ; ) {
    const page = await journal.readAll(position, pageEntries);
    const last = page.at(-1);
    if (!last) break;
    for (const entry of page) bytes += entry.bytes.length;
    commits += page.length;
    position = last.position;
  }
  if (bytes === 0) throw new Error('Nothing was read.');
  return perSecond(commits, startedAt);
}

type RawInsert = (entries: readonly NewEntry[]) => Promise<void>;

interface BareCommit {
  readonly stream: string;
  readonly version: number;
  readonly atMs: number;
  readonly hash: Uint8Array;
  readonly bytes: Uint8Array;
}

async function openRaw(db: Db) {
  const ofSame: Collection<CommitDocument> = db.collection('raw_same');
  const ofBare: Collection<BareCommit> = db.collection('raw_bare');
  await makeIndexes(
    db,
    journalIndexes.map((index) => ({ ...index, collection: ofSame.collectionName })),
  );
  await ofBare.createIndex({ stream: 1, version: 1 }, { unique: true });
  let sequence = 0;
  // What the journal has written, asked for without it.
  const { journal, commits } = journalCollections(db);
  const decode = rawDecoder();
  return {
    async same(entries: readonly NewEntry[]): Promise<void> {
      const documents = entries.map((entry): CommitDocument => {
        const { stream, version, atMs, hash, bytes } = entry;
        sequence += 1;
        return {
          _id: `${stream}@${version}`,
          ...{ stream, version, bytes, hash, atMs, writer: 1, block: blockOf(sequence), sequence },
          ...(version === 1 ? { beginning: true, begins: stream } : {}),
        };
      });
      await ofSame.insertMany(documents, { ordered: true });
    },
    async bare(entries: readonly NewEntry[]): Promise<void> {
      const documents = entries.map(({ stream, version, atMs, hash, bytes }) => ({
        stream,
        version,
        atMs,
        hash,
        bytes,
      }));
      await ofBare.insertMany(documents, { ordered: true });
    },
    async insertRate(insert: RawInsert, entries: readonly NewEntry[], together: number): Promise<number> {
      const startedAt = performance.now();
      for (let from = 0; from < entries.length; from += together) await insert(entries.slice(from, from + together));
      return perSecond(entries.length, startedAt);
    },
    async findAllRate(): Promise<number> {
      const startedAt = performance.now();
      let found = 0;
      for await (const document of journal.find({})) if ('bytes' in document) found += 1;
      return perSecond(found, startedAt);
    },
    async replayRate(streams: readonly NewEntry[][]): Promise<number> {
      const startedAt = performance.now();
      let found = 0;
      for (const [first] of streams) {
        const ofStream = commits.find({ stream: first?.stream ?? '' }, { sort: { version: 1 } });
        for (const { bytes } of await ofStream.toArray()) {
          decode(bytes);
          found += 1;
        }
      }
      return perSecond(found, startedAt);
    },
  };
}
