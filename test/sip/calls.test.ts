import { describe, expect, test } from '@jest/globals';
import { CallProbe } from './call-probe.ts';
import { answer, carrierMedia, useCarrier, weHangUp } from './carrier.ts';
import { carrierSdp, receive, receiveInvite, receiveStatus, request, respond } from './scenario.ts';
import { invitesByNumber } from './sipp.ts';

const carrier = useCarrier();

describe('a call over a carrier', () => {
  test('is answered, and we hang up', async () => {
    const peers = await carrier([...answer, ...weHangUp]);
    const call = await CallProbe.dial(peers.telephony);
    await call.next('answered');
    await peers.telephony.hangUp(call.callId);
    expect(await peers.carrier.ended).toBe(0);
    expect(call.events).toEqual([
      { type: 'ringing', sipStatus: 180 },
      { type: 'answered', sipStatus: 200, media: carrierMedia },
      { type: 'hung-up', by: 'us', reason: '' },
    ]);
  });

  test('is ended by the callee, whose Q.850 cause is kept', async () => {
    const peers = await carrier([
      ...answer,
      request('BYE', 1, { headers: ['Reason: Q.850;cause=16;text="Normal call clearing"'] }),
      receiveStatus(200),
    ]);
    const call = await CallProbe.dial(peers.telephony);
    expect(await call.next('hung-up')).toEqual({ type: 'hung-up', by: 'callee', reason: '(Q.850 16)' });
    expect(await peers.carrier.ended).toBe(0);
  });

  test('is dialed once however often the same call id is', async () => {
    const peers = await carrier([...answer, ...weHangUp]);
    const call = await CallProbe.dial(peers.telephony);
    await CallProbe.dial(peers.telephony);
    await call.next('answered');
    await CallProbe.dial(peers.telephony);
    await peers.telephony.hangUp(call.callId);
    expect(await peers.carrier.ended).toBe(0);
    expect(invitesByNumber(await peers.carrier.messages())).toEqual(new Map([['+8613800001234', 1]]));
  });

  test('with early media: 183, then another description in the 200', async () => {
    const peers = await carrier([
      receiveInvite(),
      respond(183, 'Session Progress', { sdp: carrierSdp('sendonly', 7000) }),
      respond(200, 'OK', { sdp: carrierSdp(), retransmit: true }),
      receive('ACK'),
      ...weHangUp,
    ]);
    const call = await CallProbe.dial(peers.telephony);
    await call.next('answered');
    await peers.telephony.hangUp(call.callId);
    expect(await peers.carrier.ended).toBe(0);
    expect(call.events.slice(0, 2)).toEqual([
      { type: 'ringing', sipStatus: 183, media: { ...carrierMedia, port: 7000, direction: 'sendonly' } },
      { type: 'answered', sipStatus: 200, media: carrierMedia },
    ]);
  });

  test('whose answer is in the 183 alone', async () => {
    const peers = await carrier([
      receiveInvite(),
      respond(183, 'Session Progress', { sdp: carrierSdp() }),
      respond(200, 'OK', { retransmit: true }),
      receive('ACK'),
      ...weHangUp,
    ]);
    const call = await CallProbe.dial(peers.telephony);
    expect((await call.next('answered')).media).toEqual(carrierMedia);
    await peers.telephony.hangUp(call.callId);
    expect(await peers.carrier.ended).toBe(0);
  });

  test('that forks: both ring, one without Contact, and the second answers', async () => {
    const peers = await carrier([
      receiveInvite(),
      respond(180, 'Ringing', { tag: 'one', contact: false }),
      respond(183, 'Session Progress', { tag: 'two', sdp: carrierSdp('sendrecv', 7000) }),
      respond(200, 'OK', { sdp: carrierSdp(), retransmit: true }),
      receive('ACK'),
      ...weHangUp,
    ]);
    const call = await CallProbe.dial(peers.telephony);
    await call.next('answered');
    await peers.telephony.hangUp(call.callId);
    expect(await peers.carrier.ended).toBe(0);
    expect(call.types).toEqual(['ringing', 'ringing', 'answered', 'hung-up']);
  });

  test('that two forks answer: the second is acknowledged and hung up', async () => {
    const peers = await carrier([
      receiveInvite(),
      respond(200, 'OK', { tag: 'one', sdp: carrierSdp() }),
      receive('ACK'),
      // SIPp answers the last request received, and that is the ACK by now.
      respond(200, 'OK', { tag: 'two', sdp: carrierSdp() })
        .replace('[last_Via:]', 'Via:[$via]')
        .replace('[last_To:];tag=two', 'To:[$us];tag=two')
        .replace('[last_CSeq:]', 'CSeq: 1 INVITE'),
      receive('ACK'),
      ...weHangUp,
      ...weHangUp,
    ]);
    const call = await CallProbe.dial(peers.telephony);
    await call.next('answered');
    await peers.carrier.received('BYE');
    await peers.telephony.hangUp(call.callId);
    expect(await peers.carrier.ended).toBe(0);
    expect(call.types).toEqual(['answered', 'hung-up']);
    const byes = (await peers.carrier.messages()).filter(({ text }) => text.startsWith('BYE'));
    expect(byes.map(({ text }) => /^To:.*tag=(\w+)/m.exec(text)?.[1])).toEqual(['two', 'one']);
  });

  test.each([
    ['no audio we can use', 'm=audio', 'm=video'],
    ['a host name for its media', '[media_ip]', 'media.example.net'],
  ])('whose answer has %s: acknowledged, hung up, failed', async (_, usual, unusable) => {
    const peers = await carrier([
      receiveInvite(),
      respond(200, 'OK', { sdp: carrierSdp().replace(usual, unusable), retransmit: true }),
      receive('ACK'),
      ...weHangUp,
    ]);
    const call = await CallProbe.dial(peers.telephony);
    expect(await call.next('failed')).toEqual({
      type: 'failed',
      cause: 'failed',
      sipStatus: 200,
      reason: 'The answer has no G.711 audio at an IP address',
    });
    expect(await peers.carrier.ended).toBe(0);
  });
});
