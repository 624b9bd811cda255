/**
 * Which node an actor lives on: weighted rendezvous hashing (Thaler and Ravishankar, "Using name-based mappings to
 * increase hit rates", 1998; the weights as in Schindelhauer and Schomaker, "Weighted distributed hash tables", 2005).
 * Each node gets a score with the actor's name, and the highest wins; so when a node joins or leaves, only the actors
 * it wins or held move, and a node's share is its weight's.
 */

/** Taken from the global object once: where tests run in a context of their own, each look at it is slow. */
const { imul, log } = Math;

/** A node that actors may be placed on, with its name hashed once. */
export interface Seat {
  readonly nodeId: string;
  /** Its share of the actors, against that of the others; above 0. */
  readonly weight: number;
  readonly hash: Hash;
}

/** 64 bits. */
interface Hash {
  high: number;
  low: number;
}

export function seat(nodeId: string, weight = 1): Seat {
  return { nodeId, weight, hash: { ...hashOf(nodeId) } };
}

/** The node of an actor; undefined where there is no node. The order of `seats` does not matter. */
export function place(ref: string, seats: readonly Seat[]): string | undefined {
  if (seats.length < 2) return seats[0]?.nodeId;
  const { high, low } = hashOf(ref);
  let best: Seat | undefined;
  let bestScore = 0;
  for (const each of seats) {
    const score = -each.weight / log(fractionOf(high ^ each.hash.high, low ^ each.hash.low));
    if (score > bestScore || !best || (score === bestScore && each.nodeId < best.nodeId)) {
      best = each;
      bestScore = score;
    }
  }
  return best?.nodeId;
}

/** One for all, because `place` is asked for every command that leaves: read it before the next hash is made. */
const last: Hash = { high: 0, low: 0 };

/** FNV-1a over UTF-16 units, twice with two primes. */
function hashOf(text: string): Readonly<Hash> {
  let high = 0x811c9dc5;
  let low = 0x9e3779b9;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    high = imul(high ^ unit, 0x01000193);
    low = imul(low ^ unit, 0x85ebca6b);
  }
  last.high = high;
  last.low = low;
  return last;
}

/** Between 0 and 1, and neither, from 53 well mixed bits. */
function fractionOf(high: number, low: number): number {
  const upper = mixed(high ^ mixed(low));
  const lower = mixed(low ^ upper);
  return ((upper >>> 5) * 0x4000000 + (lower >>> 6) + 0.5) / 0x20000000000000;
}

/** The finalizer of MurmurHash3, without which names that differ at the end cluster. */
function mixed(bits: number): number {
  let hash = imul(bits ^ (bits >>> 16), 0x85ebca6b);
  hash = imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
