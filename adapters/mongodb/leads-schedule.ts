/** Calling leads again: the decision takes the key of the next step, as a claim would. */
import type { FollowUp } from '#ports/leads.ts';
import { type FollowUpStep, keyOf, type LeadsCollections, type StepDocument } from './leads-queries.ts';
import { attemptsOf, followSteps, insertSteps, isFollowUp, newestSteps } from './leads-steps.ts';
import { inRounds } from './rounds.ts';

/** Makes rows free at their times, each where its newest attempt is the one that the decision is about. */
export async function scheduleLeads(
  collections: LeadsCollections,
  campaignId: string,
  followUps: readonly FollowUp[],
): Promise<void> {
  /** The last decision about each attempt. */
  const open = new Map(followUps.map((followUp) => [`${followUp.row}/${followUp.attempt}`, followUp]));
  let seen = new Map<number, number>();
  await inRounds(async () => {
    const newest = await newestSteps(
      collections,
      campaignId,
      [...open.values()].map(({ row }) => row),
    );
    const wanted = [...open.values()].flatMap((followUp): FollowUpStep[] => {
      const before = newest.get(followUp.row);
      if (!before || attemptsOf(before).attempt !== followUp.attempt) return [];
      const step = stepAfter(before, followUp);
      return isFollowUp(before) && saysTheSame(before, step) ? [] : [step];
    });
    const { got, lost } = await insertSteps(collections, wanted);
    // Those that were told before may have been cut short before their leads had followed.
    const told = [...newest.values()].filter(isFollowUp).filter(({ row }) => !wanted.some((step) => step.row === row));
    await followSteps(collections, campaignId, [...got, ...told]);
    if (lost.length === 0) return 'done';
    const again = new Set(lost.map(({ row }) => row));
    for (const [key, { row }] of open) if (!again.has(row)) open.delete(key);
    const further = lost.some(({ row, step }) => step > (seen.get(row) ?? 0));
    seen = new Map(lost.map(({ row, step }) => [row, step]));
    return further ? 'further' : 'no further';
  });
}

function stepAfter(before: StepDocument, followUp: FollowUp): FollowUpStep {
  const { campaign, row } = before;
  const { attempt, dueAtMs, callback, owner, humanOnly, past } = followUp;
  const { history } = attemptsOf(before);
  const step = before.step + 1;
  return {
    _id: keyOf(campaign, row, step),
    campaign,
    row,
    step,
    attempt,
    followed: attempt,
    history: !past || history.some((known) => known.attempt === past.attempt) ? history : [...history, past],
    state: humanOnly ? 'human' : callback ? 'promised' : 'waiting',
    dueMs: owner?.anyoneAtMs ?? dueAtMs,
    humanOnly,
    ...(callback ? { callbackAtMs: dueAtMs } : {}),
    ...(owner ? { agent: owner.agentId, agentDueMs: dueAtMs } : {}),
  };
}

function saysTheSame(one: FollowUpStep, other: FollowUpStep): boolean {
  const fields = ['state', 'dueMs', 'callbackAtMs', 'agent', 'agentDueMs', 'humanOnly'] as const;
  return fields.every((field) => one[field] === other[field]);
}
