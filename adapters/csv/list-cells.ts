/** What the cells of a list mean. */
import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/max';

/** The E.164 number that a cell holds, or why it holds none, without repeating it. */
export function readNumber(
  cell: string,
  defaultRegion?: string,
): { readonly e164: string } | { readonly reason: string } {
  if (cell === '') return { reason: 'it has no phone number' };
  if (/^\d[.,]\d+e\+?\d+$/i.test(cell)) {
    return { reason: 'a spreadsheet has rounded its number; format the column as text and enter it again' };
  }
  const region = defaultRegion as CountryCode | undefined;
  const number = parsePhoneNumberFromString(cell, { extract: false, ...(region ? { defaultCountry: region } : {}) });
  if (!number && !region && /^\d[\d\s().-]+$/.test(cell)) {
    return { reason: 'its number has no country code; write it with a plus, or set a default region' };
  }
  if (!number && !/^[+\d][\d\s()./-]*$/.test(cell)) return { reason: 'its phone is not a telephone number' };
  if (!number?.isValid()) return { reason: 'its phone number does not exist in the numbering plan of its country' };
  if (number.ext) return { reason: 'its phone number has an extension, which cannot be dialed' };
  return { e164: number.number };
}

/**
 * The word that leads are chosen by; empty stays empty, undefined is none. It is kept in the clear, so that what looks
 * like a number or an address of somebody is none.
 */
export function readSegment(cell: string): string | undefined {
  const isWord = /^[\p{L}\p{N}][\p{L}\p{M}\p{N} ._-]{0,39}$/u.test(cell) && (cell.match(/\p{N}/gu) ?? []).length <= 6;
  return cell === '' || isWord ? cell : undefined;
}

const longestDebt = 100;

/**
 * A debt, as any two people write it the same: an account number without its blanks and hyphens. Rather two debts count
 * as one than one as two. Empty stays empty, undefined is none.
 */
export function readDebt(cell: string): string | undefined {
  if (cell === '') return '';
  const debt = cell
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
  return debt === '' || cell.length > longestDebt ? undefined : debt;
}

/** -1000 to 1000; 0 where the cell is empty, undefined where it holds anything else. */
export function readPriority(cell: string): number | undefined {
  const value = Number(cell);
  if (cell === '') return 0;
  return /^-?\d+$/.test(cell) && Math.abs(value) <= 1000 ? value + 0 : undefined;
}

const timezones = new Map<string, string | undefined>();

/** The IANA name (RFC 6557) as it is written officially; empty stays empty, undefined is none. */
export function canonicalTimezone(name: string): string | undefined {
  if (name === '') return '';
  return remembered(timezones, name, lookUpTimezone);
}

function lookUpTimezone(name: string): string | undefined {
  // Intl takes offsets such as +08:00 as well, but they know no summer time.
  if (!/^[A-Za-z]/.test(name)) return undefined;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

const languages = new Map<string, string | undefined>();

/** The BCP 47 tag (RFC 5646) in its canonical form, also of zh_CN; empty stays empty, undefined is none. */
export function canonicalLanguage(tag: string): string | undefined {
  if (tag === '') return '';
  return remembered(languages, tag, lookUpLanguage);
}

function lookUpLanguage(tag: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(tag.replaceAll('_', '-'))[0];
  } catch {
    return undefined;
  }
}

/** Lists have few different ones; of one that has something else in the column not everything is kept. */
const mostRemembered = 2000;

function remembered<V>(known: Map<string, V>, key: string, lookUp: (key: string) => V): V {
  const found = known.get(key);
  if (found !== undefined || known.has(key)) return found as V;
  if (known.size >= mostRemembered) known.clear();
  const value = lookUp(key);
  known.set(key, value);
  return value;
}
