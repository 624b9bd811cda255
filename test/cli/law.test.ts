/** The law on the command line: who is refused, who is on a list, and what an audit says of it all. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openSqliteJournal } from '#adapters/sqlite/journal.ts';
import { lawNamed, loadLawProfiles } from '#config/law-profiles.ts';
import { startPracticeCarrier } from '#practice/start.ts';
import type { Codec, Tagged } from '#proto/codec.ts';
import { callEvent } from '#proto/generated/call.ts';
import { campaignEvent } from '#proto/generated/campaign.ts';
import { contactEvent } from '#proto/generated/contact.ts';
import { Scribe } from '#test/journal-kit.ts';
import { LawStory } from '#test/law-story.ts';
import { writeTone } from '#test/rtp/tone.ts';
import { callboard, startCallboard } from './callboard-process.ts';

let folder = '';
let data = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'callboard-law-'));
  data = join(folder, 'data');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function runCommand(trunk: string, numbers: readonly string[], ...more: readonly string[]) {
  const list = join(folder, 'list.csv');
  writeFileSync(list, ['phone', ...numbers].join('\n'));
  const prompt = await writeTone(join(folder, 'prompt.wav'), 440, 200);
  return ['--data', data, 'run', list, '--trunk', trunk, '--prompt', prompt, '--campaign', 'c', ...more];
}

test.each([
  ['sip:192.0.2.1', ''],
  ['sip:127.0.0.1:9', '; for the practice carrier --law practice'],
])(
  'nobody is called without a law profile, through %s',
  async (trunk, hint) => {
    const refused = await callboard(await runCommand(trunk, ['+14155550102']));
    expect(refused).toEqual({
      code: 1,
      stdout: '',
      stderr: `Nobody is called without a law profile: name one with --law (cn, practice, uk, us-ftc, us-reg-f; docs/law.md)${hint}. [LAW_PROFILE_MISSING]\n`,
    });
  },
  30_000,
);

test('who is on a list is refused, by the rule that an audit counts; no number is said', async () => {
  const carrier = await startPracticeCarrier({ seed: 3, timeScale: 0.1 });
  try {
    const [listed, other] = ['+14155550102', '+14155550106'];
    const adding = startCallboard(['--data', data, 'dnc', 'add']);
    adding.type(listed);
    adding.type('4155550106');
    adding.closeInput();
    expect(await adding.ended).toEqual({
      code: 1,
      stdout:
        '1 number is on the list global.\nRow 2 was left out: its number has no country code; write it with a plus, or set a default region.\n',
      stderr: '',
    });
    const report = join(folder, 'out.jsonl');
    const ran = await callboard(
      await runCommand(carrier.uri, [listed, other], '--law', 'practice', '--ring-timeout', '2', '--report', report),
    );
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toContain('Law profile practice');
    const outcomes = readFileSync(report, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(outcomes.find(({ row }) => row === 1)).toMatchObject({
      ...{ outcome: 'refused', reason: 'the law does not allow it now: practice.do-not-call' },
    });
    const audit = await callboard(['--data', data, 'audit', 'c', '--json']);
    expect(audit).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(audit.stdout)).toMatchObject({
      ...{ campaignId: 'c', kept: true, attempts: 2, dialed: 1, refused: { 'practice.do-not-call': 1 } },
    });

    const removed = await callboard(['--data', data, 'dnc', 'remove', join(folder, 'list.csv')]);
    expect(removed).toEqual({ code: 0, stdout: '2 numbers are not on the list global any more.\n', stderr: '' });
    const written =
      [ran, audit].map(({ stdout }) => stdout).join('') + readFileSync(join(data, 'callboard.log'), 'utf8');
    expect(written).not.toContain(listed.slice(3));
  } finally {
    await carrier.stop();
  }
}, 60_000);

test('an audit ends with 1 where a limit was broken, and names the event', async () => {
  const law = lawNamed(loadLawProfiles(), 'us-ftc');
  // 21:00 in New York.
  const story = new LawStory(law).dials({ atMs: Date.parse('2026-06-11T01:00:00Z'), connectedMs: 500 });
  mkdirSync(data);
  const journal = await openSqliteJournal({ path: join(data, 'journal.db') });
  const scribe = new Scribe(journal);
  const codecs: Readonly<Record<string, unknown>> = { call: callEvent, campaign: campaignEvent, contact: contactEvent };
  for (const { stream, event } of story.entries) {
    await scribe.write(stream, codecs[stream.split('/')[0] ?? ''] as Codec<Tagged>, event);
  }
  await journal.close();
  const audit = await callboard(['--data', data, 'audit', 'c']);
  expect(audit).toMatchObject({ code: 1, stderr: '' });
  expect(audit.stdout).toContain('BROKEN  us-ftc.hours: 1 checked; worst between 21:00 and 21:00, by the clocks there');
  expect(audit.stdout).toContain(
    'call/c.1.1 version 2, CallDialed at 2026-06-11T01:00:00.000Z: it was 2026-06-10 21:00 in America/New_York',
  );
  expect(audit.stdout).toMatch(/1 of 10 limits were broken\.\n$/);
  expect(await callboard(['--data', data, 'audit', 'd'])).toMatchObject({
    ...{ code: 1, stdout: '', stderr: expect.stringContaining('[ACTOR_UNKNOWN]') },
  });
}, 30_000);
