import { expect, test } from '@jest/globals';
import { decodeTables } from './g711.ts';
import { RecordingTimeline } from './recording-timeline.ts';

const loud = decodeTables.PCMU[0x80] ?? 0;
const low = decodeTables.PCMU[0xc0] ?? 0;

const audio = (samples: number, byte = 0x80) => Buffer.alloc(samples, byte);
const side = (taken: Int16Array, which: 0 | 1) => [...taken].filter((_, index) => index % 2 === which);
const runs = (samples: readonly number[]) => {
  const found: [value: number, length: number][] = [];
  for (const sample of samples) {
    const last = found.at(-1);
    if (last?.[0] === sample) last[1]++;
    else found.push([sample, 1]);
  }
  return found;
};

test('left is what was heard, right what was said, and what is missing is silence', () => {
  const timeline = new RecordingTimeline();
  timeline.said('PCMU', audio(160), 160);
  timeline.heard('PCMU', audio(160, 0xc0), 5_000, 400);
  const taken = timeline.take(800);
  expect(runs(side(taken, 0))).toEqual([
    [0, 400],
    [low, 160],
    [0, 240],
  ]);
  expect(runs(side(taken, 1))).toEqual([
    [0, 160],
    [loud, 160],
    [0, 480],
  ]);
});

test('timestamps place what is heard: jitter, disorder and loss on the way do not', () => {
  const timeline = new RecordingTimeline();
  timeline.heard('PCMU', audio(160), 0xffff_ffff - 159, 100);
  timeline.heard('PCMU', audio(160, 0xc0), 320, 700);
  timeline.heard('PCMU', audio(160), 0, 720);
  expect(runs(side(timeline.take(740), 0))).toEqual([
    [0, 100],
    [loud, 320],
    [0, 160],
    [low, 160],
  ]);
});

test('where the timestamps jump, the arrival says where', () => {
  const timeline = new RecordingTimeline();
  timeline.heard('PCMU', audio(160), 1_000, 0);
  timeline.heard('PCMU', audio(160), 9_000_000, 320);
  timeline.heard('PCMU', audio(160), 9_000_160, 500);
  expect(runs(side(timeline.take(640), 0))).toEqual([
    [loud, 160],
    [0, 160],
    [loud, 320],
  ]);
});

test('pieces taken join without a seam, also for audio that crosses them', () => {
  const timeline = new RecordingTimeline();
  timeline.said('PCMU', audio(160), 80);
  const pieces = [timeline.take(160), timeline.take(160), timeline.take(400)];
  expect(pieces.map(({ length }) => length)).toEqual([320, 0, 480]);
  expect(runs(pieces.flatMap((piece) => side(piece, 1)))).toEqual([
    [0, 80],
    [loud, 160],
    [0, 160],
  ]);
});

test('what comes too late for a piece already taken is left out, what still fits is kept', () => {
  const timeline = new RecordingTimeline();
  timeline.take(1_000);
  timeline.said('PCMU', audio(160), 920);
  timeline.said('PCMU', audio(160), 100);
  expect(runs(side(timeline.take(1_160), 1))).toEqual([
    [loud, 80],
    [0, 80],
  ]);
});

test('after a stall longer than the window there is silence', () => {
  const timeline = new RecordingTimeline();
  timeline.said('PCMU', audio(160), 0);
  timeline.said('PCMU', audio(160), 900_000);
  const taken = side(timeline.take(100_000), 1);
  expect(runs(taken)).toEqual([
    [loud, 160],
    [0, 99_840],
  ]);
  timeline.said('PCMU', audio(160), 100_000);
  expect(runs(side(timeline.take(100_160), 1))).toEqual([[loud, 160]]);
});
