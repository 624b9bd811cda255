/** What journals are measured with: the commits of calls, and how fast a journal takes and gives them. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';
import { evolve, initial } from '#actors/call/state.ts';
import { collectGarbage } from '#bench/garbage.ts';
import { median } from '#bench/result.ts';
import type { Journal, NewEntry } from '#ports/journal.ts';
import { type CallEvent, callEvent } from '#proto/generated/call.ts';
import { commit } from '#proto/generated/envelope.ts';

/** What the runtime reads at once. */
export const pageEntries = 500;
export const appendsTogether = 100;

/** The rates of both, each round in the other order. */
export async function inTurn(
  rounds: number,
  ours: (round: number) => Promise<number>,
  raw: (round: number) => Promise<number>,
): Promise<{ ours: number; ratio: number }> {
  const rates: { ours: number; raw: number }[] = [];
  const clean = (rate: (round: number) => Promise<number>, round: number) => {
    collectGarbage();
    return rate(round);
  };
  for (let round = 0; round < rounds; round += 1) {
    if (round % 2 === 0) rates.push({ ours: await clean(ours, round), raw: await clean(raw, round) });
    else {
      const first = await clean(raw, round);
      rates.push({ ours: await clean(ours, round), raw: first });
    }
  }
  return { ours: median(rates.map((each) => each.ours)), ratio: median(rates.map((each) => each.ours / each.raw)) };
}

/** Commits a second that are read by stream, decoded and evolved. */
export async function replayRate(journal: Journal, streams: readonly NewEntry[][]): Promise<number> {
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
export async function appendRate(journal: Journal, entries: readonly NewEntry[], inFlight: number): Promise<number> {
  const startedAt = performance.now();
  let next = 0;
  const appender = async () => {
    for (let entry = entries[next++]; entry; entry = entries[next++]) await journal.append([entry]);
  };
  await Promise.all(Array.from({ length: inFlight }, appender));
  return perSecond(entries.length, startedAt);
}

/** Decodes the bytes of a commit as protobufjs itself does. */
export function rawDecoder(): (bytes: Uint8Array) => void {
  const contract = protobuf.Root.fromJSON(
    JSON.parse(readFileSync(new URL(import.meta.resolve('#proto/contract.json')), 'utf8')) as protobuf.INamespace,
  );
  const commitType = contract.lookupType('callboard.envelope.v1.Commit');
  const eventType = contract.lookupType('callboard.call.v1.CallEvent');
  return (bytes) => {
    const decoded = commitType.decode(bytes) as unknown as { events: Uint8Array[] };
    for (const event of decoded.events) eventType.decode(event);
  };
}

const atMs = 1_790_000_000_000;

/** The commits of a call that was answered. */
export function oneCall(): CallEvent[][] {
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

/** A commit of a call that waits for a channel. */
export function waiting(index: number): CallEvent[] {
  return [{ type: 'RouteAwaited', code: 'TRUNK_FULL', retryAtMs: atMs + index }];
}

/** Commits of calls that are live at once, each call's next after all the others had theirs. */
export function interleaved(prefix: string, count: number): NewEntry[] {
  const commits = oneCall();
  const live = Array.from({ length: count / commits.length }, (_, index) =>
    streamOf(`call/${prefix}.${index}.1`, commits),
  );
  return commits.flatMap((_, step) => live.flatMap((entries) => entries[step] ?? []));
}

/** The entries of a stream with these commits. */
export function streamOf(stream: string, commits: readonly CallEvent[][]): NewEntry[] {
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

/** A rate since a time of `performance.now()`. */
export function perSecond(count: number, startedAt: number): number {
  return (count * 1000) / (performance.now() - startedAt);
}
