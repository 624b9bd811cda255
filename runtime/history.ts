/** What the journal alone says of an actor, and whether the journal can be believed. */
import { createHash } from 'node:crypto';
import type { Journal, StoredEntry } from '#ports/journal.ts';
import type { Tagged } from '#proto/codec.ts';
import { commit as commitCodec } from '#proto/generated/envelope.ts';
import type { Chronicle } from './actor.ts';
import { type BrokenLink, type ChainEnd, genesis, verifyChain } from './commits.ts';
import { refOf } from './refs.ts';
import { advance, beginning, commitOf, pages } from './replayed.ts';
import { believed } from './snapshots.ts';
import { eventsOf } from './upcasting.ts';

/** A commit with its events decoded, in today's words. */
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
      const events = eventsOf(definition, commit);
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
  /** What does not hold, the first of it; absent where all does. */
  readonly broken?: BrokenLink;
  /**
   * SHA-256 in hex over where every stream stands, a line `NAME VERSION HASH` each, in the order of `streams`; absent
   * where something is broken. Kept elsewhere, it tells whether a later journal still has all that this one has.
   */
  readonly digest?: string;
}

const streamsAtOnce = 500;

/**
 * Walks the hash chain of every stream, by name, looks whether its snapshot is of that chain and whether there are
 * commits of no stream, and stops at the first thing that does not hold. A stream that lost its newest commits, and a
 * journal that lost a whole stream, still are sound by themselves: that needs the digest of a copy to compare with.
 */
export async function verifyJournal(
  journal: Pick<Journal, 'read' | 'streams' | 'strays' | 'loadSnapshot'>,
): Promise<Verified> {
  const digest = createHash('sha256');
  let streams = 0;
  let commits = 0;
  for (let after = ''; ; ) {
    const page = await journal.streams({ after, limit: streamsAtOnce });
    for (const stream of page) {
      const verified = await verifyStream(journal, stream);
      if ('broken' in verified) return { streams, commits, broken: verified.broken };
      const { version, hash } = verified.end;
      digest.update(`${stream} ${version} ${Buffer.from(hash).toString('hex')}\n`);
      commits += version;
      streams += 1;
    }
    if (page.length < streamsAtOnce) break;
    after = page.at(-1) ?? after;
  }
  const [stray] = await journal.strays(1);
  return stray ? { streams, commits, broken: brokenStray(stray) } : { streams, commits, digest: digest.digest('hex') };
}

async function verifyStream(
  journal: Pick<Journal, 'read' | 'loadSnapshot'>,
  stream: string,
): Promise<ReturnType<typeof verifyChain>> {
  let end: ChainEnd = genesis;
  for await (const entries of pages(journal, stream, 0)) {
    const verified = verifyChain(stream, entries, end);
    if ('broken' in verified) return verified;
    end = verified.end;
  }
  const snapshot = await journal.loadSnapshot(stream);
  if (!snapshot || (await believed(snapshot, stream, journal))) return { end };
  return { broken: { stream, version: snapshot.version, why: 'snapshot of another history' } };
}

/** Its bytes still say which stream it was of, where they can be read. */
function brokenStray({ version, bytes }: StoredEntry): BrokenLink {
  const broken = (stream: string): BrokenLink => ({ stream, version, why: 'stream gone' });
  try {
    return broken(commitCodec.decode(bytes).stream);
  } catch {
    return broken('a stream without a name');
  }
}
