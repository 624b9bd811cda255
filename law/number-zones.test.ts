import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { maskNumber } from '#adapters/vault/mask.ts';
import { isZone } from './local-time.ts';
import { zonesOfMask } from './number-zones.ts';
import { prefixesByZones } from './number-zones-data.ts';

const entries = Object.entries(prefixesByZones).flatMap(([zones, prefixes]) =>
  prefixes.split(' ').map((prefix) => [prefix, zones.split('&')] as const),
);

describe('the time zones of a number', () => {
  test('are those of its area, as far as its mask shows it', () => {
    expect(zonesOfMask('+1 415 **** 23')).toEqual(['America/Los_Angeles']);
    expect(zonesOfMask('+86 138 **** 1234')).toEqual(['Asia/Shanghai']);
    expect(zonesOfMask('+49 30 **** 45')).toEqual(['Europe/Berlin']);
    expect(zonesOfMask('+1 9 **** 45')).toEqual(expect.arrayContaining(['America/New_York', 'America/Anchorage']));
  });

  test('are all of the country where a mobile number may be at home anywhere in it', () => {
    expect(zonesOfMask('+34 92 **** 45')).toEqual(expect.arrayContaining(['Atlantic/Canary', 'Europe/Madrid']));
    expect(zonesOfMask('+61 41 **** 45')).toEqual(expect.arrayContaining(['Australia/Perth', 'Australia/Sydney']));
  });

  test('are none where nothing of it is shown, or nobody lives there', () => {
    expect(zonesOfMask('****')).toEqual([]);
    expect(zonesOfMask('')).toEqual([]);
    expect(zonesOfMask('+999 **** 12')).toEqual([]);
  });

  test('have each a clock', () => {
    expect([...new Set(entries.flatMap(([, zones]) => zones))].filter((zone) => !isZone(zone))).toEqual([]);
  });

  test('are never fewer than those of the whole number', () => {
    const number = fc
      .tuple(fc.constantFrom(...entries), fc.stringMatching(/^\d{7}$/))
      .map(([[prefix], rest]) => (prefix + rest).slice(0, 15));
    fc.assert(
      fc.property(number, (digits) => {
        const [, exact = []] = entries
          .filter(([prefix]) => digits.startsWith(prefix))
          .reduce((longest, each) => (each[0].length > longest[0].length ? each : longest), [
            '',
            [] as string[],
          ] as const);
        expect(zonesOfMask(maskNumber(`+${digits}`))).toEqual(expect.arrayContaining([...exact]));
      }),
      { seed: 12, numRuns: 500 },
    );
  });
});
