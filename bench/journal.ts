/**
 * What the journal costs over SQLite itself: replays against a raw SELECT that decodes the same protobuf bytes, and
 * appends against raw ones of the same bytes with the same durability. Each pair is measured in turn within one run.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openSqliteJournal } from '#adapters/sqlite/journal.ts';
import { block } from '#adapters/sqlite/slower-disk.ts';
import type { NewEntry } from '#ports/journal.ts';
import {
  appendRate,
  appendsTogether,
  inTurn,
  interleaved,
  oneCall,
  pageEntries,
  perSecond,
  rawDecoder,
  replayRate,
  streamOf,
  waiting,
} from './journal/load.ts';
import type { BenchOptions, BenchResult } from './result.ts';

const rounds = 9;
const calls = 1000;
const longStreamCommits = 10_000;
const appendsPerRound = 8000;
const appendsAlone = 320;

export async function run({ syncMs }: BenchOptions): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'callboard-bench-'));
  const journal = await openSqliteJournal({ path: join(folder, 'journal.db'), slowerMs: syncMs });
  const raw = openRaw(join(folder, 'raw.db'), syncMs);
  try {
    const streams = Array.from({ length: calls }, (_, index) => streamOf(`call/spring-sale.${index + 1}.1`, oneCall()));
    const long = [
      streamOf(
        'call/long',
        Array.from({ length: longStreamCommits }, (_, index) => waiting(index)),
      ),
    ];
    for (const entries of [...streams, ...long]) {
      await journal.append(entries);
      raw.append(entries);
    }
    const ofCalls = await inTurn(
      rounds,
      () => replayRate(journal, streams),
      () => raw.replayRate(streams),
    );
    const ofLong = await inTurn(
      rounds,
      () => replayRate(journal, long),
      () => raw.replayRate(long),
    );
    const appends = (count: number, together: number) =>
      inTurn(
        rounds,
        (round) => appendRate(journal, interleaved(`${together}-${round}`, count), together),
        (round) => raw.appendRate(interleaved(`${together}-${round}`, count), together),
      );
    const together = await appends(appendsPerRound, appendsTogether);
    const alone = await appends(appendsAlone, 1);
    return {
      name: 'journal',
      figures: [
        { name: 'replay of calls ÷ raw', value: ofCalls.ratio, unit: 'ratio', target: { atLeast: 0.6 } },
        { name: 'replay of a long stream ÷ raw', value: ofLong.ratio, unit: 'ratio', target: { atLeast: 0.6 } },
        { name: 'commits replayed, of calls', value: ofCalls.ours, unit: '1/s' },
        { name: 'commits replayed, of a long stream', value: ofLong.ours, unit: '1/s' },
        { name: `appends with ${appendsTogether} in flight ÷ raw in batches`, value: together.ratio, unit: 'ratio' },
        { name: `appends with ${appendsTogether} in flight`, value: together.ours, unit: '1/s' },
        { name: 'appends one at a time ÷ raw', value: alone.ratio, unit: 'ratio' },
        { name: 'appends one at a time', value: alone.ours, unit: '1/s' },
      ],
      notes: [
        `${calls} calls of ${oneCall().length} commits and a stream of ${longStreamCommits}; ${rounds} rounds in turn, the median of their ratios.`,
        'Ours: journal.read, the codecs of commit and event, evolve. Raw: SELECT of the bytes by stream, and protobufjs’ own decode of both.',
        ...(syncMs > 0 ? [`Each sync made ${syncMs} ms longer, on both sides.`] : []),
        'Appends: WAL, synchronous FULL; the journal also checks versions, and its thread leaves the main one free.',
      ],
    };
  } finally {
    await journal.close();
    raw.close();
    rmSync(folder, { recursive: true });
  }
}

function openRaw(path: string, syncMs: number) {
  const decode = rawDecoder();
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
    CREATE TABLE log (position INTEGER PRIMARY KEY, stream TEXT NOT NULL, version INTEGER NOT NULL,
      at_ms INTEGER NOT NULL, hash BLOB NOT NULL, bytes BLOB NOT NULL, UNIQUE (stream, version))`);
  const insert = database.prepare('INSERT INTO log (stream, version, at_ms, hash, bytes) VALUES (?, ?, ?, ?, ?)');
  const select = database.prepare('SELECT bytes FROM log WHERE stream = ? AND version > ? ORDER BY version LIMIT ?');
  const append = (entries: readonly NewEntry[]) => {
    database.exec('BEGIN');
    for (const { stream, version, atMs, hash, bytes } of entries) insert.run(stream, version, atMs, hash, bytes);
    database.exec('COMMIT');
    block(syncMs);
  };
  return {
    append,
    async appendRate(entries: readonly NewEntry[], together: number): Promise<number> {
      const startedAt = performance.now();
      for (let from = 0; from < entries.length; from += together) append(entries.slice(from, from + together));
      return perSecond(entries.length, startedAt);
    },
    async replayRate(streams: readonly NewEntry[][]): Promise<number> {
      const startedAt = performance.now();
      let commits = 0;
      for (const [first] of streams) {
        let version = 0;
        for (;;) {
          const page = select.all(first?.stream ?? '', version, pageEntries) as { bytes: Uint8Array }[];
          for (const { bytes } of page) decode(bytes);
          commits += page.length;
          version += page.length;
          if (page.length < pageEntries) break;
        }
      }
      return perSecond(commits, startedAt);
    },
    close: () => database.close(),
  };
}
