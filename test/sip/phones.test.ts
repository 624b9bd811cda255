/** Phones of the house, and what else happens in a call that is up for hours, against SIPp. */
import { describe, expect, test } from '@jest/globals';
import { ManualClock } from '#test/fakes/manual-clock.ts';
import { CallProbe } from './call-probe.ts';
import { answer, answerAllowing, takesRefer, useCarrier, weHangUp } from './carrier.ts';
import { carrierSdp, notify, receive, receiveStatus, request, respondInDialog } from './scenario.ts';

const carrier = useCarrier();
const target = 'sip:billing@192.0.2.7:5080';
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const answersOptions = (status: number, phrase: string) => [receive('OPTIONS'), respondInDialog(status, phrase)];

describe('a phone', () => {
  test('is called by its URI, without a number of ours and without its port in To', async () => {
    const peers = await carrier([...answer, ...weHangUp]);
    const call = await CallProbe.ring(peers.telephony, `sip:ann@127.0.0.1:${peers.carrier.port}`);
    await call.next('answered');
    await peers.telephony.hangUp(call.callId);
    expect(await peers.carrier.ended).toBe(0);
    const [invite = ''] = (await peers.carrier.messages()).map(({ text }) => text);
    expect(invite).toMatch(new RegExp(`^INVITE sip:ann@127.0.0.1:${peers.carrier.port} SIP/2.0`));
    expect(invite).toMatch(/^To: <sip:ann@127\.0\.0\.1>/m);
    expect(invite).toMatch(/^From: (?:"[^"]*" )?<sip:callboard@127\.0\.0\.1>;tag=/m);
  });

  test('is asked every now and then whether it lives, and one that has forgotten the call has hung up', async () => {
    const clock = new ManualClock();
    const peers = await carrier(
      [...answer, ...answersOptions(405, 'Method Not Allowed'), ...answersOptions(481, 'No Such Call'), ...weHangUp],
      { clock },
    );
    const call = await CallProbe.ring(peers.telephony, `sip:127.0.0.1:${peers.carrier.port}`);
    await call.next('answered');
    const { received } = peers.telephony.counters;
    await clock.advance(20_000);
    while (peers.telephony.counters.received === received) await turn();
    expect(call.types.at(-1)).toBe('answered');
    await clock.advance(20_000);
    expect(await call.next('hung-up')).toEqual({ type: 'hung-up', by: 'callee', reason: 'The phone is gone' });
    expect(await peers.carrier.ended).toBe(0);
  });

  test('that answers nothing any more has hung up', async () => {
    const clock = new ManualClock();
    const peers = await carrier([...answer, receive('OPTIONS'), receive('BYE'), respondInDialog(200, 'OK')], { clock });
    const call = await CallProbe.ring(peers.telephony, `sip:127.0.0.1:${peers.carrier.port}`);
    await call.next('answered');
    await clock.advance(20_000);
    await peers.carrier.received('OPTIONS');
    await clock.advance(10_000);
    expect(await call.next('hung-up')).toMatchObject({ by: 'callee', reason: 'The phone is gone' });
    expect(await peers.carrier.ended).toBe(0);
  });

  test('behind a trunk is not asked', async () => {
    const clock = new ManualClock();
    const peers = await carrier([...answer, ...weHangUp], { clock });
    const call = await CallProbe.dial(peers.telephony);
    await call.next('answered');
    await clock.advance(120_000);
    await peers.telephony.hangUp(call.callId);
    expect(await peers.carrier.ended).toBe(0);
    expect((await peers.carrier.messages()).filter(({ text }) => text.startsWith('OPTIONS'))).toEqual([]);
  });
});

describe('a session that its far side refreshes', () => {
  const refresh = (cseq: number, ...headers: string[]) => [
    request('INVITE', cseq, { sdp: carrierSdp(), headers }),
    receiveStatus(200),
    request('ACK', cseq),
  ];

  test('is told that it is, and ends when it does so no more (RFC 4028)', async () => {
    const clock = new ManualClock();
    const peers = await carrier([...answer, ...refresh(1, 'Session-Expires: 90', 'Supported: timer'), ...weHangUp], {
      clock,
    });
    const call = await CallProbe.dial(peers.telephony);
    await call.next('media-changed');
    await clock.advance(59_999);
    expect(call.types).toEqual(['ringing', 'answered', 'media-changed']);
    await clock.advance(1);
    expect(await call.next('hung-up')).toEqual({
      type: 'hung-up',
      by: 'callee',
      reason: 'The session was not refreshed',
    });
    expect(await peers.carrier.ended).toBe(0);
    const answers = (await peers.carrier.messages()).filter(({ text }) => /^CSeq: 1 INVITE\r?$/m.test(text));
    expect(answers.at(-1)?.text).toMatch(/^Session-Expires: 90;refresher=uac\r?\nRequire: timer\r?$/m);
  });

  test('goes on when it stops to want a timer', async () => {
    const clock = new ManualClock();
    const peers = await carrier(
      [...answer, ...refresh(1, 'Session-Expires: 90', 'Supported: timer'), ...refresh(2), ...weHangUp],
      { clock },
    );
    const call = await CallProbe.dial(peers.telephony);
    await peers.carrier.received('SIP/2.0 200');
    while (call.types.length < 4) await turn();
    await clock.advance(200_000);
    expect(call.types.at(-1)).toBe('media-changed');
    await peers.telephony.hangUp(call.callId);
    expect(await peers.carrier.ended).toBe(0);
  });

  test('may not ask for what we do not have, nor for less than a minute and a half', async () => {
    const ask = (cseq: number, status: number, ...headers: string[]) => [
      request('INVITE', cseq, { sdp: carrierSdp(), headers }),
      receiveStatus(status),
      request('ACK', cseq),
    ];
    const peers = await carrier([
      ...answer,
      ...ask(1, 420, 'Require: precondition'),
      ...ask(2, 422, 'Session-Expires: 30', 'Supported: timer'),
      request('BYE', 3),
      receiveStatus(200),
    ]);
    const call = await CallProbe.dial(peers.telephony);
    await call.next('hung-up');
    expect(await peers.carrier.ended).toBe(0);
    const said = (await peers.carrier.messages()).map(({ text }) => text).join('\n');
    expect(said).toMatch(/^Unsupported: precondition\r?$/m);
    expect(said).toMatch(/^Min-SE: 90\r?$/m);
  });
});

describe('a transfer', () => {
  async function transferring(...steps: readonly string[]) {
    const peers = await carrier([...answer, ...steps]);
    const call = await CallProbe.dial(peers.telephony);
    await call.next('answered');
    return { ...peers, call, transferred: peers.telephony.transfer(call.callId, target) };
  }

  test('names the target, and says where to tell of it', async () => {
    const { carrier, transferred } = await transferring(...takesRefer, ...notify(1, 'SIP/2.0 200 OK'), ...weHangUp);
    await transferred;
    expect(await carrier.ended).toBe(0);
    const refer = (await carrier.messages()).find(({ text }) => text.startsWith('REFER'))?.text;
    expect(refer).toMatch(/^Refer-To: <sip:billing@192\.0\.2\.7:5080>\r?$/m);
    expect(refer).toMatch(/^Contact: <sip:callboard@127\.0\.0\.1:\d+>\r?$/m);
    expect(refer).toMatch(/^Allow: .*\bNOTIFY\b/m);
  });

  test('that is declined leaves the call as it was, and may be tried again', async () => {
    const declines = [receive('REFER'), respondInDialog(603, 'Decline')];
    const { carrier, telephony, call, transferred } = await transferring(...declines, ...declines, ...weHangUp);
    await expect(transferred).rejects.toMatchObject({ code: 'TRANSFER_REFUSED' });
    await expect(telephony.transfer(call.callId, target)).rejects.toMatchObject({ code: 'TRANSFER_REFUSED' });
    await telephony.hangUp(call.callId);
    expect(await carrier.ended).toBe(0);
    expect(call.types).toEqual(['ringing', 'answered', 'hung-up']);
  });

  test('of a far side that takes it and hangs up by itself has worked', async () => {
    const { carrier, call, transferred } = await transferring(...takesRefer, request('BYE', 1), receiveStatus(200));
    await transferred;
    expect(await call.next('hung-up')).toMatchObject({ by: 'callee' });
    expect(await carrier.ended).toBe(0);
  });

  test('that is given up without a word of its end has failed', async () => {
    const { telephony, call, transferred } = await transferring(
      ...takesRefer,
      ...notify(1, 'SIP/2.0 100 Trying'),
      ...notify(2, '', 'terminated;reason=giveup'),
      ...weHangUp,
    );
    await expect(transferred).rejects.toMatchObject({ code: 'TRANSFER_FAILED' });
    await telephony.hangUp(call.callId);
  });

  test('whose call we end meanwhile has failed', async () => {
    const { carrier, telephony, call, transferred } = await transferring(receive('REFER'), ...weHangUp);
    await carrier.received('REFER');
    await telephony.hangUp(call.callId);
    await expect(transferred).rejects.toMatchObject({ code: 'TRANSFER_FAILED' });
  });

  test('is one at a time', async () => {
    const { carrier, telephony, call, transferred } = await transferring(receive('REFER'), ...weHangUp);
    await expect(telephony.transfer(call.callId, target)).rejects.toMatchObject({ code: 'TRANSFER_REFUSED' });
    await carrier.received('REFER');
    await telephony.hangUp(call.callId);
    await expect(transferred).rejects.toMatchObject({ code: 'TRANSFER_FAILED' });
  });

  test('is not asked of one that says it takes none', async () => {
    const { carrier: sipp, telephony } = await carrier([...answerAllowing('INVITE, ACK, BYE, REFERS'), ...weHangUp]);
    const call = await CallProbe.dial(telephony);
    await call.next('answered');
    await expect(telephony.transfer(call.callId, target)).rejects.toMatchObject({ code: 'TRANSFER_REFUSED' });
    await telephony.hangUp(call.callId);
    expect(await sipp.ended).toBe(0);
  });

  test('nobody asked for is nothing to tell of: 481, without an event 489', async () => {
    const peers = await carrier([
      ...answer,
      request('NOTIFY', 1, { headers: ['Event: refer', 'Subscription-State: active'], fragment: 'SIP/2.0 200 OK' }),
      receiveStatus(481),
      request('NOTIFY', 2),
      receiveStatus(489),
      ...weHangUp,
    ]);
    const call = await CallProbe.dial(peers.telephony);
    await call.next('answered');
    await peers.carrier.received('SIP/2.0 489');
    await peers.telephony.hangUp(call.callId);
    expect(await peers.carrier.ended).toBe(0);
    expect(call.types).toEqual(['ringing', 'answered', 'hung-up']);
  });
});
