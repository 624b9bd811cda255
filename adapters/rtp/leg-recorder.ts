/** One leg's recording: its timeline on the thread's clock, and the file behind it. */
import type { CodedError } from '#ports/errors.ts';
import type { HeardAudio } from './inbound.ts';
import type { SentAudio } from './outbound.ts';
import { type Recorded, Recording } from './recording.ts';
import { lateSamples, RecordingTimeline } from './recording-timeline.ts';

const samplesPerMs = 8;
/** What is written at once: a second. */
const blockSamples = 8_000;

/** Times are ms since the thread's clock began. */
export class LegRecorder {
  readonly #file: Recording;
  readonly #timeline = new RecordingTimeline();
  readonly #start: number;
  #written = 0;

  constructor(path: string, startMs: number, onError: (error: CodedError) => void) {
    this.#file = new Recording(path, onError);
    this.#start = Math.round(startMs * samplesPerMs);
  }

  /** Takes audio that came in. */
  heard({ codec, payload, timestamp }: HeardAudio, nowMs: number): void {
    this.#timeline.heard(codec, payload, timestamp, this.#position(nowMs));
  }

  /** Takes audio that went out. */
  said({ codec, payload, at }: SentAudio): void {
    this.#timeline.said(codec, payload, at - this.#start);
  }

  /** Writes the seconds that are complete, late packets included. */
  write(nowMs: number): void {
    const end = this.#position(nowMs) - lateSamples;
    if (end - this.#written >= blockSamples) this.#writeTo(end);
  }

  /** Writes the rest and finishes the file. */
  close(nowMs: number): Promise<Recorded> {
    this.#writeTo(this.#position(nowMs));
    return this.#file.close();
  }

  #position(nowMs: number): number {
    return Math.round(nowMs * samplesPerMs) - this.#start;
  }

  #writeTo(end: number): void {
    this.#file.write(this.#timeline.take(end));
    this.#written = end;
  }
}
