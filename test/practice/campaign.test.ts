/** What a newcomer sees: `npm start` from beginning to end, and what the journal says of it afterwards. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readWav } from '#adapters/rtp/wav.ts';
import { openSqliteJournalReader } from '#adapters/sqlite/journal.ts';
import { type CallEnded, type CallEvent, callEvent } from '#proto/generated/call.ts';
import { commit } from '#proto/generated/envelope.ts';
import { callboard, type Ended } from '#test/cli/callboard-process.ts';
import { loudest } from '#test/loudest.ts';

const root = join(import.meta.dirname, '..', '..');
const minute = 60_000;
let folder = '';
let data = '';
let once: Ended;
const calls = new Map<string, CallEvent[]>();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'callboard-practice-'));
  data = join(folder, 'data');
  once = await callboard(['--data', data, 'start', '--once']);
  const journal = await openSqliteJournalReader({ path: join(data, 'journal.db') });
  for (const stream of await journal.streams({ kind: 'call', limit: 1000 })) {
    const entries = await journal.read(stream, 0);
    const events = entries.flatMap(({ bytes }) => commit.decode(bytes).events.map((each) => callEvent.decode(each)));
    calls.set(stream.slice('call/'.length), events);
  }
  await journal.close();
}, 3 * minute);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function endsOf(callId: string): CallEnded[] {
  return (calls.get(callId) ?? []).filter((event) => event.type === 'CallEnded');
}

/** What practice/README.md promises of a person by the last digit of the number. */
const promised: Readonly<Record<string, readonly Partial<CallEnded>[]>> = {
  '0': [
    { outcome: 'failed', sipStatus: 503, digits: '' },
    { outcome: 'answered', sipStatus: 200, digits: '1' },
  ],
  '1': [{ outcome: 'answered', sipStatus: 200, digits: '1' }],
  '2': [{ outcome: 'answered', sipStatus: 200, digits: '2' }],
  '3': [{ outcome: 'answered', sipStatus: 200, digits: '' }],
  '4': [{ outcome: 'answered', sipStatus: 200, digits: '1' }],
  '5': [{ outcome: 'answered', sipStatus: 200, digits: '' }],
  '6': [{ outcome: 'busy', sipStatus: 486, digits: '' }],
  '7': [{ outcome: 'no-answer', digits: '' }],
  '8': [{ outcome: 'answered', sipStatus: 200, digits: '' }],
  '9': [{ outcome: 'unreachable', sipStatus: 404, digits: '' }],
};

describe('the practice campaign', () => {
  test('ends with every lead dialed once and with the outcome that is documented for its digit', () => {
    expect({ code: once.code, stderr: once.stderr }).toEqual({ code: 0, stderr: '' });
    expect(once.stdout).toMatch(/^example-1 is ended: 60 attempts, 60 of 60 leads have an outcome, 0 rows refused\.$/m);
    const [header = '', ...rows] = readFileSync(join(root, 'config', 'example', 'leads.csv'), 'utf8')
      .trim()
      .split('\n');
    const phone = header.split(',').indexOf('phone');
    expect([...calls.keys()].sort()).toEqual(rows.map((_, index) => `example-1.${index + 1}.1`).sort());
    const surprises = rows.flatMap((row, index) => {
      const digit = row.split(',')[phone]?.trim().at(-1) ?? '';
      const [ended, ...more] = endsOf(`example-1.${index + 1}.1`);
      const { outcome, sipStatus, digits } = ended ?? {};
      const isPromised = promised[digit]?.some((one) =>
        Object.entries(one).every(([name, value]) => ended?.[name as keyof CallEnded] === value),
      );
      return isPromised && more.length === 0 ? [] : [{ row: index + 1, digit, outcome, sipStatus, digits, more }];
    });
    expect(surprises).toEqual([]);
    expect(new Set(rows.map((row) => row.split(',')[phone]?.trim().at(-1))).size).toBe(10);
  });

  test('tells each outcome once on standard output, with a mask in place of the number', () => {
    const told = [...once.stdout.matchAll(/^row (\d+) {2}\+(\d+ \d+ \*+ \d\d) /gm)].map((match) => Number(match[1]));
    expect([...new Set(told)].length).toBe(60);
    expect(told.length).toBe(60);
  });

  test('records both sides of who was answered and spoke', () => {
    const recorded = [...calls.keys()].flatMap((callId) => {
      const [ended] = endsOf(callId);
      return ended?.outcome === 'answered' && ended.digits === '1' && ended.media?.recording
        ? [ended.media.recording]
        : [];
    });
    expect(recorded.length).toBeGreaterThan(5);
    for (const recording of recorded) {
      const file = readFileSync(join(data, recording));
      expect({ channels: file.readUInt16LE(22), rate: file.readUInt32LE(24) }).toEqual({ channels: 2, rate: 8000 });
      expect(readWav(file)).not.toHaveProperty('fault');
      for (const channel of [0, 1] as const)
        expect({ recording, channel, loud: loudest(file, channel) > 1000 }).toMatchObject({ loud: true });
    }
  });

  test('leaves a journal that verifies', async () => {
    expect(await callboard(['--data', data, 'verify'])).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringMatching(/^\d+ streams with \d+ commits, every chain is whole\.\nDigest [0-9a-f]{64}:/),
    });
  });

  test('can be replayed: the same each time, and as it was at any time before', async () => {
    const [callId = '', events = []] =
      [...calls].find(([, each]) => each.some(({ type }) => type === 'DigitPressed')) ?? [];
    const replay = (...more: string[]) => callboard(['--data', data, 'replay', `call/${callId}`, ...more]);
    const now = await replay();
    expect({ code: now.code, stderr: now.stderr }).toEqual({ code: 0, stderr: '' });
    for (const { type } of events) expect(now.stdout).toMatch(new RegExp(`^\\d+ {2}\\S+Z {2}${type} {2}\\{`, 'm'));
    expect(now.stdout).toMatch(/"phase": "ended"/);
    expect((await replay()).stdout).toBe(now.stdout);

    const answered = events.find((event) => event.type === 'CallAnswered');
    const then = await replay('--at', new Date(answered?.atMs ?? 0).toISOString(), '--json');
    const { state, commits } = JSON.parse(then.stdout);
    expect(state).toMatchObject({ phase: 'talking', digits: '', outcome: 'unspecified' });
    expect(commits.at(-1).events.at(-1).type).toBe('CallAnswered');
  });

  test(
    'is begun anew by the next start, which ends by itself when nobody is at the console',
    async () => {
      const again = await callboard(['--data', data, 'start']);
      expect({ code: again.code, stderr: again.stderr }).toEqual({ code: 0, stderr: '' });
      expect(again.stdout).toMatch(
        /^example-2 is ended: 60 attempts, 60 of 60 leads have an outcome, 0 rows refused\.$/m,
      );
      expect(again.stdout).toMatch(/^help lists the commands, exit leaves\.$/m);
    },
    3 * minute,
  );
});
