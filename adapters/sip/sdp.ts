/**
 * The little of SDP that a G.711 call needs: one audio stream, PCMU, PCMA and telephone-event (RFC 8866,
 * RFC 3264, RFC 3551, RFC 4733). Pure; what it cannot use it answers with undefined, never with an exception.
 */
import { isIP } from 'node:net';
import type { AudioCodec, RtpEndpoint } from '#ports/media.ts';

/** What tells two descriptions of one session apart (RFC 8866, 5.2). */
export interface SdpOrigin {
  /** Same for the life of the session, at most 2^53. */
  readonly sessionId: number;
  /** One more with each change (RFC 3264, 8). */
  readonly version: number;
}

const staticCodecs: ReadonlyMap<number, AudioCodec> = new Map([
  [0, 'PCMU'],
  [8, 'PCMA'],
]);
const payloadTypes: Readonly<Record<AudioCodec, number>> = { PCMU: 0, PCMA: 8 };
const directions = ['sendrecv', 'sendonly', 'recvonly', 'inactive'] as const;
type Direction = RtpEndpoint['direction'];

/**
 * The first audio stream of a description, or undefined where it has none that we could use: no IP address (a
 * host name, which RFC 8866, 5.7 allows, would have media wait for a resolver), the stream refused (port 0), no
 * G.711, or another transport than RTP/AVP. More spaces than one between the fields are let pass.
 */
export function parseSdp(text: string): RtpEndpoint | undefined {
  let sessionAddress: string | undefined;
  let sessionDirection: Direction = 'sendrecv';
  let audio: AudioSection | undefined;
  let inOtherMedia = false;
  for (const line of text.split(/\r\n|\n|\r/)) {
    const value = line.slice(2).trim();
    if (line.startsWith('m=')) {
      if (audio) break;
      audio = audioSection(value);
      inOtherMedia = audio === undefined;
    } else if (inOtherMedia) {
    } else if (line.startsWith('c=')) {
      const address = /^IN\s+IP[46]\s+([0-9a-fA-F:.]{2,45})(?:\/\d+)*$/.exec(value)?.[1];
      if (audio) audio.address = address;
      else sessionAddress = address;
    } else if (line.startsWith('a=')) {
      const direction = directions.find((known) => known === value);
      if (audio) attribute(audio, value, direction);
      else sessionDirection = direction ?? sessionDirection;
    }
  }
  return audio && endpointOf(audio, audio.address ?? sessionAddress, audio.direction ?? sessionDirection);
}

interface AudioSection {
  readonly port: number;
  readonly formats: readonly number[];
  readonly codecs: Map<number, AudioCodec>;
  readonly events: Set<number>;
  address: string | undefined;
  direction: Direction | undefined;
}

function audioSection(media: string): AudioSection | undefined {
  const match = /^audio\s+(\d{1,5})(?:\/\d+)?\s+RTP\/AVPF?((?:\s+\d{1,3})+)$/.exec(media);
  if (!match) return undefined;
  return {
    port: Number(match[1]),
    formats: (match[2] ?? '').trim().split(/\s+/).map(Number),
    codecs: new Map(staticCodecs),
    events: new Set(),
    address: undefined,
    direction: undefined,
  };
}

function attribute(audio: AudioSection, value: string, direction: Direction | undefined): void {
  if (direction) {
    audio.direction = direction;
    return;
  }
  const map = /^rtpmap:(\d{1,3})\s+([A-Za-z0-9-]+)\/8000(?:\/1)?$/.exec(value);
  if (!map) return;
  const format = Number(map[1]);
  const encoding = map[2]?.toUpperCase();
  if (encoding === 'TELEPHONE-EVENT') audio.events.add(format);
  else if (encoding === 'PCMU' || encoding === 'PCMA') audio.codecs.set(format, encoding);
}

function endpointOf(audio: AudioSection, address: string | undefined, direction: Direction): RtpEndpoint | undefined {
  // A G.711 stream on a dynamic number is left out: the media plane knows the static ones only.
  const codecs = audio.formats.flatMap((format) => {
    const codec = audio.codecs.get(format);
    return codec !== undefined && payloadTypes[codec] === format ? [codec] : [];
  });
  if (address === undefined || isIP(address) === 0) return undefined;
  if (audio.port < 1 || audio.port > 65_535 || codecs.length === 0) return undefined;
  const dtmf = audio.formats.find((format) => audio.events.has(format) && format >= 96 && format <= 127);
  return {
    address,
    port: audio.port,
    codecs,
    ...(dtmf === undefined ? {} : { dtmfPayloadType: dtmf }),
    direction: isUnspecified(address) ? withoutReceiving(direction) : direction,
  };
}

/** `c=IN IP4 0.0.0.0` is how RFC 2543 held a call: nothing may be sent there (RFC 3264, 8.4). */
function isUnspecified(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

function withoutReceiving(direction: Direction): Direction {
  return direction === 'sendrecv' || direction === 'sendonly' ? 'sendonly' : 'inactive';
}

/** Our side as SDP, for an offer or, after `answerTo`, for an answer. */
export function writeSdp(endpoint: RtpEndpoint, origin: SdpOrigin): string {
  const family = endpoint.address.includes(':') ? 'IP6' : 'IP4';
  const dtmf = endpoint.dtmfPayloadType;
  const formats = endpoint.codecs.map((codec) => payloadTypes[codec]);
  const lines = [
    'v=0',
    `o=- ${origin.sessionId} ${origin.version} IN ${family} ${endpoint.address}`,
    's=-',
    `c=IN ${family} ${endpoint.address}`,
    't=0 0',
    `m=audio ${endpoint.port} RTP/AVP ${(dtmf === undefined ? formats : [...formats, dtmf]).join(' ')}`,
    ...endpoint.codecs.map((codec) => `a=rtpmap:${payloadTypes[codec]} ${codec}/8000`),
    ...(dtmf === undefined ? [] : [`a=rtpmap:${dtmf} telephone-event/8000`, `a=fmtp:${dtmf} 0-16`]),
    'a=ptime:20',
    `a=${endpoint.direction}`,
  ];
  return `${lines.join('\r\n')}\r\n`;
}

/**
 * Our answer to an offer: the first codec of the offer that is ours too, its number for telephone-event, and
 * the direction that fits (RFC 3264, 6). Undefined where no codec is shared: 488.
 */
export function answerTo(offer: RtpEndpoint, ours: RtpEndpoint): RtpEndpoint | undefined {
  const codec = offer.codecs.find((offered) => ours.codecs.includes(offered));
  if (codec === undefined) return undefined;
  const dtmf = ours.dtmfPayloadType === undefined ? undefined : offer.dtmfPayloadType;
  return {
    address: ours.address,
    port: ours.port,
    codecs: [codec],
    ...(dtmf === undefined ? {} : { dtmfPayloadType: dtmf }),
    direction: answeringDirection(offer.direction, ours.direction),
  };
}

function answeringDirection(offered: Direction, wanted: Direction): Direction {
  const mayReceive = offered === 'sendrecv' || offered === 'sendonly';
  const maySend = offered === 'sendrecv' || offered === 'recvonly';
  const receives = mayReceive && (wanted === 'sendrecv' || wanted === 'recvonly');
  const sends = maySend && (wanted === 'sendrecv' || wanted === 'sendonly');
  if (receives && sends) return 'sendrecv';
  if (receives) return 'recvonly';
  return sends ? 'sendonly' : 'inactive';
}
