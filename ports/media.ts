/**
 * What a call needs from the media plane. Packets never leave the adapter: an actor hears what was said and
 * pressed.
 */
import type { CodedError } from './errors.ts';

/** Audio codecs every carrier speaks (RFC 3551): G.711 µ-law (0) and A-law (8), 8 kHz, 20 ms. */
export type AudioCodec = 'PCMU' | 'PCMA';

/** One side of an RTP stream, as SDP would describe it (RFC 8866, RFC 3264). */
export interface RtpEndpoint {
  readonly address: string;
  readonly port: number;
  /** In order of preference; the first of an answer is used. */
  readonly codecs: readonly AudioCodec[];
  /** Payload type of telephone-event (RFC 4733), 96 to 127; absent when the side has none. */
  readonly dtmfPayloadType?: number;
  /** Seen from the side that is described; `inactive` and `sendonly` are holds. */
  readonly direction: 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';
}

/** What happens in a call's media. */
export type MediaEvent =
  /** A key the far side pressed, once however many packets told it (RFC 4733, 2.5). */
  | { readonly type: 'digit'; readonly digit: string; readonly durationMs: number }
  /** The prompt was played to its end, or stopped. */
  | { readonly type: 'prompt-ended'; readonly playId: string; readonly completed: boolean }
  /**
   * The far side has vanished: neither RTP nor RTCP came for the time given at `open`. Told of one that has sent both
   * before, and is not on hold: whoever is muted may send no RTP for long, but its reports go on (RFC 3550, 6.2). Once,
   * until packets come again.
   */
  | { readonly type: 'silence'; readonly silentMs: number }
  /** The media plane lost the leg, its worker died: nothing is sent or heard any more. Last event of a leg. */
  | { readonly type: 'lost'; readonly reason: string };

/** Counted over a leg's life (RFC 3550, 6.4). Round-trip and remote figures are absent without RTCP from there. */
export interface MediaReport {
  readonly packetsSent: number;
  readonly packetsReceived: number;
  /** Expected less received, by sequence number; may be negative with duplicates. */
  readonly packetsLost: number;
  /** Datagrams that came and were no part of the stream: malformed, or from somebody else. */
  readonly packetsIgnored?: number;
  /** Interarrival jitter of what we received, ms (RFC 3550, A.8). */
  readonly jitterMs: number;
  readonly remoteFractionLost?: number;
  readonly remoteJitterMs?: number;
  readonly roundTripMs?: number;
  /** Path of the stereo WAV, left what we heard, right what we said; absent when none was asked for. */
  readonly recording?: string;
  readonly recordedMs: number;
  /** Why the recording ended before the leg did (DISK_FULL, RECORDING_UNWRITABLE); what was written till then is kept. */
  readonly recordingError?: CodedError;
}

/** Who hears a supervisor: nobody, the leg that is attended, or it and whoever it talks to. */
export type MonitorMode = 'listen' | 'whisper' | 'join';

/** Hears the media events of one leg; must not throw. */
export type MediaListener = (event: MediaEvent) => void;

export interface LegOptions {
  /** Path of the WAV to write; its folder is made. No recording when absent. */
  readonly recording?: string;
  /** Report `silence` after this long without a packet, more than two intervals of RTCP; never when absent. */
  readonly silenceMs?: number;
}

/**
 * One leg a call: an RTP port pair, a player, a recorder, a digit detector. One Media for each node.
 * For a leg that is not open (any more) nothing is done, but by open and close.
 */
export interface Media {
  /**
   * Takes an even RTP port and its RTCP neighbour; resolves with our side for the offer.
   * Idempotent by `legId`: opened again it is the same leg, and the newest listener hears it.
   * @throws PORTS_EXHAUSTED when the configured range is used up, MEDIA_UNAVAILABLE when no worker starts.
   */
  open(legId: string, options: LegOptions, listener: MediaListener): Promise<RtpEndpoint>;
  /** Points the leg at the far side, or moves or holds it; the recording starts with the first call of it. */
  connect(legId: string, remote: RtpEndpoint): Promise<void>;
  /**
   * Plays a prompt: WAV, PCM 16 bit or G.711, mono or stereo, 8 or 16 kHz. Resolves when playing has begun;
   * the end is the event `prompt-ended`. A prompt in progress is stopped first.
   * @throws PROMPT_UNREADABLE in one sentence that says what is wrong with the file.
   */
  play(legId: string, playId: string, path: string): Promise<void>;
  stopPlaying(legId: string): Promise<void>;
  /**
   * Sends keys as telephone-events, 100 ms each with 60 ms between (RFC 4733); resolves when they are out, or
   * the leg has ended.
   * @throws DIGITS_UNSENDABLE when a key is none of 0–9, *, #, A–D, or the far side takes no telephone-events.
   */
  sendDigits(legId: string, digits: string): Promise<void>;
  /**
   * The two hear each other; whoever one of them heard before is parted from it, a hold ends, a prompt goes on before
   * what the other says. Keys go through to one that takes them. Without transcoding where both have one codec. A
   * recording has both sides. For a leg of another node open one here and one there, `connect` each to the side of the
   * other, and bridge each with its own: a link.
   */
  bridge(legA: string, legB: string): Promise<void>;
  /** The leg hears nobody and is heard by nobody but a supervisor; a supervisor's leg attends nobody any more. */
  unbridge(legId: string): Promise<void>;
  /**
   * The far side hears the music, again and again, or silence, and is not heard; the bridge stays for `retrieve`.
   * @throws PROMPT_UNREADABLE; then the leg is not held.
   */
  hold(legId: string, music?: string): Promise<void>;
  retrieve(legId: string): Promise<void>;
  /** The leg is not heard, but hears; until it is no longer muted or closes, whoever it is bridged with. */
  mute(legId: string, muted: boolean): Promise<void>;
  /** A supervisor's leg hears that leg and whoever it is bridged with, now and later; once more: in another mode. */
  monitor(supervisorLeg: string, legId: string, mode: MonitorMode): Promise<void>;
  /** RTCP BYE, finishes the WAV, frees the ports. Unknown legs give an empty report. Idempotent. */
  close(legId: string): Promise<MediaReport>;
  /** Closes every leg and ends the workers. */
  shutdown(): Promise<void>;
}
