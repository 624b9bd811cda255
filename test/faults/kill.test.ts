/**
 * kill -9 at twenty moments of a campaign against SIPp as the carrier. The one thing that must never happen is that a
 * number is dialed twice for one attempt; the carrier's own trace says whether it was.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as trunk from '#actors/trunk/state.ts';
import { openSqliteJournalReader } from '#adapters/sqlite/journal.ts';
import { chanceOf } from '#practice/chance.ts';
import { commit } from '#proto/generated/envelope.ts';
import { trunkEvent } from '#proto/generated/trunk.ts';
import { type CallboardProcess, callboard, startCallboard } from '#test/cli/callboard-process.ts';
import { pauseBetween, startCarrier, talks } from '#test/cli/sipp-carrier.ts';
import { writeTone } from '#test/rtp/tone.ts';
import { invitesByNumber, type Sipp } from '#test/sip/sipp.ts';
import { Witness } from './witness.ts';

/** Another word, other moments. */
const seed = 'first calls';
const chance = chanceOf(seed);
const between = (from: number, to: number) => from + Math.floor(chance() * (to - from + 1));
const leads = 500;
/** Rows that repeat a number: they make the import long enough to die in. */
const copies = 4;
const numberOf = (row: number) => `+1415555${1000 + (row - 1)}`;

interface Moment {
  /** Counted from the start of the process, from its first line, or from an event in the journal. */
  readonly after: string;
  /** Which event of its type. */
  readonly nth: number;
  readonly laterMs: number;
}

/** Every kind of moment; which one of its kind and how much later is chance. The import comes first. */
const moments: readonly Moment[] = ['ListRequested', 'line', ...shuffled()].map((after) => {
  if (after === 'start') return { after, nth: 1, laterMs: between(200, 900) };
  if (after === 'line' || after === 'ListRequested') return { after, nth: 1, laterMs: between(0, 60) };
  return { after, nth: between(1, 12), laterMs: between(0, 30) };
});

function shuffled(): string[] {
  const left = [
    ...['start', 'start', 'LeadsRequested', 'AttemptsStarted', 'CallRequested', 'ChannelReserved', 'NumberRead'],
    ...['CallDialed', 'CallDialed', 'CallRang', 'CallRang', 'CallAnswered', 'CallAnswered', 'PromptEnded'],
    ...['HangupRequested', 'CallHungUp', 'CallEnded', 'AttemptEnded'],
  ];
  return Array.from({ length: left.length }, () => left.splice(between(0, left.length - 1), 1)[0] ?? '');
}

let folder = '';
let data = '';
let command: readonly string[] = [];
let carrier: Sipp;
let running: CallboardProcess | undefined;
let witness: Witness;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'callboard-kill-'));
  data = join(folder, 'data');
  const list = join(folder, 'list.csv');
  const numbers = Array.from({ length: leads }, (_, index) => numberOf(index + 1));
  writeFileSync(list, ['phone', ...Array(copies).fill(numbers).flat()].join('\n'));
  const prompt = await writeTone(join(folder, 'prompt.wav'), 440, 600);
  carrier = await startCarrier([
    pauseBetween(10, 200),
    ...talks(pauseBetween(100, 400), { chance: 0.4, afterMs: 300 }),
  ]);
  witness = new Witness(join(data, 'journal.db'));
  const dialing = ['--law', 'practice', '--max-calls', '20', '--rate', '60', '--campaign', 'killed'];
  command = ['--data', data, 'run', list, '--trunk', `sip:127.0.0.1:${carrier.port}`, '--prompt', prompt, ...dialing];
});

afterAll(async () => {
  running?.kill('SIGKILL');
  await running?.ended;
  await carrier.stop();
  rmSync(folder, { recursive: true, force: true });
});

function start(): CallboardProcess {
  running = startCallboard(command);
  running.closeInput();
  return running;
}

/** Lets the process live until the moment, kills it, and returns the rows whose outcome it had told. */
async function killAt({ after, nth, laterMs }: Moment): Promise<number[]> {
  const process = start();
  const dead = new AbortController();
  void process.ended.then(() => dead.abort());
  if (after !== 'start') await process.until(/^Campaign killed/m);
  if (after !== 'start' && after !== 'line') await witness.untilEvent(after, nth, dead.signal);
  await pause(laterMs);
  process.kill('SIGKILL');
  const { code, stdout, stderr } = await process.ended;
  // It must not have ended by itself: neither done nor in an error.
  expect({ code, stderr, end: stdout.slice(code === 137 ? stdout.length : -400) }).toEqual({
    code: 137,
    stderr: '',
    end: '',
  });
  return rowsOf(stdout);
}

/** Rows of whole lines: the last one may have been cut. */
function rowsOf(stdout: string): number[] {
  return [...stdout.matchAll(/^row (\d+) {2}\S.*, talked \S+ s\n/gm)].map((match) => Number(match[1]));
}

test('twenty kills lose no fact, dial nobody twice, and the campaign comes to its end', async () => {
  const told = new Set<number>();
  const lost = new Set<string>();
  const phases = new Map<string, number>();
  for (const moment of moments) {
    for (const row of await killAt(moment)) told.add(row);
    const { missing, calls, ended } = await witness.confront();
    expect({ moment, missing }).toEqual({ moment, missing: [] });
    const heard = new Set([...ended.keys()].map((stream) => Number(stream.split('.')[1])));
    expect([...told].filter((row) => !heard.has(row))).toEqual([]);
    for (const [stream, { phase }] of calls) {
      phases.set(phase, (phases.get(phase) ?? 0) + 1);
      if (phase === 'dialing' || phase === 'ringing' || phase === 'talking') lost.add(stream);
    }
  }
  // A test of kills in which nothing was live would prove nothing.
  expect(['dialing', 'ringing', 'talking'].filter((phase) => !phases.has(phase))).toEqual([]);
  expect(witness.commits).toBeGreaterThan(leads);

  // Ctrl-C: what is live ends as calls end, and nothing new is dialed.
  const interrupted = start();
  await interrupted.until(/^row .* answered .*\n/m);
  interrupted.kill('SIGINT');
  const stopped = await interrupted.ended;
  expect({ code: stopped.code, stderr: stopped.stderr }).toEqual({ code: 130, stderr: '' });
  expect(stopped.stdout).toMatch(/^killed is paused: /m);
  const afterStop = await witness.confront();
  expect(afterStop.missing).toEqual([]);
  expect([...afterStop.calls].filter(([, { phase }]) => !['routing', 'ended'].includes(phase))).toEqual([]);

  const finished = await start().ended;
  expect({ code: finished.code, stderr: finished.stderr }).toEqual({ code: 0, stderr: '' });
  expect(finished.stdout).toMatch(
    new RegExp(
      `^killed is ended: ${leads} attempts, ${leads} of ${leads} leads have an outcome, ${leads * 3} rows refused`,
      'm',
    ),
  );
  const { missing, calls, ended } = await witness.confront();
  expect(missing).toEqual([]);

  const streams = Array.from({ length: leads }, (_, index) => `call/killed.${index + 1}.1`);
  expect([...calls.keys()].sort()).toEqual([...streams].sort());
  expect(streams.filter((stream) => ended.get(stream)?.length !== 1)).toEqual([]);
  const outcomeOf = (stream: string) => ended.get(stream)?.[0]?.outcome;
  expect([...lost].filter((stream) => outcomeOf(stream) !== 'unknown')).toEqual([]);
  expect(streams.filter((stream) => outcomeOf(stream) === 'unknown' && !lost.has(stream))).toEqual([]);
  expect(streams.filter((stream) => !['unknown', 'answered'].includes(outcomeOf(stream) ?? ''))).toEqual([]);

  const invites = invitesByNumber(await carrier.messages());
  expect([...invites].filter(([, count]) => count !== 1)).toEqual([]);
  // A process that died between CallDialed and the INVITE has dialed nobody; every other attempt is at the carrier.
  const unseen = streams.filter(
    (_, index) => !invites.has(numberOf(index + 1)) && !invites.has(numberOf(index + 1).slice(1)),
  );
  expect(unseen.filter((stream) => outcomeOf(stream) !== 'unknown')).toEqual([]);
  expect(invites.size).toBe(leads - unseen.length);

  const verified = await callboard(['--data', data, 'verify']);
  expect(verified).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/every chain is whole\.\nDigest [0-9a-f]{64}:/),
  });
  expect(await reservedChannels()).toEqual([]);
}, 240_000);

/** Calls that still hold a channel of the trunk. */
async function reservedChannels(): Promise<string[]> {
  const journal = await openSqliteJournalReader({ path: join(data, 'journal.db') });
  const [stream = ''] = await journal.streams({ kind: 'trunk', limit: 1 });
  let state = trunk.initial();
  for (const { bytes } of await journal.read(stream, 0)) {
    for (const event of commit.decode(bytes).events) state = trunk.evolve(state, trunkEvent.decode(event));
  }
  await journal.close();
  return Object.keys(state.leases);
}
