/** `callboard run` with its options: digits gathered, a report, a carrier that asks who we are, and Ctrl-C. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startPracticeCarrier } from '#practice/start.ts';
import { Witness } from '#test/faults/witness.ts';
import { writeTone } from '#test/rtp/tone.ts';
import { carrierSdp, receive, respond, respondInDialog } from '#test/sip/scenario.ts';
import { callboard, startCallboard } from './callboard-process.ts';
import { pauseBetween, startCarrier, talks } from './sipp-carrier.ts';

let folder = '';
const cleanUp: (() => Promise<unknown>)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'callboard-run-'));
});
afterEach(async () => {
  for (const each of cleanUp.splice(0).reverse()) await each();
  rmSync(folder, { recursive: true, force: true });
});

async function runCommand(trunk: string, numbers: readonly string[], promptMs: number, more: readonly string[] = []) {
  const list = join(folder, 'list.csv');
  writeFileSync(list, ['phone', ...numbers].join('\n'));
  const prompt = await writeTone(join(folder, 'prompt.wav'), 440, promptMs);
  return [
    '--data',
    join(folder, 'data'),
    'run',
    list,
    '--trunk',
    trunk,
    '--prompt',
    prompt,
    '--campaign',
    'c',
    '--law',
    'practice',
    ...more,
  ];
}

test('gathers a digit, and reports every attempt with every field', async () => {
  const carrier = await startPracticeCarrier({ seed: 3, timeScale: 0.1 });
  cleanUp.push(() => carrier.stop());
  const report = join(folder, 'out.jsonl');
  const numbers = ['+14155550102', '+14155550106', '+14155550107', '+14155550109', '+14155550105'];
  const more = ['--gather', '1', '--ring-timeout', '2', '--report', report];
  const ended = await callboard(await runCommand(carrier.uri, numbers, 200, more));
  expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code: 0, stderr: '' });
  const lines = readFileSync(report, 'utf8').trimEnd().split('\n');
  const attempts = lines.map((line) => JSON.parse(line)).sort((one, other) => one.row - other.row);
  const some = expect.any(Number);
  const spoken = (row: number) => ({ talkMs: some, ringMs: some, recording: `recordings/c/c.${row}.1.wav` });
  const silent = { talkMs: 0, ringMs: some, digits: '', recording: '', reason: expect.any(String) };
  expect(attempts).toEqual([
    { row: 1, outcome: 'answered', sipStatus: 200, reason: 'digits gathered', digits: '2', ...spoken(1) },
    { row: 2, outcome: 'busy', sipStatus: 486, ...silent },
    { row: 3, outcome: 'no-answer', sipStatus: some, ...silent },
    { row: 4, outcome: 'unreachable', sipStatus: 404, ...silent },
    { row: 5, outcome: 'answered', sipStatus: 200, reason: expect.any(String), digits: '', ...spoken(5) },
  ]);
  for (const { recording } of attempts.filter((attempt) => attempt.recording)) {
    expect(statSync(join(folder, 'data', recording)).size).toBeGreaterThan(44);
  }

  // The report is made from the journal: the same command makes the same one again, and dials nobody.
  const first = readFileSync(report, 'utf8');
  expect(await callboard(await runCommand(carrier.uri, numbers, 200, more))).toMatchObject({ code: 0, stderr: '' });
  expect(readFileSync(report, 'utf8')).toBe(first);
}, 60_000);

test('answers a challenge with the digest of its credentials, which are written nowhere', async () => {
  const challenge = 'WWW-Authenticate: Digest realm="carrier", nonce="47364c23432d2e131a5fb210812c", algorithm=MD5';
  const carrier = await startCarrier([
    respond(401, 'Unauthorized', { headers: [challenge] }),
    receive('ACK'),
    '<recv request="INVITE" rrs="true"><action><verifyauth assign_to="knows" username="alice" password="wonderland"/></action></recv>',
    '<nop hide="true" test="knows" next="knows"/>',
    respond(403, 'Forbidden'),
    receive('ACK'),
    '<pause milliseconds="0" next="over"/>',
    '<label id="knows"/>',
    respond(200, 'OK', { sdp: carrierSdp(), retransmit: true }),
    receive('ACK'),
    receive('BYE'),
    respondInDialog(200, 'OK'),
  ]);
  cleanUp.push(() => carrier.stop());
  const dial = async (password: string) => {
    const credentials = join(folder, 'credentials');
    writeFileSync(credentials, `alice\n${password}\n`);
    const more = ['--credentials', credentials, '--campaign', password];
    return callboard(await runCommand(`sip:127.0.0.1:${carrier.port}`, ['+14155550101'], 200, more));
  };
  expect((await dial('wonderland')).stdout).toMatch(/^row 1 .* answered \(200\)/m);
  expect((await dial('underland')).stdout).toMatch(/^row 1 .* rejected \(40[13]\)/m);
  const journal = readFileSync(join(folder, 'data', 'journal.db'));
  const log = readFileSync(join(folder, 'data', 'callboard.log'), 'utf8');
  expect([journal.includes('alice'), log.includes('alice')]).toEqual([false, false]);
}, 60_000);

test('ends its live calls at the second Ctrl-C, writes the report, and goes on later', async () => {
  const carrier = await startCarrier(talks(pauseBetween(50, 100), { chance: 0, afterMs: 1000 }));
  cleanUp.push(() => carrier.stop());
  const report = join(folder, 'out.jsonl');
  const numbers = ['+14155550101', '+14155550102', '+14155550103', '+14155550104'];
  const more = ['--max-calls', '2', '--rate', '20', '--report', report];
  const trunk = `sip:127.0.0.1:${carrier.port}`;
  const running = startCallboard(await runCommand(trunk, numbers, 120_000, more));
  cleanUp.push(async () => {
    running.kill('SIGKILL');
    await running.ended;
  });
  await running.until(/^Campaign c/m);
  await new Witness(join(folder, 'data', 'journal.db')).untilEvent('CallAnswered', 2, new AbortController().signal);
  running.kill('SIGINT');
  await running.until(/^No new calls\. Waiting for 2 live ones to end; Ctrl-C again ends them now\.$/m);
  running.kill('SIGINT');
  const ended = await running.ended;
  expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code: 130, stderr: '' });
  expect(ended.stdout).toMatch(/^c is paused: 2 attempts, 2 of 4 leads have an outcome, 0 rows refused\.$/m);
  expect(existsSync(report)).toBe(true);

  const later = await callboard(await runCommand(trunk, numbers, 200, more));
  expect({ code: later.code, stderr: later.stderr }).toEqual({ code: 0, stderr: '' });
  const outcomes = readFileSync(report, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).outcome);
  expect(outcomes).toEqual(['answered', 'answered', 'answered', 'answered']);
}, 60_000);
