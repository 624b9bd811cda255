/** Keys from telephone-events: once each, however many packets told them (RFC 4733, 2.5.2). */
import type { TelephoneEvent } from './dtmf.ts';
import { keyOf } from './dtmf.ts';
import { timestampsBetween } from './rtp-packet.ts';

/** A key that was pressed. */
export interface Digit {
  readonly digit: string;
  readonly durationMs: number;
}

interface Press {
  /** Of the packets that tell it; moves on with the segments of a long press. */
  readonly timestamp: number;
  readonly event: number;
  /** Duration of the segments before this one. */
  readonly segments: number;
  readonly duration: number;
  readonly heardMs: number;
  /** Its end was seen or supposed: more packets of it say nothing new. */
  readonly over: boolean;
}

/** No packet of a press for this long: its end packets were lost. Senders update at least every 50 ms (2.5.1.2). */
const lostEndMs = 200;
const longestSegment = 0xffff;

/** Hears one leg's telephone-events. Every method gives the digit that is complete by then, if any. */
export class DigitDetector {
  #press: Press | undefined;

  /** Takes a packet. A key is complete by its first end packet, or by the beginning of the next key. */
  receive(timestamp: number, { event, end, duration }: TelephoneEvent, nowMs: number): Digit[] {
    const press = this.#press;
    const age = press ? timestampsBetween(press.timestamp, timestamp) : 1;
    if (age < 0) return [];
    if (press && age === 0) {
      if (press.over || event !== press.event) return [];
      this.#press = { ...press, duration: Math.max(duration, press.duration), heardMs: nowMs, over: end };
      return end ? digitOf(this.#press) : [];
    }

    const continues = press && !press.over && event === press.event && age === longestSegment;
    const before = continues ? [] : this.finish();
    const segments = continues ? press.segments + longestSegment : 0;
    this.#press = { timestamp, event, segments, duration, heardMs: nowMs, over: end };
    return end ? [...before, ...digitOf(this.#press)] : before;
  }

  /** Supposes the end of a press of which nothing was heard for 200 ms. */
  expire(nowMs: number): Digit[] {
    return this.#press && nowMs - this.#press.heardMs >= lostEndMs ? this.finish() : [];
  }

  /** Supposes the end of a press: its source is gone. */
  finish(): Digit[] {
    if (!this.#press || this.#press.over) return [];
    this.#press = { ...this.#press, over: true };
    return digitOf(this.#press);
  }

  /** Forgets the timestamps of the source before: another begins. */
  reset(): Digit[] {
    const last = this.finish();
    this.#press = undefined;
    return last;
  }
}

function digitOf({ event, segments, duration }: Press): Digit[] {
  const digit = keyOf(event);
  return digit === undefined ? [] : [{ digit, durationMs: (segments + duration) / 8 }];
}
