/** Bringing rows into a list: each by itself, so that repeating what was cut short completes it. */
import type { AddedLeads, NewLead, RefusedRow } from '#ports/leads.ts';
import { duplicatesOf } from './failure.ts';
import {
  type GroupDocument,
  groupOf,
  keyOf,
  type LeadDocument,
  type LeadsCollections,
  leadDocument,
  leadsQueries,
} from './leads-queries.ts';
import { inRounds } from './rounds.ts';

type Verdict = 'added' | 'known' | 'taken';

interface Judged {
  readonly index: number;
  readonly verdict: Verdict;
  /** What the list has of the contact. */
  readonly known?: LeadDocument;
}

/** A lead and where it stands in the call: the same one may come twice. */
type Entry = readonly [index: number, lead: NewLead];

/** Adds the rows that are new: unique keys say which are. */
export async function addLeads(
  collections: LeadsCollections,
  campaignId: string,
  leads: readonly NewLead[],
): Promise<AddedLeads> {
  const verdicts = new Map<number, Verdict>();
  const shown = new Map<number, LeadDocument>();
  await keepGroups(collections, campaignId, leads);
  await inRounds(async () => {
    const open = firstOfEach([...leads.entries()].filter(([index]) => !verdicts.has(index)));
    if (open.length === 0) return 'done';
    const refused = await insertLeads(collections, campaignId, open);
    for (const [index] of open) verdicts.set(index, 'added');
    for (const [index] of refused) verdicts.delete(index);
    for (const { index, verdict, known } of await judged(collections, campaignId, refused)) {
      verdicts.set(index, verdict);
      if (known) shown.set(index, known);
    }
    return open.some(([index]) => verdicts.has(index)) ? 'further' : 'no further';
  });
  const of = (verdict: Verdict) => leads.filter((_, index) => verdicts.get(index) === verdict);
  const inList = leads.filter((_, index) => verdicts.get(index) !== 'taken').map(({ row }) => row);
  if (inList.length > 0) await collections.refused.deleteMany(leadsQueries.refusals(campaignId, inList).filter);
  const changed = await correctLeads(collections, campaignId, leads, shown);
  return { added: of('added').length, known: of('known'), taken: of('taken'), changed };
}

/** Lets leads that are known, by their place in the call, be what their rows say; gives how many were something else. */
async function correctLeads(
  collections: LeadsCollections,
  campaignId: string,
  leads: readonly NewLead[],
  known: ReadonlyMap<number, LeadDocument>,
): Promise<number> {
  const writes = [...known].flatMap(([index, before]) => {
    const lead = leads[index];
    if (!lead) return [];
    const { language, timezone, segment, group, priority, debt } = leadDocument(campaignId, lead);
    if (group === before.group && priority === before.priority && debt === (before.debt ?? undefined)) return [];
    const { filter } = leadsQueries.ofRows(campaignId, [before.row]);
    const traits = { language, timezone, segment, group, priority };
    const update =
      debt === undefined ? { $set: traits, $unset: { debt: true as const } } : { $set: { ...traits, debt } };
    return [{ updateMany: { filter, update } }];
  });
  if (writes.length > 0) await collections.leads.bulkWrite(writes, { ordered: false });
  return writes.length;
}

/** Keeps why rows cannot be dialed. */
export async function refuseRows(
  { refused }: LeadsCollections,
  campaignId: string,
  rows: readonly RefusedRow[],
): Promise<void> {
  const last = new Map(rows.map((row) => [row.row, row.reason]));
  if (last.size === 0) return;
  await inRounds(async () => {
    const writes = [...last].map(([row, reason]) => ({
      // By key, so that it is one; but updateOne in a batch holds a connection of FerretDB's until the batch has ended.
      updateMany: {
        filter: leadsQueries.refusal(campaignId, row).filter,
        update: { $set: { campaign: campaignId, row, reason } },
        upsert: true,
      },
    }));
    try {
      await refused.bulkWrite(writes, { ordered: false });
      return 'done';
    } catch (error) {
      // Somebody makes the same row at the same time.
      duplicatesOf(error);
      return 'no further';
    }
  });
}

/** Before the leads, so that a filter never misses one. */
async function keepGroups({ groups }: LeadsCollections, campaign: string, leads: readonly NewLead[]): Promise<void> {
  const wanted = new Map<string, GroupDocument>();
  for (const { language, timezone, segment = '' } of leads) {
    const group = groupOf({ language, timezone, segment });
    wanted.set(group, { _id: keyOf(campaign, group), campaign, group, language, timezone, segment });
  }
  const known = await groups.find(leadsQueries.groupsOf(campaign).filter).toArray();
  for (const { group } of known) wanted.delete(group);
  if (wanted.size === 0) return;
  try {
    await groups.insertMany([...wanted.values()], { ordered: false });
  } catch (error) {
    // Somebody else adds leads of the same group.
    duplicatesOf(error);
  }
}

/** Rows and contacts that come twice in one call wait for the next round: within one an insert has no order. */
function firstOfEach(entries: readonly Entry[]): readonly Entry[] {
  const rows = new Set<number>();
  const contacts = new Set<string>();
  return entries.filter(([, { row, contactId }]) => {
    const first = !rows.has(row) && !contacts.has(contactId);
    rows.add(row);
    contacts.add(contactId);
    return first;
  });
}

/** Inserts them, and gives those that a key has refused. */
async function insertLeads(
  { leads }: LeadsCollections,
  campaignId: string,
  wanted: readonly Entry[],
): Promise<readonly Entry[]> {
  try {
    await leads.insertMany(
      wanted.map(([, lead]) => leadDocument(campaignId, lead)),
      { ordered: false },
    );
    return [];
  } catch (error) {
    return duplicatesOf(error).flatMap((at): Entry[] => (wanted[at] ? [wanted[at]] : []));
  }
}

/** Which of its two keys has refused each: only those that the list shows by now. */
async function judged(
  { leads }: LeadsCollections,
  campaignId: string,
  refused: readonly Entry[],
): Promise<readonly Judged[]> {
  if (refused.length === 0) return [];
  const contactIds = refused.map(([, { contactId }]) => contactId);
  const byContact = await leads.find(leadsQueries.ofContacts(campaignId, contactIds).filter).toArray();
  const contacts = new Map(byContact.map((lead) => [lead.contact, lead]));
  const others = refused.filter(([, { contactId }]) => !contacts.has(contactId)).map(([, { row }]) => row);
  const byRow = others.length > 0 ? await leads.find(leadsQueries.ofRows(campaignId, others).filter).toArray() : [];
  const rows = new Set(byRow.map(({ row }) => row));
  return refused.flatMap(([index, { row, contactId }]): readonly Judged[] => {
    const known = contacts.get(contactId);
    if (known) return [{ index, verdict: 'known', known }];
    return rows.has(row) ? [{ index, verdict: 'taken' }] : [];
  });
}
