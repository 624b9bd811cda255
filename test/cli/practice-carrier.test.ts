/** The practice carrier by itself, as a container has it: no standard input, an address by name. */
import { expect, test } from '@jest/globals';
import { createSipTelephony } from '#adapters/sip/sip-telephony.ts';
import { silentLog } from '#test/sip/call-probe.ts';
import { callboard, oneSentence, startCallboard } from './callboard-process.ts';

test('it goes on when its standard input ends, answers at its address, and ends on SIGTERM', async () => {
  const carrier = startCallboard(['practice-carrier', '--address', 'localhost', '--port', '0']);
  carrier.closeInput();
  const [, uri = ''] = await carrier.until(/^ready (sip:127\.0\.0\.1:\d+)$/m);
  const telephony = await createSipTelephony({ bindAddress: '127.0.0.1', port: 0, log: silentLog });
  try {
    await telephony.configureTrunk({ trunkId: 'practice', uri });
    expect(await telephony.ping('practice')).toMatchObject({ healthy: true });
  } finally {
    await telephony.close(500);
    carrier.kill('SIGTERM');
  }
  expect(await carrier.ended).toMatchObject({ code: 0, stderr: '' });
});

test.each([['0.0.0.0'], ['no-such-host.invalid'], ['192.0.2.1']])(
  'an address that is none of ours, %s, is refused',
  async (address) => {
    const { code, stderr } = await callboard(['practice-carrier', '--address', address]);
    expect(code).toBe(1);
    expect(stderr).toMatch(oneSentence('CONFIG_INVALID'));
  },
);
