import { describe, expect, test } from '@jest/globals';
import { useCarrier } from './carrier.ts';
import { pause, receive, respond } from './scenario.ts';

const carrier = useCarrier();

describe('a ping', () => {
  const optionsAnswered = (status: number): string[] => [
    receive('OPTIONS'),
    respond(status, 'Answer', { contact: false }),
  ];

  test.each([
    [200, true],
    [404, true],
    [503, false],
  ])('%i means healthy: %s', async (sipStatus, healthy) => {
    const peers = await carrier(optionsAnswered(sipStatus));
    expect(await peers.telephony.ping('t')).toMatchObject({ sipStatus, healthy });
  });

  test('without an answer is unhealthy, and nothing of it stays', async () => {
    let alarm = (): void => {};
    const clock = {
      now: () => 0,
      after: (_: number, callback: () => void) => {
        alarm = callback;
        return () => {};
      },
    };
    const peers = await carrier([receive('OPTIONS'), pause(60_000)], { clock });
    const health = peers.telephony.ping('t');
    alarm();
    expect(await health).toEqual({ healthy: false, sipStatus: 0, roundTripMs: 0 });
    expect(peers.telephony.sizes().clients).toBe(0);
  });

  test('of an unknown trunk is refused', async () => {
    const peers = await carrier(optionsAnswered(200));
    await expect(peers.telephony.ping('other')).rejects.toMatchObject({ code: 'TRUNK_UNKNOWN' });
  });
});
