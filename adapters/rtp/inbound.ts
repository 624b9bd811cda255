/** What a leg hears: which datagrams are of its stream, and what they say. */
import type { AudioCodec } from '#ports/media.ts';
import { type Digit, DigitDetector } from './digit-detector.ts';
import { parseTelephoneEvent, type TelephoneEvent } from './dtmf.ts';
import { codecOf } from './g711.ts';
import { Reception } from './reception.ts';
import { parseRtp, type RtpPacket } from './rtp-packet.ts';

/** Where a datagram came from. */
export interface Source {
  readonly address: string;
  readonly port: number;
}

interface Heard {
  readonly sequence: number;
  readonly timestamp: number;
  /** One more with every stream that takes the place of another, or begins anew. */
  readonly stream: number;
  readonly payload: Buffer;
}

/** Audio that was heard. */
export interface HeardAudio extends Heard {
  readonly codec: AudioCodec;
}

/** A packet of a key that is being pressed. */
export interface HeardEvent extends Heard {
  readonly marker: boolean;
  /** In timestamp units. */
  readonly duration: number;
}

/** Where the packets of a leg come to. */
export interface InboundListener {
  audio(heard: HeardAudio): void;
  event?(heard: HeardEvent): void;
  digit(digit: Digit): void;
}

interface Stream {
  readonly port: number;
  readonly ssrc: number;
}

/** The longest packet of audio taken, 180 ms: what fits into an Ethernet frame. */
const longestPayload = 1_440;
/** A stream that pauses this long may be replaced by another one, as when a carrier changes from a tone to a person. */
const takeoverMs = 200;
/** The stream of the signalled port keeps its place this long against others: who sends no silence also pauses. */
const signalledTakeoverMs = 2_000;
/** Streams that may ask for the place at the same time. */
const candidateRoom = 16;

/**
 * The receiving half of a leg. Packets are taken from the signalled IP address alone. Two packets in sequence make a
 * stream (RFC 3550, A.1). That of the signalled port takes the place from any other at once, as calls share their
 * carrier's address and one that is dead here may still be sent; but some carriers send from another port than they
 * receive at, so without it any port is heard. A stream keeps its place (port and SSRC) against its equals until it
 * pauses or another address is signalled. What is sent goes to the signalled address, never to a learned one.
 */
export class Inbound {
  readonly reception = new Reception();
  readonly #detector = new DigitDetector();
  readonly #listener: InboundListener;
  #address: string | undefined;
  #port: number | undefined;
  #eventTypes: ReadonlySet<number> = new Set();
  #stream: Stream | undefined;
  /** The last packet of each stream that asks for the place, the longest known first. */
  readonly #candidates = new Map<number, RtpPacket>();
  #heardMs = 0;
  #ignored = 0;
  #streams = 0;

  constructor(listener: InboundListener) {
    this.#listener = listener;
  }

  /** Listens to the far side there from now on, to telephone-events under any of these payload types. */
  listen({ address, port }: Source, eventTypes: readonly number[]): void {
    if (address !== this.#address) {
      this.#stream = undefined;
      this.#forgetCandidates();
    }
    this.#address = address;
    this.#port = port;
    this.#eventTypes = new Set(eventTypes);
  }

  /** Takes a datagram from the RTP port. */
  receive(datagram: Buffer, { address, port }: Source, nowMs: number): void {
    const packet = address === this.#address ? parseRtp(datagram) : undefined;
    if (packet && this.#stream?.port === port && this.#stream.ssrc === packet.ssrc) this.#take(packet, nowMs);
    else if (packet && this.#understood(packet) && this.#mayReplace(port, nowMs)) this.#consider(packet, port, nowMs);
    else this.#ignored++;
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

  /** Whether a stream from this port may have the place. */
  #mayReplace(port: number, nowMs: number): boolean {
    if (!this.#stream) return true;
    const pausedMs = nowMs - this.#heardMs;
    const holderSignalled = this.#stream.port === this.#port;
    if (port === this.#port) return !holderSignalled || pausedMs >= takeoverMs;
    return pausedMs >= (holderSignalled ? signalledTakeoverMs : takeoverMs);
  }

  /** Another stream wants the place: its second packet in sequence gets it, and the first is not lost. */
  #consider(packet: RtpPacket, port: number, nowMs: number): void {
    const { ssrc, sequence } = packet;
    const key = port * 2 ** 32 + ssrc;
    const before = this.#candidates.get(key);
    this.#candidates.delete(key);
    if (before && sequence === ((before.sequence + 1) & 0xffff)) {
      this.#forgetCandidates();
      this.#stream = { port, ssrc };
      this.#resetKeys();
      this.reception.begin(before.sequence);
      this.#take(before, nowMs);
      this.#take(packet, nowMs);
      return;
    }
    if (before) this.#ignored++;
    this.#candidates.set(key, packet);
    if (this.#candidates.size <= candidateRoom) return;
    this.#candidates.delete(this.#candidates.keys().next().value as number);
    this.#ignored++;
  }

  #forgetCandidates(): void {
    this.#ignored += this.#candidates.size;
    this.#candidates.clear();
  }

  /** Counts a packet of the stream, whatever is in it: comfort noise and keep-alives are not lost. */
  #take(packet: RtpPacket, nowMs: number): void {
    const counted = this.reception.count(packet.sequence);
    if (counted === 'refused') {
      this.#ignored++;
      return;
    }
    if (counted === 'restarted') this.#resetKeys();
    this.#heardMs = nowMs;
    if (this.#understood(packet)) this.#hear(packet, nowMs);
  }

  #hear(packet: RtpPacket, nowMs: number): void {
    const { payloadType, payload, sequence, timestamp } = packet;
    const codec = this.#eventTypes.has(payloadType) ? undefined : codecOf(payloadType);
    if (codec) {
      this.reception.time(timestamp, nowMs);
      this.#listener.audio({ codec, sequence, timestamp, stream: this.#streams, payload });
      return;
    }
    const event = parseTelephoneEvent(payload);
    if (event) this.#hearEvent(packet, event, nowMs);
  }

  #hearEvent({ marker, payload, sequence, timestamp }: RtpPacket, event: TelephoneEvent, nowMs: number): void {
    const { duration } = event;
    this.#listener.event?.({ sequence, timestamp, stream: this.#streams, payload, marker, duration });
    for (const digit of this.#detector.receive(timestamp, event, nowMs)) this.#listener.digit(digit);
  }

  /** Timestamps begin anew; a key under way is told. */
  #resetKeys(): void {
    this.#streams++;
    for (const digit of this.#detector.reset()) this.#listener.digit(digit);
  }
}
