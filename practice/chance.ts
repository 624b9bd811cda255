/** Chance that repeats: the same words give the same numbers, in whatever order calls come. */

/** FNV-1a, 32 bit (draft-eastlake-fnv, 5). */
function hashOf(text: string): number {
  let hash = 0x811c_9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x0100_0193);
  return hash >>> 0;
}

/** Mulberry32 (Tommy Ettinger, 2017; public domain): numbers from 0 to 1, 1 not included. */
export function chanceOf(text: string): () => number {
  let state = hashOf(text);
  return () => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
