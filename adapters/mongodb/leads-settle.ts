/** Settling leads: the end takes the key of the next attempt. */
import { type ClaimStep, type EndStep, keyOf, type LeadsCollections } from './leads-queries.ts';
import { attemptsOf, followSteps, insertSteps, isClaim, newestSteps } from './leads-steps.ts';
import { inRounds } from './rounds.ts';

/**
 * Ends the rows whose attempts have begun. Where somebody claims the next attempt at the same moment one of the two
 * gets the key: either the claim finds the end, or the end comes after that claim.
 */
export async function settleLeads(
  collections: LeadsCollections,
  campaignId: string,
  attempts: readonly { readonly row: number; readonly attempt: number }[],
): Promise<void> {
  /** Lowest attempt of each row that is to be settled. */
  const open = new Map<number, number>();
  for (const { row, attempt } of attempts) open.set(row, Math.min(attempt, open.get(row) ?? attempt));
  let seen = new Map<number, number>();
  await inRounds(async () => {
    const newest = await newestSteps(collections, campaignId, [...open.keys()]);
    const begun = [...newest.values()].filter((step) => {
      const { attempt, followed } = attemptsOf(step);
      const settled = open.get(step.row) ?? Infinity;
      return attempt >= settled && followed < settled;
    });
    const { got, lost } = await insertSteps(collections, begun.filter(isClaim).map(endAfter));
    await followSteps(collections, campaignId, [...got, ...begun.filter((step) => !isClaim(step))]);
    if (lost.length === 0) return 'done';
    // Only those that somebody was faster with are looked at again.
    const again = new Set(lost.map(({ row }) => row));
    for (const row of open.keys()) if (!again.has(row)) open.delete(row);
    const further = lost.some(({ row, step }) => step > (seen.get(row) ?? 0));
    seen = new Map(lost.map(({ row, step }) => [row, step]));
    return further ? 'further' : 'no further';
  });
}

function endAfter(claim: ClaimStep): EndStep {
  const { campaign, row } = claim;
  const step = claim.step + 1;
  return { _id: keyOf(campaign, row, step), campaign, row, step, ...attemptsOf(claim) };
}
