/**
 * What the clock on somebody's wall says. By the time zone database that Node comes with, summer time included; pure,
 * because the zone is always named.
 */

/** A moment as people at a place have it. */
export interface LocalTime {
  /** YYYY-MM-DD */
  readonly date: string;
  /** mon to sun. */
  readonly day: string;
  /** Minutes since midnight by the clock on the wall, 0 to 1439. */
  readonly minutes: number;
}

/** Whether the name is a zone of the time zone database. */
export function isZone(zone: string): boolean {
  return clockOf(zone) !== undefined;
}

/** The moment at that place; undefined where there is no such place. */
export function localTime(zone: string, atMs: number): LocalTime | undefined {
  const clock = clockOf(zone);
  if (!clock) return undefined;
  const parts: Record<string, string> = {};
  for (const { type, value } of clock.formatToParts(atMs)) parts[type] = value;
  const { year, month, day, weekday = '', hour, minute } = parts;
  return {
    date: `${year}-${month}-${day}`,
    day: weekday.toLowerCase(),
    minutes: Number(hour) * 60 + Number(minute),
  };
}

/** Minutes since midnight of HH:MM; 24:00 is 1440. Undefined where it is no time. */
export function minutesOf(text: string): number | undefined {
  const [, hour, minute] = /^([01]\d|2[0-4]):([0-5]\d)$/.exec(text) ?? [];
  const minutes = Number(hour) * 60 + Number(minute);
  return minutes <= 1440 ? minutes : undefined;
}

const clocks = new Map<string, Intl.DateTimeFormat | undefined>();

/** Making one takes a hundred times as long as asking it. */
function clockOf(zone: string): Intl.DateTimeFormat | undefined {
  if (!clocks.has(zone)) clocks.set(zone, makeClock(zone));
  return clocks.get(zone);
}

function makeClock(timeZone: string): Intl.DateTimeFormat | undefined {
  // Offsets such as +08:00 know no summer time, and Etc/Unknown is what is said of a number whose place nobody knows.
  if (!/^[A-Za-z]/.test(timeZone) || timeZone === 'Etc/Unknown') return undefined;
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      ...{ year: 'numeric', month: '2-digit', day: '2-digit' },
      ...{ weekday: 'short', hour: '2-digit', minute: '2-digit' },
    } as Intl.DateTimeFormatOptions);
  } catch {
    return undefined;
  }
}
