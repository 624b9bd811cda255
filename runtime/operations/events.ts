/** A part of an actor's history, decoded. */
import type { Journal } from '#ports/journal.ts';
import type { Chronicle } from '#runtime/actor.ts';
import { genesis } from '#runtime/commits.ts';
import { refOf } from '#runtime/refs.ts';
import { commitOf } from '#runtime/replayed.ts';
import { eventsOf } from '#runtime/upcasting.ts';
import type { EventQuery, Events, ListedEvent } from './operations.ts';
import { shown } from './shown.ts';

/** Fields of one event at most. */
const mostOfOne = 8 * 1024;
/** Fields of all that is answered at once, where it is more than one commit. */
const mostOfAll = 256 * 1024;

/** @throws JOURNAL_BROKEN where a link does not hold, and what the journal throws. */
export async function eventsAfter(
  chronicle: Chronicle,
  journal: Pick<Journal, 'read'>,
  { id, after, limit }: EventQuery,
): Promise<Events> {
  const stream = refOf(chronicle.protocol.kind, id);
  // With the commit before, whose hash the first link continues.
  const read = await journal.read(stream, Math.max(0, after - 1), limit + 1);
  const known = after === 0 ? genesis : read[0];
  const entries = read.slice(after === 0 ? 0 : 1, limit + (after === 0 ? 0 : 1));
  if (!known) return { events: [], version: after, more: false };
  const events: ListedEvent[] = [];
  let end = known;
  let characters = 0;
  for (const entry of entries) {
    const commit = commitOf(entry, end);
    const { version, atMs } = commit;
    const listed = eventsOf(chronicle, commit).map(({ type, ...fields }) => {
      return { version, atMs, type, fields: shown(fields, 0, mostOfOne) };
    });
    characters += listed.reduce((sum, { fields }) => sum + fields.length, 0);
    if (characters > mostOfAll && events.length > 0) return { events, version: end.version, more: true };
    events.push(...listed);
    end = entry;
  }
  return { events, version: end.version, more: entries.length === limit };
}
