/** What the journal alone says of an actor, and whether the journal can be believed. */
import type { Journal } from '#ports/journal.ts';
import type { Tagged } from '#proto/codec.ts';
import type { Chronicle } from './actor.ts';
import { type BrokenLink, type ChainEnd, genesis, verifyChain } from './commits.ts';
import { refOf } from './refs.ts';
import { advance, beginning, commitOf, pages } from './replayed.ts';

/** A commit with its events decoded. */
export interface DecodedCommit {
  readonly version: number;
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly commandId: string;
  readonly correlationId: string;
  readonly causationId: string;
  readonly sender: string;
  readonly events: readonly Tagged[];
}

export interface History {
  readonly ref: string;
  /** In order; empty for an actor that never was. */
  readonly commits: readonly DecodedCommit[];
  /** After the last of them. */
  readonly state: unknown;
  readonly version: number;
}

/**
 * An actor's history and its state, from its first commit and without any snapshot; up to and with `atMs` where it
 * is given (milliseconds since 1970).
 * @throws JOURNAL_BROKEN at the first link that does not hold, and what the journal throws.
 */
export async function replay(
  definition: Chronicle,
  journal: Pick<Journal, 'read'>,
  id: string,
  { atMs = Number.POSITIVE_INFINITY }: { readonly atMs?: number } = {},
): Promise<History> {
  const ref = refOf(definition.protocol.kind, id);
  const commits: DecodedCommit[] = [];
  let replayed = beginning(definition, id);
  const history = (): History => ({ ref, commits, state: replayed.state, version: replayed.version });
  for await (const page of pages(journal, ref, 0)) {
    for (const entry of page) {
      const commit = commitOf(entry, replayed);
      if (commit.atMs > atMs) return history();
      const { version, commandId, correlationId, causationId, sender } = commit;
      const events = commit.events.map((bytes) => definition.protocol.event.decode(bytes));
      commits.push({ version, atMs: commit.atMs, commandId, correlationId, causationId, sender, events });
      replayed = advance(definition, replayed, entry, commit);
    }
  }
  return history();
}

/** What a walk over the whole journal found. */
export interface Verified {
  readonly streams: number;
  readonly commits: number;
  /** The first link that does not hold; absent where all do. */
  readonly broken?: BrokenLink;
}

const streamsAtOnce = 500;

/**
 * Walks the hash chain of every stream, by name, and stops at the first broken link. A stream that lost its newest
 * commits still is a chain: that needs a copy to compare with.
 */
export async function verifyJournal(journal: Pick<Journal, 'read' | 'streams'>): Promise<Verified> {
  let streams = 0;
  let commits = 0;
  for (let after = ''; ; ) {
    const page = await journal.streams({ after, limit: streamsAtOnce });
    for (const stream of page) {
      let end: ChainEnd = genesis;
      for await (const entries of pages(journal, stream, 0)) {
        const verified = verifyChain(stream, entries, end);
        if ('broken' in verified) return { streams, commits, broken: verified.broken };
        end = verified.end;
        commits += entries.length;
      }
      streams += 1;
    }
    if (page.length < streamsAtOnce) return { streams, commits };
    after = page.at(-1) ?? after;
  }
}
