/** The payload of telephone-events and the keys they stand for (RFC 4733, 2.3 and 3.2). */

const keys = '0123456789*#ABCD';

/** One telephone-event packet's payload. */
export interface TelephoneEvent {
  /** 0 to 15 are keys; others exist (16, flash). */
  readonly event: number;
  readonly end: boolean;
  /** In timestamp units, 1/8,000 s, since the packet's timestamp. */
  readonly duration: number;
}

/** Octets of a payload. */
export const telephoneEventBytes = 4;
const volumeDbm0 = 10;

/** Reads a payload that holds one event; undefined for any other length. */
export function parseTelephoneEvent(payload: Buffer): TelephoneEvent | undefined {
  if (payload.length !== telephoneEventBytes) return undefined;
  return {
    event: payload.readUInt8(0),
    end: payload.readUInt8(1) >= 0x80,
    duration: payload.readUInt16BE(2),
  };
}

/** Writes a payload at `offset`, as loud as −10 dBm0. */
export function writeTelephoneEvent(target: Buffer, offset: number, { event, end, duration }: TelephoneEvent): void {
  target[offset] = event;
  target[offset + 1] = (end ? 0x80 : 0) | volumeDbm0;
  target.writeUInt16BE(duration, offset + 2);
}

/** The key of an event, undefined for events that are none. */
export function keyOf(event: number): string | undefined {
  return keys[event];
}

/** The events of keys typed as text, in either case; undefined when one of them is no key. */
export function eventsOf(digits: string): number[] | undefined {
  const events = Array.from(digits.toUpperCase(), (digit) => keys.indexOf(digit));
  return events.includes(-1) ? undefined : events;
}
