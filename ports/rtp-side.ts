/** One end of a link between two nodes, as actors tell it to each other (ADR 0010). */
import type { RtpSide } from '#proto/generated/media.ts';
import type { AudioCodec, RtpEndpoint } from './media.ts';

/** What is told of a leg of ours. */
export function sideOf({ address, port, codecs, dtmfPayloadType }: RtpEndpoint): RtpSide {
  return { address, port, codecs, ...(dtmfPayloadType === undefined ? {} : { dtmfPayloadType }) };
}

/** Where a leg of ours is to lead; codecs that we do not know are left out. */
export function endpointOf({ address, port, codecs, dtmfPayloadType }: RtpSide): RtpEndpoint {
  return {
    ...{ address, port, codecs: codecs.filter(isKnown), direction: 'sendrecv' },
    ...(dtmfPayloadType === undefined ? {} : { dtmfPayloadType }),
  };
}

function isKnown(codec: string): codec is AudioCodec {
  return codec === 'PCMU' || codec === 'PCMA';
}
