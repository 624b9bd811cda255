/**
 * The headers nearly every message has, read by hand in their common shape; what is out of the common goes to
 * the grammar of sip.js, which is complete and some thirty times slower.
 */
import { Grammar, NameAddrHeader, URI } from 'sip.js/lib/grammar/index.js';

/** The topmost Via (RFC 3261, 20.42). */
export interface Via {
  readonly transport: string;
  readonly host: string;
  readonly port: number | undefined;
  readonly branch: string | undefined;
  /** The sender asked for the source port (RFC 3581). */
  readonly wantsRport: boolean;
}

const viaShape =
  /^SIP\s*\/\s*2\.0\s*\/\s*([A-Za-z]+)\s+(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?:\s*:\s*(\d{1,5}))?\s*((?:;[^,]*)?)$/;

/** Reads one Via value, or undefined where it is none. */
export function readVia(value: string): Via | undefined {
  const match = viaShape.exec(value);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  const parameters = match[4] ?? '';
  return {
    transport: match[1].toUpperCase(),
    host: match[2],
    port: match[3] === undefined ? undefined : Number(match[3]),
    branch: /;\s*branch\s*=\s*([^\s;,]+)/i.exec(parameters)?.[1],
    wantsRport: /;\s*rport\s*(?:;|$)/i.test(parameters),
  };
}

const uriShape =
  /^sip:(?:([A-Za-z0-9+\-_.!~*'()]{1,128})@)?([A-Za-z0-9.-]{1,255})(?::(\d{1,5}))?((?:;[A-Za-z0-9-]+(?:=[A-Za-z0-9.-]+)?)*)$/;

/** Reads a SIP or SIPS URI; undefined for any other scheme and for what is malformed. */
export function readUri(text: string): URI | undefined {
  const match = uriShape.exec(text);
  if (match?.[2] === undefined) return readUnusualUri(text);
  // The library's own grammar leaves out what is absent, while its type asks for a string.
  const user = match[1] as string;
  return new URI('sip', user, match[2], match[3] === undefined ? undefined : Number(match[3]), parameters(match[4]));
}

function readUnusualUri(text: string): URI | undefined {
  const parsed: unknown = Grammar.URIParse(text);
  return parsed instanceof URI ? parsed : undefined;
}

const nameAddrShape = /^(?:"([^"\\]*)"\s*)?<([^<>"]+)>((?:;[A-Za-z0-9-]+(?:=[A-Za-z0-9.\-+~_!%*]+)?)*)$/;

/** Reads a From, To or Contact value with its parameters, or undefined where it is malformed. */
export function readNameAddr(value: string): NameAddrHeader | undefined {
  const match = nameAddrShape.exec(value);
  if (match?.[2] !== undefined) {
    const uri = readUri(match[2]);
    return uri && new NameAddrHeader(uri, match[1] ?? '', parameters(match[3]));
  }
  const parsed: unknown = Grammar.nameAddrHeaderParse(value);
  return parsed instanceof NameAddrHeader && parsed.uri instanceof URI ? parsed : readBareAddr(value);
}

/** `sip:user@host;tag=x`: without brackets every parameter is the header's (RFC 3261, 20.10). */
function readBareAddr(value: string): NameAddrHeader | undefined {
  const semicolon = value.indexOf(';');
  const uri = readUri(semicolon < 0 ? value : value.slice(0, semicolon));
  return uri && new NameAddrHeader(uri, '', parameters(semicolon < 0 ? '' : value.slice(semicolon)));
}

/** A parameter without a value is null to sip.js, though its type says string. */
function parameters(text: string | undefined): Record<string, string> {
  const read: Record<string, string> = {};
  if (!text) return read;
  for (const part of text.split(';')) {
    const equals = part.indexOf('=');
    const name = (equals < 0 ? part : part.slice(0, equals)).trim().toLowerCase();
    if (name !== '' && name !== '__proto__')
      read[name] = equals < 0 ? (null as unknown as string) : part.slice(equals + 1).trim();
  }
  return read;
}

/** Splits a header that may be a list at its commas, those in quotes and brackets aside (RFC 3261, 7.3.1). */
export function splitList(value: string): string[] {
  if (!value.includes(',')) return [value];
  return (value.match(/(?:"(?:[^"\\]|\\.)*"|<[^>]*>|[^,"<]|["<])+/g) ?? [])
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
