import { describe, expect, test } from '@jest/globals';
import { DigitDetector } from './digit-detector.ts';
import { eventsOf, keyOf, parseTelephoneEvent, writeTelephoneEvent } from './dtmf.ts';

const told = (event: number, duration: number) => ({ event, duration, end: false });
const ended = (event: number, duration: number) => ({ event, duration, end: true });

describe('a key', () => {
  test('is told once, by the first of its end packets', () => {
    const detector = new DigitDetector();
    expect(detector.receive(1_000, told(5, 160), 0)).toEqual([]);
    expect(detector.receive(1_000, told(5, 320), 20)).toEqual([]);
    expect(detector.receive(1_000, ended(5, 800), 40)).toEqual([{ digit: '5', durationMs: 100 }]);
    expect(detector.receive(1_000, ended(5, 800), 60)).toEqual([]);
    expect(detector.receive(1_000, ended(5, 800), 80)).toEqual([]);
    expect(detector.expire(10_000)).toEqual([]);
  });

  test('is told when only an end packet came through', () => {
    expect(new DigitDetector().receive(7, ended(11, 400), 0)).toEqual([{ digit: '#', durationMs: 50 }]);
  });

  test('is told after 200 ms without a packet when every end packet was lost', () => {
    const detector = new DigitDetector();
    detector.receive(1_000, told(1, 480), 60);
    expect(detector.expire(259)).toEqual([]);
    expect(detector.expire(260)).toEqual([{ digit: '1', durationMs: 60 }]);
    expect(detector.expire(500)).toEqual([]);
    expect(detector.receive(1_000, ended(1, 800), 501)).toEqual([]);
  });

  test('whose end was lost is told when the next begins', () => {
    const detector = new DigitDetector();
    detector.receive(1_000, told(1, 480), 60);
    expect(detector.receive(3_000, told(2, 160), 150)).toEqual([{ digit: '1', durationMs: 60 }]);
    expect(detector.receive(3_000, ended(2, 800), 200)).toEqual([{ digit: '2', durationMs: 100 }]);
  });

  test('pressed twice is told twice', () => {
    const detector = new DigitDetector();
    const digits = [1_000, 3_000].flatMap((timestamp) => detector.receive(timestamp, ended(4, 800), timestamp / 8));
    expect(digits.map(({ digit }) => digit)).toEqual(['4', '4']);
  });

  test('held for long comes in segments and is one key (RFC 4733, 2.5.1.3)', () => {
    const detector = new DigitDetector();
    detector.receive(1_000, told(9, 0xffff), 8_192);
    expect(detector.receive(1_000 + 0xffff, told(9, 160), 8_212)).toEqual([]);
    const [digit] = detector.receive(1_000 + 0xffff, ended(9, 801), 8_300);
    expect(digit).toEqual({ digit: '9', durationMs: (0xffff + 801) / 8 });
  });
});

describe('ignored is', () => {
  test('a packet of a key before, come late', () => {
    const detector = new DigitDetector();
    detector.receive(1_000, ended(1, 800), 0);
    detector.receive(3_000, told(2, 160), 10);
    expect(detector.receive(1_000, ended(1, 800), 20)).toEqual([]);
    expect(detector.receive(3_000, ended(2, 800), 30)).toHaveLength(1);
  });

  test('another key under the same timestamp', () => {
    const detector = new DigitDetector();
    detector.receive(1_000, told(1, 160), 0);
    expect(detector.receive(1_000, ended(2, 800), 20)).toEqual([]);
    expect(detector.receive(1_000, ended(1, 800), 40)).toEqual([{ digit: '1', durationMs: 100 }]);
  });

  test('an event that is no key', () => {
    expect(new DigitDetector().receive(1_000, ended(16, 800), 0)).toEqual([]);
  });
});

test('timestamps may wrap between keys', () => {
  const detector = new DigitDetector();
  detector.receive(0xffff_ff00, ended(1, 800), 0);
  expect(detector.receive(0x100, ended(2, 800), 100)).toEqual([{ digit: '2', durationMs: 100 }]);
});

test('another source begins at a timestamp of its own, and a key under way is told', () => {
  const detector = new DigitDetector();
  detector.receive(90_000, told(3, 160), 0);
  expect(detector.reset()).toEqual([{ digit: '3', durationMs: 20 }]);
  expect(detector.receive(10, ended(1, 800), 20)).toEqual([{ digit: '1', durationMs: 100 }]);
});

describe('the payload', () => {
  test('is read as it is written', () => {
    const payload = Buffer.alloc(4);
    writeTelephoneEvent(payload, 0, ended(15, 0xfffe));
    expect(payload).toEqual(Buffer.from([15, 0x8a, 0xff, 0xfe]));
    expect(parseTelephoneEvent(payload)).toEqual(ended(15, 0xfffe));
    expect(parseTelephoneEvent(Buffer.alloc(5))).toBeUndefined();
  });

  test('names the keys of a telephone', () => {
    expect(eventsOf('0*#aD')?.map(keyOf)).toEqual(['0', '*', '#', 'A', 'D']);
    expect(eventsOf('12x')).toBeUndefined();
  });
});
