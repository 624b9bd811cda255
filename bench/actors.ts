/**
 * What an actor costs: a local ask against a plain Moleculer call, and durable commands against raw appends of the
 * same bytes to SQLite with the same durability. Each pair is measured in turn within one run.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ServiceBroker } from 'moleculer';
import { openSqliteJournal } from '#adapters/sqlite/journal.ts';
import { block } from '#adapters/sqlite/slower-disk.ts';
import type { Journal } from '#ports/journal.ts';
import { systemClock } from '#ports/system-clock.ts';
import { type TrunkCommand, type TrunkEvent, type TrunkReply, trunkProtocol } from '#proto/generated/trunk.ts';
import { defineActor } from '#runtime/actor.ts';
import { acceptWith, answer, reject } from '#runtime/decision.ts';
import { createRuntime, type Runtime } from '#runtime/runtime.ts';
import { MemoryJournal } from '#test/fakes/memory-journal.ts';
import { collectGarbage } from './garbage.ts';
import { type BenchOptions, type BenchResult, median } from './result.ts';

const actorCount = 10_000;
const rounds = 9;
/** Of commands, until the engine has compiled what it will, and both files have the size of files in use. */
const warmUpRounds = 5;
const asksPerRound = 40_000;
const commandsPerRound = 10_000;
const inFlight = 100;

interface Lines {
  readonly taken: number;
}

export const lines = defineActor<Lines, TrunkCommand, TrunkEvent, TrunkReply>({
  protocol: trunkProtocol,
  initial: () => ({ taken: 0 }),
  decide({ taken }, command, { actorId, nowMs }) {
    if (command.type === 'DescribeTrunk') return answer(describe(taken));
    if (command.type !== 'ReserveChannel') return reject('COMMAND_UNEXPECTED', 'The bench sends none of these.');
    const { callId } = command;
    return acceptWith({ type: 'RouteGranted', trunkId: actorId }, { type: 'ChannelReserved', callId, atMs: nowMs });
  },
  evolve: ({ taken }) => ({ taken: taken + 1 }),
  react: () => [],
  resume: () => [],
  isWakeful: () => false,
  executors: {},
  supervision: { strategy: 'restart', intensity: 3, periodMs: 60_000, backoff: { minMs: 100, maxMs: 1000 } },
  snapshots: { everyCommits: 1000, schema: 1 },
  passivateAfterMs: 600_000,
  mailboxLimit: 1000,
});

function describe(channelsInUse: number): TrunkReply {
  return { type: 'TrunkDescribed', uri: '', maxChannels: 1, callsPerSecond: 1, channelsInUse, roundTripMs: 0 };
}

export async function run({ syncMs }: BenchOptions): Promise<BenchResult> {
  const asks = await measureAsks();
  const durable = await measureDurable(syncMs);
  return {
    name: 'actors',
    figures: [
      {
        name: 'local ask ÷ plain Moleculer call',
        value: median(asks.map(({ ask, call }) => ask / call)),
        unit: 'ratio',
        target: { atLeast: 0.9 },
      },
      { name: 'local asks', value: median(asks.map(({ ask }) => ask)), unit: '1/s' },
      { name: 'plain Moleculer calls', value: median(asks.map(({ call }) => call)), unit: '1/s' },
      {
        name: 'durable commands ÷ raw SQLite appends',
        value: median(durable.map(({ commands, raw }) => commands / raw)),
        unit: 'ratio',
        target: { atLeast: 0.7 },
      },
      { name: 'durable commands', value: median(durable.map(({ commands }) => commands)), unit: '1/s' },
      { name: 'raw SQLite appends in batches of 100', value: median(durable.map(({ raw }) => raw)), unit: '1/s' },
    ],
    notes: [
      `${actorCount} actors in memory, ${rounds} rounds in turn, the median of their ratios.`,
      `Asks and calls one at a time, ${asksPerRound} a round; commands with ${inFlight} in flight, ${commandsPerRound} a round, after ${warmUpRounds} rounds to warm up.`,
      ...(syncMs > 0 ? [`Each sync made ${syncMs} ms longer, on both sides.`] : []),
      'Both journals: WAL, synchronous FULL; the raw rows hold the bytes and the hashes that the commands led to.',
    ],
  };
}

async function measureAsks(): Promise<{ ask: number; call: number }[]> {
  const broker = quietBroker();
  const state = new Map(Array.from({ length: actorCount }, (_, index) => [idOf(index), index]));
  broker.createService({
    name: 'plain',
    actions: { describe: (context: { params: { id: string } }) => describe(state.get(context.params.id) ?? 0) },
  });
  await broker.start();
  const runtime = await started(broker, new MemoryJournal());
  const ask = async (index: number) => {
    const answered = await runtime.ask(trunkProtocol, idOf(index), { type: 'DescribeTrunk' });
    if (!answered.ok) throw new Error(answered.rejection.message);
  };
  const call = async (index: number) => {
    await broker.call('plain.describe', { id: idOf(index) });
  };
  for (let index = 0; index < actorCount; index += 1) await ask(index);
  const results: { ask: number; call: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const [first, second] = round % 2 === 0 ? [ask, call] : [call, ask];
    const rates = new Map([
      [first, await rate(first)],
      [second, await rate(second)],
    ]);
    results.push({ ask: rates.get(ask) ?? 0, call: rates.get(call) ?? 0 });
  }
  await runtime.stop({ graceMs: 1000 });
  await broker.stop();
  return results;
}

async function rate(work: (index: number) => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  for (let index = 0; index < asksPerRound; index += 1) await work(index % actorCount);
  return perSecond(asksPerRound, startedAt);
}

async function measureDurable(syncMs: number): Promise<{ commands: number; raw: number }[]> {
  const folder = mkdtempSync(join(tmpdir(), 'callboard-bench-'));
  const journal = await openSqliteJournal({ path: join(folder, 'journal.sqlite'), slowerMs: syncMs });
  const broker = quietBroker();
  const runtime = await started(broker, journal);
  const raw = openRaw(join(folder, 'raw.sqlite'), syncMs);
  for (let index = 0; index < actorCount; index += 1) {
    await runtime.ask(trunkProtocol, idOf(index), { type: 'DescribeTrunk' });
  }
  const results: { commands: number; raw: number }[] = [];
  let position = await journal.head();
  for (let round = 0; round < warmUpRounds + rounds; round += 1) {
    const commands = await durableRate(runtime, round);
    const written = await journal.readAll(position, commandsPerRound);
    position = await journal.head();
    if (written.length !== commandsPerRound) throw new Error('The journal misses commands.');
    const rates = { commands, raw: raw.append(written) };
    if (round >= warmUpRounds) results.push(rates);
  }
  await runtime.stop({ graceMs: 1000 });
  await journal.close();
  raw.close();
  rmSync(folder, { recursive: true });
  return results;
}

/** Commands a second, always as many in flight, each to the next actor. */
async function durableRate(runtime: Runtime, round: number): Promise<number> {
  let next = 0;
  const sender = async () => {
    while (next < commandsPerRound) {
      const index = next++;
      const command = { type: 'ReserveChannel', callId: `campaign-1.${round}.${index}` } as const;
      const answered = await runtime.ask(trunkProtocol, idOf((round * commandsPerRound + index) % actorCount), command);
      if (!answered.ok) throw new Error(answered.rejection.message);
    }
  };
  collectGarbage();
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: inFlight }, sender));
  return perSecond(commandsPerRound, startedAt);
}

/** A log with an index that keeps it unique, as the journal's. */
function openRaw(path: string, syncMs: number) {
  const database = new DatabaseSync(path);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
  database.exec(
    'CREATE TABLE log (position INTEGER PRIMARY KEY, stream TEXT, version INTEGER, at_ms INTEGER, bytes BLOB, hash BLOB);' +
      'CREATE UNIQUE INDEX log_stream ON log (stream, version);',
  );
  const insert = database.prepare('INSERT INTO log (stream, version, at_ms, bytes, hash) VALUES (?, ?, ?, ?, ?)');
  return {
    append(entries: Awaited<ReturnType<Journal['readAll']>>): number {
      collectGarbage();
      const startedAt = performance.now();
      for (let from = 0; from < entries.length; from += inFlight) {
        database.exec('BEGIN IMMEDIATE');
        for (const { stream, version, bytes, hash } of entries.slice(from, from + inFlight)) {
          insert.run(stream, version, Date.now(), bytes, hash);
        }
        database.exec('COMMIT');
        block(syncMs);
      }
      return perSecond(entries.length, startedAt);
    },
    close: () => database.close(),
  };
}

async function started(broker: ServiceBroker, journal: Journal): Promise<Runtime> {
  const quiet = { debug() {}, info() {}, warn() {}, error: console.error };
  const options = { broker, journal, clock: systemClock, logger: quiet, actors: [lines], protocols: [] };
  const runtime = createRuntime(options);
  await runtime.start();
  return runtime;
}

function quietBroker(): ServiceBroker {
  return new ServiceBroker({ nodeID: 'bench', logger: false });
}

function idOf(index: number): string {
  return `trunk-${index}`;
}

function perSecond(count: number, startedAt: number): number {
  return (count * 1000) / (performance.now() - startedAt);
}
