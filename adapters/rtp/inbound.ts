/** What a leg hears: which datagrams are of its stream, and what they say. */
import type { AudioCodec } from '#ports/media.ts';
import { type Digit, DigitDetector } from './digit-detector.ts';
import { parseTelephoneEvent } from './dtmf.ts';
import { codecOf } from './g711.ts';
import { Reception } from './reception.ts';
import { parseRtp, type RtpPacket } from './rtp-packet.ts';

/** Where a datagram came from. */
export interface Source {
  readonly address: string;
  readonly port: number;
}

/** Audio that was heard. */
export interface HeardAudio {
  readonly codec: AudioCodec;
  readonly timestamp: number;
  readonly payload: Buffer;
}

/** Where the packets of a leg come to. */
export interface InboundListener {
  audio(heard: HeardAudio): void;
  digit(digit: Digit): void;
}

interface Stream {
  readonly port: number;
  readonly ssrc: number;
}

interface Candidate extends Stream {
  readonly packet: RtpPacket;
}

/** The longest packet of audio taken, 180 ms: what fits into an Ethernet frame. */
const longestPayload = 1_440;
/** A stream that pauses this long may be replaced by another one, as when a carrier changes from a tone to a person. */
const takeoverMs = 200;

/**
 * The receiving half of a leg. Packets are taken from the signalled IP address alone. The port there is learned
 * from the first stream, as some carriers send from another port than they receive at; two packets in sequence
 * make a stream (RFC 3550, A.1), and it holds its place against any other port or SSRC until it pauses or the
 * far side is signalled anew. What is sent goes to the signalled address, never to a learned one.
 */
export class Inbound {
  readonly reception = new Reception();
  readonly #detector = new DigitDetector();
  readonly #listener: InboundListener;
  #address: string | undefined;
  #eventTypes: ReadonlySet<number> = new Set();
  #stream: Stream | undefined;
  #candidate: Candidate | undefined;
  #heardMs = 0;
  #ignored = 0;

  constructor(listener: InboundListener) {
    this.#listener = listener;
  }

  /** Listens to the far side at this address from now on, to telephone-events under any of these payload types. */
  listen(address: string, eventTypes: readonly number[]): void {
    if (address !== this.#address) this.#stream = undefined;
    this.#address = address;
    this.#eventTypes = new Set(eventTypes);
  }

  /** Takes a datagram from the RTP port. */
  receive(datagram: Buffer, source: Source, nowMs: number): void {
    const packet = source.address === this.#address ? parseRtp(datagram) : undefined;
    if (!packet || !this.#understood(packet)) {
      this.#ignored++;
      return;
    }
    if (this.#stream?.port === source.port && this.#stream.ssrc === packet.ssrc) {
      this.#take(packet, nowMs);
    } else if (this.#stream && nowMs - this.#heardMs < takeoverMs) {
      this.#ignored++;
    } else {
      this.#consider({ port: source.port, ssrc: packet.ssrc, packet }, nowMs);
    }
  }

  /** Tells a key whose end was lost. */
  expire(nowMs: number): void {
    for (const digit of this.#detector.expire(nowMs)) this.#listener.digit(digit);
  }

  /** Tells a key that is pressed while the leg ends. */
  end(): void {
    for (const digit of this.#detector.finish()) this.#listener.digit(digit);
  }

  /** Of the present stream; undefined before the first. */
  get ssrc(): number | undefined {
    return this.#stream?.ssrc;
  }

  /** Datagrams that were no part of the stream. */
  get ignored(): number {
    return this.#ignored;
  }

  #understood({ payloadType, payload }: RtpPacket): boolean {
    if (this.#eventTypes.has(payloadType)) return parseTelephoneEvent(payload) !== undefined;
    return codecOf(payloadType) !== undefined && payload.length > 0 && payload.length <= longestPayload;
  }

  /** Another stream wants the place: its second packet in sequence gets it, and the first is not lost. */
  #consider(next: Candidate, nowMs: number): void {
    const before = this.#candidate;
    const agrees =
      before?.port === next.port &&
      before.ssrc === next.ssrc &&
      next.packet.sequence === ((before.packet.sequence + 1) & 0xffff);
    if (!agrees) {
      if (before) this.#ignored++;
      this.#candidate = next;
      return;
    }
    this.#candidate = undefined;
    this.#stream = { port: next.port, ssrc: next.ssrc };
    for (const digit of this.#detector.reset()) this.#listener.digit(digit);
    this.reception.begin(before.packet.sequence);
    this.#take(before.packet, nowMs);
    this.#take(next.packet, nowMs);
  }

  #take(packet: RtpPacket, nowMs: number): void {
    if (!this.reception.count(packet.sequence)) {
      this.#ignored++;
      return;
    }
    this.#heardMs = nowMs;
    const { timestamp, payload } = packet;
    const codec = this.#eventTypes.has(packet.payloadType) ? undefined : codecOf(packet.payloadType);
    if (codec) {
      this.reception.time(timestamp, nowMs);
      this.#listener.audio({ codec, timestamp, payload });
      return;
    }
    const event = parseTelephoneEvent(payload);
    if (!event) return;
    for (const digit of this.#detector.receive(timestamp, event, nowMs)) this.#listener.digit(digit);
  }
}
