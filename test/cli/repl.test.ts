/** The operators' console: what a person types and what comes back, and what Tab offers. */

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { callActor } from '#actors/call/call.actor.ts';
import { campaignActor } from '#actors/campaign/campaign.actor.ts';
import { callProtocol } from '#proto/generated/call.ts';
import { campaignProtocol } from '#proto/generated/campaign.ts';
import { completeLine, completerOf } from '#repl/open.ts';
import { kinds } from '#scripts/kinds.ts';
import { openGate } from '#scripts/node/dial-gate.ts';
import { ManualClock } from '#test/fakes/manual-clock.ts';
import { Witness } from '#test/faults/witness.ts';
import { writeTone } from '#test/rtp/tone.ts';
import { startedNode, until } from '#test/runtime-kit.ts';
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
    const dialing = ['--trunk', uri, '--prompt', prompt, '--max-calls', '3', '--rate', '20', '--campaign', 'spring'];
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
    await asked('dead-letters', /There are no dead letters\./);
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
    await asked('help', /hangup .*End a call: CANCEL before the answer, BYE after it\./);
    await asked('hangup --help', /Usage: Moleculer REPL hangup/);
    desk.closeInput();
    expect(await desk.ended).toMatchObject({ code: 0 });
  }, 60_000);
});

test('Tab completes names of campaigns, calls and actors', async () => {
  const clock = new ManualClock();
  const nobody = async () => [];
  const none = async () => ({ rows: 0, added: 0, known: 0, refused: 0 });
  const silent = new Proxy({}, { get: () => async () => undefined }) as never;
  const { runtime, journal } = await startedNode(
    [
      campaignActor({ clock, leads: { claim: nobody, settle: async () => undefined }, lists: { load: none } }),
      callActor({
        clock,
        telephony: silent,
        media: silent,
        vault: silent,
        dataFolder: '',
        hasTrunk: () => false,
        gate: openGate(),
      }),
    ],
    { clock },
  );
  const plan = { prompt: '', gatherDigits: 0, gatherTimeoutMs: 0, ringTimeoutMs: 0, maxTalkMs: 0, record: false };
  const settings = { trunkId: 't', plan, maxCalls: 1, callsPerSecond: 1, leaseMs: 1000 };
  const asking = [
    ...['spring', 'summer'].map((id) =>
      runtime.ask(campaignProtocol, id, { type: 'ConfigureCampaign', settings } as const),
    ),
    runtime.ask(callProtocol, 'spring.1.1', {
      type: 'PlaceCall',
      intent: 'dial',
      ...{ campaignId: 'spring', row: 1, contactId: 'p', mask: '+1 ** 01', trunkId: 't', plan },
    }),
  ];
  let answered = false;
  void Promise.all(asking).then(() => {
    answered = true;
  });
  await until(clock, () => answered);
  const desk = { runtime, journal, kinds, operator: 'ann', print: () => {} };

  expect(await completeLine(desk, 'pause ')).toEqual([['spring', 'summer'], '']);
  expect(await completeLine(desk, 'pause sp')).toEqual([['spring'], 'sp']);
  expect(await completeLine(desk, 'hangup ')).toEqual([['spring.1.1'], '']);
  expect(await completeLine(desk, 'actor s')).toEqual([['show'], 's']);
  // Kinds first, however many actors there are of them.
  expect(await completeLine(desk, 'actor show c')).toEqual([['campaign/', 'call/', 'contact/'], 'c']);
  expect(await completeLine(desk, 'actor show campaign/')).toEqual([
    ['campaign/spring', 'campaign/summer'],
    'campaign/',
  ]);
  expect(await completeLine(desk, 'actor show campaign/sum')).toEqual([['campaign/summer'], 'campaign/sum']);
  expect(await completeLine(desk, 'actor show campaign/summer')).toEqual([['campaign/summer'], 'campaign/summer']);
  expect(await completeLine(desk, 'actors --')).toEqual([['--kind', '--help'], '--']);
  expect(await completeLine(desk, 'actors --kind ca')).toEqual([['campaign', 'call'], 'ca']);
  expect(await completeLine(desk, 'actors  --kind call ')).toEqual([[], '']);
  expect(await completeLine(desk, 'dead-letters r')).toEqual([['resend'], 'r']);
  expect(await completeLine(desk, 'campaigns ')).toEqual([[], '']);
  // What is not ours is Moleculer's to complete.
  expect(await completeLine(desk, 'nodes ')).toBeUndefined();
  const asked: string[] = [];
  const complete = completerOf(desk, (line, done) => {
    asked.push(line);
    done(null, [[], line]);
  });
  for (const line of ['help pa', 'nodes ', 'pause sp']) {
    await new Promise<void>((resolve) => complete(line, () => resolve()));
  }
  expect(asked).toEqual(['pa', 'nodes ']);
  let stopped = false;
  void runtime.stop({ graceMs: 1 }).then(() => {
    stopped = true;
  });
  while (!stopped) await clock.advance(1);
});
