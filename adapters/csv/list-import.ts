/** Reads a list of people into the vault and the leads. */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import type { Leads, ListProgress, RefusedRow } from '#ports/leads.ts';
import type { ListCount } from '#ports/list-reader.ts';
import type { Vault } from '#ports/vault.ts';
import { type ListedPerson, type ListOptions, readList } from './list-reader.ts';
import { Storing } from './list-storing.ts';
import { SeenNumbers } from './seen-numbers.ts';

export interface ImportPorts extends ListOptions {
  readonly vault: Vault;
  readonly leads: Leads;
}

/**
 * Reads a list into a campaign. An import that was cut short goes on where it was: what was read of the same file is not
 * stored again, and counts with the rest. Reading a list again adds only what is new. Memory holds a few thousand rows, and
 * 24 bytes of each row to tell duplicates.
 * @throws LIST_UNREADABLE before anything is stored; what the vault and the leads throw.
 */
export async function importList(path: string, campaignId: string, ports: ImportPorts): Promise<ListCount> {
  const { vault, leads } = ports;
  const rows = readList(path, ports);
  const first = await rows.next();
  const list = await nameOf(path, ports);
  const progress = await begun(leads, campaignId, list);
  const seen = new SeenNumbers();
  const storing = new Storing({ vault, leads, campaignId, list }, progress);
  let count = 0;
  try {
    for (let next = first; !next.done; next = await rows.next()) {
      const read = withoutDuplicate(next.value, seen);
      count += 1;
      if (read.row > progress.row) await storing.take(read);
    }
    await storing.end();
  } finally {
    await rows.return(undefined);
    await storing.stopped();
  }
  const { refused } = storing;
  const added = (await leads.counts(campaignId)).leads - progress.leadsBefore;
  await leads.keepProgress(campaignId, list, undefined);
  return { rows: count, added, known: count - refused - added, refused };
}

/** Where the reading of the same list had come to, or its beginning. */
async function begun(leads: Leads, campaignId: string, list: string): Promise<ListProgress> {
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

function withoutDuplicate(read: ListedPerson | RefusedRow, seen: SeenNumbers): ListedPerson | RefusedRow {
  if ('reason' in read) return read;
  const first = seen.rowOf(read.person.number, read.row);
  return first === undefined ? read : { row: read.row, reason: `duplicate of row ${first}` };
}
