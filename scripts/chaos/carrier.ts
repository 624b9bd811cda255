/** SIPp as the carrier that the calls go to, and what it says of them. */
import { pauseBetween, startCarrier } from '#test/cli/sipp-carrier.ts';
import { carrierSdp, receive, request, respond, respondInDialog } from '#test/sip/scenario.ts';
import { invitesByNumber, type Sipp } from '#test/sip/sipp.ts';

/** How long an answered call talks until the callee hangs up, from and to, s. */
export type TalkS = readonly [number, number];

/** SIPp waits for a BYE as long as the scenario says, not for a while by chance: so many whiles to choose from. */
const whiles = 8;

/** It rings for a moment and is answered; nobody presses a key, nothing is said. */
export function startSilentCarrier([from, to]: TalkS): Promise<Sipp> {
  const talks = Array.from({ length: whiles }, (_, index) => from + ((to - from) * index) / (whiles - 1));
  return startCarrier([
    respond(180, 'Ringing'),
    pauseBetween(300, 1500),
    respond(200, 'OK', { sdp: carrierSdp(), retransmit: true }),
    receive('ACK'),
    ...talks.map((_, index) => `<pause milliseconds="0" chance="${1 / (whiles - index)}" next="talk-${index}"/>`),
    ...talks.flatMap((seconds, index) => [
      `<label id="talk-${index}"/>`,
      `<recv request="BYE" timeout="${Math.round(seconds * 1000)}" ontimeout="hangs-up"/>`,
      '<pause milliseconds="0" next="hung-up"/>',
    ]),
    '<label id="hangs-up"/>',
    request('BYE', 1),
    // Whoever held the call may be dead.
    '<recv response="200" timeout="5000" ontimeout="over"/>',
    '<pause milliseconds="0" next="over"/>',
    '<label id="hung-up"/>',
    respondInDialog(200, 'OK'),
    '<pause milliseconds="0" next="over"/>',
  ]);
}

export interface Invites {
  /** Numbers that were called. */
  readonly numbers: number;
  /** Those of them that were called more than once. */
  readonly repeated: readonly string[];
}

/** Retransmissions are no new INVITEs: they have the Call-ID of the first. */
export async function invitesAt(carrier: Sipp): Promise<Invites> {
  const counts = invitesByNumber(await carrier.messages());
  return { numbers: counts.size, repeated: [...counts].filter(([, count]) => count > 1).map(([number]) => number) };
}
