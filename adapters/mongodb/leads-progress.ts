/** How far the reading of a list has come. */
import type { ListProgress } from '#ports/leads.ts';
import { duplicatesOf } from './failure.ts';
import { type LeadsCollections, leadsQueries } from './leads-queries.ts';
import { inRounds } from './rounds.ts';

export async function progressOf(
  { progress }: LeadsCollections,
  campaignId: string,
  list: string,
): Promise<ListProgress | undefined> {
  const kept = await progress.findOne(leadsQueries.progress(campaignId).filter);
  if (kept?.list !== list) return undefined;
  const { row, leadsBefore, refused } = kept;
  return { row, leadsBefore, refused };
}

/** Keeps it instead of what was kept before, or forgets that. */
export async function keepProgress(
  { progress }: LeadsCollections,
  campaignId: string,
  list: string,
  kept: ListProgress | undefined,
): Promise<void> {
  const { filter } = leadsQueries.progress(campaignId);
  if (!kept) {
    await progress.deleteMany(filter);
    return;
  }
  await inRounds(async () => {
    try {
      await progress.updateOne(filter, { $set: { list, ...kept } }, { upsert: true });
      return 'done';
    } catch (error) {
      // Somebody makes it at the same time.
      duplicatesOf(error);
      return 'no further';
    }
  });
}
