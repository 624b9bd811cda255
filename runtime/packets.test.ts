import { describe, expect, test } from '@jest/globals';
import { PacketSerializer } from './packets.ts';

const serializer = new PacketSerializer();
const throughBytes = (packet: Record<string, unknown>, type: string) =>
  serializer.deserialize(Buffer.from(serializer.serialize(packet, type)), type);

const base = { ver: '5', sender: 'node-a', id: 'id-1' };
const request = {
  ...base,
  action: 'actors.deliver',
  meta: {},
  headers: undefined,
  timeout: 5000,
  level: 1,
  tracing: null,
  parentID: null,
  requestID: 'id-1',
  caller: null,
  stream: false,
};
const response = { ...base, success: true, meta: {} };

describe('a packet comes out as it went in', () => {
  test.each([
    ['bytes', Buffer.from([0, 1, 255])],
    ['an object', { name: 'x', list: [1, null] }],
    ['null', null],
    ['nothing', undefined],
  ])('with %s in it', (_name, content) => {
    expect(throughBytes({ ...request, params: content }, 'REQ')).toEqual({ ...request, params: content });
    expect(throughBytes({ ...response, data: content }, 'RES')).toEqual({ ...response, data: content });
  });

  test('with all that Moleculer may add', () => {
    const full = { meta: { a: 1 }, headers: { b: 2 }, tracing: true, parentID: 'p', caller: 'c', params: {} };
    expect(throughBytes({ ...request, ...full }, 'REQ')).toEqual({ ...request, ...full });
    const failed = { success: false, error: { message: 'no', code: 500 }, headers: { b: 2 }, data: null };
    expect(throughBytes({ ...response, ...failed }, 'RES')).toEqual({ ...response, ...failed });
  });

  test('of any other kind, and a part of a stream', () => {
    expect(throughBytes({ ...base, services: [{ name: 'actors' }] }, 'INFO')).toEqual({
      ...base,
      services: [{ name: 'actors' }],
    });
    const part = { ...request, params: { a: 1 }, stream: true, seq: 1 };
    expect(throughBytes(part, 'REQ')).toEqual(JSON.parse(JSON.stringify(part)));
  });
});

test.each(['REQ', 'RES', 'INFO'])('bytes that are no packet are refused: %s', (type) => {
  expect(() => serializer.deserialize(Buffer.from([0xff, 0xff, 0xff]), type)).toThrow();
});
