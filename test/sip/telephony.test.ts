/** The SIP adapter keeps the port's contract against SIPp. */
import { createSipTelephony } from '#adapters/sip/sip-telephony.ts';
import { type FarSide, telephonyContract } from '#ports/telephony.contract.ts';
import { silentLog } from './call-probe.ts';
import { answer, answerAllowing, takesCancel, takesRefer, weHangUp } from './carrier.ts';
import { notify, pause, receive, receiveInvite, receiveStatus, request, respond, scenario } from './scenario.ts';
import { invitesByNumber, startSipp } from './sipp.ts';

const steps: Record<FarSide, readonly string[]> = {
  'rings and answers': [...answer, ...weHangUp],
  'answers and hangs up': [...answer, request('BYE', 1), receiveStatus(200)],
  rings: [receiveInvite(), respond(180, 'Ringing'), ...takesCancel()],
  'is busy': [receiveInvite(), respond(486, 'Busy Here', { retransmit: true }), receive('ACK')],
  'takes a transfer': [
    ...answerAllowing('INVITE, ACK, CANCEL, BYE, REFER'),
    ...takesRefer,
    ...notify(1, 'SIP/2.0 100 Trying'),
    ...notify(2, 'SIP/2.0 200 OK', 'terminated;reason=noresource'),
    ...weHangUp,
  ],
  'fails a transfer': [
    ...answer,
    ...takesRefer,
    ...notify(1, 'SIP/2.0 180 Ringing'),
    ...notify(2, 'SIP/2.0 486 Busy Here', 'terminated;reason=noresource'),
    ...weHangUp,
  ],
  'refuses transfers': [...answerAllowing('INVITE, ACK, CANCEL, BYE'), ...weHangUp],
  'is there': [receive('OPTIONS'), respond(200, 'OK', { contact: false })],
  'is silent': [receive('OPTIONS'), pause(60_000)],
};

telephonyContract('SIP over UDP', async (farSide) => {
  const carrier = await startSipp({ scenario: scenario(...steps[farSide]), calls: 1 });
  const telephony = await createSipTelephony({ bindAddress: '127.0.0.1', port: 0, log: silentLog, t1Ms: 100 });
  await telephony.configureTrunk({ trunkId: 't', uri: `sip:127.0.0.1:${carrier.port}` });
  return {
    telephony,
    phone: `sip:ann@127.0.0.1:${carrier.port}`,
    attempts: async () => invitesByNumber(await carrier.messages()),
    stop: () => carrier.stop(),
  };
});
