/** SIPp as the carrier of whole campaigns: every call does the same steps, and OPTIONS is answered, or not. */
import { carrierSdp, receive, receiveInvite, request, respond, respondInDialog, scenario } from '#test/sip/scenario.ts';
import { type Sipp, startSipp } from '#test/sip/sipp.ts';

export interface CarrierOptions {
  /** Any free one where it is absent. */
  readonly port?: number;
  /** False: OPTIONS is heard and not answered. */
  readonly answersPings?: boolean;
}

/** A carrier whose every call does `steps`, after the INVITE; `moreArguments` are SIPp's own. */
export function startCarrier(
  steps: readonly string[],
  moreArguments: readonly string[] = [],
  { port, answersPings = true }: CarrierOptions = {},
): Promise<Sipp> {
  const ping = '<recv request="OPTIONS" optional="true" next="ping"/>';
  const pong = answersPings ? respond(200, 'OK') : '<pause milliseconds="60000"/>';
  const answerPing = [`<pause milliseconds="0" next="over"/>`, '<label id="ping"/>', pong];
  return startSipp({
    ...(port === undefined ? {} : { port }),
    scenario: scenario(ping, receiveInvite(), ...steps, ...answerPing, '<label id="over"/>'),
    moreArguments: ['-recv_timeout', '30000', ...moreArguments],
  });
}

/** Waits, for a while that is another each time. */
export function pauseBetween(minMs: number, maxMs: number): string {
  return `<pause distribution="uniform" min="${minMs}" max="${maxMs}"/>`;
}

/** It rings for a while, is answered, and then one side hangs up: ours, or by chance the callee after `calleeMs`. */
export function talks(ring: string, callee: { readonly chance: number; readonly afterMs: number }): readonly string[] {
  return [
    respond(180, 'Ringing'),
    ring,
    respond(200, 'OK', { sdp: carrierSdp(), retransmit: true }),
    receive('ACK'),
    `<pause milliseconds="0" chance="${callee.chance}" next="impatient"/>`,
    receive('BYE'),
    respondInDialog(200, 'OK'),
    '<pause milliseconds="0" next="over"/>',
    '<label id="impatient"/>',
    `<recv request="BYE" timeout="${callee.afterMs}" ontimeout="hangs-up"/>`,
    respondInDialog(200, 'OK'),
    '<pause milliseconds="0" next="over"/>',
    '<label id="hangs-up"/>',
    request('BYE', 1),
    '<recv response="200"/>',
  ];
}
