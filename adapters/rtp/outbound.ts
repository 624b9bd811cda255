/**
 * What a leg sends: one packet a tick, or what one other leg says, as it comes. Digits go before a prompt, a prompt
 * before music, music before what others say.
 */
import type { AudioCodec, MediaEvent } from '#ports/media.ts';
import { telephoneEventBytes, writeTelephoneEvent } from './dtmf.ts';
import { payloadTypeOf, silentByte, transcode } from './g711.ts';
import { packetSamples } from './pace.ts';
import type { Prompt } from './prompts.ts';
import { Relay, samplesOf } from './relay.ts';
import { rtpDatagram, rtpHeaderBytes, timestampsBetween } from './rtp-packet.ts';
import type { SpokenAudio, SpokenEvent } from './spoken.ts';

/** How the far side wants to be sent to; absent while it must not be. */
export interface Sending {
  readonly codec: AudioCodec;
  /** Payload type of telephone-events there. */
  readonly dtmfPayloadType?: number;
}

/** Audio that was sent. */
export interface SentAudio {
  readonly codec: AudioCodec;
  readonly payload: Buffer;
  /** When its first sample is due: samples since tick 0. */
  readonly at: number;
}

/** A datagram to be sent. */
export interface OutboundPacket {
  readonly datagram: Buffer;
  /** The audio in it; absent in telephone-events. */
  readonly audio?: SentAudio;
}

/** What the far side is to hear in this tick of several others, in the codec; undefined: nothing. */
export type LiveAudio = (codec: AudioCodec) => Uint8Array | undefined;

/** The numbers a stream begins with; chance, so that they tell nothing (RFC 3550, 5.1). */
export interface StreamStart {
  readonly ssrc: number;
  readonly sequence: number;
  readonly timestamp: number;
}

interface Playing {
  readonly playId: string;
  readonly prompt: Prompt;
  position: number;
}

interface Keying {
  readonly events: readonly number[];
  /** Ticks of these keys already gone by. */
  gone: number;
  readonly out: () => void;
}

/** A key: five packets of 20 ms, the fifth with the end bit and twice repeated (RFC 4733, 2.5.1.4), 60 ms in all. */
const toneTicks = 5;
const pauseTicks = 3;
const endRepeats = 2;
/** So long after the last packet of another leg ours go on, with silence. Less is a delay on the way, not the end. */
const relayPauseTicks = 10;
/** A stream is never this much before its clock, in timestamp units; more is a clock that has gone round. */
const mostAhead = 80_000;

/** The sending half of a leg. Pure: the caller owns the clock and the socket. */
export class Outbound {
  readonly #start: StreamStart;
  readonly #emit: (event: MediaEvent) => void;
  readonly #live: LiveAudio;
  readonly #keying: Keying[] = [];
  #sending: Sending | undefined;
  #playing: Playing | undefined;
  #music: { readonly prompt: Prompt; position: number } | undefined;
  readonly #relay = new Relay();
  #sequence: number;
  /** Sent for this time already, up to here. */
  #end: number | undefined;
  #lastTick = -2;
  #relayedTick = Number.NEGATIVE_INFINITY;
  #keyTimestamp = 0;
  #packets = 0;
  #octets = 0;

  constructor(start: StreamStart, emit: (event: MediaEvent) => void, live: LiveAudio = () => undefined) {
    this.#start = start;
    this.#emit = emit;
    this.#live = live;
    this.#sequence = start.sequence;
  }

  /** From the next tick on send like this, or not at all; prompts and digits wait where they are. */
  direct(sending: Sending | undefined): void {
    this.#sending = sending;
  }

  /** Plays from the next tick on; a prompt in progress is stopped. */
  play(playId: string, prompt: Prompt): void {
    this.stop();
    this.#playing = { playId, prompt, position: 0 };
  }

  /** Stops the prompt in progress, if any. */
  stop(): void {
    const stopped = this.#playing;
    this.#playing = undefined;
    if (stopped) this.#emit({ type: 'prompt-ended', playId: stopped.playId, completed: false });
  }

  /** Plays again and again where no prompt plays, from the next tick on; undefined: no more. */
  loop(prompt: Prompt | undefined): void {
    this.#music = prompt && { prompt, position: 0 };
  }

  /** Sends keys after those that are still being sent, when the far side takes them. */
  press(events: readonly number[], out: () => void): void {
    this.#keying.push({ events, gone: 0, out });
  }

  /** The leg ends: whoever waits for a prompt or for digits hears so. */
  end(): void {
    this.stop();
    for (const keying of this.#keying.splice(0)) keying.out();
  }

  /** The packet of a tick; ticks may be skipped, the timestamps follow the clock. */
  next(tick: number): OutboundPacket | undefined {
    if (!this.#sending || this.#isRelaying(tick)) return undefined;
    const timestamp = this.timestampAt(tick);
    if (this.#isAhead(timestamp)) return undefined;
    this.#relay.reset();
    const keyed = this.#nextKey(timestamp, this.#sending);
    const packet = keyed === 'pause' ? undefined : (keyed ?? this.#nextAudio(tick, timestamp, this.#sending.codec));
    return packet && this.#counted(packet, timestamp + packetSamples);
  }

  /**
   * Sends on what one other leg says, at a time in ticks and parts of one. Undefined where something of our own is sent
   * now, the far side must not be sent to, or takes no keys.
   */
  relay(spoken: SpokenAudio | SpokenEvent, tick: number): OutboundPacket | undefined {
    const sending = this.#sending;
    const payloadType = sending && payloadTypeIn(sending, spoken);
    if (!sending || payloadType === undefined || this.#isBusy(sending)) return undefined;
    const clock = this.timestampAt(tick);
    const numbers = this.#relay.number(spoken, {
      sequence: this.#sequence,
      clock,
      end: this.#isAhead(clock) ? this.#end : undefined,
    });
    if (!numbers) return undefined;

    const { sequence, timestamp, begins } = numbers;
    const marker = begins || (spoken.type === 'event' && spoken.marker);
    const { length } = spoken.payload;
    const datagram = rtpDatagram({ payloadType, marker, sequence, timestamp, ssrc: this.#start.ssrc }, length);
    const payload = datagram.subarray(rtpHeaderBytes);
    if (spoken.type === 'audio' && spoken.codec !== sending.codec) transcode(spoken.payload, sending.codec, payload);
    else payload.set(spoken.payload);
    // One that was late must not turn our numbers back.
    if (((sequence - this.#sequence) & 0xffff) < 0x8000) this.#sequence = (sequence + 1) & 0xffff;
    this.#relayedTick = tick;
    const at = Math.floor(tick * packetSamples) + timestampsBetween(clock, timestamp);
    const packet = spoken.type === 'audio' ? { datagram, audio: { codec: sending.codec, payload, at } } : { datagram };
    return this.#counted(packet, timestamp + samplesOf(spoken));
  }

  /** Nobody is heard any more, or somebody else. */
  endRelay(): void {
    this.#relayedTick = Number.NEGATIVE_INFINITY;
    this.#relay.reset();
  }

  /** The media clock at a tick. */
  timestampAt(tick: number): number {
    return (this.#start.timestamp + tick * packetSamples) >>> 0;
  }

  get packets(): number {
    return this.#packets;
  }

  /** Of payload (RFC 3550, 6.4.1). */
  get octets(): number {
    return this.#octets;
  }

  #counted(packet: OutboundPacket, end: number): OutboundPacket {
    this.#packets++;
    this.#octets += packet.datagram.length - rtpHeaderBytes;
    if (!this.#isAhead(end)) this.#end = end >>> 0;
    return packet;
  }

  /** Whether what was sent already is later: the clock of whom we hear may run a little before ours. */
  #isAhead(timestamp: number): boolean {
    const ahead = this.#end === undefined ? 0 : timestampsBetween(timestamp, this.#end);
    return ahead > 0 && ahead < mostAhead;
  }

  /** Whether there is something of our own to send. */
  #isBusy(sending: Sending): boolean {
    const keys = this.#keying.length > 0 && sending.dtmfPayloadType !== undefined;
    return keys || this.#playing !== undefined || this.#music !== undefined;
  }

  #isRelaying(tick: number): boolean {
    return tick - this.#relayedTick < relayPauseTicks && this.#sending !== undefined && !this.#isBusy(this.#sending);
  }

  #nextAudio(tick: number, timestamp: number, codec: AudioCodec): OutboundPacket {
    const marker = tick !== this.#lastTick + 1;
    this.#lastTick = tick;
    const datagram = this.#datagram(payloadTypeOf[codec], marker, timestamp, packetSamples);
    const payload = datagram.subarray(rtpHeaderBytes);
    this.#fill(payload, codec);
    return { datagram, audio: { codec, payload, at: tick * packetSamples } };
  }

  #fill(payload: Buffer, codec: AudioCodec): void {
    const playing = this.#playing;
    // What others say is taken in every tick, heard or not: it must not be late afterwards.
    const live = this.#live(codec);
    const bytes =
      playing?.prompt[codec].subarray(playing.position, playing.position + packetSamples) ??
      this.#nextMusic(codec) ??
      live;
    payload.set(bytes ?? []);
    payload.fill(silentByte[codec], bytes?.length ?? 0);
    if (!playing) return;
    playing.position += packetSamples;
    if (playing.position < playing.prompt[codec].length) return;
    this.#playing = undefined;
    this.#emit({ type: 'prompt-ended', playId: playing.playId, completed: true });
  }

  #nextMusic(codec: AudioCodec): Uint8Array | undefined {
    const music = this.#music;
    if (!music) return undefined;
    const bytes = music.prompt[codec].subarray(music.position, music.position + packetSamples);
    music.position += packetSamples;
    if (music.position >= music.prompt[codec].length) music.position = 0;
    return bytes;
  }

  /** The packet of a key being sent; `pause` where a key owns the tick and says nothing in it. */
  #nextKey(timestamp: number, sending: Sending): OutboundPacket | 'pause' | undefined {
    const keying = this.#keying[0];
    if (!keying || sending.dtmfPayloadType === undefined) return undefined;
    const event = keying.events[Math.floor(keying.gone / (toneTicks + pauseTicks))];
    if (event === undefined) {
      this.#keying.shift();
      keying.out();
      return this.#nextKey(timestamp, sending);
    }
    const part = keying.gone % (toneTicks + pauseTicks);
    keying.gone++;
    if (part === 0) this.#keyTimestamp = timestamp;
    if (part >= toneTicks + endRepeats) return 'pause';

    const datagram = this.#datagram(sending.dtmfPayloadType, part === 0, this.#keyTimestamp, telephoneEventBytes);
    const end = part >= toneTicks - 1;
    writeTelephoneEvent(datagram, rtpHeaderBytes, {
      event,
      end,
      duration: Math.min(part + 1, toneTicks) * packetSamples,
    });
    return { datagram };
  }

  #datagram(payloadType: number, marker: boolean, timestamp: number, payloadBytes: number): Buffer {
    const sequence = this.#sequence;
    this.#sequence = (sequence + 1) & 0xffff;
    return rtpDatagram({ payloadType, marker, sequence, timestamp, ssrc: this.#start.ssrc }, payloadBytes);
  }
}

/** The payload type of a packet at the far side, undefined where it takes no such packet. */
function payloadTypeIn(sending: Sending, spoken: SpokenAudio | SpokenEvent): number | undefined {
  return spoken.type === 'audio' ? payloadTypeOf[sending.codec] : sending.dtmfPayloadType;
}
