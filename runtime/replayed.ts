/** An actor's state, rebuilt from the journal. */
import { FatalError } from '#ports/errors.ts';
import type { Journal, StoredEntry } from '#ports/journal.ts';
import type { Logger } from '#ports/logger.ts';
import type { Tagged } from '#proto/codec.ts';
import type { Commit } from '#proto/generated/envelope.ts';
import type { Answered, AnyActorDefinition, Chronicle } from './actor.ts';
import { Answers } from './answers.ts';
import { type BrokenLink, type ChainEnd, genesis, link } from './commits.ts';
import { refOf } from './refs.ts';
import { believed } from './snapshots.ts';
import { eventsOf } from './upcasting.ts';

/** Where a stream stands after its last commit. */
export interface Replayed extends ChainEnd {
  readonly state: unknown;
  /** Of the newest snapshot; 0 where there is none. */
  readonly snapshotVersion: number;
  /** Of the last commit. */
  readonly correlationId: string;
  /** Who wrote the last commit; empty in those of older versions. */
  readonly node: string;
  readonly answers: Answers;
}

const pageSize = 500;

/**
 * Loads the snapshot where it is usable, and evolves what came after it.
 * @throws JOURNAL_BROKEN where a link of the chain does not hold, and what the journal throws.
 */
export async function load(
  definition: AnyActorDefinition,
  journal: Pick<Journal, 'read' | 'loadSnapshot'>,
  id: string,
  logger: Pick<Logger, 'warn'>,
): Promise<Replayed> {
  const stream = refOf(definition.protocol.kind, id);
  const short = definition.snapshots.seldom ? await shortStream(definition, journal, id, stream) : undefined;
  if (short) return short;
  const snapshot = await journal.loadSnapshot(stream);
  const usable = snapshot?.schema === definition.snapshots.schema ? snapshot : undefined;
  const cached = usable && (await believed(usable, stream, journal));
  if (usable && !cached) {
    logger.warn({ actor: stream, version: usable.version }, 'snapshot does not fit the journal, left aside');
  }
  let replayed = cached ?? beginning(definition, id);
  for await (const page of pages(journal, stream, replayed.version)) {
    for (const entry of page) replayed = advance(definition, replayed, entry, commitOf(entry, replayed));
  }
  return replayed;
}

/** Undefined where it is long enough for a snapshot. */
async function shortStream(
  definition: AnyActorDefinition,
  journal: Pick<Journal, 'read'>,
  id: string,
  stream: string,
): Promise<Replayed | undefined> {
  const { everyCommits } = definition.snapshots;
  const entries = await journal.read(stream, 0, everyCommits);
  if (entries.length >= everyCommits) return undefined;
  return entries.reduce<Replayed>(
    (replayed, entry) => advance(definition, replayed, entry, commitOf(entry, replayed)),
    beginning(definition, id),
  );
}

/** Before the first commit. */
export function beginning(definition: Chronicle, id: string): Replayed {
  return {
    ...genesis,
    state: definition.initial(id),
    snapshotVersion: 0,
    correlationId: '',
    node: '',
    answers: new Answers(),
  };
}

/** Evolves the events of one commit. */
export function advance(definition: Chronicle, before: Replayed, entry: StoredEntry, commit: Commit): Replayed {
  const { protocol } = definition;
  const state = eventsOf(definition, commit).reduce<unknown>(
    (state, event) => definition.evolve(state, event),
    before.state,
  );
  const reply = commit.answer?.reply;
  before.answers.remember(commit.commandId, accepted(commit.version, reply && protocol.reply.decode(reply)));
  const { version, hash } = entry;
  return { ...before, state, version, hash, correlationId: commit.correlationId, node: commit.node ?? '' };
}

/** What the sender of an obeyed command gets. */
export function accepted(version: number, reply: Tagged | undefined): Answered<Tagged> {
  return reply === undefined ? { ok: true, version } : { ok: true, version, reply };
}

/** The entries of a stream after a version, page by page. */
export async function* pages(
  journal: Pick<Journal, 'read'>,
  stream: string,
  after: number,
): AsyncGenerator<readonly StoredEntry[]> {
  for (let from = after; ; ) {
    const page = await journal.read(stream, from, pageSize);
    if (page.length > 0) yield page;
    if (page.length < pageSize) return;
    from = page.at(-1)?.version ?? from;
  }
}

/** @throws JOURNAL_BROKEN where the entry does not continue the chain. */
export function commitOf(entry: StoredEntry, end: ChainEnd): Commit {
  const checked = link(entry.stream, entry, end);
  if ('broken' in checked) throw brokenChain(checked.broken);
  return checked.commit;
}

export function brokenChain({ stream, version, why }: BrokenLink): FatalError {
  return new FatalError(
    'JOURNAL_BROKEN',
    `The journal's chain of ${stream} is broken at version ${version} (${why}); restore the journal from a copy.`,
  );
}
