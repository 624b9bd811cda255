/** A number as people may see it. */
import { getCountries, getCountryCallingCode } from 'libphonenumber-js';

/** Calling codes are free of prefixes of each other (ITU-T E.164, 6.2), so the first that fits is the one. */
const callingCodes: ReadonlySet<string> = new Set(getCountries().map((country) => getCountryCallingCode(country)));
/** Longest calling code. */
const longestCode = 3;
/** Always four, so that they do not tell how many digits they hide. */
const stars = '****';

/**
 * Masks an E.164 number: its country code, its first national digits, stars and its last ones. A mobile number of 11
 * digits or more shows seven (+86 138 **** 1234, as people know it from their bank); a shorter one no more than half
 * of its own, three at the beginning and two at the end at most. What is no E.164 number is stars only.
 */
export function maskNumber(number: string): string {
  if (!/^\+\d{4,15}$/.test(number)) return stars;
  const digits = number.slice(1);
  const code = codeOf(digits);
  const national = digits.slice(code.length);
  const [first, last] = shown(national.length);
  const parts = [national.slice(0, first), stars, national.slice(national.length - last)];
  return [`+${code}`, ...parts.filter((part) => part !== '')].join(' ');
}

function codeOf(digits: string): string {
  for (let length = 1; length <= longestCode; length += 1) {
    const code = digits.slice(0, length);
    if (callingCodes.has(code)) return code;
  }
  // Codes of no country, such as +800 and +883, have three digits.
  return digits.slice(0, longestCode);
}

function shown(digits: number): [first: number, last: number] {
  if (digits >= 11) return [3, 4];
  const last = Math.min(2, digits >> 1);
  return [Math.min(3, (digits >> 1) - last), last];
}
