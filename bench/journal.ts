/**
 * What the journal costs over SQLite itself: replays against a raw SELECT that decodes the same protobuf bytes, and
 * appends against raw ones of the same bytes with the same durability. Each pair is measured in turn within one run.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import protobuf from 'protobufjs';
import { evolve, initial } from '#actors/call/state.ts';
import { openSqliteJournal } from '#adapters/sqlite/journal.ts';
import type { Journal, NewEntry } from '#ports/journal.ts';
import { type CallEvent, callEvent } from '#proto/generated/call.ts';
import { commit } from '#proto/generated/envelope.ts';
import { type BenchResult, median } from './result.ts';

const rounds = 9;
const calls = 1000;
const longStreamCommits = 10_000;
/** What the runtime reads at once. */
const pageEntries = 500;
const appendsTogether = 100;
const appendsPerRound = 8000;
const appendsAlone = 320;

export async function run(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'callboard-bench-'));
  const journal = await openSqliteJournal({ path: join(folder, 'journal.db') });
  const raw = openRaw(join(folder, 'raw.db'));
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
      () => replayRate(journal, streams),
      () => raw.replayRate(streams),
    );
    const ofLong = await inTurn(
      () => replayRate(journal, long),
      () => raw.replayRate(long),
    );
    const appends = (count: number, together: number) =>
      inTurn(
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
        'Appends: WAL, synchronous FULL; the journal also checks versions, and its thread leaves the main one free.',
      ],
    };
  } finally {
    await journal.close();
    raw.close();
    rmSync(folder, { recursive: true });
  }
}

/** The rates of both, each round in the other order. */
async function inTurn(
  ours: (round: number) => Promise<number>,
  raw: (round: number) => Promise<number>,
): Promise<{ ours: number; ratio: number }> {
  const rates: { ours: number; raw: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    if (round % 2 === 0) rates.push({ ours: await ours(round), raw: await raw(round) });
    else {
      const first = await raw(round);
      rates.push({ ours: await ours(round), raw: first });
    }
  }
  return { ours: median(rates.map((each) => each.ours)), ratio: median(rates.map((each) => each.ours / each.raw)) };
}

async function replayRate(journal: Journal, streams: readonly NewEntry[][]): Promise<number> {
  const startedAt = performance.now();
  let commits = 0;
  for (const [first] of streams) {
    let state = initial();
    let version = 0;
    for (;;) {
      const page = await journal.read(first?.stream ?? '', version, pageEntries);
      for (const entry of page) {
        for (const bytes of commit.decode(entry.bytes).events) state = evolve(state, callEvent.decode(bytes));
      }
      commits += page.length;
      version += page.length;
      if (page.length < pageEntries) break;
    }
  }
  return perSecond(commits, startedAt);
}

/** Calls in flight at once, each appending to a stream of its own. */
async function appendRate(journal: Journal, entries: readonly NewEntry[], inFlight: number): Promise<number> {
  const startedAt = performance.now();
  let next = 0;
  const appender = async () => {
    for (let entry = entries[next++]; entry; entry = entries[next++]) await journal.append([entry]);
  };
  await Promise.all(Array.from({ length: inFlight }, appender));
  return perSecond(entries.length, startedAt);
}

function openRaw(path: string) {
  const contract = protobuf.Root.fromJSON(
    JSON.parse(readFileSync(new URL(import.meta.resolve('#proto/contract.json')), 'utf8')) as protobuf.INamespace,
  );
  const commitType = contract.lookupType('callboard.envelope.v1.Commit');
  const eventType = contract.lookupType('callboard.call.v1.CallEvent');
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
          for (const { bytes } of page) {
            const decoded = commitType.decode(bytes) as unknown as { events: Uint8Array[] };
            for (const event of decoded.events) eventType.decode(event);
          }
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

const atMs = 1_790_000_000_000;

/** The commits of a call that was answered. */
function oneCall(): CallEvent[][] {
  const plan = {
    prompt: 'prompts/reminder.wav',
    gatherDigits: 1,
    gatherTimeoutMs: 5000,
    ringTimeoutMs: 30_000,
    maxTalkMs: 120_000,
    record: true,
  };
  const media = {
    packetsSent: 812,
    packetsReceived: 804,
    packetsLost: 3,
    jitterMs: 1.25,
    recording: 'recordings/spring-sale.17.1.wav',
    recordedMs: 16_240,
    recordingError: '',
  };
  const request = { campaignId: 'spring-sale', row: 17, contactId: '5f0c1be2a97d4e3388aa0417', trunkId: 'practice' };
  return [
    [{ type: 'CallRequested', ...request, mask: '+86 138 **** 1234', plan, atMs }],
    [
      { type: 'RouteTaken', trunkId: 'practice' },
      { type: 'CallDialed', atMs },
    ],
    [{ type: 'CallRang', sipStatus: 180, atMs }],
    [{ type: 'CallAnswered', sipStatus: 200, atMs }],
    [
      { type: 'DigitPressed', digit: '1', atMs },
      { type: 'GatherEnded', digits: '1', complete: true },
    ],
    [{ type: 'PromptEnded', completed: false, atMs }],
    [{ type: 'CallHungUp', by: 'callee', reason: 'BYE', atMs }],
    [
      {
        type: 'CallEnded',
        outcome: 'answered',
        sipStatus: 200,
        reason: 'BYE',
        ringMs: 4100,
        talkMs: 16_240,
        digits: '1',
        media,
        atMs,
      },
    ],
  ];
}

function waiting(index: number): CallEvent[] {
  return [{ type: 'RouteAwaited', code: 'TRUNK_FULL', retryAtMs: atMs + index }];
}

/** Commits of calls that are live at once, each call's next after all the others had theirs. */
function interleaved(prefix: string, count: number): NewEntry[] {
  const commits = oneCall();
  const live = Array.from({ length: count / commits.length }, (_, index) =>
    streamOf(`call/${prefix}.${index}.1`, commits),
  );
  return commits.flatMap((_, step) => live.flatMap((entries) => entries[step] ?? []));
}

function streamOf(stream: string, commits: readonly CallEvent[][]): NewEntry[] {
  let previousHash = new Uint8Array(0);
  return commits.map((events, index) => {
    const bytes = commit.encode({
      stream,
      version: index + 1,
      atMs: atMs + index,
      commandId: `${stream}:command-${index}`,
      correlationId: 'campaign/spring-sale:start',
      causationId: `${stream}:command-${index - 1}`,
      sender: 'campaign/spring-sale',
      events: events.map((event) => callEvent.encode(event)),
      previousHash,
    });
    const hash = new Uint8Array(createHash('sha256').update(bytes).digest());
    previousHash = hash;
    return { stream, version: index + 1, bytes, hash, atMs, wakeful: false, setTimers: [], clearTimers: [] };
  });
}

function perSecond(count: number, startedAt: number): number {
  return (count * 1000) / (performance.now() - startedAt);
}
