import { describe, expect, test } from '@jest/globals';
import { emptyDraw } from './day.ts';
import { type RecordedAttempt, type Recording, recordedDay } from './recording.ts';
import { runTask } from './task.ts';

const base: RecordedAttempt = { atMs: 0, setupMs: 900, endMs: 6000, cause: 'no-answer', talkMs: -1, leftAfterMs: -1 };
const hourMs = 3_600_000;

/** An hour in which one of five answered and talked for 40 s, then one in which every other one did. */
const attempts = Array.from({ length: 4000 }, (_, n): RecordedAttempt => {
  const atMs = Math.floor(n * 1.8) * 1000;
  const answers = atMs < hourMs ? n % 5 === 0 : n % 2 === 0;
  return answers ? { ...base, atMs, endMs: 5000, cause: '', talkMs: 40_000 + (n % 7) } : { ...base, atMs };
});
const recording: Recording = {
  name: 'recorded',
  config: { maxAbandonRate: 0.03, connectDeadlineMs: 2000, ringTimeoutMs: 20_000, maxLines: 40, tickMs: 200 },
  fromMs: 0,
  toMs: 2 * hourMs,
  attempts,
  wraps: [{ atMs: 0, wrapMs: 5000 }],
  agents: Array.from({ length: 6 }, (_, n) => ({ id: `a${n}`, pace: 1, stints: [{ fromMs: 0, toMs: 2 * hourMs }] })),
};

describe('a day like the recorded one', () => {
  test('draws attempts that began about then, whole', () => {
    const day = recordedDay(recording, 1);
    const answersAt = (atMs: number) => {
      let answers = 0;
      for (let n = 0; n < 2000; n++) {
        const into = emptyDraw();
        day.draw(n, atMs, into);
        if (into.cause === '') {
          answers++;
          expect(into).toMatchObject({ endMs: 5000, wrapMs: 5000 });
          expect(into.talkMs).toBeGreaterThanOrEqual(40_000);
        } else expect(into).toMatchObject({ endMs: 6000, cause: 'no-answer' });
      }
      return answers / 2000;
    };
    expect(answersAt(hourMs / 2)).toBeCloseTo(0.2, 1);
    expect(answersAt(hourMs * 1.5)).toBeCloseTo(0.5, 1);
    expect(answersAt(0)).toBeCloseTo(0.2, 1);
    expect(answersAt(hourMs * 9)).toBeCloseTo(0.5, 1);
  });

  test('gives whoever met no agent the talk of another', () => {
    const lost = attempts.map((attempt, n) => (attempt.cause === '' && n % 4 ? { ...attempt, talkMs: -1 } : attempt));
    const day = recordedDay({ ...recording, attempts: lost }, 1);
    for (let n = 0; n < 500; n++) {
      const into = emptyDraw();
      day.draw(n, hourMs, into);
      if (into.cause === '') expect(into.talkMs).toBeGreaterThanOrEqual(40_000);
    }
  });

  test('is one on which other policies do otherwise', () => {
    const talk = (policy: string) =>
      runTask({ source: 0, seed: 1, policy }, [{ type: 'recording', recording }]).result.talkMinutesPerHour;
    expect(talk('power-2')).toBeGreaterThan(talk('progressive'));
  });
});
