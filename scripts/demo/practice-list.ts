/** People for the demo to call: of the practice carrier alone, at numbers that are nobody's (555-0100 to 555-0199). */
import { writeFileSync } from 'node:fs';

/** Area codes of North America, each with a hundred numbers that are kept for stories. */
const areas = [
  ...[201, 202, 203, 205, 206, 207, 208, 209, 210, 212, 213, 214, 215, 216, 217, 218, 219, 224, 225, 228],
  ...[301, 302, 303, 304, 305, 307, 308, 309, 310, 312, 313, 314, 315, 316, 317, 318, 319, 320, 321, 323],
];

/** The last digits say who answers (practice/README.md): about four of ten pick up, the others are out or busy. */
const people = ['3', '7', '1', '6', '3', '7', '9', '2', '7', '5', '3', '7', '8', '6', '1'] as const;

/** The numbers of the first so many people. */
export function practiceNumbers(count: number): readonly string[] {
  const numbers: string[] = [];
  const taken = new Map<string, number>();
  for (let index = 0; numbers.length < count; index += 1) {
    const digit = people[index % people.length] ?? '3';
    // Each area has ten numbers that end so.
    const nth = taken.get(digit) ?? 0;
    taken.set(digit, nth + 1);
    const area = areas[Math.floor(nth / 10)];
    if (area === undefined) break;
    numbers.push(`+1${area}55501${nth % 10}${digit}`);
  }
  return numbers;
}

/** Writes them as a list that a campaign can load. */
export function writePracticeList(path: string, count: number): void {
  const rows = practiceNumbers(count).map((number, index) => `${number},Person ${index + 1},America/New_York,en`);
  writeFileSync(path, `phone,name,timezone,language\n${rows.join('\n')}\n`);
}
