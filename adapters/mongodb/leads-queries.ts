/**
 * The documents of the lists, and every question that is asked of them. There are no transactions: what must hold is
 * held by unique keys. A row's steps are numbered from 1: the claim of an attempt, the end, after which no attempt
 * follows by itself, or what was decided after an attempt: that there is another one. As one step has one key, one of
 * all who want to go on with the row gets it, whatever else goes on.
 */
import type { Collection, Db } from 'mongodb';
import type { ClaimedLead, LeadTraits, ListProgress, NewLead } from '#ports/leads.ts';
import type { PastAttempt } from '#proto/generated/campaign.ts';
import type { Index, Query } from './indexes.ts';

/** What is known of a row's attempts so far. */
export interface Attempts {
  /** The newest. */
  readonly attempt: number;
  /** The newest that was followed up. */
  readonly followed: number;
  readonly history: readonly PastAttempt[];
  readonly callbackAtMs?: number;
  readonly agent?: string;
  readonly humanOnly?: boolean;
}

export interface LeadDocument extends LeadTraits, Partial<Attempts> {
  /** CAMPAIGN/ROW, which makes the row unique. */
  readonly _id: string;
  readonly campaign: string;
  readonly row: number;
  readonly contact: string;
  readonly mask: string;
  readonly debt?: string;
  /** Its traits as one word. */
  readonly group: string;
  readonly priority: number;
  /** What follows tells of the row's newest step and may be behind it: it finds free leads, and decides nothing. */
  readonly state: 'open' | 'settled' | TimedState;
  readonly step: number;
  /** CAMPAIGN/STATE, and when it is free; absent where it waits for no time. */
  readonly dueOf?: string;
  readonly dueMs?: number;
  /** CAMPAIGN, and when the agent may take it, where others may not yet. */
  readonly ownOf?: string;
  readonly agentDueMs?: number;
}

/** States that end at a time. */
export type TimedState = 'claimed' | FollowUpStep['state'];

interface Step extends Partial<Attempts> {
  /** CAMPAIGN/ROW/STEP, the fence. */
  readonly _id: string;
  readonly campaign: string;
  readonly row: number;
  readonly step: number;
}

/** The claim of an attempt. */
export interface ClaimStep extends Step {
  readonly claim: string;
  readonly contact: string;
  readonly mask: string;
  readonly language?: string;
  readonly timezone?: string;
  readonly debt?: string;
  /** Where it stands in the answer to the claim. */
  readonly place?: number;
  /** When its lease ends. */
  readonly untilMs: number;
}

/** The end of a row. */
export type EndStep = Step;

/** The row is to be called again. */
export interface FollowUpStep extends Step {
  readonly state: 'waiting' | 'promised' | 'human';
  readonly dueMs: number;
  readonly agentDueMs?: number;
}

export type StepDocument = ClaimStep | EndStep | FollowUpStep;

/** What a claim was answered; only what stands here was given. */
export interface AnswerDocument {
  /** CAMPAIGN/CLAIM. */
  readonly _id: string;
  readonly leads: readonly ClaimedLead[];
}

/** Traits that leads of a campaign have. */
export interface GroupDocument extends LeadTraits {
  /** CAMPAIGN/GROUP. */
  readonly _id: string;
  readonly campaign: string;
  readonly group: string;
}

export interface ProgressDocument extends ListProgress {
  /** The campaign. */
  readonly _id: string;
  readonly list: string;
}

export interface RefusedDocument {
  /** CAMPAIGN/ROW. */
  readonly _id: string;
  readonly campaign: string;
  readonly row: number;
  readonly reason: string;
}

const names = {
  leads: 'leads',
  steps: 'leads_steps',
  answers: 'leads_answers',
  groups: 'leads_groups',
  progress: 'leads_progress',
  refused: 'leads_refused',
} as const;

export interface LeadsCollections {
  readonly leads: Collection<LeadDocument>;
  readonly steps: Collection<StepDocument>;
  readonly answers: Collection<AnswerDocument>;
  readonly groups: Collection<GroupDocument>;
  readonly progress: Collection<ProgressDocument>;
  readonly refused: Collection<RefusedDocument>;
}

export function leadsCollections(db: Db): LeadsCollections {
  return {
    leads: db.collection(names.leads),
    steps: db.collection(names.steps),
    answers: db.collection(names.answers),
    groups: db.collection(names.groups),
    progress: db.collection(names.progress),
    refused: db.collection(names.refused),
  };
}

export const leadsIndexes: readonly Index[] = [
  { collection: names.leads, key: { campaign: 1, contact: 1 }, unique: true },
  // Each covers a filter and its order, so that a claim reads what it gives and nothing else.
  { collection: names.leads, key: { campaign: 1, state: 1, priority: -1, row: 1 } },
  { collection: names.leads, key: { campaign: 1, state: 1, group: 1, priority: -1, row: 1 } },
  { collection: names.leads, key: { dueOf: 1, dueMs: 1 }, sparse: true },
  { collection: names.leads, key: { ownOf: 1, agentDueMs: 1 }, sparse: true },
  { collection: names.steps, key: { campaign: 1, row: 1 } },
  { collection: names.steps, key: { campaign: 1, step: 1 } },
  { collection: names.steps, key: { campaign: 1, claim: 1 } },
  { collection: names.groups, key: { campaign: 1 } },
  { collection: names.refused, key: { campaign: 1, row: 1 } },
];

/** Key of a row, a step or a claim. An actor's id has no slash. */
export const keyOf = (campaign: string, ...parts: readonly (string | number)[]): string =>
  [campaign, ...parts].join('/');

const rowKeys = (campaign: string, rows: readonly number[]) => rows.map((row) => keyOf(campaign, row));

const inGroups = (groups: readonly string[] | undefined) => (groups ? { group: { $in: groups } } : {});

/** Traits as one word, which they have of their own. */
export const groupOf = ({ language, timezone, segment }: LeadTraits): string =>
  [language, timezone, segment].map(encodeURIComponent).join('/');

/** Every filter that is sent. A test holds them against the indexes. */
export const leadsQueries = {
  leadsOf: (campaign: string): Query<LeadDocument> => ({ filter: { campaign } }),
  ofContacts: (campaign: string, contacts: readonly string[]): Query<LeadDocument> => ({
    filter: { campaign, contact: { $in: contacts } },
  }),
  ofRows: (campaign: string, rows: readonly number[]): Query<LeadDocument> => ({
    filter: { _id: { $in: rowKeys(campaign, rows) } },
  }),
  /** Free leads as far as they know, the highest priority first. */
  open: (campaign: string, groups?: readonly string[]): Query<LeadDocument> => ({
    filter: { campaign, state: 'open', ...inGroups(groups) },
    sort: { priority: -1, row: 1 },
  }),
  /** The same below a priority. */
  below: (campaign: string, priority: number, groups?: readonly string[]): Query<LeadDocument> => ({
    filter: { campaign, state: 'open', ...inGroups(groups), priority: { $lt: priority } },
    sort: { priority: -1, row: 1 },
  }),
  /** Those of one priority, the last rows of the list first. */
  newest: (campaign: string, priority: number, groups?: readonly string[]): Query<LeadDocument> => ({
    filter: { campaign, state: 'open', ...inGroups(groups), priority },
    sort: { row: -1 },
  }),
  /** Leads that have become free: whose lease has ended, or whose time has come. */
  due: (campaign: string, state: TimedState, nowMs: number): Query<LeadDocument> => ({
    filter: { dueOf: keyOf(campaign, state), dueMs: { $lte: nowMs } },
    sort: { dueMs: 1 },
  }),
  /** Leads that are to be called again, the next one first. */
  later: (campaign: string, state: TimedState): Query<LeadDocument> => ({
    filter: { dueOf: keyOf(campaign, state) },
    sort: { dueMs: 1 },
  }),
  /** Callbacks that their agents may take. */
  own: (campaign: string, nowMs: number): Query<LeadDocument> => ({
    filter: { ownOf: campaign, agentDueMs: { $lte: nowMs } },
    sort: { agentDueMs: 1 },
  }),
  laterOwn: (campaign: string, nowMs: number): Query<LeadDocument> => ({
    filter: { ownOf: campaign, agentDueMs: { $gt: nowMs } },
    sort: { agentDueMs: 1 },
  }),
  /** A lead that is at this step. */
  at: (campaign: string, row: number, step: number): Query<LeadDocument> => ({
    filter: { _id: keyOf(campaign, row), step },
  }),
  groupsOf: (campaign: string): Query<GroupDocument> => ({ filter: { campaign } }),
  progress: (campaign: string): Query<ProgressDocument> => ({ filter: { _id: campaign } }),
  /** The lead of a row, where it has not heard of this step. */
  behind: (campaign: string, row: number, step: number): Query<LeadDocument> => ({
    filter: { _id: keyOf(campaign, row), step: { $lt: step } },
  }),
  firstSteps: (campaign: string): Query<StepDocument> => ({ filter: { campaign, step: 1 } }),
  /** Of one row: FerretDB would answer a question for several by reading the steps of all. */
  stepsOf: (campaign: string, row: number): Query<StepDocument> => ({ filter: { campaign, row } }),
  takenBy: (campaign: string, claim: string): Query<StepDocument> => ({ filter: { campaign, claim } }),
  answer: (campaign: string, claim: string): Query<AnswerDocument> => ({ filter: { _id: keyOf(campaign, claim) } }),
  refusedOf: (campaign: string): Query<RefusedDocument> => ({ filter: { campaign } }),
  refusedAfter: (campaign: string, row: number): Query<RefusedDocument> => ({
    filter: { campaign, row: { $gt: row } },
    sort: { row: 1 },
  }),
  refusal: (campaign: string, row: number): Query<RefusedDocument> => ({ filter: { _id: keyOf(campaign, row) } }),
  refusals: (campaign: string, rows: readonly number[]): Query<RefusedDocument> => ({
    filter: { _id: { $in: rowKeys(campaign, rows) } },
  }),
};

/** The document of a lead that nobody has claimed. */
export function leadDocument(campaign: string, lead: NewLead): LeadDocument {
  const { row, contactId, mask, timezone, language, segment = '', priority = 0, debt } = lead;
  return {
    _id: keyOf(campaign, row),
    campaign,
    row,
    contact: contactId,
    mask,
    timezone,
    language,
    segment,
    group: groupOf({ language, timezone, segment }),
    priority,
    state: 'open',
    step: 0,
    ...(debt === undefined ? {} : { debt }),
  };
}
