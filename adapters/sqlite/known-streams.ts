/**
 * Which streams a journal may hold, so that a new actor need not ask the file. Every call is a new actor; while
 * another thread writes, each question costs SQLite a fresh look at the WAL. A Bloom filter (Bloom, 1970): "no" is
 * certain, "perhaps" is asked of the file. Wrong for 1 of 1,000 names at 500,000 streams, for 1 of 20 at 2 million.
 */

/** 2^23 bits are one MiB. */
const bitCount = 2 ** 23;
const probes = 4;

export class KnownStreams {
  readonly #bits = new Uint32Array(bitCount / 32);

  add(name: string): void {
    const { first, step } = hashes(name);
    for (let probe = 0; probe < probes; probe += 1) {
      const bit = (first + probe * step) & (bitCount - 1);
      this.#bits[bit >>> 5] = (this.#bits[bit >>> 5] ?? 0) | (1 << (bit & 31));
    }
  }

  /** False: it was never added. */
  mayHold(name: string): boolean {
    const { first, step } = hashes(name);
    for (let probe = 0; probe < probes; probe += 1) {
      const bit = (first + probe * step) & (bitCount - 1);
      if (((this.#bits[bit >>> 5] ?? 0) & (1 << (bit & 31))) === 0) return false;
    }
    return true;
  }
}

/** FNV-1a, and a second hash made from it: two are as good as many (Kirsch and Mitzenmacher, 2006). */
function hashes(name: string): { readonly first: number; readonly step: number } {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  }
  const step = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return { first: hash >>> 0, step: ((step ^ (step >>> 13)) | 1) >>> 0 };
}
