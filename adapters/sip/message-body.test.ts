import { expect, test } from '@jest/globals';
import { fragmentOf, sdpOf } from './message-body.ts';

const sdp = 'v=0\r\ns=-\r\n';

test.each([
  ['application/sdp', sdp],
  ['Application/SDP; charset=utf-8', sdp],
  [undefined, sdp],
])('%s is SDP', (type, body) => {
  expect(sdpOf(body, type)).toBe(sdp);
});

test.each([
  ['application/dtmf-relay', sdp],
  [undefined, 'Signal=1'],
  ['multipart/mixed', sdp],
  ['multipart/mixed;boundary=b', '--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b--'],
  ['application/sdp', ''],
])('%s with another body is none', (type, body) => {
  expect(sdpOf(body, type)).toBeUndefined();
});

test('is found in a multipart body', () => {
  const body = `preamble\r\n--x y\r\nContent-Type: application/isup\r\n\r\n\u0001\r\n--x y\r\nContent-Disposition: session\r\nContent-Type: application/sdp;a=b\r\n\r\n${sdp}\r\n--x y--\r\n`;
  expect(sdpOf(body, 'multipart/mixed; boundary="x y"')).toBe(sdp);
});

test('a fragment of SIP is one by its type', () => {
  expect(fragmentOf('SIP/2.0 200 OK\r\n', 'Message/SIPfrag;version=2.0')).toBe('SIP/2.0 200 OK\r\n');
  expect(fragmentOf('SIP/2.0 200 OK\r\n', 'application/sdp')).toBeUndefined();
  expect(fragmentOf('SIP/2.0 200 OK\r\n', undefined)).toBeUndefined();
});
