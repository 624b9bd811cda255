import { describe, expect, test } from '@jest/globals';
import { CallProbe } from './call-probe.ts';
import { answer, carrierMedia, useCarrier, weHangUp } from './carrier.ts';
import { carrierSdp, pause, receiveStatus, request } from './scenario.ts';

const carrier = useCarrier();

describe('a call that is up', () => {
  test('is put on hold and taken back by the callee', async () => {
    const reInvite = (cseq: number, direction: string): string[] => [
      request('INVITE', cseq, { sdp: carrierSdp(direction) }),
      receiveStatus(200),
      request('ACK', cseq),
    ];
    const peers = await carrier([
      ...answer,
      ...reInvite(1, 'sendonly'),
      pause(50),
      ...reInvite(2, 'sendrecv'),
      request('BYE', 3),
      receiveStatus(200),
    ]);
    const call = await CallProbe.dial(peers.telephony);
    await call.next('hung-up');
    expect(await peers.carrier.ended).toBe(0);
    expect(call.events.slice(2, 4)).toEqual([
      { type: 'media-changed', media: { ...carrierMedia, direction: 'sendonly' } },
      { type: 'media-changed', media: carrierMedia },
    ]);
    const answers = (await peers.carrier.messages()).filter(
      ({ direction, text }) => direction === 'received' && text.startsWith('SIP/2.0 200') && text.includes('v=0'),
    );
    expect(answers.map(({ text }) => /^a=(sendrecv|recvonly|sendonly|inactive)/m.exec(text)?.[1])).toEqual([
      'recvonly',
      'sendrecv',
    ]);
    expect(answers.map(({ text }) => /^o=- \d+ (\d+)/m.exec(text)?.[1])).toEqual(['2', '3']);
  });

  test('whose callee asks for our offer by a re-INVITE without one', async () => {
    const peers = await carrier([
      ...answer,
      request('INVITE', 1),
      receiveStatus(200),
      request('ACK', 1, { sdp: carrierSdp('sendrecv', 7000) }),
      request('BYE', 2),
      receiveStatus(200),
    ]);
    const call = await CallProbe.dial(peers.telephony);
    await call.next('hung-up');
    expect(await peers.carrier.ended).toBe(0);
    expect(call.events[2]).toEqual({ type: 'media-changed', media: { ...carrierMedia, port: 7000 } });
  });

  test('whose re-INVITE offers nothing we speak: 488, and the call lives on', async () => {
    const peers = await carrier([
      ...answer,
      request('INVITE', 1, { sdp: carrierSdp().replace('RTP/AVP 0', 'RTP/AVP 18') }),
      receiveStatus(488),
      request('ACK', 1),
      request('BYE', 2),
      receiveStatus(200),
    ]);
    const call = await CallProbe.dial(peers.telephony);
    await call.next('hung-up');
    expect(await peers.carrier.ended).toBe(0);
    expect(call.types).toEqual(['ringing', 'answered', 'hung-up']);
  });

  test('whose re-INVITE after a refused one is answered', async () => {
    const peers = await carrier([
      ...answer,
      request('INVITE', 1, { sdp: carrierSdp().replace('RTP/AVP 0', 'RTP/AVP 18') }),
      receiveStatus(488),
      request('ACK', 1),
      request('INVITE', 2, { sdp: carrierSdp('sendonly') }),
      receiveStatus(200),
      request('ACK', 2),
      request('BYE', 3),
      receiveStatus(200),
    ]);
    const call = await CallProbe.dial(peers.telephony);
    await call.next('hung-up');
    expect(await peers.carrier.ended).toBe(0);
    expect(call.events[2]).toEqual({ type: 'media-changed', media: { ...carrierMedia, direction: 'sendonly' } });
  });

  test('whose re-INVITE is never acknowledged: we hang up after 64 T1', async () => {
    const peers = await carrier(
      [...answer, request('INVITE', 1, { sdp: carrierSdp('sendonly') }), receiveStatus(200), ...weHangUp],
      { t1Ms: 10 },
    );
    const call = await CallProbe.dial(peers.telephony);
    expect(await call.next('hung-up')).toEqual({
      type: 'hung-up',
      by: 'us',
      reason: 'Our answer to a re-INVITE was never acknowledged',
    });
    expect(await peers.carrier.ended).toBe(0);
  });

  test('whose re-INVITE is never acknowledged, hung up by the callee meanwhile, ends once', async () => {
    const peers = await carrier(
      [
        ...answer,
        request('INVITE', 1, { sdp: carrierSdp('sendonly') }),
        receiveStatus(200),
        request('BYE', 2),
        receiveStatus(200),
        pause(1000),
      ],
      { t1Ms: 10 },
    );
    const call = await CallProbe.dial(peers.telephony);
    await call.next('hung-up');
    await peers.carrier.ended;
    expect(call.events.slice(3)).toEqual([{ type: 'hung-up', by: 'callee', reason: '' }]);
    const sentByUs = (await peers.carrier.messages()).filter(({ direction }) => direction === 'received');
    expect(sentByUs.filter(({ text }) => text.startsWith('BYE'))).toEqual([]);
  });

  test('in which the carrier wants to send us elsewhere: REFER is refused and the call lives on', async () => {
    const peers = await carrier([
      ...answer,
      request('REFER', 1, { headers: ['Refer-To: <sip:+88213900000@127.0.0.1>'] }),
      receiveStatus(403),
      request('INFO', 2),
      receiveStatus(405),
      ...weHangUp,
    ]);
    const call = await CallProbe.dial(peers.telephony);
    await call.next('answered');
    await peers.carrier.received('SIP/2.0 405');
    await peers.telephony.hangUp(call.callId);
    expect(await peers.carrier.ended).toBe(0);
    expect(call.types).toEqual(['ringing', 'answered', 'hung-up']);
  });
});
