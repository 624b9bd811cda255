import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { createSipServer, type SipServer } from '#adapters/sip/sip-server.ts';
import { createSipTelephony, type SipTelephony } from '#adapters/sip/sip-telephony.ts';
import { CallProbe, ourMedia, silentLog } from './call-probe.ts';
import { type Sipp, startSipp } from './sipp.ts';

let sipp: Sipp | undefined;
let server: SipServer | undefined;
let telephony: SipTelephony | undefined;

afterEach(async () => {
  await telephony?.close(200);
  await server?.close(200);
  await sipp?.stop();
});

/**
 * Loses a third of the datagrams of either way: every third copy of one and the same message, beginning with another
 * copy from message to message. Losing by one count over all messages would be a lottery whose draws are the machine's
 * scheduling: now and then it loses all seven copies of one INVITE, and Timer B is then right to give up.
 */
function everyThird(): (way: 'in' | 'out', datagram: Uint8Array) => boolean {
  const copies = new Map<string, number>();
  return (way, datagram) => {
    const text = Buffer.from(datagram).toString();
    const message = `${way} ${text.slice(0, text.indexOf('\r\n'))} ${/^(CSeq:.*)$/im.exec(text)?.[1]} ${/^(Call-ID:.*)$/im.exec(text)?.[1]}`;
    const copy = copies.get(message) ?? copies.size;
    copies.set(message, copy + 1);
    return copy % 3 !== 0;
  };
}

async function tenCalls(calling: SipTelephony): Promise<CallProbe[]> {
  const calls = await Promise.all(
    Array.from({ length: 10 }, (_, index) => CallProbe.dial(calling, { callId: `call-${index}` })),
  );
  await Promise.all(calls.map((call) => Promise.race([call.next('answered'), call.next('failed')])));
  for (const { callId } of calls) await calling.hangUp(callId);
  await Promise.all(calls.map((call) => Promise.race([call.next('hung-up'), call.next('failed')])));
  return calls;
}

const complete = Array.from({ length: 10 }, () => ['answered', 'hung-up']);
const withoutRinging = (call: CallProbe): string[] => call.types.filter((type) => type !== 'ringing');

test('with every third datagram lost, ten calls over SIPp are answered and hung up', async () => {
  sipp = await startSipp({ scenario: 'uas', calls: 10 });
  telephony = await createSipTelephony({
    bindAddress: '127.0.0.1',
    port: 0,
    log: silentLog,
    t1Ms: 100,
    passes: everyThird(),
  });
  await telephony.configureTrunk({ trunkId: 't', uri: `sip:127.0.0.1:${sipp.port}` });
  const calls = await tenCalls(telephony);
  expect(calls.map(withoutRinging)).toEqual(complete);
  // Every BYE got through in the end, so the carrier bills none of them on.
  expect(await sipp.ended).toBe(0);
});

test('with every third datagram lost on both sides, ten calls to our own server complete too', async () => {
  const lossy = { bindAddress: '127.0.0.1', port: 0, log: silentLog, t1Ms: 100 };
  server = await createSipServer({
    ...lossy,
    passes: everyThird(),
    onInvite: (invitation) => invitation.answer(ourMedia),
  });
  telephony = await createSipTelephony({ ...lossy, passes: everyThird() });
  await telephony.configureTrunk({ trunkId: 't', uri: `sip:127.0.0.1:${server.address.port}` });
  expect((await tenCalls(telephony)).map(withoutRinging)).toEqual(complete);
});

test('a loop that stood still reads the answers before it asks again', async () => {
  const t1Ms = 20;
  const askedAgain: string[] = [];
  let stoodStill = false;
  const passes = (way: 'in' | 'out', datagram: Uint8Array): boolean => {
    const text = Buffer.from(datagram).toString();
    if (stoodStill && way === 'out' && text.startsWith('INVITE')) askedAgain.push(text);
    return true;
  };
  const carrier = await startSipp({ scenario: 'uas' });
  sipp = carrier;
  const calling = await createSipTelephony({ bindAddress: '127.0.0.1', port: 0, log: silentLog, t1Ms, passes });
  telephony = calling;
  await calling.configureTrunk({ trunkId: 't', uri: `sip:127.0.0.1:${carrier.port}` });
  const calls = await Promise.all(
    Array.from({ length: 20 }, (_, index) => CallProbe.dial(calling, { callId: `call-${index}` })),
  );
  const answered = (): number =>
    new Set(
      carrier
        .messagesNow()
        .filter(({ direction, text }) => direction === 'sent' && text.startsWith('SIP/2.0 200'))
        .map(({ text }) => /^Call-ID:.*$/m.exec(text)?.[0]),
    ).size;
  // Nothing is sent before the loop has turned once.
  await nextTurn();
  const timerA = performance.now() + t1Ms;
  while (answered() < calls.length || performance.now() < timerA) holdLoop(5);
  stoodStill = true;
  await Promise.all(calls.map((call) => call.next('answered')));
  expect(askedAgain).toEqual([]);
});

/** Sleeps, and lets nothing else of this thread run meanwhile. */
function holdLoop(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
