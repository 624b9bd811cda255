/** Reads a list of people into the vault and the leads. */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { Leads, ListProgress } from '#ports/leads.ts';
import type { ListCount } from '#ports/list-reader.ts';
import type { Vault } from '#ports/vault.ts';
import { type ListOptions, type ReadRow, readList } from './list-reader.ts';
import { Storing } from './list-storing.ts';
import { SeenNumbers } from './seen-numbers.ts';

export interface ImportPorts extends ListOptions {
  readonly vault: Vault;
  readonly leads: Leads;
}

/** How far an import has come. */
export type ImportProgress = (row: number) => void;

/**
 * Reads a list into a campaign. An import that was cut short goes on where it was: what was read of the same file is not
 * stored again, and counts with the rest. Of a list that was read to its end and has not been changed since, nothing is
 * read again. Memory holds a few thousand rows, and 24 bytes of each row to tell duplicates.
 * @param progress hears the row that it goes on after, 0 at the beginning, and then each row that is stored with all
 * before it, some thousands apart.
 * @throws LIST_UNREADABLE before anything is stored; what the vault and the leads throw.
 */
export async function importList(
  path: string,
  campaignId: string,
  ports: ImportPorts,
  progress: ImportProgress = () => {},
): Promise<ListCount> {
  const { vault, leads } = ports;
  const rows = readList(path, ports);
  const first = await rows.next();
  const list = await nameOf(path, ports);
  const begun = await begin(leads, campaignId, list);
  progress(begun.row);
  const seen = new SeenNumbers();
  const storing = new Storing({ vault, leads, campaignId, list, progress }, begun);
  let count = begun.rows ?? 0;
  try {
    for (let next = first; begun.rows === undefined && !next.done; next = await rows.next()) {
      for (const row of next.value) {
        const read = withoutDuplicate(row, seen);
        count += 1;
        const full = read.row > begun.row ? storing.take(read) : undefined;
        if (full) await full;
      }
    }
    await storing.end(count);
  } finally {
    await rows.return(undefined);
    await storing.stopped();
  }
  const { refused, changed } = storing;
  const now = (await leads.counts(campaignId)).leads;
  const added = begun.rows === undefined ? now - begun.leadsBefore : 0;
  return { rows: count, added, known: count - refused - added, changed, refused, leads: now };
}

/** Where the reading of the same list had come to, or its beginning. */
async function begin(leads: Leads, campaignId: string, list: string): Promise<ListProgress> {
  const progress = await leads.progress(campaignId, list);
  if (progress) return progress;
  const start = { row: 0, leadsBefore: (await leads.counts(campaignId)).leads, refused: 0 };
  await leads.keepProgress(campaignId, list, start);
  return start;
}

/** The same file, unchanged, and read in the same way. */
async function nameOf(path: string, { defaultRegion = '' }: ListOptions): Promise<string> {
  const { size, mtimeMs } = await stat(path);
  return createHash('sha256')
    .update(JSON.stringify([path, size, mtimeMs, defaultRegion]))
    .digest('hex');
}

function withoutDuplicate(read: ReadRow, seen: SeenNumbers): ReadRow {
  if ('reason' in read) return read;
  const first = seen.rowOf(read.person.number, read.row);
  return first === undefined ? read : { row: read.row, reason: `duplicate of row ${first}` };
}
