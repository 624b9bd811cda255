/** What the steps of rows say, and letting the leads follow them. */
import type { UpdateFilter } from 'mongodb';
import { duplicatesOf } from './failure.ts';
import {
  type Attempts,
  type ClaimStep,
  type FollowUpStep,
  keyOf,
  type LeadDocument,
  type LeadsCollections,
  leadsQueries,
  type StepDocument,
} from './leads-queries.ts';

/** Whether a step is a claim. */
export const isClaim = (step: StepDocument): step is ClaimStep => 'claim' in step;
/** Whether it says that the row is to be called again; else, and where it is no claim, it is the end. */
export const isFollowUp = (step: StepDocument): step is FollowUpStep => 'dueMs' in step;

/** What a step knows of the attempts. Older versions wrote none of it: there each step but the end was an attempt. */
export function attemptsOf(step: StepDocument): Attempts {
  const { attempt = isClaim(step) ? step.step : step.step - 1, followed = 0, history = [] } = step;
  const { callbackAtMs, agent, humanOnly } = step;
  return {
    attempt,
    followed,
    history,
    ...(callbackAtMs === undefined ? {} : { callbackAtMs }),
    ...(agent === undefined ? {} : { agent }),
    ...(humanOnly === undefined ? {} : { humanOnly }),
  };
}

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
      update: asUpdate(shownBy(campaignId, step)),
    },
  }));
  await leads.bulkWrite(writes, { ordered: false });
}

type Shown = Partial<Omit<LeadDocument, '_id'>>;

/** Everything that a lead shows of its newest step. */
const shownFields = [
  ...(['state', 'step', 'attempt', 'followed', 'history', 'callbackAtMs', 'agent', 'humanOnly'] as const),
  ...(['dueOf', 'dueMs', 'ownOf', 'agentDueMs'] as const),
];

function shownBy(campaign: string, step: StepDocument): Shown {
  const shown = { step: step.step, ...attemptsOf(step) };
  if (isClaim(step)) return { ...shown, state: 'claimed', dueOf: keyOf(campaign, 'claimed'), dueMs: step.untilMs };
  if (!isFollowUp(step)) return { ...shown, state: 'settled' };
  const { state, dueMs, agentDueMs } = step;
  return {
    ...shown,
    state,
    dueOf: keyOf(campaign, state),
    dueMs,
    ...(agentDueMs === undefined ? {} : { ownOf: campaign, agentDueMs }),
  };
}

/** What is not shown any more is taken away. */
function asUpdate(shown: Shown): UpdateFilter<LeadDocument> {
  const gone = shownFields.filter((field) => !(field in shown));
  return { $set: shown, ...(gone.length > 0 ? { $unset: Object.fromEntries(gone.map((field) => [field, ''])) } : {}) };
}
