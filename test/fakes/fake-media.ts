/** A media plane without packets: tests push by hand what a far side would do. Passes ports/media.contract.ts. */
import { Hearing } from '#adapters/rtp/hearing.ts';
import { FatalError, RetryableError } from '#ports/errors.ts';
import type {
  LegOptions,
  Media,
  MediaEvent,
  MediaListener,
  MediaReport,
  MonitorMode,
  RtpEndpoint,
} from '#ports/media.ts';

/** A leg as a test can look at it. */
export interface FakeLeg {
  readonly legId: string;
  readonly options: LegOptions;
  readonly side: RtpEndpoint;
  listener: MediaListener;
  /** What `connect` was called with last. */
  remote?: RtpEndpoint;
  /** The prompt in progress. */
  playing?: { readonly playId: string; readonly path: string };
  /** Every prompt that was begun, in order. */
  readonly played: string[];
  /** Every key that was sent, in order. */
  sentDigits: string;
}

export interface FakeMediaOptions {
  /** Legs open at once before PORTS_EXHAUSTED; 1,000 when absent. */
  readonly legs?: number;
  /** Paths of prompts that are PROMPT_UNREADABLE. */
  readonly unreadable?: readonly string[];
}

const emptyReport: MediaReport = { packetsSent: 0, packetsReceived: 0, packetsLost: 0, jitterMs: 0, recordedMs: 0 };

export class FakeMedia implements Media {
  /** Legs that are open now, by id. */
  readonly legs = new Map<string, FakeLeg>();
  /** Who was brought together with whom, and how, in order, as words. */
  readonly done: string[] = [];
  /** Reports that `close` gives instead of its own, by leg. */
  readonly reports = new Map<string, MediaReport>();
  readonly #limit: number;
  readonly #unreadable: ReadonlySet<string>;
  readonly #hearing = new Hearing();
  #nextPort = 20_000;

  constructor({ legs = 1_000, unreadable = [] }: FakeMediaOptions = {}) {
    this.#limit = legs;
    this.#unreadable = new Set(unreadable);
  }

  async open(legId: string, options: LegOptions, listener: MediaListener): Promise<RtpEndpoint> {
    const known = this.legs.get(legId);
    if (known) {
      known.listener = listener;
      return known.side;
    }
    if (this.legs.size >= this.#limit) {
      throw new RetryableError('PORTS_EXHAUSTED', `All ${this.#limit} legs are open; place fewer calls at once.`);
    }
    const side: RtpEndpoint = {
      address: '192.0.2.1',
      port: this.#nextPort,
      codecs: ['PCMU', 'PCMA'],
      dtmfPayloadType: 101,
      direction: 'sendrecv',
    };
    this.#nextPort += 2;
    this.legs.set(legId, { legId, options, side, listener, played: [], sentDigits: '' });
    return side;
  }

  async connect(legId: string, remote: RtpEndpoint): Promise<void> {
    const leg = this.legs.get(legId);
    if (leg) leg.remote = remote;
  }

  async play(legId: string, playId: string, path: string): Promise<void> {
    const leg = this.legs.get(legId);
    if (!leg) return;
    if (this.#unreadable.has(path)) throw unreadable(path);
    this.endPrompt(legId, false);
    leg.playing = { playId, path };
    leg.played.push(path);
  }

  async stopPlaying(legId: string): Promise<void> {
    this.endPrompt(legId, false);
  }

  async sendDigits(legId: string, digits: string): Promise<void> {
    const leg = this.legs.get(legId);
    if (!/^[0-9*#a-d]*$/i.test(digits) || (leg && leg.remote?.dtmfPayloadType === undefined)) {
      throw new FatalError('DIGITS_UNSENDABLE', `Digits cannot be sent on the leg ${legId}; agree on them in SDP.`);
    }
    if (leg) leg.sentDigits += digits;
  }

  async bridge(legA: string, legB: string): Promise<void> {
    if (!this.legs.has(legA) || !this.legs.has(legB)) return;
    this.done.push(`bridge ${legA} ${legB}`);
    this.#hearing.bridge(legA, legB);
  }

  async unbridge(legId: string): Promise<void> {
    if (!this.legs.has(legId)) return;
    this.done.push(`unbridge ${legId}`);
    this.#hearing.unbridge(legId);
  }

  async hold(legId: string, music?: string): Promise<void> {
    if (!this.legs.has(legId)) return;
    if (music !== undefined && this.#unreadable.has(music)) throw unreadable(music);
    this.done.push(`hold ${legId}`);
    this.#hearing.hold(legId);
  }

  async retrieve(legId: string): Promise<void> {
    if (!this.legs.has(legId)) return;
    this.done.push(`retrieve ${legId}`);
    this.#hearing.retrieve(legId);
  }

  async mute(legId: string, muted: boolean): Promise<void> {
    if (!this.legs.has(legId)) return;
    this.done.push(`${muted ? 'mute' : 'unmute'} ${legId}`);
    this.#hearing.mute(legId, muted);
  }

  async monitor(supervisorLeg: string, legId: string, mode: MonitorMode): Promise<void> {
    if (!this.legs.has(supervisorLeg) || !this.legs.has(legId)) return;
    this.done.push(`${mode} ${supervisorLeg} ${legId}`);
    this.#hearing.monitor(supervisorLeg, legId, mode);
  }

  async close(legId: string): Promise<MediaReport> {
    const leg = this.legs.get(legId);
    if (!leg) return emptyReport;
    this.endPrompt(legId, false);
    this.legs.delete(legId);
    this.#hearing.remove(legId);
    const { recording } = leg.options;
    const own = recording === undefined || !leg.remote ? emptyReport : { ...emptyReport, recording };
    return this.reports.get(legId) ?? own;
  }

  async shutdown(): Promise<void> {
    await Promise.all(Array.from(this.legs.keys(), (legId) => this.close(legId)));
  }

  /** Whom the far side of a leg hears. */
  heardBy(legId: string): readonly string[] {
    return this.legs.get(legId)?.playing ? [] : this.#hearing.heardBy(legId);
  }

  /** The far side presses a key. */
  press(legId: string, digit: string, durationMs = 100): void {
    this.push(legId, { type: 'digit', digit, durationMs });
  }

  /** The prompt in progress comes to its end, if there is one. */
  endPrompt(legId: string, completed = true): void {
    const leg = this.legs.get(legId);
    if (!leg?.playing) return;
    const { playId } = leg.playing;
    delete leg.playing;
    leg.listener({ type: 'prompt-ended', playId, completed });
  }

  /** The media thread of a leg dies. */
  lose(legId: string): void {
    const leg = this.legs.get(legId);
    this.legs.delete(legId);
    this.#hearing.remove(legId);
    leg?.listener({ type: 'lost', reason: 'the media thread died' });
  }

  /** Any event, as it would come from the far side. */
  push(legId: string, event: MediaEvent): void {
    this.legs.get(legId)?.listener(event);
  }
}

function unreadable(path: string): FatalError {
  return new FatalError('PROMPT_UNREADABLE', `The prompt ${path} does not exist; check the path and its permissions.`);
}
