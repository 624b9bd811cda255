/** When somebody may be called, by the clock where they are. Where they may be in several places, by each of them. */
import type { CallingHours, Holidays } from '#proto/generated/law.ts';
import { type LocalTime, localTime, minutesOf } from './local-time.ts';

const minuteMs = 60_000;
const dayMinutes = 1440;
/** No law closes the telephone for longer: whoever finds no hour within this time finds none. */
const mostDays = 370;
/** The most that a clock on a wall is set at once. */
const clockChangeMinutes = 120;

/** What one rule says of a moment at a place, and the minutes of the day at which it may begin to allow calls. */
interface Opening {
  readonly allows: (local: LocalTime) => boolean;
  readonly from: readonly number[];
}

/** Whether all places allow a call now. Nobody knows the hour of somebody whose place is not known. */
export function isOpen(limits: readonly (CallingHours | Holidays)[], zones: readonly string[], atMs: number): boolean {
  const openings = limits.map(openingOf);
  return zones.length > 0 && zones.every((zone) => isOpenAt(openings, localTime(zone, atMs)));
}

/** The first minute from then on that all places allow; undefined where there is none. */
export function nextOpen(
  limits: readonly (CallingHours | Holidays)[],
  zones: readonly string[],
  fromMs: number,
): number | undefined {
  const openings = limits.map(openingOf);
  if (zones.length === 0 || zones.some((zone) => !localTime(zone, fromMs))) return undefined;
  const endMs = fromMs + mostDays * dayMinutes * minuteMs;
  for (let atMs = fromMs; atMs < endMs; ) {
    const closed = zones
      .map((zone) => localTime(zone, atMs))
      .find((local): local is LocalTime => local !== undefined && !isOpenAt(openings, local));
    if (!closed) return atMs;
    atMs = Math.floor(atMs / minuteMs) * minuteMs + stepMinutes(openings, closed) * minuteMs;
  }
  return undefined;
}

/** How far it is to the next minute that may be open, by the clock on the wall; less where that may be set meanwhile. */
function stepMinutes(openings: readonly Opening[], { date, day, minutes }: LocalTime): number {
  const later = openings
    .flatMap(({ from }) => from)
    .filter((from) => from > minutes && isOpenAt(openings, { date, day, minutes: from }));
  const left = Math.min(dayMinutes, ...later) - minutes;
  return left > clockChangeMinutes ? left - clockChangeMinutes : left;
}

function isOpenAt(openings: readonly Opening[], local: LocalTime | undefined): boolean {
  return local !== undefined && openings.every(({ allows }) => allows(local));
}

function openingOf(limit: CallingHours | Holidays): Opening {
  if ('dates' in limit) {
    const closed = new Set(limit.dates);
    return { allows: ({ date }) => !closed.has(date) && !closed.has(date.slice('YYYY-'.length)), from: [] };
  }
  const marginMinutes = Math.ceil(limit.marginMs / minuteMs);
  const open = limit.open.map(({ days, from, to }) => {
    return { days, from: minutesOf(from) ?? dayMinutes, to: (minutesOf(to) ?? 0) - marginMinutes };
  });
  return {
    allows: ({ day, minutes }) =>
      open.some(({ days, from, to }) => days.includes(day) && minutes >= from && minutes < to),
    from: open.map(({ from }) => from),
  };
}
