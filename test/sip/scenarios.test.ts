import { afterEach, describe, expect, test } from '@jest/globals';
import { createSipTelephony, type SipTelephony, type SipTelephonyOptions } from '#adapters/sip/sip-telephony.ts';
import type { TrunkSettings } from '#ports/telephony.ts';
import { CallProbe, silentLog } from './call-probe.ts';
import {
  carrierSdp,
  pause,
  receive,
  receiveInvite,
  receiveStatus,
  request,
  respond,
  respondInDialog,
  scenario,
} from './scenario.ts';
import { invitesByNumber, type Sipp, startSipp } from './sipp.ts';

const carrierMedia = {
  address: '127.0.0.1',
  port: 6000,
  codecs: ['PCMU'],
  dtmfPayloadType: 101,
  direction: 'sendrecv',
};

let sipp: Sipp | undefined;
let telephony: SipTelephony | undefined;

afterEach(async () => {
  await telephony?.close(200);
  await sipp?.stop();
});

/** A carrier that does `steps` with one call, and a telephony whose trunk `t` leads there. */
async function carrier(
  steps: readonly string[],
  options: Partial<SipTelephonyOptions> = {},
  trunk: Partial<TrunkSettings> = {},
): Promise<{ carrier: Sipp; telephony: SipTelephony }> {
  sipp = await startSipp({ scenario: scenario(...steps), calls: 1 });
  telephony = await createSipTelephony({ bindAddress: '127.0.0.1', port: 0, log: silentLog, t1Ms: 100, ...options });
  await telephony.configureTrunk({ trunkId: 't', uri: `sip:127.0.0.1:${sipp.port}`, ...trunk });
  return { carrier: sipp, telephony };
}

const answer = [
  receiveInvite(),
  respond(180, 'Ringing'),
  respond(200, 'OK', { sdp: carrierSdp(), retransmit: true }),
  receive('ACK'),
];
const weHangUp = [receive('BYE'), respondInDialog(200, 'OK')];

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
    await received(peers.carrier, 'BYE');
    await peers.telephony.hangUp(call.callId);
    expect(await peers.carrier.ended).toBe(0);
    expect(call.types).toEqual(['answered', 'hung-up']);
    const byes = (await peers.carrier.messages()).filter(({ text }) => text.startsWith('BYE'));
    expect(byes.map(({ text }) => /^To:.*tag=(\w+)/m.exec(text)?.[1])).toEqual(['two', 'one']);
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

  test('whose answer has no audio we can use: acknowledged, hung up, failed', async () => {
    const video = carrierSdp().replace('m=audio', 'm=video');
    const peers = await carrier([
      receiveInvite(),
      respond(200, 'OK', { sdp: video, retransmit: true }),
      receive('ACK'),
      ...weHangUp,
    ]);
    const call = await CallProbe.dial(peers.telephony);
    expect(await call.next('failed')).toMatchObject({ cause: 'failed', sipStatus: 200 });
    expect(await peers.carrier.ended).toBe(0);
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
    await received(peers.carrier, 'SIP/2.0 405');
    await peers.telephony.hangUp(call.callId);
    expect(await peers.carrier.ended).toBe(0);
    expect(call.types).toEqual(['ringing', 'answered', 'hung-up']);
  });
});

describe('a call that is not answered', () => {
  test.each([
    [486, 'Busy Here', 'busy'],
    [600, 'Busy Everywhere', 'busy'],
    [480, 'Temporarily Unavailable', 'no-answer'],
    [603, 'Decline', 'rejected'],
    [404, 'Not Found', 'unreachable'],
    [503, 'Service Unavailable', 'failed'],
  ])('%i %s is %s', async (status, phrase, cause) => {
    const peers = await carrier([receiveInvite(), respond(status, phrase, { retransmit: true }), receive('ACK')]);
    const call = await CallProbe.dial(peers.telephony);
    expect(await call.next('failed')).toEqual({ type: 'failed', cause, sipStatus: status, reason: phrase });
    expect(await peers.carrier.ended).toBe(0);
  });

  const rings = [receiveInvite(), respond(180, 'Ringing')];
  const takesCancel = [
    receive('CANCEL'),
    respond(200, 'OK'),
    respond(487, 'Request Terminated', { retransmit: true, headers: ['X: 1'] }).replace(
      '[last_CSeq:]',
      'CSeq: 1 INVITE',
    ),
    receive('ACK'),
  ];

  test('because nobody picks up: CANCEL at the ring timeout, no-answer', async () => {
    const peers = await carrier([...rings, ...takesCancel]);
    const call = await CallProbe.dial(peers.telephony, { ringTimeoutMs: 1000 });
    expect(await call.next('failed')).toMatchObject({ cause: 'no-answer', sipStatus: 487 });
    expect(await peers.carrier.ended).toBe(0);
  });

  test('because we hang up while it rings: CANCEL, canceled', async () => {
    const peers = await carrier([...rings, ...takesCancel]);
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

describe('a gateway that asks for more', () => {
  const challenge = 'WWW-Authenticate: Digest realm="carrier.example", nonce="47ebe028cda119c35d4877b383027d28"';
  const accepts = [respond(200, 'OK', { sdp: carrierSdp(), retransmit: true }), receive('ACK'), ...weHangUp];
  const verified = [
    `<recv request="INVITE" rrs="true"><action>
      <verifyauth assign_to="authorized" username="callboard" password="secret"/>
    </action></recv>`,
    '<nop test="authorized" next="granted"/>',
    respond(403, 'Forbidden'),
    '<label id="granted"/>',
  ];

  test('401: the INVITE goes out again with the digest of the trunk', async () => {
    const peers = await carrier(
      [
        receive('INVITE'),
        respond(401, 'Unauthorized', { headers: [`${challenge}, algorithm=SHA-256`, `${challenge}, algorithm=MD5`] }),
        receive('ACK'),
        ...verified,
        ...accepts,
      ],
      {},
      { credentials: { username: 'callboard', password: 'secret' } },
    );
    const call = await CallProbe.dial(peers.telephony);
    await call.next('answered');
    await peers.telephony.hangUp(call.callId);
    expect(await peers.carrier.ended).toBe(0);
    const authorized = (await peers.carrier.messages()).filter(({ text }) => /^Authorization: Digest/m.test(text));
    expect(authorized.length).toBeGreaterThan(0);
    expect(authorized[0]?.text).toMatch(/^CSeq: 2 INVITE/m);
    expect(authorized.map(({ text }) => text).join()).not.toContain('secret');
  });

  test('401 with a password that is wrong: rejected', async () => {
    const peers = await carrier(
      [
        receive('INVITE'),
        respond(401, 'Unauthorized', { headers: [`${challenge}, algorithm=MD5`] }),
        receive('ACK'),
        ...verified,
        receive('ACK'),
      ],
      {},
      { credentials: { username: 'callboard', password: 'wrong' } },
    );
    const call = await CallProbe.dial(peers.telephony);
    expect(await call.next('failed')).toMatchObject({ cause: 'rejected', sipStatus: 403 });
  });

  test('407 to our BYE: it goes out again with the digest of the trunk', async () => {
    const proxyChallenge = `${challenge.replace('WWW', 'Proxy')}, algorithm=MD5, qop="auth"`;
    const peers = await carrier(
      [
        ...answer,
        receive('BYE'),
        respondInDialog(407, 'Proxy Authentication Required', [proxyChallenge]),
        receive('BYE'),
        respondInDialog(200, 'OK'),
      ],
      {},
      { credentials: { username: 'callboard', password: 'secret' } },
    );
    const call = await CallProbe.dial(peers.telephony);
    await call.next('answered');
    await peers.telephony.hangUp(call.callId);
    expect(await peers.carrier.ended).toBe(0);
  });

  test('407 to a trunk without credentials: failed', async () => {
    const peers = await carrier([
      receive('INVITE'),
      respond(407, 'Proxy Authentication Required', { headers: [challenge.replace('WWW', 'Proxy')] }),
      receive('ACK'),
    ]);
    const call = await CallProbe.dial(peers.telephony);
    expect(await call.next('failed')).toMatchObject({ cause: 'failed', sipStatus: 407 });
  });

  test('407 after we gave up: the INVITE is not sent again', async () => {
    const peers = await carrier(
      [
        receive('INVITE'),
        pause(200),
        respond(407, 'Proxy Authentication Required', { headers: [challenge.replace('WWW', 'Proxy')] }),
        receive('ACK'),
        pause(200),
      ],
      { t1Ms: 500 },
      { credentials: { username: 'callboard', password: 'secret' } },
    );
    const call = await CallProbe.dial(peers.telephony);
    await peers.telephony.hangUp(call.callId);
    expect(await call.next('failed')).toMatchObject({ cause: 'canceled', sipStatus: 407 });
    expect(await peers.carrier.ended).toBe(0);
    const invites = (await peers.carrier.messages()).filter(({ text }) => text.startsWith('INVITE'));
    expect(invites).toHaveLength(1);
  });

  const moved = (target: string): string =>
    respond(302, 'Moved Temporarily', { contact: false, headers: [`Contact: <${target}>`] });

  test('302 to its own host is followed once', async () => {
    const peers = await carrier([
      receive('INVITE'),
      moved('sip:+15550199@[local_ip]:[local_port]'),
      receive('ACK'),
      receiveInvite(),
      ...accepts,
    ]);
    const call = await CallProbe.dial(peers.telephony);
    await call.next('answered');
    await peers.telephony.hangUp(call.callId);
    expect(await peers.carrier.ended).toBe(0);
    expect(call.types).toEqual(['answered', 'hung-up']);
    expect([...invitesByNumber(await peers.carrier.messages()).keys()]).toEqual(['+8613800001234', '+15550199']);
  });

  test('302 to a second place is not followed', async () => {
    const target = 'sip:+15550199@[local_ip]:[local_port]';
    const peers = await carrier([
      receive('INVITE'),
      moved(target),
      receive('ACK'),
      receive('INVITE'),
      moved(target),
      receive('ACK'),
    ]);
    const call = await CallProbe.dial(peers.telephony);
    expect(await call.next('failed')).toMatchObject({ cause: 'failed', sipStatus: 302 });
    expect(await peers.carrier.ended).toBe(0);
  });

  test('302 to a stranger is not followed', async () => {
    const peers = await carrier([receive('INVITE'), moved('sip:+88213900000@203.0.113.7'), receive('ACK')]);
    const call = await CallProbe.dial(peers.telephony);
    expect(await call.next('failed')).toMatchObject({ cause: 'failed', sipStatus: 302 });
  });
});

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

/** Waits until the carrier has received a message that begins so; the test's time limit ends a wait in vain. */
async function received(peer: Sipp, start: string): Promise<void> {
  for (;;) {
    const messages = await peer.messages();
    if (messages.some(({ direction, text }) => direction === 'received' && text.startsWith(start))) return;
  }
}
