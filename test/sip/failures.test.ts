import { describe, expect, test } from '@jest/globals';
import { CallProbe } from './call-probe.ts';
import { takesCancel, useCarrier, weHangUp } from './carrier.ts';
import { carrierSdp, pause, receive, receiveInvite, respond } from './scenario.ts';
import { invitesByNumber } from './sipp.ts';

const carrier = useCarrier();

describe('a call that is not answered', () => {
  test.each([
    [486, 'Busy Here', 'busy'],
    [600, 'Busy Everywhere', 'busy'],
    [480, 'Temporarily Unavailable', 'no-answer'],
    [603, 'Decline', 'rejected'],
    [408, 'Request Timeout', 'no-answer'],
    [403, 'Forbidden', 'rejected'],
    [404, 'Not Found', 'unreachable'],
    [410, 'Gone', 'unreachable'],
    [484, 'Address Incomplete', 'unreachable'],
    [604, 'Does Not Exist Anywhere', 'unreachable'],
    [503, 'Service Unavailable', 'failed'],
  ])('%i %s is %s', async (status, phrase, cause) => {
    const peers = await carrier([receiveInvite(), respond(status, phrase, { retransmit: true }), receive('ACK')]);
    const call = await CallProbe.dial(peers.telephony);
    expect(await call.next('failed')).toEqual({ type: 'failed', cause, sipStatus: status, reason: phrase });
    expect(await peers.carrier.ended).toBe(0);
  });

  const rings = [receiveInvite(), respond(180, 'Ringing')];

  test('because nobody picks up: CANCEL at the ring timeout, no-answer', async () => {
    const peers = await carrier([...rings, ...takesCancel()]);
    const call = await CallProbe.dial(peers.telephony, { ringTimeoutMs: 1000 });
    expect(await call.next('failed')).toMatchObject({ cause: 'no-answer', sipStatus: 487 });
    expect(await peers.carrier.ended).toBe(0);
  });

  test('because we hang up while it rings: CANCEL, canceled', async () => {
    const peers = await carrier([...rings, ...takesCancel()]);
    const call = await CallProbe.dial(peers.telephony);
    await call.next('ringing');
    await peers.telephony.hangUp(call.callId);
    expect(await call.next('failed')).toMatchObject({ cause: 'canceled', sipStatus: 487 });
    expect(await peers.carrier.ended).toBe(0);
  });

  test('because the answer crosses our CANCEL: acknowledged and hung up at once', async () => {
    const peers = await carrier([
      ...rings,
      receive('CANCEL'),
      respond(200, 'OK', { sdp: carrierSdp(), retransmit: true }).replace('[last_CSeq:]', 'CSeq: 1 INVITE'),
      receive('ACK'),
      ...weHangUp,
    ]);
    const call = await CallProbe.dial(peers.telephony);
    await call.next('ringing');
    await peers.telephony.hangUp(call.callId);
    expect(await call.next('failed')).toMatchObject({ cause: 'canceled', sipStatus: 200 });
    expect(await peers.carrier.ended).toBe(0);
    expect(call.types).toEqual(['ringing', 'failed']);
  });

  test('because no 487 follows the CANCEL: over after 64 T1', async () => {
    const peers = await carrier([...rings, receive('CANCEL'), respond(200, 'OK'), pause(60_000)], { t1Ms: 10 });
    const call = await CallProbe.dial(peers.telephony);
    await call.next('ringing');
    await peers.telephony.hangUp(call.callId);
    expect(await call.next('failed')).toMatchObject({ cause: 'canceled', sipStatus: 0 });
    expect(peers.telephony.sizes().calls).toBe(0);
  });

  test('because it is answered before any 1xx, when the ring timeout has gone by: acknowledged and hung up', async () => {
    let givenUp = (): void => {};
    const clock = {
      now: () => 0,
      after: (_: number, callback: () => void) => {
        givenUp = callback;
        return () => {};
      },
    };
    const peers = await carrier(
      [
        receiveInvite(),
        pause(300),
        respond(200, 'OK', { sdp: carrierSdp(), retransmit: true }),
        receive('ACK'),
        ...weHangUp,
      ],
      { clock, t1Ms: 500 },
    );
    const call = await CallProbe.dial(peers.telephony);
    givenUp();
    expect(await call.next('failed')).toMatchObject({ cause: 'no-answer', sipStatus: 200 });
    expect(await peers.carrier.ended).toBe(0);
    expect(call.types).toEqual(['failed']);
    expect((await peers.carrier.messages()).filter(({ text }) => text.startsWith('CANCEL'))).toEqual([]);
  });

  test('and is answered when it is long over here: acknowledged and hung up', async () => {
    let over = false;
    const late = (way: 'in' | 'out', datagram: Uint8Array): boolean =>
      way === 'out' || over || !/^SIP\/2\.0 200 [\s\S]*^CSeq: 1 INVITE/m.test(Buffer.from(datagram).toString());
    const peers = await carrier(
      [
        ...rings,
        receive('CANCEL'),
        respond(200, 'OK'),
        respond(200, 'OK', { sdp: carrierSdp(), retransmit: true }).replace('[last_CSeq:]', 'CSeq: 1 INVITE'),
        receive('ACK'),
        ...weHangUp,
      ],
      { t1Ms: 10, passes: late },
    );
    const call = await CallProbe.dial(peers.telephony);
    await call.next('ringing');
    await peers.telephony.hangUp(call.callId);
    expect(await call.next('failed')).toMatchObject({ cause: 'canceled', sipStatus: 0 });
    over = true;
    expect(await peers.carrier.ended).toBe(0);
    expect(call.types).toEqual(['ringing', 'failed']);
  });

  test('because the gateway is dead: INVITE again and again, failed after 64 T1', async () => {
    const peers = await carrier([receive('INVITE'), pause(60_000)], { t1Ms: 10 });
    const call = await CallProbe.dial(peers.telephony);
    expect(await call.next('failed')).toMatchObject({ cause: 'failed', sipStatus: 0, reason: 'No response' });
    const invites = (await peers.carrier.messages()).filter(({ text }) => text.startsWith('INVITE'));
    expect(invites.length).toBeGreaterThan(3);
    expect(invitesByNumber(invites).get('+8613800001234')).toBe(1);
  });

  test('because the gateway is dead and the ring timeout comes before 64 T1: failed, nobody was called', async () => {
    const peers = await carrier([receive('INVITE'), pause(60_000)], { t1Ms: 20 });
    const call = await CallProbe.dial(peers.telephony, { ringTimeoutMs: 1000 });
    expect(await call.next('failed')).toMatchObject({ cause: 'failed', sipStatus: 0 });
  });

  test('because the gateway took the call and fell silent, past the ring timeout: no-answer', async () => {
    const silent = [receiveInvite(), respond(100, 'Trying'), receive('CANCEL'), pause(60_000)];
    const peers = await carrier(silent, { t1Ms: 20 });
    const call = await CallProbe.dial(peers.telephony, { ringTimeoutMs: 1000 });
    expect(await call.next('failed')).toMatchObject({ cause: 'no-answer', sipStatus: 0 });
  });

  test('the words of a carrier that repeat the number reach nobody', async () => {
    const peers = await carrier([
      receiveInvite(),
      respond(404, 'No route to +86 138-0000-1234', { retransmit: true }),
      receive('ACK'),
    ]);
    const call = await CallProbe.dial(peers.telephony);
    expect((await call.next('failed')).reason).toBe('No route to *****');
  });
});
