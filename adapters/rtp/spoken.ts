/** What a leg says, packet by packet, as those get it who hear it; also across threads. */
import type { AudioCodec } from '#ports/media.ts';

interface Numbered {
  /** Of the far side's stream (RFC 3550, 5.1). */
  readonly sequence: number;
  readonly timestamp: number;
  /** One more with every stream that takes the place of another, or begins anew: their numbers have nothing in common. */
  readonly stream: number;
  readonly payload: Uint8Array;
}

export interface SpokenAudio extends Numbered {
  readonly type: 'audio';
  readonly codec: AudioCodec;
}

/** A packet of a key that is being pressed (RFC 4733, 2.3). */
export interface SpokenEvent extends Numbered {
  readonly type: 'event';
  readonly marker: boolean;
  /** Of the key until now, in timestamp units. */
  readonly duration: number;
}

/** A key that was pressed, once it is complete. */
export interface SpokenKey {
  readonly type: 'key';
  /** 0 to 15. */
  readonly event: number;
}

export type Spoken = SpokenAudio | SpokenEvent | SpokenKey;
