/**
 * The share of answered calls that found no agent, over the last day: 24 hours that are counted one by one, so that the
 * memory of it does not grow. It is a fence around every policy: over the limit, nobody dials more than a line for each
 * ready agent, whatever the policy says.
 */

interface Hour {
  /** Hours since 1970. */
  readonly hour: number;
  readonly answered: number;
  readonly abandoned: number;
  /** Answers that turned out to be machines'; absent: none did. */
  readonly machines?: number;
}

export interface LastDay {
  readonly hours: readonly Hour[];
}

const hourMs = 3_600_000;
const kept = 24;

export const noCalls: LastDay = { hours: [] };

/** Somebody answered, was abandoned after that, or turned out to be a machine. */
export function count(day: LastDay, what: 'answered' | 'abandoned' | 'machines', atMs: number): LastDay {
  const hour = Math.floor(atMs / hourMs);
  const known: Hour = day.hours.find((each) => each.hour === hour) ?? { hour, answered: 0, abandoned: 0 };
  const others = day.hours.filter((each) => each.hour !== hour && each.hour > hour - kept);
  return { hours: [...others, { ...known, [what]: (known[what] ?? 0) + 1 }] };
}

export interface Totals {
  /** By people, as far as anybody knows: without the machines. */
  readonly answered: number;
  readonly abandoned: number;
  readonly machines: number;
}

export function totals({ hours }: LastDay, nowMs: number): Totals {
  const since = Math.floor(nowMs / hourMs) - kept;
  return sumOf(hours.filter(({ hour }) => hour > since));
}

export function sumOf(hours: readonly Hour[]): Totals {
  let answered = 0;
  let abandoned = 0;
  let machines = 0;
  for (const each of hours) {
    answered += each.answered;
    abandoned += each.abandoned;
    machines += each.machines ?? 0;
  }
  return { answered: Math.max(0, answered - machines), abandoned, machines };
}

/** Whether more were abandoned than the limit allows; `maxRate` 0 to 1. */
export function isOverLimit(day: LastDay, maxRate: number, nowMs: number): boolean {
  const { answered, abandoned } = totals(day, nowMs);
  return abandoned > 0 && abandoned > maxRate * answered;
}
