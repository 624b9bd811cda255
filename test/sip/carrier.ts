/** A carrier played by SIPp for one test, and a telephony whose trunk leads to it. */
import { afterEach } from '@jest/globals';
import { createSipTelephony, type SipTelephony, type SipTelephonyOptions } from '#adapters/sip/sip-telephony.ts';
import type { TrunkSettings } from '#ports/telephony.ts';
import { silentLog } from './call-probe.ts';
import { carrierSdp, receive, receiveInvite, respond, respondInDialog, scenario } from './scenario.ts';
import { type Sipp, startSipp } from './sipp.ts';

/** What `carrierSdp` describes. */
export const carrierMedia = {
  address: '127.0.0.1',
  port: 6000,
  codecs: ['PCMU'],
  dtmfPayloadType: 101,
  direction: 'sendrecv',
};

/** The carrier rings and answers. */
export const answer = [
  receiveInvite(),
  respond(180, 'Ringing'),
  respond(200, 'OK', { sdp: carrierSdp(), retransmit: true }),
  receive('ACK'),
];

/** The same, with the methods that it says it takes. */
export const answerAllowing = (methods: string): string[] => [
  receiveInvite(),
  respond(180, 'Ringing'),
  respond(200, 'OK', { sdp: carrierSdp(), retransmit: true, headers: [`Allow: ${methods}`] }),
  receive('ACK'),
];

/** The carrier is willing to call whom we name. */
export const takesRefer = [
  receive('REFER'),
  respondInDialog(202, 'Accepted', ['Contact: <sip:[local_ip]:[local_port]>']),
];

/** The carrier takes our BYE. */
export const weHangUp = [receive('BYE'), respondInDialog(200, 'OK')];

/** The carrier takes our CANCEL of the INVITE that it got last; `cseq` is that of the INVITE. */
export const takesCancel = (cseq = 1): string[] => [
  receive('CANCEL'),
  respond(200, 'OK'),
  respond(487, 'Request Terminated', { retransmit: true }).replace('[last_CSeq:]', `CSeq: ${cseq} INVITE`),
  receive('ACK'),
];

export interface Peers {
  readonly carrier: Sipp;
  readonly telephony: SipTelephony;
}

/** Starts both: a carrier that does `steps` with one call, and a telephony whose trunk `t` leads there. */
export type StartCarrier = (
  steps: readonly string[],
  options?: Partial<SipTelephonyOptions>,
  trunk?: Partial<TrunkSettings>,
) => Promise<Peers>;

/** Once a test file: what starts the peers, and ends them after each test. */
export function useCarrier(): StartCarrier {
  let sipp: Sipp | undefined;
  let telephony: SipTelephony | undefined;
  afterEach(async () => {
    await telephony?.close(200);
    await sipp?.stop();
    telephony = sipp = undefined;
  });
  return async (steps, options = {}, trunk = {}) => {
    sipp = await startSipp({ scenario: scenario(...steps), calls: 1 });
    telephony = await createSipTelephony({ bindAddress: '127.0.0.1', port: 0, log: silentLog, t1Ms: 100, ...options });
    await telephony.configureTrunk({ trunkId: 't', uri: `sip:127.0.0.1:${sipp.port}`, ...trunk });
    return { carrier: sipp, telephony };
  };
}
