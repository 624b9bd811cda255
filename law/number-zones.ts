/**
 * The time zones that a number may be in, by what people may see of it. The mask hides digits that would sometimes tell
 * more; then all zones count that the hidden ones leave possible, and a call must be allowed in each.
 */
import { prefixesByZones } from './number-zones-data.ts';

/** By prefix, each as names with & between them. */
const zonesByPrefix: ReadonlyMap<string, string> = new Map(
  Object.entries(prefixesByZones).flatMap(([zones, prefixes]) =>
    prefixes.split(' ').map((prefix) => [prefix, zones] as const),
  ),
);
/** In order, so that all that begin alike stand together. */
const prefixes: readonly string[] = [...zonesByPrefix.keys()].sort();

const known = new Map<string, readonly string[]>();
/** Beginnings of numbers: some ten thousand are shown, and a list has few of them. */
const mostKnown = 20_000;

/**
 * IANA names, in order, of all zones in which a number with this mask may be; empty where nothing is known of its
 * beginning. A mask is a plus and the first digits, with stars where digits are hidden: +1 415 **** 23.
 */
export function zonesOfMask(mask: string): readonly string[] {
  const visible = /^\+([\d ]+)/.exec(mask)?.[1]?.replaceAll(' ', '') ?? '';
  if (visible === '') return [];
  const before = known.get(visible);
  if (before) return before;
  const zones = zonesOf(visible);
  if (known.size >= mostKnown) known.clear();
  known.set(visible, zones);
  return zones;
}

/**
 * Calling codes whose mobile numbers tell the area too (isNumberGeographical of libphonenumber). A number of any other
 * may be a mobile one, which is at home anywhere in its country.
 */
const codesWithAreas: readonly string[] = ['1', '52', '54', '55', '62', '86'];

/** Of the longest prefix that is seen whole, and of each longer one that the hidden digits may complete. */
function zonesOf(visible: string): readonly string[] {
  const seen = beginningsOf(visible).filter((prefix) => zonesByPrefix.has(prefix));
  const [country = '', longest = country] = [seen[0], seen.at(-1)];
  if (country !== '' && !codesWithAreas.includes(country)) return namesOf(country).sort();
  const possible = new Set(namesOf(longest));
  for (let at = firstFrom(visible); prefixes[at]?.startsWith(visible); at += 1) {
    for (const zone of namesOf(prefixes[at] ?? '')) possible.add(zone);
  }
  return [...possible].sort();
}

/** The shortest first: no calling code begins another (ITU-T E.164, 6.2). */
function beginningsOf(visible: string): readonly string[] {
  return Array.from(visible, (_, index) => visible.slice(0, index + 1));
}

function namesOf(prefix: string): string[] {
  return zonesByPrefix.get(prefix)?.split('&') ?? [];
}

/** Index of the first prefix that is not before the text. */
function firstFrom(text: string): number {
  let low = 0;
  let high = prefixes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((prefixes[middle] ?? '') < text) low = middle + 1;
    else high = middle;
  }
  return low;
}
