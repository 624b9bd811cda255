/** Addresses of phones and of targets of transfers, as people configure them. */
import type { URI } from 'sip.js/lib/core/index.js';
import { FatalError } from '#ports/errors.ts';
import { readUri } from './header-grammar.ts';
import { hostPortOfUri } from './sip-address.ts';

/**
 * Reads `sip:[NAME@]HOST[:PORT]`, with parameters where it has some.
 * @throws PHONE_UNKNOWN; it does not repeat the address, which may be somebody's number.
 */
export function phoneUriOf(text: string): URI {
  const uri = /^sip:/i.test(text) && hostPortOfUri(text) ? readUri(text) : undefined;
  if (uri) return uri;
  throw new FatalError(
    'PHONE_UNKNOWN',
    'The address of a phone is not of the form sip:NAME@HOST or sip:HOST:PORT: correct it.',
  );
}
