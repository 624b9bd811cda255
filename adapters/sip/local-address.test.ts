import { expect, test } from '@jest/globals';
import { localAddressTowards } from './local-address.ts';

test('towards this machine it is the loopback', async () => {
  expect(await localAddressTowards('sip:127.0.0.1:5080')).toBe('127.0.0.1');
});

test.each(['carrier.example', 'sip:[2001:db8::1]'])('there is none towards %s', async (uri) => {
  await expect(localAddressTowards(uri)).rejects.toMatchObject({
    code: 'TRUNK_UNREACHABLE',
    message: expect.stringContaining(uri),
  });
});
