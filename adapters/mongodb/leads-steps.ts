/** What the steps of rows say, and letting the leads follow them. */
import { duplicatesOf } from './failure.ts';
import { type ClaimStep, type LeadsCollections, leadsQueries, type StepDocument } from './leads-queries.ts';

/** Whether a step is a claim; else it is the end. */
export const isClaim = (step: StepDocument): step is ClaimStep => 'claim' in step;

/** The newest step of each row that has any. */
export async function newestSteps(
  { steps }: LeadsCollections,
  campaignId: string,
  rows: readonly number[],
): Promise<ReadonlyMap<number, StepDocument>> {
  const newest = new Map<number, StepDocument>();
  const read = await Promise.all(rows.map((row) => steps.find(leadsQueries.stepsOf(campaignId, row).filter).toArray()));
  for (const step of read.flat()) {
    if (step.step > (newest.get(step.row)?.step ?? 0)) newest.set(step.row, step);
  }
  return newest;
}

/** Inserts steps, and gives those whose place is taken by now, by whomever. */
export async function insertSteps<S extends StepDocument>(
  { steps }: LeadsCollections,
  wanted: readonly S[],
): Promise<{ readonly got: readonly S[]; readonly lost: readonly S[] }> {
  if (wanted.length === 0) return { got: [], lost: [] };
  try {
    await steps.insertMany([...wanted], { ordered: false });
    return { got: wanted, lost: [] };
  } catch (error) {
    const lost = new Set(duplicatesOf(error));
    return {
      got: wanted.filter((_, index) => !lost.has(index)),
      lost: wanted.filter((_, index) => lost.has(index)),
    };
  }
}

/**
 * Lets the leads follow their newest steps, so that the next claim does not try them in vain. Losing this, to a crash
 * or to somebody who writes the same lead, costs that claim a look at the steps and no more.
 */
export async function followSteps(
  { leads }: LeadsCollections,
  campaignId: string,
  newest: readonly StepDocument[],
): Promise<void> {
  if (newest.length === 0) return;
  const writes = newest.map((step) => ({
    // By key, so that it is one; but updateOne in a batch holds a connection of FerretDB's until the batch has ended.
    updateMany: {
      filter: leadsQueries.behind(campaignId, step.row, step.step).filter,
      update: {
        $set: isClaim(step)
          ? { state: 'claimed' as const, step: step.step, untilMs: step.untilMs }
          : { state: 'settled' as const, step: step.step },
      },
    },
  }));
  await leads.bulkWrite(writes, { ordered: false });
}
