import { type FarSide, telephonyContract } from '#ports/telephony.contract.ts';
import type { TelephonyEvent } from '#ports/telephony.ts';
import { ourMedia } from '#test/sip/call-probe.ts';
import { FakeTelephony } from './fake-telephony.ts';

const rings: TelephonyEvent = { type: 'ringing', sipStatus: 180 };
const answers: TelephonyEvent = { type: 'answered', sipStatus: 200, media: ourMedia };
const happenings: Record<FarSide, readonly TelephonyEvent[]> = {
  'rings and answers': [rings, answers],
  'answers and hangs up': [rings, answers, { type: 'hung-up', by: 'callee', reason: '' }],
  rings: [rings],
  'is busy': [{ type: 'failed', cause: 'busy', sipStatus: 486, reason: 'Busy Here' }],
  'takes a transfer': [rings, answers],
  'fails a transfer': [rings, answers],
  'refuses transfers': [rings, answers],
  'is there': [],
  'is silent': [],
};

telephonyContract('the fake', async (farSide) => {
  const telephony: FakeTelephony = new FakeTelephony((callId) => {
    queueMicrotask(() => {
      for (const event of happenings[farSide]) telephony.happens(callId, event);
    });
  });
  if (farSide === 'is silent') telephony.health = { healthy: false, sipStatus: 0, roundTripMs: 0 };
  if (farSide === 'fails a transfer') telephony.transferFault = 'TRANSFER_FAILED';
  if (farSide === 'refuses transfers') telephony.transferFault = 'TRANSFER_REFUSED';
  await telephony.configureTrunk({ trunkId: 't', uri: 'sip:127.0.0.1:9' });
  const attempts = async () => {
    const counts = new Map<string, number>();
    for (const { number } of telephony.dialed) counts.set(number, (counts.get(number) ?? 0) + 1);
    return counts;
  };
  return { telephony, phone: 'sip:ann@127.0.0.1:9', attempts, stop: async () => {} };
});
