/** Who has the key that an append wanted. */
import { findFirst } from './indexes.ts';
import { type CommitDocument, firstIn } from './journal-documents.ts';
import type { Place } from './journal-position.ts';
import { commitQueries, type JournalCollections, orderQueries } from './journal-queries.ts';

export type Taken =
  /** The append itself, by an earlier try of which nobody knew whether it had come through; it is durable. */
  | { readonly by: 'itself'; readonly document: CommitDocument }
  /** Another commit has the version. */
  | { readonly by: 'another' }
  /** Nobody has the version: the writer's number has ended. */
  | { readonly by: 'seal' }
  /** It cannot be seen, or not by a majority yet: the server is changing its primary. */
  | { readonly by: 'nobody' };

const local = { readConcern: { level: 'local' } } as const;

/** Looks who stands where a commit was to be; `isDoubtful`: whether a document is of a batch that was left open. */
export async function whoTook(
  { commits, ordered }: JournalCollections,
  commit: CommitDocument,
  isDoubtful: (place: Place) => boolean,
): Promise<Taken> {
  const query = commitQueries.beginningAt(commit.stream, firstIn(commit));
  const there = await findFirst(commits, query, local);
  if (!there) return { by: (await findFirst(ordered, orderQueries.at(commit), local)) ? 'seal' : 'nobody' };
  // The same append sent twice by its caller is two: only what was left open is taken for its own.
  if (!isDoubtful(there) || !isSame(there, commit)) return { by: 'another' };
  const document = await findFirst(commits, query, { readConcern: { level: 'majority' } });
  return document ? { by: 'itself', document } : { by: 'nobody' };
}

/** Whether two documents hold the same commits: a hash holds the one before it. */
function isSame(there: CommitDocument, commit: CommitDocument): boolean {
  return there.version === commit.version && Buffer.compare(there.hash, commit.hash) === 0;
}

/** How many are looked at first. */
const firstLook = 8;

/**
 * Those of many appends whose version somebody has already. It stops looking where a whole look found none, and looks
 * at twice as many where it found some.
 */
export async function takenAmong<A extends { readonly stream: string; readonly first: number }>(
  { commits }: JournalCollections,
  appends: readonly A[],
): Promise<ReadonlySet<A>> {
  const taken = new Set<A>();
  for (let at = 0, most = firstLook; at < appends.length; ) {
    const looked = appends.slice(at, at + most);
    const found = await Promise.all(
      looked.map(({ stream, first }) =>
        findFirst(commits, commitQueries.beginningAt(stream, first), { ...local, projection: { version: 1 } }),
      ),
    );
    const some = looked.filter((_, index) => found[index] !== null);
    if (some.length === 0) break;
    for (const append of some) taken.add(append);
    at += most;
    most *= 2;
  }
  return taken;
}
