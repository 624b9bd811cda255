/** The phones of practice agents in their own process, called by our own telephony and media. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createRtpMedia } from '#adapters/rtp/rtp-media.ts';
import { createSipTelephony, type SipTelephony } from '#adapters/sip/sip-telephony.ts';
import type { Media } from '#ports/media.ts';
import type { TelephonyEvent } from '#ports/telephony.ts';
import { loudest } from '#test/loudest.ts';
import { freePairs } from '#test/rtp/free-ports.ts';
import { silentLog } from '#test/sip/call-probe.ts';
import { type PracticeCarrier, startPracticeAgents } from './start.ts';

let folder: string;
let phones: PracticeCarrier;
let telephony: SipTelephony;
let media: Media;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agents-'));
  phones = await startPracticeAgents({ seed: 7, timeScale: 0.1, record: join(folder, 'theirs') });
  telephony = await createSipTelephony({ bindAddress: '127.0.0.1', port: 0, log: silentLog, askPhonesEveryMs: 50 });
  media = createRtpMedia({ bindAddress: '127.0.0.1', portRange: await freePairs(10), workers: 1, logger: silentLog });
});
afterAll(async () => {
  await telephony.close(500);
  await media.shutdown();
  await phones.stop();
  await rm(folder, { recursive: true });
});

/** Calls a phone and hears all of it. */
async function call(name: string) {
  const recording = join(folder, `${name}.wav`);
  const over = Promise.withResolvers<TelephonyEvent>();
  const types: string[] = [];
  const local = await media.open(name, { recording }, () => {});
  const uri = phones.uri.replace('sip:', `sip:${name}@`);
  await telephony.dial({ callId: name, uri, media: local, ringTimeoutMs: 1000 }, (event) => {
    types.push(event.type);
    if (event.type === 'answered') void media.connect(name, event.media);
    if (event.type === 'failed' || event.type === 'hung-up') over.resolve(event);
  });
  const last = await over.promise;
  await media.close(name);
  return { types, last, recording };
}

/** Looks until something is loud there. */
async function untilLoud(path: string, channel: 0 | 1): Promise<void> {
  while (loudest(await readFile(path).catch(() => Buffer.alloc(0)), channel) <= 2_000) {
    await pause(20);
  }
}

test('several are held at once, talk, and hear what is said to them', async () => {
  const heard = async (name: string) => {
    const hungUp = call(name);
    // As long as it takes to be heard: the script talks every second by this clock, for ever.
    await untilLoud(join(folder, `${name}.wav`), 0);
    const theirs = join(folder, 'theirs', `${name}.1.wav`);
    await media.play(name, 'voice', join(import.meta.dirname, 'voices', 'voicemail.wav'));
    await Promise.all([untilLoud(theirs, 0), untilLoud(theirs, 1)]);
    await telephony.hangUp(name);
    return hungUp;
  };
  for (const { types, last } of await Promise.all([heard('ann'), heard('bob'), heard('cho')])) {
    expect(types).toEqual(['ringing', 'answered', 'hung-up']);
    expect(last).toMatchObject({ by: 'us' });
  }
});

test.each([
  ['ann.busy', ['failed'], { cause: 'busy' }],
  ['ann.rings', ['ringing', 'failed'], { cause: 'no-answer' }],
  ['ann.leaves-2000', ['ringing', 'answered', 'hung-up'], { by: 'callee', reason: '' }],
  ['ann.forgets-2000', ['ringing', 'answered', 'hung-up'], { by: 'callee', reason: 'The phone is gone' }],
])('%s does as it is called', async (name, types, last) => {
  expect(await call(name)).toMatchObject({ types, last });
});
