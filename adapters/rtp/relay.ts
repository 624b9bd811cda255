/**
 * The numbers of packets that are sent on: those of the stream that is heard, moved so that they go on where ours
 * stopped. Gaps and disorder on the way stay visible to the far side, which has a buffer for them; what changes is only
 * who sends (RFC 3550, 7.1: SSRC, sequence number and timestamp are of the stream that is sent). Pure.
 */
import { packetSamples } from './pace.ts';
import { timestampsBetween } from './rtp-packet.ts';
import type { SpokenAudio, SpokenEvent } from './spoken.ts';

/** Where our own stream is. */
export interface OwnStream {
  readonly sequence: number;
  /** The clock of our stream now. */
  readonly clock: number;
  /** Where that is later: how far was sent already. */
  readonly end: number | undefined;
}

export interface RelayedNumbers {
  readonly sequence: number;
  readonly timestamp: number;
  /** The first of a talkspurt: there was something else before, or nothing (RFC 3551, 4.1: the marker bit). */
  readonly begins: boolean;
}

/** A far side's clock is followed as long as it stays this near to ours, then a new start is made. */
const driftSamples = 1_600;
/** Sequence numbers that jump by more are of a stream that began anew (RFC 3550, A.1). */
const furthestAhead = 3_000;
const furthestBack = 100;

interface Anchor {
  readonly stream: number;
  readonly sequenceOffset: number;
  readonly timestampOffset: number;
  /** The first that was moved: what is older belongs before it. */
  readonly first: number;
}

export class Relay {
  #anchor: Anchor | undefined;

  /** The numbers under which to send a packet; undefined where its time is over. */
  number(packet: SpokenAudio | SpokenEvent, own: OwnStream): RelayedNumbers | undefined {
    const anchor = this.#anchor;
    if (!anchor || !this.#continues(anchor, packet, own)) return this.#begin(packet, own);
    if (timestampsBetween(anchor.first, packet.timestamp) < 0) return undefined;
    return {
      sequence: (packet.sequence + anchor.sequenceOffset) & 0xffff,
      timestamp: (packet.timestamp + anchor.timestampOffset) >>> 0,
      begins: false,
    };
  }

  /** Something else is sent: the next packet begins anew. */
  reset(): void {
    this.#anchor = undefined;
  }

  #continues(anchor: Anchor, { stream, sequence, timestamp }: SpokenAudio | SpokenEvent, own: OwnStream): boolean {
    if (stream !== anchor.stream) return false;
    const drift = timestampsBetween(own.clock, (timestamp + anchor.timestampOffset) >>> 0);
    if (Math.abs(drift) > driftSamples) return false;
    const ahead = (sequence + anchor.sequenceOffset - own.sequence) & 0xffff;
    return ahead < furthestAhead || ahead > 0xffff - furthestBack;
  }

  #begin({ stream, sequence, timestamp }: SpokenAudio | SpokenEvent, own: OwnStream): RelayedNumbers {
    const ours = own.end ?? own.clock;
    this.#anchor = {
      stream,
      sequenceOffset: own.sequence - sequence,
      timestampOffset: ours - timestamp,
      first: timestamp,
    };
    return { sequence: own.sequence, timestamp: ours, begins: true };
  }
}

/** How much time a packet tells of, in timestamp units. */
export function samplesOf(packet: SpokenAudio | SpokenEvent): number {
  return packet.type === 'audio' ? packet.payload.length : Math.max(packet.duration, packetSamples);
}
