/**
 * The commit and the chain that it is a link of: each holds the SHA-256 of the one before it in its stream, so
 * that nobody can change, remove or insert one without breaking all that follow.
 */
import { hash } from 'node:crypto';
import type { StoredEntry } from '#ports/journal.ts';
import { type Commit, commit as commitCodec } from '#proto/generated/envelope.ts';

/** The end of a chain: what the next commit continues. */
export interface ChainEnd {
  readonly version: number;
  readonly hash: Uint8Array;
}

/** Before the first commit. */
export const genesis: ChainEnd = { version: 0, hash: new Uint8Array(0) };

/** A commit as the journal keeps it. */
export interface SealedCommit {
  readonly bytes: Uint8Array;
  readonly hash: Uint8Array;
}

/** The first link of a stream that does not hold, or what beside the chain does not belong to it. */
export interface BrokenLink {
  readonly stream: string;
  readonly version: number;
  readonly why:
    | 'gap'
    | 'bytes unreadable'
    | 'hash of the bytes wrong'
    | 'bytes of another place'
    | 'time of another commit'
    | 'previous hash wrong'
    | 'snapshot of another history'
    | 'stream gone';
}

export function seal(commit: Commit): SealedCommit {
  const bytes = commitCodec.encode(commit);
  return { bytes, hash: sha256(bytes) };
}

/** One link of a stream: its commit, or why it does not hold after `end`. */
export function link(
  stream: string,
  entry: StoredEntry,
  end: ChainEnd,
): { readonly commit: Commit } | { readonly broken: BrokenLink } {
  const broken = (why: BrokenLink['why']) => ({ broken: { stream, version: entry.version, why } });
  if (entry.version !== end.version + 1) return broken('gap');
  if (!same(sha256(entry.bytes), entry.hash)) return broken('hash of the bytes wrong');
  let commit: Commit;
  try {
    commit = commitCodec.decode(entry.bytes);
  } catch {
    return broken('bytes unreadable');
  }
  if (commit.stream !== stream || commit.version !== entry.version) return broken('bytes of another place');
  if (commit.atMs !== entry.atMs) return broken('time of another commit');
  if (!same(commit.previousHash, end.hash)) return broken('previous hash wrong');
  return { commit };
}

/** Walks entries of one stream; gives the first broken link, or the chain's new end. */
export function verifyChain(
  stream: string,
  entries: readonly StoredEntry[],
  from: ChainEnd = genesis,
): { readonly end: ChainEnd } | { readonly broken: BrokenLink } {
  let end = from;
  for (const entry of entries) {
    const checked = link(stream, entry, end);
    if ('broken' in checked) return checked;
    end = entry;
  }
  return { end };
}

/** SHA-256. Asked for as text and copied, which is twice as fast as a Buffer of its own for each, and spares the collector. */
export function sha256(bytes: Uint8Array): Uint8Array {
  const digest = hash('sha256', bytes, 'binary');
  const copy = new Uint8Array(32);
  for (let index = 0; index < 32; index += 1) copy[index] = digest.charCodeAt(index);
  return copy;
}

/** Whether two are the same bytes. */
export function same(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}
