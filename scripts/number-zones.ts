/**
 * `node scripts/number-zones.ts MAP_DATA`: writes law/number-zones-data.ts from libphonenumber's map of numbers to time
 * zones (resources/timezones/map_data.txt there: a line PREFIX|ZONE&ZONE each, the longest prefix of a number counts).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const header = `/**
 * Which time zones a number may be in, by its first digits: zones, and the prefixes that have just those, the longest
 * prefix of a number counting. Written by scripts/number-zones.ts from the data of Google's libphonenumber
 * (resources/timezones/map_data.txt, Copyright (C) 2012 The Libphonenumber Authors, Apache License 2.0).
 */
export const prefixesByZones: Readonly<Record<string, string>> = {
`;

const prefixes = new Map<string, string[]>();
for (const line of readFileSync(process.argv[2] ?? '/dev/stdin', 'utf8').split(/\r?\n/)) {
  const [, prefix = '', zones = ''] = /^(\d+)\|(\S+)$/.exec(line) ?? [];
  if (prefix) prefixes.set(zones, [...(prefixes.get(zones) ?? []), prefix]);
}
const rows = [...prefixes]
  .map(([zones, each]) => `  '${zones}': '${each.sort().join(' ')}',`)
  .sort()
  .map((row) => row.replace(/^ {2}'([A-Za-z]+)':/, '  $1:'));
writeFileSync(join(import.meta.dirname, '..', 'law', 'number-zones-data.ts'), `${header}${rows.join('\n')}\n};\n`);
