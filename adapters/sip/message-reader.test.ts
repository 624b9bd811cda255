import { describe, expect, test } from '@jest/globals';
import { type IncomingMessage, LoggerFactory } from 'sip.js/lib/core/index.js';
import { Parser } from 'sip.js/lib/core/messages/parser.js';
import { readMessage, type SipMessage } from './message-reader.ts';

const sdp = 'v=0\r\ns=-\r\n';

const invite = [
  'INVITE sip:+8613800001234@192.0.2.1:5080;user=phone SIP/2.0',
  'Via: SIP/2.0/UDP 192.0.2.9:5090;branch=z9hG4bKabc;rport',
  'From: "Ann" <sip:ann@192.0.2.9>;tag=f1',
  'To: <sip:+8613800001234@192.0.2.1>',
  'Call-ID: 77@host',
  'CSeq: 1 INVITE',
  'Contact: <sip:ann@192.0.2.9:5090;transport=udp>;expires=60',
  'Max-Forwards: 70',
  'Content-Type: application/sdp',
  `Content-Length: ${sdp.length}`,
];

const read = (head: readonly string[], body = sdp): SipMessage | undefined =>
  readMessage(Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`));

/** One header of `invite` replaced. */
const having = (name: string, line: string): string[] =>
  invite.map((known) => (known.startsWith(`${name}:`) ? line : known));

/** What the stack looks at in a message. */
function seen(message: IncomingMessage): object {
  const contact = message.parseHeader('contact');
  return {
    method: message.method,
    branch: message.viaBranch,
    callId: message.callId,
    cseq: message.cseq,
    from: message.from.toString(),
    fromTag: message.fromTag,
    fromUser: message.from.uri.user,
    to: message.to.toString(),
    toTag: message.toTag,
    contact: contact?.toString(),
    contactPort: contact?.uri.port,
    vias: message.getHeaders('via'),
    routes: message.getHeaders('record-route'),
    body: message.body,
    contentType: message.parseHeader('content-type'),
  };
}

describe('what the library reads, we read the same', () => {
  const logger = new LoggerFactory().getLogger('test');
  const response = ['SIP/2.0 200 OK', ...invite.slice(1)];
  test.each([
    ['an INVITE', invite],
    ['a response', response],
    ['a tag in To', having('To', 'To: <sip:bob@192.0.2.1>;tag=t1')],
    ['a party without brackets', having('From', 'From: sip:ann@192.0.2.9;tag=f1')],
    ['a party with a name unquoted', having('From', 'From: Ann Lee <sip:ann@192.0.2.9>;tag=f1')],
    ['a name with an escape in it', having('From', 'From: "A \\"b\\", c" <sip:ann@192.0.2.9>;tag=f1')],
    ['a user with an escape in it', having('From', 'From: <sip:a%20b@192.0.2.9>;tag=f1')],
    ['a password', having('From', 'From: <sip:ann:secret@192.0.2.9>;tag=f1')],
    ['parameters of the URI', having('Contact', 'Contact: <sip:ann@192.0.2.9;transport=udp;ob;x=1.2>')],
    ['a parameter in quotes', having('Contact', 'Contact: <sip:ann@192.0.2.9>;+sip.instance="<urn:a;b,c>";q=0.5')],
    ['two contacts', having('Contact', 'Contact: "a, b" <sip:a@192.0.2.9>, <sip:b@192.0.2.9>')],
    ['an IPv6 host', having('Contact', 'Contact: <sip:ann@[2001:db8::1]:5090>')],
    ['two vias', [...invite, 'Via: SIP/2.0/UDP proxy;branch=z9hG4bKp']],
    ['two record routes', [...invite, 'Record-Route: <sip:p1;lr>, <sip:p2;lr>']],
    ['a folded header', having('From', 'From: <sip:ann@192.0.2.9>\r\n ;tag=f1')],
    ['white space at the colon', having('Call-ID', 'Call-ID :  77@host ')],
  ])('%s', (_, head) => {
    const text = `${head.join('\r\n')}\r\n\r\n${sdp}`;
    const theirs = Parser.parseMessage(text, logger);
    const ours = readMessage(Buffer.from(text));
    expect(theirs && ours && seen(ours)).toEqual(theirs && seen(theirs));
    expect(ours?.constructor).toBe(theirs?.constructor);
  });
});

describe('what the library chokes on', () => {
  test('compact names are names', () => {
    const head = ['v', 'f', 't', 'i', 'm', 'c', 'l'].reduce(
      (lines, short, index) => {
        const long = ['Via', 'From', 'To', 'Call-ID', 'Contact', 'Content-Type', 'Content-Length'][index] ?? '';
        return lines.map((line) => (line.startsWith(`${long}:`) ? line.replace(long, short) : line));
      },
      [...invite],
    );
    expect(seen(read(head) as SipMessage)).toEqual(seen(read(invite) as SipMessage));
  });

  test('a malformed Contact goes, the message stays', () => {
    expect(read(having('Contact', 'Contact: <sip:@@>'))?.hasHeader('contact')).toBe(false);
  });

  test('a URI of another scheme leaves the request without one', () => {
    const message = read(['INVITE tel:+8613800001234 SIP/2.0', ...invite.slice(1)]);
    expect(message).toBeDefined();
    expect((message as unknown as { ruri: unknown }).ruri).toBeUndefined();
  });

  test('the first challenge that we can meet counts', () => {
    const digest = 'WWW-Authenticate: Digest realm="r", nonce="n"';
    const message = read([...invite, `${digest}, algorithm=SHA-256`, `${digest}, algorithm=MD5`, `${digest}`]);
    expect(message?.getHeaders('www-authenticate')).toEqual(['Digest realm="r", nonce="n", algorithm=MD5']);
  });

  test('SDP is found in a multipart body, and where the type was forgotten', () => {
    const body = `--b\r\nContent-Type: application/sdp\r\n\r\n${sdp}\r\n--b--\r\n`;
    const head = having('Content-Type', 'Content-Type: multipart/mixed;boundary=b').slice(0, -1);
    expect(read(head, body)?.body).toBe(sdp);
    expect(read(having('Content-Type', 'X: y'))?.body).toBe(sdp);
  });

  test('more bytes than announced are dropped', () => {
    expect(read(invite, `${sdp}trailing`)?.body).toBe(sdp);
  });
});

describe('what is no whole message is none', () => {
  test.each([
    ['nothing', []],
    ['another protocol', ['GET / HTTP/1.1', 'Host: example']],
    ['a status out of range', ['SIP/2.0 099 No', ...invite.slice(1)]],
    ['a branch missing', having('Via', 'Via: SIP/2.0/UDP 192.0.2.9')],
    ['a malformed From', having('From', 'From: <<>')],
    ['a malformed CSeq', having('CSeq', 'CSeq: INVITE')],
    ['a CSeq of another method', having('CSeq', 'CSeq: 1 BYE')],
    ['a length that is none', having('Content-Length', 'Content-Length: -1')],
    ['a body cut short', having('Content-Length', 'Content-Length: 999')],
    ['a line without a colon', [...invite, 'nonsense']],
    ['a thousand headers', [...invite, ...Array.from({ length: 1000 }, () => 'X: y')]],
    ['two From', [...invite, 'From: <sip:b@192.0.2.9>;tag=f2']],
    ['a datagram too long', [...invite, `X: ${'y'.repeat(20_000)}`]],
    ...['Via', 'From', 'To', 'Call-ID', 'CSeq'].map((name): [string, string[]] => [
      `no ${name}`,
      invite.filter((line) => !line.startsWith(`${name}:`)),
    ]),
  ])('%s', (_, head) => {
    expect(read(head)).toBeUndefined();
  });

  test('a header without its end', () => {
    expect(readMessage(Buffer.from(`${invite.join('\r\n')}\r\n`))).toBeUndefined();
  });
});

test.each([
  ['quotes', `Contact: ${'"'.repeat(15_001)}`],
  ['escaped quotes', `Contact: ${'\\"'.repeat(7500)}`],
  ['brackets', `Contact: ${'<'.repeat(15_000)}`],
  ['spaces at a fold', `X: a\r\n b${' '.repeat(15_000)}c`],
  ['parameters', `Contact: <sip:a@b${';a=b'.repeat(3700)}`],
  ['escapes', `Contact: <sip:${'%41'.repeat(5000)}@b>`],
  ['contacts', `Contact: ${'<sip:a@b>,'.repeat(1500)}`],
])(
  'a header full of %s is read in no more steps than it is long',
  (_, line) => {
    // These take a few hundred milliseconds; read in quadratic time, they would outlast the test's limit.
    for (let count = 0; count < 300; count += 1) read([...invite, line]);
  },
  10_000,
);

test('a header named __proto__ touches nothing', () => {
  read([...invite, '__proto__: polluted', 'constructor: x']);
  expect(({} as Record<string, unknown>).raw).toBeUndefined();
  expect(Object.prototype.toString.call(Object.prototype)).toBe('[object Object]');
});
