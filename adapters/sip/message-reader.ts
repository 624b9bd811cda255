/**
 * From a datagram to a message object of sip.js. Its own parser runs a grammar over every header, throws on a
 * malformed CSeq, and drops a whole call for a malformed Contact; this one lets a header that is only useful
 * go, while one that is needed makes the message unreadable.
 */
import { IncomingRequestMessage, IncomingResponseMessage } from 'sip.js/lib/core/index.js';
import { readNameAddr, readUri, readVia, splitList } from './header-grammar.ts';
import { fragmentOf, sdpOf } from './message-body.ts';

export type SipMessage = IncomingRequestMessage | IncomingResponseMessage;

/** RFC 3261, 18.1.1 has larger requests go over TCP; nothing we take part in comes near this. */
const longestMessage = 16_384;
const mostHeaders = 100;

const requestLine = /^([A-Z]{2,16}) (\S{1,1024}) SIP\/2\.0$/;
const statusLine = /^SIP\/2\.0 ([1-6]\d\d)(?: ([^\r\n]*))?$/;

/** RFC 3261, 7.3.3, as far as it concerns us. */
const compactForms: Readonly<Record<string, string>> = {
  c: 'content-type',
  e: 'content-encoding',
  f: 'from',
  i: 'call-id',
  k: 'supported',
  l: 'content-length',
  m: 'contact',
  o: 'event',
  r: 'refer-to',
  s: 'subject',
  t: 'to',
  v: 'via',
  x: 'session-expires',
};

/** Reads one datagram; undefined where it is no whole, well-formed SIP message. Never throws for its content. */
export function readMessage(datagram: Uint8Array): SipMessage | undefined {
  if (datagram.length > longestMessage) return undefined;
  const bytes = Buffer.from(datagram.buffer, datagram.byteOffset, datagram.length);
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const [startLine, ...lines] = unfold(bytes.toString('utf8', 0, headEnd)).split('\r\n');
  const message = startMessage(startLine ?? '');
  if (!message || lines.length > mostHeaders) return undefined;
  // Names come from strangers; an object without a prototype has none that could be hit by accident.
  message.headers = Object.create(null) as typeof message.headers;
  for (const line of lines) if (!readHeader(message, line)) return undefined;
  if (!isWhole(message)) return undefined;
  return readBody(message, bytes.subarray(headEnd + 4)) ? message : undefined;
}

/** RFC 3261, 7.3.1: a line that begins with white space continues the one before. */
function unfold(head: string): string {
  return /\r\n[ \t]/.test(head) ? head.replace(/\r\n[ \t]+/g, ' ') : head;
}

function startMessage(line: string): SipMessage | undefined {
  const status = statusLine.exec(line);
  if (status) {
    const response = new IncomingResponseMessage();
    response.statusCode = Number(status[1]);
    response.reasonPhrase = status[2] ?? '';
    return response;
  }
  const request = requestLine.exec(line);
  if (request?.[1] === undefined || request[2] === undefined) return undefined;
  const message = new IncomingRequestMessage();
  message.method = request[1];
  const uri = readUri(request[2]);
  if (uri) message.ruri = uri;
  return message;
}

/** Takes one header in; false where the message cannot be used without it. */
function readHeader(message: SipMessage, line: string): boolean {
  const colon = line.indexOf(':');
  if (colon < 1) return false;
  const lowered = line.slice(0, colon).trim().toLowerCase();
  const name = compactForms[lowered] ?? lowered;
  const value = line.slice(colon + 1).trim();
  switch (name) {
    case 'via':
      return readVias(message, value);
    case 'from':
    case 'to':
      return readParty(message, name, value);
    case 'cseq':
      return readCSeq(message, value);
    case 'call-id':
      message.setHeader('call-id', value);
      message.callId = value;
      return /^\S{1,256}$/.test(value);
    case 'contact':
      for (const contact of splitList(value)) keepContact(message, contact);
      return true;
    case 'record-route':
    case 'route':
      for (const route of splitList(value)) message.addHeader(name, route);
      return true;
    case 'www-authenticate':
    case 'proxy-authenticate':
      keepChallenge(message, name, value);
      return true;
    case 'content-length':
      message.setHeader(name, value);
      return /^\d{1,5}$/.test(value);
    default:
      // A name that is no token would be sent back to us as it is by nothing we do: leave it out.
      if (/^[a-z0-9.!%*_+`'~-]{1,64}$/.test(name)) message.addHeader(name, value);
      return true;
  }
}

function readVias(message: SipMessage, value: string): boolean {
  const isFirst = !message.hasHeader('via');
  const values = splitList(value);
  for (const each of values) message.addHeader('via', each);
  if (!isFirst) return true;
  const via = readVia(values[0] ?? '');
  if (via?.branch === undefined) return false;
  message.via = { host: via.host, port: via.port ?? 5060 };
  message.viaBranch = via.branch;
  return true;
}

function readParty(message: SipMessage, name: 'from' | 'to', value: string): boolean {
  const party = message.hasHeader(name) ? undefined : readNameAddr(value);
  if (!party) return false;
  message.headers[name === 'from' ? 'From' : 'To'] = [{ raw: value, parsed: party }];
  // Absent tags stay undefined, as the library has them, while its type asks for a string.
  const tag = party.getParam('tag') as string;
  if (name === 'from') {
    message.from = party;
    message.fromTag = tag;
  } else {
    message.to = party;
    message.toTag = tag;
  }
  return true;
}

function readCSeq(message: SipMessage, value: string): boolean {
  const match = /^(\d{1,10})\s+([A-Z]{2,16})$/.exec(value);
  if (match?.[2] === undefined) return false;
  message.headers.CSeq = [{ raw: value, parsed: { value: Number(match[1]), method: match[2] } }];
  message.cseq = Number(match[1]);
  if (message instanceof IncomingResponseMessage) message.method = match[2];
  return message.method === match[2];
}

function keepContact(message: SipMessage, value: string): void {
  const parsed = readNameAddr(value);
  if (!parsed) return;
  const contacts = message.headers.Contact ?? [];
  contacts.push({ raw: value, parsed });
  message.headers.Contact = contacts;
}

/** Of several challenges the first that we can meet counts (RFC 8760, 2.4); sip.js knows MD5 with `auth` only. */
function keepChallenge(message: SipMessage, name: string, value: string): void {
  if (message.hasHeader(name)) return;
  const algorithm = /[\s,]algorithm\s*=\s*"?([A-Za-z0-9-]+)/i.exec(value)?.[1] ?? 'MD5';
  if (/^digest\s/i.test(value) && algorithm.toUpperCase() === 'MD5') message.setHeader(name, value);
}

function isWhole(message: SipMessage): boolean {
  return Boolean(message.viaBranch && message.from && message.to && message.callId && message.cseq !== undefined);
}

/** RFC 3261, 18.3: more bytes than announced are dropped, fewer make the message unusable. */
function readBody(message: SipMessage, bytes: Buffer): boolean {
  const announced = message.getHeader('content-length');
  const length = announced === undefined ? bytes.length : Number(announced);
  if (length > bytes.length) return false;
  const body = bytes.toString('utf8', 0, length);
  const type = message.getHeader('content-type');
  const sdp = sdpOf(body, type);
  message.body = sdp ?? (message.method === 'NOTIFY' ? fragmentOf(body, type) : undefined) ?? '';
  message.data = '';
  if (sdp !== undefined) message.headers['Content-Type'] = [{ raw: 'application/sdp', parsed: 'application/sdp' }];
  return true;
}
