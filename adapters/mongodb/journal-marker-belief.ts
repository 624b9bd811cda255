/** What is to be thought of a marker, from the last commit of its stream. */
import type { CommitDocument, MarkerDocument } from './journal-documents.ts';

/** What a commit says of work outstanding. */
export type Last = Pick<CommitDocument, 'version' | 'wake' | 'timers'>;

/** Whether the commit refers to the marker. Without a commit none does. */
export function isBelieved({ _id, marker }: MarkerDocument, last: Last | undefined): boolean {
  if (!last) return false;
  if (marker === 'wakeful') return last.wake?.equals(_id) ?? false;
  return last.timers?.some(({ id }) => id.equals(_id)) ?? false;
}

/**
 * Whether no commit will ever refer to the marker: its version is past without it, or is not there and its writer has
 * ended. What is merely not there yet may be on its way.
 */
export function isDead(marker: MarkerDocument, last: Last | undefined, writerHasEnded: boolean): boolean {
  if (isBelieved(marker, last)) return false;
  return (last?.version ?? 0) >= marker.from || writerHasEnded;
}
