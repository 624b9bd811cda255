import { afterEach, describe, expect, test } from '@jest/globals';
import type { RtpEndpoint } from '#ports/media.ts';
import { CallProbe, ourMedia, silentLog } from '#test/sip/call-probe.ts';
import type { Invitation, InvitationEvent } from './invitation.ts';
import { createSipServer, type SipServer } from './sip-server.ts';
import { createSipTelephony, type SipTelephony } from './sip-telephony.ts';

const carrierMedia: RtpEndpoint = { ...ourMedia, port: 50_000, codecs: ['PCMA', 'PCMU'], dtmfPayloadType: 96 };

let server: SipServer | undefined;
let telephony: SipTelephony | undefined;

afterEach(async () => {
  await telephony?.close(500);
  await server?.close(500);
});

async function connect(onInvite: (invitation: Invitation) => void): Promise<SipTelephony> {
  const endpoint = { bindAddress: '127.0.0.1', port: 0, log: silentLog, t1Ms: 50 };
  server = await createSipServer({ ...endpoint, onInvite });
  telephony = await createSipTelephony(endpoint);
  await telephony.configureTrunk({ trunkId: 't', uri: `sip:127.0.0.1:${server.address.port}`, callerId: '+15550100' });
  return telephony;
}

describe('a server of our own and a call of our own', () => {
  test('ring, early media, answer with the first codec offered, and hang up from the called side', async () => {
    const heard: InvitationEvent[] = [];
    const calling = await connect((invitation) => {
      expect(invitation.calledUser).toBe('+8613800001234');
      expect(invitation.callingUser).toBe('+15550100');
      expect(invitation.offer).toEqual(ourMedia);
      invitation.listen((event) => {
        heard.push(event);
        if (event.type === 'acknowledged') invitation.hangUp();
      });
      invitation.ring();
      invitation.progress(carrierMedia);
      invitation.answer(carrierMedia);
    });
    const call = await CallProbe.dial(calling);
    await call.next('hung-up');
    const media = { ...carrierMedia, codecs: ['PCMU'], dtmfPayloadType: 101 };
    expect(call.events).toEqual([
      { type: 'ringing', sipStatus: 180 },
      { type: 'ringing', sipStatus: 183, media },
      { type: 'answered', sipStatus: 200, media },
      { type: 'hung-up', by: 'callee', reason: '' },
    ]);
    expect(heard).toEqual([{ type: 'acknowledged' }, { type: 'hung-up', by: 'us' }]);
  });

  test('a hang-up before the acknowledgement waits for it', async () => {
    const calling = await connect((invitation) => {
      invitation.answer(carrierMedia);
      invitation.hangUp();
    });
    const call = await CallProbe.dial(calling);
    await call.next('hung-up');
    expect(call.types).toEqual(['answered', 'hung-up']);
  });

  test('the caller cancels: the called side hears of it, the attempt ends as canceled', async () => {
    const heard: InvitationEvent[] = [];
    const calling = await connect((invitation) => {
      invitation.listen((event) => heard.push(event));
      invitation.ring();
    });
    const call = await CallProbe.dial(calling);
    await call.next('ringing');
    await calling.hangUp(call.callId);
    expect(await call.next('failed')).toEqual({
      type: 'failed',
      cause: 'canceled',
      sipStatus: 487,
      reason: 'Request Terminated',
    });
    expect(heard).toEqual([{ type: 'canceled' }]);
  });

  test('a rejection brings its status and its words', async () => {
    const calling = await connect((invitation) => invitation.reject(503, { reason: 'No circuit' }));
    const call = await CallProbe.dial(calling);
    expect(await call.next('failed')).toEqual({
      type: 'failed',
      cause: 'failed',
      sipStatus: 503,
      reason: 'No circuit',
    });
  });

  test.each<[string, (invitation: Invitation) => void]>([
    ['reject', (invitation) => invitation.reject(486)],
    ['a redirection', (invitation) => invitation.reject(302, { contact: 'sip:+15550199@203.0.113.7' })],
    ['a hang-up before the answer', (invitation) => invitation.hangUp()],
    ['an answer without a codec of the offer', (invitation) => invitation.answer({ ...carrierMedia, codecs: [] })],
  ])('%s is the end for whoever listens, once', async (_, refuse) => {
    const heard: InvitationEvent[] = [];
    const calling = await connect((invitation) => {
      invitation.listen((event) => heard.push(event));
      refuse(invitation);
      invitation.hangUp();
    });
    const call = await CallProbe.dial(calling);
    await call.next('failed');
    expect(heard).toEqual([{ type: 'hung-up', by: 'us' }]);
    expect(server?.sizes().calls).toBe(0);
  });

  test('a handler that throws answers 500', async () => {
    const calling = await connect(() => {
      throw new Error('handler');
    });
    const call = await CallProbe.dial(calling);
    expect((await call.next('failed')).sipStatus).toBe(500);
  });

  test('a caller that hangs up is heard', async () => {
    const heard: InvitationEvent[] = [];
    let over = (): void => {};
    const ended = new Promise<void>((resolve) => {
      over = resolve;
    });
    const calling = await connect((invitation) => {
      invitation.listen((event) => {
        heard.push(event);
        if (event.type === 'hung-up') over();
      });
      invitation.answer(carrierMedia);
    });
    const call = await CallProbe.dial(calling);
    await call.next('answered');
    await calling.hangUp(call.callId);
    await ended;
    expect(heard.map(({ type }) => type)).toEqual(['acknowledged', 'hung-up']);
    expect(call.events.at(-1)).toEqual({ type: 'hung-up', by: 'us', reason: '' });
  });

  test('answers a ping', async () => {
    const calling = await connect(() => {});
    const { healthy, sipStatus } = await calling.ping('t');
    expect({ healthy, sipStatus }).toEqual({ healthy: true, sipStatus: 200 });
  });
});

test('a telephony without a handler refuses every INVITE with 403', async () => {
  const calling = await connect(() => {});
  await calling.configureTrunk({ trunkId: 't', uri: `sip:127.0.0.1:${calling.address.port}` });
  const call = await CallProbe.dial(calling);
  expect(await call.next('failed')).toMatchObject({ cause: 'rejected', sipStatus: 403 });
});

test('a trunk changed under a live call: the call goes on over the old one, the next goes over the new', async () => {
  const calling = await connect((invitation) => invitation.answer(carrierMedia));
  const uri = `sip:127.0.0.1:${server?.address.port}`;
  const before = await CallProbe.dial(calling, { callId: 'before' });
  await before.next('answered');
  await calling.configureTrunk({ trunkId: 't', uri, callerId: '+15550199' });
  const after = await CallProbe.dial(calling, { callId: 'after' });
  await after.next('answered');
  for (const { callId } of [before, after]) await calling.hangUp(callId);
  expect([before.types, after.types]).toEqual([
    ['answered', 'hung-up'],
    ['answered', 'hung-up'],
  ]);
});

test('closing ends a call that rings, and says so', async () => {
  const calling = await connect((invitation) => invitation.ring());
  const call = await CallProbe.dial(calling);
  await call.next('ringing');
  await calling.close();
  expect(call.events.at(-1)).toMatchObject({ type: 'failed', cause: 'canceled' });
});

test('a hang-up before any answer is sent on as soon as the gateway rings', async () => {
  let invited: Invitation | undefined;
  const calling = await connect((invitation) => {
    invited = invitation;
  });
  const call = await CallProbe.dial(calling);
  await calling.hangUp(call.callId);
  expect(await call.next('failed')).toMatchObject({ cause: 'canceled', sipStatus: 487 });
  expect(invited?.calledUser).toBe('+8613800001234');
});

test('an answer that is never acknowledged ends with BYE', async () => {
  let hearEnd = (_: InvitationEvent): void => {};
  const ended = new Promise<InvitationEvent>((resolve) => {
    hearEnd = resolve;
  });
  const endpoint = { bindAddress: '127.0.0.1', port: 0, log: silentLog, t1Ms: 10 };
  const noAck = (way: 'in' | 'out', datagram: Uint8Array): boolean =>
    way === 'out' || datagram[0] !== 'A'.charCodeAt(0);
  server = await createSipServer({
    ...endpoint,
    passes: noAck,
    onInvite: (invitation) => {
      invitation.listen(hearEnd);
      invitation.answer(carrierMedia);
    },
  });
  telephony = await createSipTelephony(endpoint);
  await telephony.configureTrunk({ trunkId: 't', uri: `sip:127.0.0.1:${server.address.port}` });
  const call = await CallProbe.dial(telephony);
  expect(await ended).toEqual({ type: 'hung-up', by: 'us' });
  expect(await call.next('hung-up')).toMatchObject({ by: 'callee' });
});
