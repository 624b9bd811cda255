/** Our side of every leg, as an offer describes it. */
import type { RtpEndpoint } from '#ports/media.ts';

/** The payload type that everybody uses for telephone-event. */
export const offeredDtmfPayloadType = 101;

/** What we offer at an address and port. */
export function ourSide(address: string, port: number): RtpEndpoint {
  return {
    address,
    port,
    codecs: ['PCMU', 'PCMA'],
    dtmfPayloadType: offeredDtmfPayloadType,
    direction: 'sendrecv',
  };
}
