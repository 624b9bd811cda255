/** What a leg sends: one packet a tick. Digits go before a prompt, a prompt before music, music before what others say. */
import type { AudioCodec, MediaEvent } from '#ports/media.ts';
import { telephoneEventBytes, writeTelephoneEvent } from './dtmf.ts';
import { payloadTypeOf, silentByte } from './g711.ts';
import { packetSamples } from './pace.ts';
import type { Prompt } from './prompts.ts';
import { rtpDatagram, rtpHeaderBytes } from './rtp-packet.ts';

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
}

/** A datagram to be sent. */
export interface OutboundPacket {
  readonly datagram: Buffer;
  /** The audio in it; absent in telephone-events. */
  readonly audio?: SentAudio;
}

/** What the far side is to hear of others in this tick, in the codec; undefined: nothing. */
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

/** The sending half of a leg. Pure: the caller owns the clock and the socket. */
export class Outbound {
  readonly #start: StreamStart;
  readonly #emit: (event: MediaEvent) => void;
  readonly #live: LiveAudio;
  readonly #keying: Keying[] = [];
  #sending: Sending | undefined;
  #playing: Playing | undefined;
  #music: { readonly prompt: Prompt; position: number } | undefined;
  #sequence: number;
  #lastTick = -2;
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
    if (!this.#sending) return undefined;
    const timestamp = this.timestampAt(tick);
    const keyed = this.#nextKey(timestamp, this.#sending);
    const packet = keyed === 'pause' ? undefined : (keyed ?? this.#nextAudio(tick, timestamp, this.#sending.codec));
    if (!packet) return undefined;
    this.#packets++;
    this.#octets += packet.datagram.length - rtpHeaderBytes;
    return packet;
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

  #nextAudio(tick: number, timestamp: number, codec: AudioCodec): OutboundPacket {
    const marker = tick !== this.#lastTick + 1;
    this.#lastTick = tick;
    const datagram = this.#datagram(payloadTypeOf[codec], marker, timestamp, packetSamples);
    const payload = datagram.subarray(rtpHeaderBytes);
    this.#fill(payload, codec);
    return { datagram, audio: { codec, payload } };
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
