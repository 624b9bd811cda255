/** Claiming leads: what a claim gets is decided by the keys of its steps, and given by its answer. */
import type { Claim, ClaimedLead } from '#ports/leads.ts';
import { isDuplicate } from './failure.ts';
import type { FreeLeads } from './leads-free.ts';
import { type ClaimStep, keyOf, type LeadDocument, type LeadsCollections, leadsQueries } from './leads-queries.ts';
import { attemptsOf, followSteps, insertSteps, isClaim, newestSteps } from './leads-steps.ts';
import { inRounds } from './rounds.ts';

/**
 * Takes up to `count` free leads. A claim that was cut short goes on with what it had
 * taken; of two runs of one claim the first answer counts, and what only the other one took lapses with its lease.
 */
export async function claimLeads(
  collections: LeadsCollections,
  freeLeads: FreeLeads,
  claim: Claim,
): Promise<readonly ClaimedLead[]> {
  const { campaignId, claimId, count, nowMs } = claim;
  const [given, begun] = await Promise.all([
    answerOf(collections, claim),
    collections.steps.find(leadsQueries.takenBy(campaignId, claimId).filter).toArray(),
  ]);
  if (given) return given;
  // One whose lease has ended may be another's by now, as the next attempt.
  const ours = new Map<number, ClaimStep>();
  const keep = (steps: readonly ClaimStep[]) => {
    for (const step of steps) if (step.claim === claimId && step.untilMs > nowMs) ours.set(step.row, step);
  };
  keep(begun.filter(isClaim));
  await followSteps(collections, campaignId, begun);

  const tried = new Set(ours.keys());
  await inRounds(async () => {
    const free = ours.size < count ? await freeLeads.find(claim, count - ours.size, tried) : [];
    if (free.length === 0) return 'done';
    const { got, lost } = await insertSteps(
      collections,
      free.map((lead, index) => nextStep(lead, claim, ours.size + index)),
    );
    for (const step of got) {
      ours.set(step.row, step);
      tried.add(step.row);
    }
    // Somebody has these, or this claim has them from before; the lead did not say so yet.
    const truth = await newestSteps(
      collections,
      campaignId,
      lost.map(({ row }) => row),
    );
    const newer = [...truth.values()];
    keep(newer.filter(isClaim));
    freeLeads.tried(campaignId, tried);
    if (lost.length > 0) freeLeads.forget(campaignId);
    await followSteps(collections, campaignId, [...got, ...newer]);
    const learned = lost.some(({ row, step }) => (truth.get(row)?.step ?? 0) >= step);
    return got.length > 0 || learned ? 'further' : 'no further';
  });

  const inOrder = [...ours.values()].sort(byPlace).slice(0, count);
  return answer(collections, claim, inOrder.map(claimedLead));
}

async function answerOf({ answers }: LeadsCollections, claim: Claim): Promise<readonly ClaimedLead[] | undefined> {
  return (await answers.findOne(leadsQueries.answer(claim.campaignId, claim.claimId).filter))?.leads;
}

/** Keeps the answer, or gives the one that another run of the same claim has kept. */
async function answer(
  collections: LeadsCollections,
  claim: Claim,
  leads: readonly ClaimedLead[],
): Promise<readonly ClaimedLead[]> {
  let given: readonly ClaimedLead[] | undefined;
  await inRounds(async () => {
    try {
      await collections.answers.insertOne({ _id: keyOf(claim.campaignId, claim.claimId), leads });
      given = leads;
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      given = await answerOf(collections, claim);
    }
    return given ? 'done' : 'no further';
  });
  return given ?? [];
}

function nextStep(lead: LeadDocument, { claimId, nowMs, leaseMs }: Claim, place: number): ClaimStep {
  const { campaign, row, contact, mask, language, timezone, debt } = lead;
  const step = lead.step + 1;
  const before = attemptsOf({ ...lead, attempt: lead.attempt ?? lead.step });
  return {
    _id: keyOf(campaign, row, step),
    campaign,
    row,
    step,
    ...before,
    attempt: before.attempt + 1,
    claim: claimId,
    contact,
    mask,
    language,
    timezone,
    place,
    untilMs: nowMs + leaseMs,
    ...(debt === undefined ? {} : { debt }),
  };
}

/** A claim that was cut short and goes on may have two of one place. */
function byPlace(one: ClaimStep, other: ClaimStep): number {
  return (one.place ?? 0) - (other.place ?? 0) || one.row - other.row;
}

function claimedLead(step: ClaimStep): ClaimedLead {
  const { row, contact, mask, timezone, language, debt } = step;
  const { attempt, history, callbackAtMs, agent, humanOnly } = attemptsOf(step);
  return {
    row,
    contactId: contact,
    mask,
    attempt,
    ...(timezone && { timezone }),
    ...(language && { language }),
    ...(debt && { debt }),
    ...(history.length > 0 ? { history: { attempts: history } } : {}),
    ...(callbackAtMs === undefined ? {} : { callbackAtMs }),
    ...(agent === undefined ? {} : { agentId: agent }),
    ...(humanOnly ? { humanOnly } : {}),
  };
}
