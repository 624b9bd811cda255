/**
 * The headers that every message has, read by hand and in time that grows with their length only. The grammar
 * of sip.js takes some thirty times as long for what is common, and milliseconds for what somebody made up to
 * keep us busy.
 */
import { NameAddrHeader, URI } from 'sip.js/lib/grammar/index.js';

/** The topmost Via (RFC 3261, 20.42). */
export interface Via {
  readonly host: string;
  readonly port: number | undefined;
  readonly branch: string | undefined;
  /** The sender asked for the source port (RFC 3581). */
  readonly wantsRport: boolean;
}

const viaShape =
  /^SIP\s*\/\s*2\.0\s*\/\s*[A-Za-z]+\s+(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?:\s*:\s*(\d{1,5}))?\s*((?:;[^,]*)?)$/;

/** Reads one Via value, or undefined where it is none. */
export function readVia(value: string): Via | undefined {
  const match = viaShape.exec(value);
  if (match?.[1] === undefined) return undefined;
  const parameters = match[3] ?? '';
  return {
    host: match[1],
    port: match[2] === undefined ? undefined : Number(match[2]),
    branch: /;\s*branch\s*=\s*([^\s;,]+)/i.exec(parameters)?.[1],
    wantsRport: /;\s*rport\s*(?:;|$)/i.test(parameters),
  };
}

const uriShape =
  /^(sips?):(?:([A-Za-z0-9\-_.!~*'()&=+$,;?/%#:]{1,256})@)?(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]{1,255})(?::(\d{1,5}))?((?:;[^\s?<>"]*)?)(?:\?[^\s<>"]*)?$/i;

/**
 * Reads a SIP or SIPS URI without its headers; undefined for any other scheme and for what is malformed. A
 * password stays with the user, as in sip.js, so that it comes back when the URI is written.
 */
export function readUri(text: string): URI | undefined {
  const match = uriShape.exec(text);
  if (match?.[1] === undefined || match[3] === undefined) return undefined;
  // Absent parts are left out, as the library's own grammar does, while its type asks for a string.
  const user = match[2] === undefined ? undefined : decoded(match[2]);
  if (user === null) return undefined;
  const port = match[4] === undefined ? undefined : Number(match[4]);
  return new URI(match[1], user as string, match[3], port, parametersOf(match[5] ?? ''));
}

/** Percent escapes undone; null where they are none. */
function decoded(text: string): string | null {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** Reads a From, To or Contact value with its parameters (RFC 3261, 20.10); undefined where it is malformed. */
export function readNameAddr(value: string): NameAddrHeader | undefined {
  const [address = '', ...parameters] = splitOutside(value, ';');
  const match = /^(?:"((?:[^"\\]|\\.)*)"|([^"<>]*?))\s*<([^<>]+)>$/.exec(address.trim());
  // Without brackets every parameter is the header's.
  const uri = readUri(match?.[3] ?? address.trim());
  return uri && new NameAddrHeader(uri, match?.[1] ?? match?.[2]?.trim() ?? '', parametersOf(parameters.join(';')));
}

/** Splits a header that may be a list (RFC 3261, 7.3.1). */
export function splitList(value: string): string[] {
  if (!value.includes(',')) return [value];
  return splitOutside(value, ',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** Splits at a separator, but not within quotes and brackets. */
function splitOutside(text: string, separator: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let closing = '';
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (closing === '"' && character === '\\') index += 1;
    else if (character === closing) closing = '';
    else if (closing !== '') continue;
    else if (character === '"') closing = '"';
    else if (character === '<') closing = '>';
    else if (character === separator) {
      parts.push(text.slice(start, index));
      start = index + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

/** A parameter without a value is null to sip.js, though its type says string. */
function parametersOf(text: string): Record<string, string> {
  const read: Record<string, string> = {};
  if (text === '') return read;
  for (const part of splitOutside(text, ';')) {
    const equals = part.indexOf('=');
    const name = (equals < 0 ? part : part.slice(0, equals)).trim().toLowerCase();
    if (!/^[a-z0-9\-.!%*_+`'~[\]/:&$]+$/.test(name) || name === '__proto__') continue;
    read[name] = equals < 0 ? (null as unknown as string) : part.slice(equals + 1).trim();
  }
  return read;
}
