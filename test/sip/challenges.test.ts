import { describe, expect, test } from '@jest/globals';
import { CallProbe } from './call-probe.ts';
import { answer, takesCancel, useCarrier, weHangUp } from './carrier.ts';
import { carrierSdp, pause, receive, receiveInvite, respond, respondInDialog } from './scenario.ts';
import { invitesByNumber, type Sipp } from './sipp.ts';

const carrier = useCarrier();

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

  test.each([
    [401, 'WWW-Authenticate'],
    [407, 'Proxy-Authenticate'],
  ])('%i, and we give up while it rings: CANCEL of the second INVITE', async (status, header) => {
    const peers = await carrier(
      [
        receive('INVITE'),
        respond(status, 'Unauthorized', { headers: [challenge.replace('WWW-Authenticate', header)] }),
        receive('ACK'),
        receive('INVITE'),
        respond(180, 'Ringing'),
        ...takesCancel(2),
      ],
      {},
      { credentials: { username: 'callboard', password: 'secret' } },
    );
    const call = await CallProbe.dial(peers.telephony);
    await call.next('ringing');
    await peers.telephony.hangUp(call.callId);
    expect(await call.next('failed')).toMatchObject({ cause: 'canceled', sipStatus: 487 });
    expect(await peers.carrier.ended).toBe(0);
    await expectCancelOfLastInvite(peers.carrier);
  });

  test('302, and we give up while it rings: CANCEL where the second INVITE went', async () => {
    const peers = await carrier([
      receive('INVITE'),
      moved('sip:+15550199@[local_ip]:[local_port]'),
      receive('ACK'),
      receive('INVITE'),
      respond(180, 'Ringing'),
      ...takesCancel(2),
    ]);
    const call = await CallProbe.dial(peers.telephony);
    await call.next('ringing');
    await peers.telephony.hangUp(call.callId);
    expect(await call.next('failed')).toMatchObject({ cause: 'canceled', sipStatus: 487 });
    expect(await peers.carrier.ended).toBe(0);
    await expectCancelOfLastInvite(peers.carrier);
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

/** RFC 3261, 9.1: Request-URI, top Via and CSeq number of the INVITE that rings. */
async function expectCancelOfLastInvite(peer: Sipp): Promise<void> {
  const texts = (await peer.messages()).filter(({ direction }) => direction === 'received').map(({ text }) => text);
  const marks = (method: string): (string | undefined)[] => {
    const text = texts.findLast((candidate) => candidate.startsWith(method)) ?? '';
    return [/^\w+ (\S+)/, /^Via: (.*)$/m, /^CSeq: (\d+)/m].map((mark) => mark.exec(text)?.[1]);
  };
  expect(marks('CANCEL')).toEqual(marks('INVITE'));
  expect(marks('CANCEL')[2]).toBe('2');
}
