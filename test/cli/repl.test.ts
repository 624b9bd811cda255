/** The operators' console: what a person types and what comes back, and what Tab offers. */

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Witness } from '#test/faults/witness.ts';
import { writeTone } from '#test/rtp/tone.ts';
import type { Sipp } from '#test/sip/sipp.ts';
import { type CallboardProcess, startCallboard } from './callboard-process.ts';
import { pauseBetween, startCarrier, talks } from './sipp-carrier.ts';

describe('the console', () => {
  let folder = '';
  let carrier: Sipp;
  let desk: CallboardProcess;

  /** Types a line; resolves with what the pattern finds in the answer. */
  async function asked(line: string, answer: RegExp): Promise<RegExpExecArray> {
    desk.type(line);
    return desk.until(answer);
  }

  /** Asks again until the answer is what it comes to. */
  async function askedUntil(line: string, wanted: RegExp, answer: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = await asked(line, answer);
      if (wanted.test(found[0])) return found;
    }
  }

  /** A campaign with three calls that nobody ends, cut off in the middle, and a console on what is left of it. */
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'callboard-repl-'));
    carrier = await startCarrier(talks(pauseBetween(50, 100), { chance: 0, afterMs: 1000 }));
    const data = join(folder, 'data');
    const uri = `sip:127.0.0.1:${carrier.port}`;
    const list = join(folder, 'list.csv');
    writeFileSync(list, ['phone', ...Array.from({ length: 40 }, (_, index) => `+1415555${1000 + index}`)].join('\n'));
    const prompt = await writeTone(join(folder, 'prompt.wav'), 440, 120_000);
    const pressure = ['--max-calls', '3', '--rate', '20', '--law', 'practice'];
    const dialing = ['--trunk', uri, '--prompt', prompt, ...pressure, '--campaign', 'spring'];
    const dialer = startCallboard(['--data', data, 'run', list, ...dialing]);
    await dialer.until(/^Campaign spring/m);
    await new Witness(join(data, 'journal.db')).untilEvent('CallAnswered', 3, new AbortController().signal);
    dialer.kill('SIGKILL');
    await dialer.ended;
    const config = join(folder, 'config.json');
    writeFileSync(config, JSON.stringify({ dataFolder: data, trunks: { [`127.0.0.1-${carrier.port}`]: { uri } } }));
    // Moleculer's console keeps its history at home.
    desk = startCallboard(['--config', config, 'repl'], { env: { HOME: folder } });
    await desk.until(/^help lists the commands, exit leaves\.$/m);
  }, 60_000);

  afterEach(async () => {
    desk.kill('SIGKILL');
    await desk.ended;
    await carrier.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('steers campaigns and calls, and says what there is', async () => {
    await asked('campaigns', /│ spring\s+│ running\s+│ 40 /);
    const [, callId = ''] = await askedUntil(
      'calls',
      /talking/,
      /│ (spring\.\d+\.1) .*│ talking|No call is live|contact/,
    );
    await asked('pause spring lunch break, back at one', /^.*spring is paused\.$/m);
    await asked('campaigns', /│ spring\s+│ paused .*│ lunch break, back at one\s+│/);
    await asked(`hangup ${callId}`, /being ended\./);
    await askedUntil(`actor show call/${callId}`, /ended/, /"phase": "\w+"/);
    await asked(`hangup ${callId}`, /has ended: \w+\./);
    await asked(`actor events call/${callId}`, /HangupRequested {2}\{"party":"operator","by":"\S+"/);
    await asked('actors --kind trunk', /│ trunk\/127\.0\.0\.1-\d+ /);
    await asked('nodes', /│ callboard\s+│ control, voice, edge\s+│ up\s+│/);
    await asked(`where call/${callId}`, /is placed on callboard\.$/m);
    await asked('drain callboard', /callboard goes on as it was: Node callboard is the only one that hosts campaign, /);
    await asked('actor events node/callboard', /DrainRequested {2}\{"by":"\S+","reason":"","atMs":\d+\}/);
    await asked('tail campaign/spring', /CampaignPaused {2}\{"by":"\S+","reason":"lunch break, back at one"\}/);
    await asked('tail stop', /campaign\/spring is not followed any more\./);
    await asked('dead-letters', /There are no dead letters\./);
    // A note is taken as it was typed: an apostrophe opens nothing, and two hyphens are no option.
    await asked("agent note zoe can't pay, says --later", /There is no agent zoe: agents lists them\./);
    await asked('notes nobody', /There is no contact nobody/);
    await asked('resume spring', /spring goes on\./);
    await asked('stop spring', /spring is stopped\./);
    await asked('resume spring', /CAMPAIGN_STOPPED: /);
    desk.type('exit');
    expect(await desk.ended).toMatchObject({ code: 0, stderr: '' });
  }, 60_000);

  test.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['exit', 0],
  ] as const)(
    'ended by %s hangs up what is live, says so, and the journal has how it ended',
    async (end, code) => {
      const witness = new Witness(join(folder, 'data', 'journal.db'));
      await askedUntil('calls', /talking/, /│ talking|No call is live|contact/);
      if (end === 'exit') desk.type(end);
      else desk.kill(end);
      expect(await desk.ended).toMatchObject({ code, stderr: '' });
      expect(desk.stdout()).toMatch(/\d live calls? (is|are) hung up\.$/m);
      const { calls, ended } = await witness.confront();
      const dialed = [...calls].filter(([, { dialedAtMs }]) => dialedAtMs > 0);
      expect(dialed.filter(([, { phase }]) => phase !== 'ended')).toEqual([]);
      // Those that the cut left behind are unknown; the others were hung up in good manner.
      const last = dialed.flatMap(([id]) => ended.get(id) ?? []).filter(({ outcome }) => outcome !== 'unknown');
      expect(last.length).toBeGreaterThan(0);
      for (const { outcome, media } of last) {
        expect(['answered', 'canceled']).toContain(outcome);
        expect(media?.packetsSent).toBeGreaterThanOrEqual(0);
        expect(outcome === 'canceled' || existsSync(join(folder, 'data', media?.recording ?? 'none'))).toBe(true);
      }
    },
    60_000,
  );

  test('on a campaign whose trunk it has no settings for, says that it waits, and for what', async () => {
    desk.type('exit');
    await desk.ended;
    desk = startCallboard(['--data', join(folder, 'data'), 'repl'], { env: { HOME: folder } });
    await asked('resume spring', /spring goes on\.\nIt waits for trunk 127\.0\.0\.1-\d+, which this .*: name it in/);
    await asked('campaigns', /│ waits for trunk 127\.0\.0\.1-\d+,\s+│/);
    await asked('pause spring', /spring is paused\.$/m);
    await asked('campaigns', /│ spring\s+│ paused .*│\s+│/);
  }, 60_000);

  test('answers what it does not know with a sentence, and goes on', async () => {
    await asked('pause autumn', /There is no campaign autumn: campaigns lists them\./);
    await asked('hangup autumn.1.1', /CALL_UNKNOWN: There is no call autumn\.1\.1: /);
    await asked('hangup "not an id"', /ACTOR_ID_INVALID: /);
    await asked('actor show season/1', /season\/1 names no actor: write kind\/id, the kinds are campaign, call/);
    await asked('actor events call/autumn.1.1', /The journal has nothing of call\/autumn\.1\.1\./);
    await asked('actor sing call/spring.1.1', /actor cannot sing: it can show and events\./);
    await asked('dead-letters drop autumn', /There is no dead letter autumn: dead-letters lists them\./);
    await asked('help', /hangup .*End a call: CANCEL before the answer,\s+BYE after it\./);
    // Neither secrets nor changes without a name.
    expect(desk.stdout()).not.toMatch(/^ +(env|call|destroy|emit)\b/m);
    await asked('hangup --help', /Usage: Moleculer REPL hangup/);
    desk.closeInput();
    expect(await desk.ended).toMatchObject({ code: 0 });
  }, 60_000);
});
