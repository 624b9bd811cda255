import { describe, expect, test } from '@jest/globals';
import { formatHostPort, hostPortOfUri, nextHop, parseHostPort } from './sip-address.ts';

test.each([
  ['192.0.2.1', { host: '192.0.2.1', port: 5060 }],
  ['carrier.example:5080', { host: 'carrier.example', port: 5080 }],
  ['[2001:db8::1]:5070', { host: '2001:db8::1', port: 5070 }],
  ['host:0', undefined],
  ['host:65536', undefined],
  ['a b', undefined],
  ['', undefined],
])('%s', (text, expected) => {
  expect(parseHostPort(text)).toEqual(expected);
});

test('an address is written as it is read', () => {
  for (const text of ['192.0.2.1:5060', '[2001:db8::1]:5070']) {
    expect(formatHostPort(parseHostPort(text) ?? { host: '', port: 0 })).toBe(text);
  }
});

test.each([
  ['sip:+8613800001234@192.0.2.1:5080;user=phone', '192.0.2.1:5080'],
  ['sip:carrier.example;lr', 'carrier.example:5060'],
  ['tel:+8613800001234', undefined],
])('%s points at %s', (uri, expected) => {
  const hop = hostPortOfUri(uri);
  expect(hop && formatHostPort(hop)).toBe(expected);
});

describe('the next hop', () => {
  const hop = (...lines: string[]): string | undefined => {
    const found = nextHop(`${lines.join('\r\n')}\r\n\r\nRoute: <sip:body.example>`);
    return found && formatHostPort(found);
  };
  const via = 'Via: SIP/2.0/UDP 192.0.2.9:5090;branch=z9hG4bKx';

  test('of a request is its URI', () => {
    expect(hop('BYE sip:b@192.0.2.1:5080 SIP/2.0', via)).toBe('192.0.2.1:5080');
  });

  test('of a request with a route is the first of it', () => {
    expect(hop('BYE sip:b@192.0.2.1 SIP/2.0', via, 'Route: <sip:p1.example;lr>', 'Route: <sip:p2.example;lr>')).toBe(
      'p1.example:5060',
    );
  });

  test('of a response is where its request came from', () => {
    expect(hop('SIP/2.0 200 OK', `${via};received=192.0.2.7;rport=4444`, 'Via: SIP/2.0/UDP other')).toBe(
      '192.0.2.7:4444',
    );
    expect(hop('SIP/2.0 200 OK', `${via};received=192.0.2.7`)).toBe('192.0.2.7:5090');
    expect(hop('SIP/2.0 200 OK', via)).toBe('192.0.2.9:5090');
  });

  test('is none where there is no address', () => {
    expect(hop('BYE tel:+15550100 SIP/2.0', via)).toBeUndefined();
    expect(hop('SIP/2.0 200 OK', 'Via: nonsense')).toBeUndefined();
  });
});
