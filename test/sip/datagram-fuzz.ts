/** Broken SIP, always the same for the same seed: whole messages, then mutated. */

/** mulberry32: small, and good enough to break things with. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What a stranger may know of a live call: the Call-ID. Tags and branch he does not. */
export interface FuzzTarget {
  readonly address: string;
  readonly callIds: readonly string[];
}

const sdp = 'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 6000 RTP/AVP 0\r\n';
const starts = [
  ...['INVITE', 'ACK', 'BYE', 'CANCEL', 'OPTIONS', 'REFER', 'INFO', 'NOTIFY', 'PRACK', 'UPDATE', 'FOO'],
  ...['SIP/2.0 100 Trying', 'SIP/2.0 180 Ringing', 'SIP/2.0 200 OK', 'SIP/2.0 302 Moved', 'SIP/2.0 486 Busy'],
];

/** One datagram: a message that is whole in four of a hundred cases, and else mutated one to four times. */
export function fuzzDatagram(random: () => number, target: FuzzTarget): Buffer {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  let bytes = Buffer.from(wholeMessage(random, pick, target), 'utf8');
  if (random() < 0.04) return bytes;
  for (let round = Math.ceil(random() * 4); round > 0; round -= 1) bytes = pick(mutations)(bytes, random);
  return bytes.subarray(0, 60_000);
}

function wholeMessage(random: () => number, pick: <T>(values: readonly T[]) => T, target: FuzzTarget): string {
  const start = pick(starts);
  const token = random().toString(36).slice(2);
  const method = start.startsWith('SIP/2.0') ? pick(['INVITE', 'BYE', 'OPTIONS']) : start;
  const body = random() < 0.5 ? sdp : '';
  const uri = pick([
    `sip:a@${target.address}`,
    'tel:+15550100',
    `sips:${target.address}`,
    `sip:${target.address};lr?x=1`,
  ]);
  return [
    start === method ? `${method} ${uri} SIP/2.0` : start,
    `Via: SIP/2.0/UDP ${pick(['127.0.0.1:9', '[::1]', 'host.invalid'])};branch=z9hG4bK${token}${pick(['', ';rport', ';received=203.0.113.9'])}`,
    `From: "A, b" <sip:a@127.0.0.1>;tag=${token}`,
    `To: <sip:b@127.0.0.1>${pick(['', `;tag=${token}`])}`,
    `Call-ID: ${pick([token, ...target.callIds])}`,
    `CSeq: ${pick(['1', '2', '4294967295'])} ${method}`,
    `Contact: ${pick(['<sip:c@127.0.0.1:9>', '*', '<sip:c@127.0.0.1>, <sip:d@127.0.0.1>'])}`,
    'Max-Forwards: 70',
    ...(body ? ['Content-Type: application/sdp'] : []),
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
}

type Mutation = (bytes: Buffer, random: () => number) => Buffer<ArrayBuffer>;

const at = (bytes: Buffer, random: () => number): number => Math.floor(random() * (bytes.length + 1));

const insert = (bytes: Buffer, position: number, addition: Uint8Array): Buffer<ArrayBuffer> =>
  Buffer.concat([bytes.subarray(0, position), addition, bytes.subarray(position)]);

const replaceText =
  (pattern: RegExp, replacement: string): Mutation =>
  (bytes) =>
    Buffer.from(bytes.toString('latin1').replace(pattern, replacement), 'latin1');

const mutations: readonly Mutation[] = [
  (bytes, random) => {
    const changed = Buffer.from(bytes);
    for (let count = 0; count < 8; count += 1) changed[at(bytes, random)] = Math.floor(random() * 256);
    return changed;
  },
  (bytes, random) => Buffer.from(bytes.subarray(0, at(bytes, random))),
  (bytes, random) => Buffer.from(bytes.subarray(at(bytes, random))),
  (bytes, random) =>
    insert(bytes, at(bytes, random), Buffer.alloc(Math.floor(random() * 64), Math.floor(random() * 256))),
  (bytes, random) => insert(bytes, at(bytes, random), bytes.subarray(at(bytes, random))),
  (bytes, random) => insert(bytes, at(bytes, random), Buffer.from('\r\n')),
  (bytes, random) => insert(bytes, at(bytes, random), Buffer.alloc(random() < 0.02 ? 50_000 : 500, 'x: y\r\n')),
  (bytes, random) => {
    const lines = bytes.toString('latin1').split('\r\n');
    lines.splice(Math.floor(random() * lines.length), 1);
    return Buffer.from(lines.join('\r\n'), 'latin1');
  },
  (bytes, random) => {
    const lines = bytes.toString('latin1').split('\r\n');
    const line = lines[Math.floor(random() * lines.length)] ?? '';
    lines.splice(Math.floor(random() * lines.length), 0, line, line);
    return Buffer.from(lines.join('\r\n'), 'latin1');
  },
  replaceText(/\d+/g, '99999999999999999999'),
  replaceText(/Content-Length: \d+/, 'Content-Length: -1'),
  replaceText(/Content-Type: [^\r]*/, 'Content-Type: multipart/mixed;boundary="--x"'),
  replaceText(/^(From|To|Contact)/m, '__proto__'),
  replaceText(/\r\n/g, '\n'),
  replaceText(/: /g, ':\r\n '),
  replaceText(/<[^>]*>/, '<sip:%%%@[::::]:0;;;=>'),
  replaceText(/CSeq: \d+ \w+/, 'CSeq: nonsense'),
];
