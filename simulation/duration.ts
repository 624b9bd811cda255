/** Lengths of time and times of day as people write them in a scenario. */
import { z } from 'zod';

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

/** `250ms`, `2s`, `1.5m`, `8h` → milliseconds. */
export const duration = z
  .string('must be a length of time such as 250ms, 20s, 4m or 1h')
  .regex(/^\d+(\.\d+)?(ms|s|m|h)$/, 'must be a length of time such as 250ms, 20s, 4m or 1h')
  .transform((text) => {
    const [, amount = '', unit = 's'] = /^([\d.]+)(ms|s|m|h)$/.exec(text) ?? [];
    return Number(amount) * units[unit as keyof typeof units];
  });

/** `09:30` → milliseconds after midnight; up to 30:00, which is six in the morning after. */
export const timeOfDay = z
  .string('must be a time of day such as 09:30')
  .regex(/^([0-2]?\d|30):[0-5]\d$/, 'must be a time of day such as 09:30')
  .transform((text) => {
    const [hours = 0, minutes = 0] = text.split(':').map(Number);
    return hours * units.h + minutes * units.m;
  });

/** Milliseconds after midnight → `09:30`. */
export function clockText(ms: number): string {
  const minutes = Math.floor(ms / units.m);
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}
