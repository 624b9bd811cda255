import { type Rate, TokenBucket } from './token-bucket.ts';

/** Datagrams that are read before anybody asks who sent them. */
export interface FloodLimits {
  /** Of one address that is not a gateway of ours. */
  readonly perSource: Rate;
  /** Of all such addresses together. */
  readonly global: Rate;
}

/** Enough for the OPTIONS of strangers. What belongs to a call of ours is let in past these limits. */
export const defaultFloodLimits: FloodLimits = {
  perSource: { ratePerSecond: 100, burst: 200 },
  global: { ratePerSecond: 1000, burst: 2000 },
};

/** Addresses remembered at most; a flood from forged addresses must not fill the memory. */
const sourcesKept = 4096;
/** Gateway addresses remembered at most: one whose name moves with every look-up leaves old ones behind. */
const trustedKept = 1024;

/**
 * Says which datagrams are worth reading. What it refuses is dropped without an answer: an answer would make
 * us an amplifier (RFC 3261, 26.1.5).
 */
export class FloodGuard {
  readonly #limits: FloodLimits;
  readonly #global: TokenBucket;
  readonly #sources = new Map<string, TokenBucket>();
  readonly #trusted = new Set<string>();

  constructor(limits: FloodLimits, nowMs: number) {
    this.#limits = limits;
    this.#global = new TokenBucket(limits.global, nowMs);
  }

  /**
   * A gateway we dial through: strangers must not be able to shut it out, so it is not counted with them. The
   * address trusted longest ago is the first to be forgotten.
   */
  trust(address: string): void {
    this.#trusted.delete(address);
    if (this.#trusted.size >= trustedKept) {
      const [oldest] = this.#trusted;
      if (oldest !== undefined) this.#trusted.delete(oldest);
    }
    this.#trusted.add(address);
  }

  admits(address: string, nowMs: number): boolean {
    if (this.#trusted.has(address)) return true;
    return this.#bucketOf(address, nowMs).take(nowMs) && this.#global.take(nowMs);
  }

  #bucketOf(address: string, nowMs: number): TokenBucket {
    const known = this.#sources.get(address);
    if (known) return known;
    if (this.#sources.size >= sourcesKept) {
      const [oldest] = this.#sources.keys();
      if (oldest !== undefined) this.#sources.delete(oldest);
    }
    const bucket = new TokenBucket(this.#limits.perSource, nowMs);
    this.#sources.set(address, bucket);
    return bucket;
  }
}
