/** Follows the journal from beside the cluster: which calls there are, which live, and on which node. */
import * as call from '#actors/call/state.ts';
import type { Journal, StoredEntry } from '#ports/journal.ts';
import { callEvent } from '#proto/generated/call.ts';
import { commit as commitCodec } from '#proto/generated/envelope.ts';
import { nodeNameOf } from '#runtime/nodes.ts';

export interface FollowedCalls {
  /** Every call that there ever was, as call/ID. */
  readonly refs: ReadonlySet<string>;
  /** How many were dialed and are not over. */
  live(): number;
  /** Whether the call has no outcome yet. */
  isUnfinished(ref: string): boolean;
  /** Those that are not over and were last written by the node. */
  heldBy(node: string): readonly string[];
  stop(): Promise<void>;
}

interface Followed {
  state: call.CallState;
  node: string;
}

const livePhases: ReadonlySet<call.Phase> = new Set(['dialing', 'ringing', 'talking']);

/** `onError`: the journal cannot be followed any more. */
export function followCalls(journal: Pick<Journal, 'subscribe'>, onError: (error: unknown) => void): FollowedCalls {
  const refs = new Set<string>();
  const unfinished = new Map<string, Followed>();
  const take = ({ stream, bytes }: StoredEntry) => {
    if (!stream.startsWith('call/')) return;
    const known = unfinished.get(stream);
    // All that can come after its end is a channel given back.
    if (!known && refs.has(stream)) return;
    refs.add(stream);
    const { events, node = '' } = commitCodec.decode(bytes);
    const state = events.map((event) => callEvent.decode(event)).reduce(call.evolve, known?.state ?? call.initial());
    if (state.phase === 'ended') unfinished.delete(stream);
    else unfinished.set(stream, { state, node: nodeNameOf(node) });
  };
  const subscription = journal.subscribe('', (entries) => entries.forEach(take), onError);
  return {
    refs,
    live: () => [...unfinished.values()].filter(({ state }) => livePhases.has(state.phase)).length,
    isUnfinished: (ref) => unfinished.has(ref),
    heldBy: (node) => [...unfinished].filter(([, held]) => held.node === node).map(([ref]) => ref),
    stop: () => subscription.stop(),
  };
}
