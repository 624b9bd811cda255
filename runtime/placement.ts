/**
 * Which node an actor lives on: rendezvous hashing (Thaler and Ravishankar, "Using name-based mappings to increase
 * hit rates", 1998). Each node gets a score with the actor's name, and the highest wins; so when a node joins or
 * leaves, only the actors it wins or held move.
 */

/** The node of an actor; undefined where there is no node. The order of `nodes` does not matter. */
export function place(ref: string, nodes: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestScore = -1;
  for (const node of nodes) {
    const score = scoreOf(`${node}\n${ref}`);
    if (score > bestScore || (score === bestScore && best !== undefined && node < best)) {
      best = node;
      bestScore = score;
    }
  }
  return best;
}

/** FNV-1a over UTF-16 units, then the finalizer of MurmurHash3, without which names that differ at the end cluster. */
function scoreOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
