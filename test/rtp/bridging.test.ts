/** A customer, an agent and a supervisor, each a far side with packets of its own, brought together by ours. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createRtpMedia } from '#adapters/rtp/rtp-media.ts';
import type { Logger } from '#ports/logger.ts';
import type { AudioCodec, Media } from '#ports/media.ts';
import { HeardMedia } from '#test/fakes/heard-media.ts';
import { freePairs } from './free-ports.ts';
import { writeTone } from './tone.ts';

const silent: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bridging-'));
});
afterAll(() => rm(folder, { recursive: true }));

const planes: Media[] = [];
afterEach(() => Promise.all(planes.splice(0).map((plane) => plane.shutdown())));

async function plane(legs: number, workers: number): Promise<Media> {
  const made = createRtpMedia({ bindAddress: '127.0.0.1', portRange: await freePairs(legs), workers, logger: silent });
  planes.push(made);
  return made;
}

/** Each with a leg of ours of the same name, and a recording at the far side of what it hears. */
async function floor(names: readonly string[], workers: number, codecs: Readonly<Record<string, AudioCodec>> = {}) {
  const ours = await plane(12, workers);
  const far = await plane(4, 1);
  const heard = Object.fromEntries(names.map((name) => [name, new HeardMedia()]));
  const run = Math.random().toString(36).slice(2);
  const fileOf = (name: string) => join(folder, `${run}-${name}.wav`);
  for (const name of names) {
    const side = await ours.open(name, {}, (heard[name] as HeardMedia).listener);
    const farSide = await far.open(name, { recording: fileOf(name) }, (heard[name] as HeardMedia).listener);
    const codec = codecs[name];
    await far.connect(name, codec ? { ...side, codecs: [codec] } : side);
    await ours.connect(name, codec ? { ...farSide, codecs: [codec] } : farSide);
  }
  /** A far side says a tone; when it is over, all that was said has reached whoever hears it. */
  const say = async (name: string, hz: number) => {
    await far.play(name, `${name}-${hz}`, await writeTone(join(folder, `${hz}.wav`), hz, 400));
    await heard[name]?.next('prompt-ended');
    // A key behind the tone, and then as many ticks as the tone may wait for in a buffer.
    await far.sendDigits(name, '1');
    await heard[name]?.next('digit');
    for (const each of names) {
      await ours.play(each, 'pause', join(folder, 'pause.wav'));
      await heard[each]?.next('prompt-ended');
    }
  };
  /** The tones that a far side has heard, in Hz rounded to hundreds. */
  const tonesAt = async (name: string) => {
    await far.close(name);
    const file = await readFile(fileOf(name));
    const left = Array.from({ length: (file.length - 44) / 4 }, (_, index) => file.readInt16LE(44 + index * 4));
    return tonesIn(left);
  };
  return { ours, say, tonesAt };
}

/** Tones in the order in which they came; what is heard for less than three windows is the edge of one. */
function tonesIn(samples: readonly number[]): readonly number[] {
  const window = 400;
  const heard = new Map<number, number>();
  for (let from = 0; from + window <= samples.length; from += window) {
    const part = samples.slice(from, from + window);
    if (part.filter((sample) => Math.abs(sample) > 4000).length < window * 0.7) continue;
    const crossings = part.filter((sample, index) => index > 0 && sample >= 0 !== (part[index - 1] ?? 0) >= 0).length;
    const hz = Math.round(crossings / 2 / (window / 8000) / 100) * 100;
    heard.set(hz, (heard.get(hz) ?? 0) + 1);
  }
  return [...heard].filter(([, windows]) => windows >= 3).map(([hz]) => hz);
}

beforeAll(async () => {
  // Nothing to hear, and 200 ms long.
  await writeTone(join(folder, 'pause.wav'), 0, 200);
});

describe.each([1, 2])('on %i media threads', (workers) => {
  test('two who are bridged hear each other, and nobody after they are parted', async () => {
    const { ours, say, tonesAt } = await floor(['customer', 'agent'], workers);
    await say('customer', 300);
    await ours.bridge('customer', 'agent');
    await say('customer', 500);
    await say('agent', 1000);
    await ours.unbridge('agent');
    await say('customer', 700);
    expect(await tonesAt('agent')).toEqual([500]);
    expect(await tonesAt('customer')).toEqual([1000]);
  });

  test('one who is held hears music, and one who is muted is not heard', async () => {
    const { ours, say, tonesAt } = await floor(['customer', 'agent'], workers);
    await ours.bridge('customer', 'agent');
    await ours.hold('customer', await writeTone(join(folder, 'music.wav'), 1500, 5000));
    await say('agent', 500);
    await ours.retrieve('customer');
    await ours.mute('agent', true);
    await say('agent', 700);
    await ours.mute('agent', false);
    await say('agent', 900);
    expect(await tonesAt('customer')).toEqual([1500, 900]);
  });

  test('a supervisor hears both, and is heard by the agent who is whispered to', async () => {
    const { ours, say, tonesAt } = await floor(['customer', 'agent', 'boss'], workers);
    await ours.bridge('customer', 'agent');
    await ours.monitor('boss', 'agent', 'whisper');
    await say('customer', 500);
    await say('agent', 700);
    await say('boss', 1000);
    expect(await tonesAt('boss')).toEqual([500, 700]);
    expect(await tonesAt('agent')).toEqual([500, 1000]);
    expect(await tonesAt('customer')).toEqual([700]);
  });
});

test('two of different codecs hear each other', async () => {
  const { ours, say, tonesAt } = await floor(['customer', 'agent'], 1, { customer: 'PCMA', agent: 'PCMU' });
  await ours.bridge('customer', 'agent');
  await say('customer', 500);
  await say('agent', 1000);
  expect(await tonesAt('agent')).toEqual([500]);
  expect(await tonesAt('customer')).toEqual([1000]);
});
