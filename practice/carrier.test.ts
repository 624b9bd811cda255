/** The whole far side, called by our own telephony and media: everybody does what the table says. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createRtpMedia } from '#adapters/rtp/rtp-media.ts';
import { createSipTelephony } from '#adapters/sip/sip-telephony.ts';
import type { Media, MediaReport } from '#ports/media.ts';
import type { Telephony, TelephonyEvent } from '#ports/telephony.ts';
import { freePairs } from '#test/rtp/free-ports.ts';
import { silentLog } from '#test/sip/call-probe.ts';
import { scriptOf } from './people.ts';
import { type PracticeCarrier, startPracticeCarrier } from './start.ts';

const seed = 20;
const prompt = join(import.meta.dirname, '..', 'config', 'prompts', 'hello.wav');

let folder: string;
let carrier: PracticeCarrier;
let telephony: Telephony;
let media: Media;
/** Everybody is called at once, as a campaign would. */
let calls: Map<string, Promise<Called>>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'practice-'));
  carrier = await startPracticeCarrier({ seed, timeScale: 0.2 });
  telephony = await createSipTelephony({ bindAddress: '127.0.0.1', port: 0, log: silentLog });
  media = createRtpMedia({ bindAddress: '127.0.0.1', portRange: await freePairs(20), workers: 1, logger: silentLog });
  await telephony.configureTrunk({ trunkId: 'practice', uri: carrier.uri });
  calls = new Map([...'123456789'].map((digit) => [digit, call(`+1202555010${digit}`, digit === '7' ? 1_000 : 8_000)]));
});
afterAll(async () => {
  await telephony.close(500);
  await media.shutdown();
  await carrier.stop();
  await rm(folder, { recursive: true });
});

interface Called {
  readonly last: TelephonyEvent;
  readonly types: readonly string[];
  readonly digits: string;
  readonly report: MediaReport;
}

/** Calls a number as a campaign would: plays the prompt when it is answered, hangs up when a key was pressed. */
async function call(number: string, ringTimeoutMs: number): Promise<Called> {
  const callId = `call-${number.slice(1)}`;
  const { promise, resolve } = Promise.withResolvers<TelephonyEvent>();
  const types: string[] = [];
  let digits = '';
  const side = await media.open(callId, { recording: join(folder, `${callId}.wav`) }, (event) => {
    if (event.type !== 'digit') return;
    digits += event.digit;
    void telephony.hangUp(callId);
  });
  await telephony.dial({ callId, trunkId: 'practice', number, media: side, ringTimeoutMs }, (event) => {
    types.push(event.type);
    if (event.type === 'answered') {
      void media.connect(callId, event.media).then(() => media.play(callId, 'prompt', prompt));
    } else if (event.type === 'failed' || event.type === 'hung-up') resolve(event);
  });
  const last = await promise;
  return { last, types, digits, report: await media.close(callId) };
}

const called = (digit: string) => calls.get(digit) as Promise<Called>;

async function stereo(report: MediaReport): Promise<[heard: Int16Array, said: Int16Array]> {
  const file = await readFile(report.recording as string);
  const frames = (file.length - 44) / 4;
  const side = (offset: number) =>
    Int16Array.from({ length: frames }, (_, at) => file.readInt16LE(44 + at * 4 + offset));
  return [side(0), side(2)];
}

const loudest = (samples: Int16Array) => samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);

/** The share of the power that lies at a frequency (Goertzel, 1958). */
function shareAt(hz: number, samples: Int16Array): number {
  const factor = 2 * Math.cos((2 * Math.PI * hz) / 8_000);
  let [before, last, power] = [0, 0, 0];
  for (const sample of samples) {
    [before, last] = [last, sample + factor * last - before];
    power += sample * sample;
  }
  return power === 0 ? 0 : (2 * (last * last + before * before - factor * last * before)) / (samples.length * power);
}

describe.each([
  ['1', '1'],
  ['2', '2'],
  ['4', '1'],
])('who lives at …%s', (digit, pressed) => {
  test(`rings, answers, presses ${pressed}, and both are on the recording`, async () => {
    const { last, types, digits, report } = await called(digit);
    expect(types).toEqual(['ringing', 'answered', 'hung-up']);
    expect(last).toMatchObject({ by: 'us' });
    expect(digits).toBe(pressed);
    const [heard, said] = await stereo(report);
    expect(loudest(heard)).toBeGreaterThan(2_000);
    expect(loudest(said)).toBeGreaterThan(2_000);
  });
});

test.each(['3', '5'])('who lives at …%s answers, presses nothing and hangs up', async (digit) => {
  const { last, types, digits, report } = await called(digit);
  expect(types).toEqual(['ringing', 'answered', 'hung-up']);
  expect(last).toMatchObject({ by: 'callee' });
  expect(digits).toBe('');
  const [heard] = await stereo(report);
  expect(loudest(heard)).toBeGreaterThan(2_000);
});

test('8 is a voicemail with a beep', async () => {
  const { last, digits, report } = await called('8');
  expect(last).toMatchObject({ type: 'hung-up', by: 'callee' });
  expect(digits).toBe('');
  const [heard] = await stereo(report);
  const windows = Array.from({ length: Math.floor(heard.length / 800) }, (_, at) =>
    heard.subarray(at * 800, at * 800 + 800),
  );
  expect(windows.filter((window) => shareAt(1_000, window) > 0.95).length).toBeGreaterThanOrEqual(2);
});

test.each([
  ['6', { type: 'failed', cause: 'busy', sipStatus: 486 }],
  ['9', { type: 'failed', cause: 'unreachable', sipStatus: 404 }],
])('who lives at …%s cannot be had', async (digit, last) => {
  expect((await called(digit)).last).toMatchObject(last);
});

test('7 rings until the caller gives up', async () => {
  const { last, types } = await called('7');
  expect(types).toEqual(['ringing', 'failed']);
  expect(last).toMatchObject({ cause: 'no-answer' });
});

test('0 is 503 or answers, as the seed will have it, and another time the number is called it may be otherwise', async () => {
  const number = '+12025550110';
  const outcomes: string[] = [];
  const planned: string[] = [];
  for (let attempt = 1; new Set(planned).size < 2; attempt++) {
    const first = scriptOf(number, seed, attempt)[0]?.step.type;
    planned.push(first === 'reject' ? '503' : '1');
    const { last, digits } = await call(number, 8_000);
    outcomes.push(last.type === 'failed' ? `${last.sipStatus}` : digits);
  }
  expect(outcomes).toEqual(planned);
});

test('a carrier that does not start is told of', async () => {
  await expect(startPracticeCarrier({ seed: 0.5 })).rejects.toMatchObject({ code: 'TRUNK_UNREACHABLE' });
});

describe('the process', () => {
  const script = join(import.meta.dirname, 'carrier.ts');

  test('ends when its standard input ends', async () => {
    const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
    expect(String((await once(child.stdout, 'data'))[0])).toMatch(/^ready sip:127\.0\.0\.1:\d+\n$/);
    child.stdin.end();
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  test('ends on SIGTERM', async () => {
    const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  test.each([
    [['--port', 'x'], '--port x is no whole number from 0 to 65535'],
    [['--speed', '2'], "Unknown option '--speed'"],
    [['--time-scale', '0'], '--time-scale 0 is no number above 0, up to 100'],
  ])('with %j says what is wrong', async (args, fault) => {
    const child = spawn(process.execPath, [script, ...args], { stdio: ['pipe', 'ignore', 'pipe'] });
    const [said] = (await once(child.stderr, 'data')) as [Buffer];
    expect(said.toString()).toContain(`The practice carrier does not start: ${fault}.`);
    expect(await once(child, 'exit')).toEqual([2, null]);
  });
});
