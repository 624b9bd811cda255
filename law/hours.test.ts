import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CallingHours, Holidays } from '#proto/generated/law.ts';
import { isOpen, nextOpen } from './hours.ts';
import { localTime } from './local-time.ts';

const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const hours = (from: string, to: string, on = days, marginMs = 0): CallingHours => ({
  open: [{ days: on, from, to }],
  marginMs,
});
const usual = [hours('08:00', '21:00')];
const at = (text: string): number => Date.parse(text);
const minuteMs = 60_000;

describe('calling hours', () => {
  test('are those of the place, summer time or not', () => {
    // In New York the clocks go forward on 8 March 2026: 8:00 is 13:00 UTC before, and 12:00 UTC after.
    expect(isOpen(usual, ['America/New_York'], at('2026-03-07T12:59:59Z'))).toBe(false);
    expect(isOpen(usual, ['America/New_York'], at('2026-03-07T13:00:00Z'))).toBe(true);
    expect(isOpen(usual, ['America/New_York'], at('2026-03-08T11:59:59Z'))).toBe(false);
    expect(isOpen(usual, ['America/New_York'], at('2026-03-08T12:00:00Z'))).toBe(true);
    // And back on 1 November: 21:00 is 1:00 UTC before, 2:00 UTC after.
    expect(isOpen(usual, ['America/New_York'], at('2026-11-01T00:59:59Z'))).toBe(true);
    expect(isOpen(usual, ['America/New_York'], at('2026-11-01T01:00:00Z'))).toBe(false);
    expect(isOpen(usual, ['America/New_York'], at('2026-11-02T01:59:59Z'))).toBe(true);
    expect(isOpen(usual, ['America/New_York'], at('2026-11-02T02:00:00Z'))).toBe(false);
  });

  test('must be those of all places where somebody may be, and of none where nobody knows', () => {
    const both = ['America/New_York', 'America/Los_Angeles'];
    expect(isOpen(usual, both, at('2026-06-10T14:00:00Z'))).toBe(false);
    expect(isOpen(usual, both, at('2026-06-10T15:00:00Z'))).toBe(true);
    expect(isOpen(usual, [], at('2026-06-10T15:00:00Z'))).toBe(false);
    expect(isOpen(usual, ['Nowhere/Here'], at('2026-06-10T15:00:00Z'))).toBe(false);
    expect(nextOpen(usual, both, at('2026-06-10T02:00:00Z'))).toBe(at('2026-06-10T15:00:00Z'));
  });

  test('end a little sooner, and not on holidays', () => {
    expect(isOpen([hours('08:00', '21:00', days, minuteMs)], ['UTC'], at('2026-06-10T20:58:59Z'))).toBe(true);
    expect(isOpen([hours('08:00', '21:00', days, minuteMs)], ['UTC'], at('2026-06-10T20:59:00Z'))).toBe(false);
    const holidays: Holidays = { dates: ['12-25', '2026-12-28'] };
    expect(nextOpen([...usual, holidays], ['UTC'], at('2026-12-24T22:00:00Z'))).toBe(at('2026-12-26T08:00:00Z'));
    const weekdays = hours('08:00', '21:00', days.slice(0, 5));
    expect(nextOpen([weekdays, holidays], ['UTC'], at('2026-12-24T22:00:00Z'))).toBe(at('2026-12-29T08:00:00Z'));
  });

  test('that never come are said to', () => {
    const never = [hours('08:00', '09:00'), hours('10:00', '11:00')];
    expect(nextOpen(never, ['UTC'], at('2026-06-10T00:00:00Z'))).toBeUndefined();
    expect(nextOpen(usual, [], at('2026-06-10T00:00:00Z'))).toBeUndefined();
    // Twelve hours apart: there is no hour that is open in both.
    expect(nextOpen([hours('09:00', '12:00')], ['Asia/Shanghai', 'America/New_York'], 0)).toBeUndefined();
  });

  // Zones whose clocks are set, by an hour, by half of one, on other days, and not at all.
  const zone = fc.constantFrom(
    ...['America/New_York', 'Europe/London', 'Asia/Shanghai', 'Australia/Lord_Howe', 'America/St_Johns'],
    ...['Asia/Kolkata', 'Africa/Casablanca', 'Pacific/Apia', 'Pacific/Chatham'],
  );
  const zones = fc.uniqueArray(zone, { minLength: 1, maxLength: 3 });
  const moment = fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2027-12-31T00:00:00Z') });
  const minutes = fc.integer({ min: 0, max: 1439 });
  const written = (of: number): string =>
    `${String(Math.floor(of / 60)).padStart(2, '0')}:${String(of % 60).padStart(2, '0')}`;
  const opening = fc
    .record({ one: minutes, other: minutes, on: fc.subarray(days, { minLength: 1 }) })
    .filter(({ one, other }) => one !== other)
    .map(({ one, other, on }) => hours(written(Math.min(one, other)), written(Math.max(one, other)), on));

  test('are open exactly where each clock on a wall says so', () => {
    fc.assert(
      fc.property(opening, zones, moment, (limit, places, atMs) => {
        const [open] = limit.open;
        const allows = places.every((place) => {
          const parts = new Intl.DateTimeFormat('en-GB', {
            ...{ timeZone: place, hourCycle: 'h23', weekday: 'short', hour: '2-digit', minute: '2-digit' },
          } as Intl.DateTimeFormatOptions).format(atMs);
          const [day = '', time = ''] = parts.split(/,? /);
          return open?.days.includes(day.toLowerCase()) && time >= open.from && time < open.to;
        });
        expect(isOpen([limit], places, atMs)).toBe(allows);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  test('are next open at the first minute that is, and no minute before it', () => {
    fc.assert(
      fc.property(opening, zones, moment, (limit, places, fromMs) => {
        const next = nextOpen([limit], places, fromMs);
        const firstMinuteMs = Math.ceil(fromMs / minuteMs) * minuteMs;
        const searchEndMs = Math.min(next ?? Number.POSITIVE_INFINITY, firstMinuteMs + 8 * 86_400_000);
        for (let atMs = firstMinuteMs; atMs < searchEndMs; atMs += minuteMs) {
          if (isOpen([limit], places, atMs)) throw new Error(`it was open at ${new Date(atMs).toISOString()}`);
        }
        if (next !== undefined) expect(isOpen([limit], places, next)).toBe(true);
      }),
      { seed: 2, numRuns: 40 },
    );
  });

  test('know the clock of each zone', () => {
    expect(localTime('Asia/Kolkata', at('2026-06-10T18:30:00Z'))).toEqual({
      date: '2026-06-11',
      day: 'thu',
      minutes: 0,
    });
    expect(localTime('+08:00', 0)).toBeUndefined();
    expect(localTime('Etc/Unknown', 0)).toBeUndefined();
  });
});
