/** Two directions laid side by side on one line of time, gaps filled with silence. */
import type { AudioCodec } from '#ports/media.ts';
import { decodeTables } from './g711.ts';
import { timestampsBetween } from './rtp-packet.ts';

/** Audio that far behind what was taken last still finds its place. */
export const lateSamples = 2_000;
/** A far side's timestamps are followed as long as they stay this near to the arrival; then a new start is made. */
const driftSamples = 1_600;
/** Room for a second to be taken, for late audio behind it and a burst before it. */
const windowSamples = 12_000;

/** Stereo samples at 8 kHz: left what we heard, right what we said. Positions count from the recording's start. */
export class RecordingTimeline {
  readonly #window = new Int16Array(windowSamples * 2);
  #start = 0;
  #anchor: { readonly timestamp: number; readonly position: number } | undefined;

  /**
   * Lays down audio that came at `arrival`. The far side's timestamps say where it belongs, so that jitter and
   * disorder on the way are not heard; where they jump, or its clock runs away, the arrival does.
   */
  heard(codec: AudioCodec, payload: Buffer, timestamp: number, arrival: number): void {
    let position = this.#anchor && this.#anchor.position + timestampsBetween(this.#anchor.timestamp, timestamp);
    if (position === undefined || Math.abs(position - arrival) > driftSamples) {
      this.#anchor = { timestamp, position: arrival };
      position = arrival;
    }
    this.#lay(0, codec, payload, position);
  }

  /** Lays down audio that was sent at `position`. */
  said(codec: AudioCodec, payload: Buffer, position: number): void {
    this.#lay(1, codec, payload, position);
  }

  /** Takes what lies before `end` away, interleaved; empty when that was taken already. */
  take(end: number): Int16Array {
    const length = Math.max(0, end - this.#start);
    const taken = new Int16Array(length * 2);
    taken.set(this.#window.subarray(0, length * 2));
    this.#window.copyWithin(0, length * 2);
    this.#window.fill(0, Math.max(0, this.#window.length - length * 2));
    this.#start += length;
    return taken;
  }

  #lay(side: 0 | 1, codec: AudioCodec, payload: Buffer, position: number): void {
    const table = decodeTables[codec];
    const first = position - this.#start;
    const from = Math.max(0, -first);
    const to = Math.min(payload.length, windowSamples - first);
    for (let index = from; index < to; index++) {
      this.#window[(first + index) * 2 + side] = table[payload[index] as number] as number;
    }
  }
}
