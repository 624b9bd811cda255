/**
 * What one leg hears of another: a short buffer between packets that come when they come and ticks that want one each.
 * Two packets before it begins, so that a late one is not missed; no more than six, so that nobody talks into the past.
 */
import type { AudioCodec } from '#ports/media.ts';
import { packetSamples } from './pace.ts';
import type { SpokenAudio } from './spoken.ts';

const firstBytes = 2 * packetSamples;
const mostBytes = 6 * packetSamples;
/** What is kept of too much. */
const keptBytes = 3 * packetSamples;

/** A tick of audio. */
export interface Frame {
  readonly codec: AudioCodec;
  readonly payload: Buffer;
}

export class Feed {
  #codec: AudioCodec = 'PCMU';
  #bytes: Buffer = Buffer.alloc(0);
  #begins = true;

  /** Takes a packet of the leg that is heard. */
  hear({ codec, payload }: Pick<SpokenAudio, 'codec' | 'payload'>): void {
    const before = codec === this.#codec ? this.#bytes : Buffer.alloc(0);
    this.#codec = codec;
    const bytes = Buffer.concat([before, payload]);
    this.#bytes = bytes.length > mostBytes ? bytes.subarray(-keptBytes) : bytes;
  }

  /** The audio of a tick; undefined where there is none yet. */
  take(): Frame | undefined {
    const wanted = this.#begins ? firstBytes : packetSamples;
    this.#begins = this.#bytes.length < wanted;
    if (this.#begins) return undefined;
    const payload = this.#bytes.subarray(0, packetSamples);
    this.#bytes = this.#bytes.subarray(packetSamples);
    return { codec: this.#codec, payload };
  }
}
