/**
 * The documents of the lists, and every question that is asked of them. There are no transactions: what must hold is
 * held by unique keys. A row's steps are numbered from 1: a step is the claim of that attempt, or the end, after which
 * no attempt follows. As one step has one key, one claim gets it, whatever else goes on.
 */
import type { Collection, Db } from 'mongodb';
import type { ClaimedLead, NewLead } from '#ports/leads.ts';
import type { Index, Query } from './indexes.ts';

export interface LeadDocument {
  /** CAMPAIGN/ROW, which makes the row unique. */
  readonly _id: string;
  readonly campaign: string;
  readonly row: number;
  readonly contact: string;
  readonly mask: string;
  readonly timezone: string;
  readonly language: string;
  /** These three follow the row's newest step and may be behind it: they find free leads, and decide nothing. */
  readonly state: 'open' | 'claimed' | 'settled';
  readonly step: number;
  readonly untilMs: number;
}

/** The claim of an attempt. */
export interface ClaimStep {
  /** CAMPAIGN/ROW/STEP, the fence. */
  readonly _id: string;
  readonly campaign: string;
  readonly row: number;
  /** Number of the attempt. */
  readonly step: number;
  readonly claim: string;
  readonly contact: string;
  readonly mask: string;
  /** When its lease ends. */
  readonly untilMs: number;
}

/** The end of a row. */
export interface EndStep {
  readonly _id: string;
  readonly campaign: string;
  readonly row: number;
  /** The number that the next attempt would have. */
  readonly step: number;
}

export type StepDocument = ClaimStep | EndStep;

/** What a claim was answered; only what stands here was given. */
export interface AnswerDocument {
  /** CAMPAIGN/CLAIM. */
  readonly _id: string;
  readonly leads: readonly ClaimedLead[];
}

export interface RefusedDocument {
  /** CAMPAIGN/ROW. */
  readonly _id: string;
  readonly campaign: string;
  readonly row: number;
  readonly reason: string;
}

const names = { leads: 'leads', steps: 'leads_steps', answers: 'leads_answers', refused: 'leads_refused' } as const;

export interface LeadsCollections {
  readonly leads: Collection<LeadDocument>;
  readonly steps: Collection<StepDocument>;
  readonly answers: Collection<AnswerDocument>;
  readonly refused: Collection<RefusedDocument>;
}

export function leadsCollections(db: Db): LeadsCollections {
  return {
    leads: db.collection(names.leads),
    steps: db.collection(names.steps),
    answers: db.collection(names.answers),
    refused: db.collection(names.refused),
  };
}

export const leadsIndexes: readonly Index[] = [
  { collection: names.leads, key: { campaign: 1, contact: 1 }, unique: true },
  { collection: names.leads, key: { campaign: 1, state: 1, row: 1, untilMs: 1 } },
  { collection: names.steps, key: { campaign: 1, row: 1 } },
  { collection: names.steps, key: { campaign: 1, step: 1 } },
  { collection: names.steps, key: { campaign: 1, claim: 1 } },
  { collection: names.refused, key: { campaign: 1, row: 1 } },
];

/** Key of a row, a step or a claim. An actor's id has no slash. */
export const keyOf = (campaign: string, ...parts: readonly (string | number)[]): string =>
  [campaign, ...parts].join('/');

const rowKeys = (campaign: string, rows: readonly number[]) => rows.map((row) => keyOf(campaign, row));

/** Every filter that is sent. A test holds them against the indexes. */
export const leadsQueries = {
  leadsOf: (campaign: string): Query<LeadDocument> => ({ filter: { campaign } }),
  ofContacts: (campaign: string, contacts: readonly string[]): Query<LeadDocument> => ({
    filter: { campaign, contact: { $in: contacts } },
  }),
  ofRows: (campaign: string, rows: readonly number[]): Query<LeadDocument> => ({
    filter: { _id: { $in: rowKeys(campaign, rows) } },
  }),
  /** Leads that no claim has taken, as far as they know. */
  open: (campaign: string): Query<LeadDocument> => ({ filter: { campaign, state: 'open' }, sort: { row: 1 } }),
  /** Leads in progress whose lease has ended; the index holds the lease too. */
  lapsed: (campaign: string, nowMs: number): Query<LeadDocument> => ({
    filter: { campaign, state: 'claimed', untilMs: { $lte: nowMs } },
    sort: { row: 1 },
  }),
  /** The lead of a row, where it has not heard of this step. */
  behind: (campaign: string, row: number, step: number): Query<LeadDocument> => ({
    filter: { _id: keyOf(campaign, row), step: { $lt: step } },
  }),
  firstSteps: (campaign: string): Query<StepDocument> => ({ filter: { campaign, step: 1 } }),
  /** Of one row: FerretDB would answer a question for several by reading the steps of all. */
  stepsOf: (campaign: string, row: number): Query<StepDocument> => ({ filter: { campaign, row } }),
  takenBy: (campaign: string, claim: string): Query<StepDocument> => ({ filter: { campaign, claim } }),
  answer: (campaign: string, claim: string): Query<AnswerDocument> => ({ filter: { _id: keyOf(campaign, claim) } }),
  refusedOf: (campaign: string): Query<RefusedDocument> => ({ filter: { campaign }, sort: { row: 1 } }),
  refusal: (campaign: string, row: number): Query<RefusedDocument> => ({ filter: { _id: keyOf(campaign, row) } }),
  refusals: (campaign: string, rows: readonly number[]): Query<RefusedDocument> => ({
    filter: { _id: { $in: rowKeys(campaign, rows) } },
  }),
};

/** The document of a lead that nobody has claimed. */
export function leadDocument(campaign: string, lead: NewLead): LeadDocument {
  const { row, contactId, mask, timezone, language } = lead;
  return {
    _id: keyOf(campaign, row),
    campaign,
    row,
    contact: contactId,
    mask,
    timezone,
    language,
    state: 'open',
    step: 0,
    untilMs: 0,
  };
}
