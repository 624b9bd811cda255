import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { RtpEndpoint } from '#ports/media.ts';
import { answerTo, parseSdp, writeSdp } from './sdp.ts';

const ours: RtpEndpoint = {
  address: '192.0.2.1',
  port: 40_000,
  codecs: ['PCMU', 'PCMA'],
  dtmfPayloadType: 101,
  direction: 'sendrecv',
};
const origin = { sessionId: 7, version: 1 };
const lines = (...more: string[]): string => ['v=0', 'o=- 1 1 IN IP4 192.0.2.9', 's=-', 't=0 0', ...more].join('\r\n');
const c = 'c=IN IP4 192.0.2.9';

describe('reading', () => {
  test('what we write comes back as it was', () => {
    expect(parseSdp(writeSdp(ours, origin))).toEqual(ours);
  });

  test('any endpoint comes back as it was', () => {
    const endpoints = fc.record(
      {
        address: fc.ipV4().filter((address) => address !== '0.0.0.0'),
        port: fc.integer({ min: 1, max: 65_535 }),
        codecs: fc.constantFrom(['PCMU'], ['PCMA'], ['PCMA', 'PCMU'], ['PCMU', 'PCMA']),
        dtmfPayloadType: fc.integer({ min: 96, max: 127 }),
        direction: fc.constantFrom('sendrecv', 'sendonly', 'recvonly', 'inactive'),
      },
      { requiredKeys: ['address', 'port', 'codecs', 'direction'] },
    ) as fc.Arbitrary<RtpEndpoint>;
    fc.assert(fc.property(endpoints, (endpoint) => expect(parseSdp(writeSdp(endpoint, origin))).toEqual(endpoint)));
  });

  test('any text at all is read or refused, never thrown at', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseSdp(`v=0\r\nm=audio ${text}\r\n${text}`)));
  });

  test('the address of the stream goes before that of the session, and so does the direction', () => {
    const sdp = lines(c, 'a=sendonly', 'm=audio 6000 RTP/AVP 8', 'c=IN IP4 192.0.2.10', 'a=recvonly');
    expect(parseSdp(sdp)).toEqual({ address: '192.0.2.10', port: 6000, codecs: ['PCMA'], direction: 'recvonly' });
  });

  test('codecs keep the order of the offer; what is not G.711 is left out', () => {
    const sdp = lines(
      c,
      'm=audio 6000 RTP/AVP 18 8 97 0 96',
      'a=rtpmap:97 opus/48000/2',
      'a=rtpmap:96 telephone-event/8000',
    );
    expect(parseSdp(sdp)).toMatchObject({ codecs: ['PCMA', 'PCMU'], dtmfPayloadType: 96 });
  });

  test('a video stream before the audio stream changes nothing', () => {
    const sdp = lines(c, 'm=video 7000 RTP/AVP 31', 'c=IN IP4 192.0.2.66', 'a=inactive', 'm=audio 6000 RTP/AVP 0');
    expect(parseSdp(sdp)).toEqual({ address: '192.0.2.9', port: 6000, codecs: ['PCMU'], direction: 'sendrecv' });
  });

  test('lines that end in LF alone are read too', () => {
    expect(parseSdp(lines(c, 'm=audio 6000 RTP/AVP 0').replaceAll('\r\n', '\n'))?.port).toBe(6000);
  });

  test('more spaces than one between the fields, as some gateways write', () => {
    const sdp = lines('c=IN  IP4  192.0.2.9', 'm=audio  6000  RTP/AVP  0  101', 'a=rtpmap:101  telephone-event/8000');
    expect(parseSdp(sdp)).toEqual({
      address: '192.0.2.9',
      port: 6000,
      codecs: ['PCMU'],
      dtmfPayloadType: 101,
      direction: 'sendrecv',
    });
  });

  test('0.0.0.0 is a hold, as RFC 2543 had it', () => {
    const sdp = lines('c=IN IP4 0.0.0.0', 'm=audio 6000 RTP/AVP 0');
    expect(parseSdp(sdp)?.direction).toBe('sendonly');
    expect(parseSdp(`${sdp}\r\na=recvonly`)?.direction).toBe('inactive');
  });

  test.each([
    ['no address', lines('m=audio 6000 RTP/AVP 0')],
    ['a host name for an address', lines('c=IN IP4 media.example.net', 'm=audio 6000 RTP/AVP 0')],
    ['an address that is none', lines('c=IN IP4 192.0.2.999', 'm=audio 6000 RTP/AVP 0')],
    ['a refused stream', lines(c, 'm=audio 0 RTP/AVP 0')],
    ['a port that is none', lines(c, 'm=audio 70000 RTP/AVP 0')],
    ['no codec of ours', lines(c, 'm=audio 6000 RTP/AVP 18')],
    ['encrypted media', lines(c, 'm=audio 6000 RTP/SAVP 0')],
    ['no audio', lines(c, 'm=video 6000 RTP/AVP 31')],
    ['an empty text', ''],
  ])('%s is of no use', (_, sdp) => {
    expect(parseSdp(sdp)).toBeUndefined();
  });
});

describe('answering', () => {
  const offer: RtpEndpoint = { ...ours, address: '192.0.2.9', codecs: ['PCMA', 'PCMU'], dtmfPayloadType: 96 };

  test('the offer decides the codec and the number of telephone-event', () => {
    expect(answerTo(offer, ours)).toEqual({ ...ours, codecs: ['PCMA'], dtmfPayloadType: 96 });
  });

  test('no telephone-event unless both have it', () => {
    const { dtmfPayloadType, ...plain } = offer;
    expect(dtmfPayloadType).toBe(96);
    expect(answerTo(plain, ours)).not.toHaveProperty('dtmfPayloadType');
  });

  test('nothing where no codec is shared', () => {
    expect(answerTo({ ...offer, codecs: ['PCMA'] }, { ...ours, codecs: ['PCMU'] })).toBeUndefined();
  });

  test.each([
    ['sendrecv', 'sendrecv', 'sendrecv'],
    ['sendonly', 'sendrecv', 'recvonly'],
    ['recvonly', 'sendrecv', 'sendonly'],
    ['inactive', 'sendrecv', 'inactive'],
    ['sendrecv', 'sendonly', 'sendonly'],
    ['sendonly', 'sendonly', 'inactive'],
    ['recvonly', 'recvonly', 'inactive'],
  ] as const)('offered %s, wanted %s: %s', (offered, wanted, answered) => {
    expect(answerTo({ ...offer, direction: offered }, { ...ours, direction: wanted })?.direction).toBe(answered);
  });
});
