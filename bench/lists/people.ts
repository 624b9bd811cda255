/** A list of made-up people, the same at every run. */

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

const timezones = ['Asia/Shanghai', 'America/New_York', 'America/Chicago', 'Europe/London', ''];
const languages = ['zh-CN', 'en-US', 'es-MX', 'en-GB', ''];
const segments = ['gold', 'silver', 'new', ''];
const priorities = 7;
/** Rows that cannot be dialed, and rows that repeat a number: one in so many. */
export const oneIn = { bad: 200, repeated: 200 };

/** What leads are chosen by, of a row. */
export function traitsOf(row: number) {
  return {
    timezone: timezones[row % timezones.length] ?? '',
    language: languages[(row >> 3) % languages.length] ?? '',
    segment: segments[(row >> 5) % segments.length] ?? '',
    priority: (Math.imul(row, 0x9e3779b1) >>> 16) % priorities,
  };
}

/** Numbers of Chinese mobiles, in no order. */
function numberOf(row: number): string {
  return `+86138${String((row * 61_803_399) % 100_000_000).padStart(8, '0')}`;
}

/** Writes a CSV of so many rows. */
export async function writePeople(path: string, rows: number): Promise<void> {
  const file = createWriteStream(path);
  file.write('phone,name,timezone,language,segment,priority,city,note\n');
  for (let row = 1; row <= rows; row += 1) {
    const { timezone, language, segment, priority } = traitsOf(row);
    const phone =
      row % oneIn.bad === 0 ? 'call me' : numberOf(row % oneIn.repeated === oneIn.repeated / 2 ? row >> 1 : row);
    const line = `${phone},Person ${row},${timezone},${language},${segment},${priority},City ${row % 400},"asked, twice"\n`;
    if (!file.write(line)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'close');
}
