/** When packets are due: every 20 ms from a start, on a monotonic clock, so that no delay adds up. */

/** The packet time of G.711 (RFC 3551, 4.2). */
export const packetMs = 20;
/** Samples a packet at 8 kHz. */
export const packetSamples = 160;

/** Packets sent at once after a stall; what is older is skipped, as a far side's buffer could not use it. */
const longestBurst = 5;

/** The ticks to serve now. */
export interface DueTicks {
  readonly first: number;
  /** Not included: `first` again when none is due. */
  readonly end: number;
}

/**
 * Ticks that are due `elapsedMs` after the start when all before `next` were served or skipped. Tick n is due
 * at n × 20 ms.
 */
export function dueTicks(elapsedMs: number, next: number): DueTicks {
  const end = Math.max(next, Math.floor(elapsedMs / packetMs) + 1);
  return { first: Math.max(next, end - longestBurst), end };
}
