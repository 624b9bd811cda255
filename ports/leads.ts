/**
 * The lists that campaigns dial. A lead holds no number, no name and nothing else that is personal: those are in the
 * vault. What leads are chosen by (language, time zone, segment, priority) stands beside them in the clear.
 */
import type { PastAttempt } from '#proto/generated/campaign.ts';

export interface NewLead {
  /** Row of the list, 1 for the first after the header. */
  readonly row: number;
  readonly contactId: string;
  readonly mask: string;
  /** IANA name such as Asia/Shanghai; empty where the list has none. */
  readonly timezone: string;
  /** BCP 47 tag; empty where the list has none. */
  readonly language: string;
  /** A word to choose leads by, such as gold; absent where the list has none. */
  readonly segment?: string;
  /** -1000 to 1000, the higher is dialed first; absent is 0. */
  readonly priority?: number;
  /** Which debt of the contact it is about, as a hash of the vault's; absent where the list has none. */
  readonly debt?: string;
}

/** A row that cannot be dialed, and why, in words without its number. */
export interface RefusedRow {
  readonly row: number;
  readonly reason: string;
}

/** A lead that was claimed for an attempt. What is absent the lead does not have. */
export interface ClaimedLead {
  readonly row: number;
  readonly contactId: string;
  readonly mask: string;
  /** 1 for the first attempt. The pair (row, attempt) is given to one claim only. */
  readonly attempt: number;
  readonly timezone?: string;
  readonly language?: string;
  readonly debt?: string;
  /** Attempts before this one, the oldest first. */
  readonly history?: { readonly attempts: readonly PastAttempt[] };
  /** When the contact was promised to be called. */
  readonly callbackAtMs?: number;
  /** Who promised it. */
  readonly agentId?: string;
  /** An agent must be there before it is dialed. */
  readonly humanOnly?: boolean;
}

/** Leads that have one of the values of each kind; a kind without values is not looked at. */
export interface LeadFilter {
  /** Language ranges (RFC 4647, 2.1): es is es-MX too. */
  readonly languages: readonly string[];
  readonly timezones: readonly string[];
  readonly segments: readonly string[];
  /** Not the leads of these, whatever else is wanted; absent: none is left out. */
  readonly closedTimezones?: readonly string[];
}

/** Among leads of one priority: as they stand in the list, or its last rows first. */
export type LeadOrder = 'list' | 'newest';

/** Which leads a campaign takes. */
export interface LeadChoice {
  readonly campaignId: string;
  readonly nowMs: number;
  /** Absent: all. */
  readonly where?: LeadFilter;
  /** Whether an agent is there before it is dialed: leads that are for humans only are given to such claims alone. */
  readonly human?: boolean;
}

export interface Claim extends LeadChoice {
  /** Claiming again under the same id gives the same leads. */
  readonly claimId: string;
  readonly count: number;
  /** A claimed lead that was not settled is free for another claim after this long. */
  readonly leaseMs: number;
  /** Absent: list. */
  readonly order?: LeadOrder;
  /** Agents whose own callbacks may be given now; those of others are when anyone may take them. */
  readonly agents?: readonly string[];
}

/** When a lead is to be called again, and as what. */
export interface FollowUp {
  readonly row: number;
  /** The attempt that it follows. */
  readonly attempt: number;
  readonly dueAtMs: number;
  /** Somebody was promised it: once due it comes before all leads that were not. */
  readonly callback: boolean;
  /** Who promised it, and from when on anyone may take it. */
  readonly owner?: { readonly agentId: string; readonly anyoneAtMs: number };
  readonly humanOnly: boolean;
  /** What the attempt came to, kept once for each attempt; absent where nobody was dialed. */
  readonly past?: PastAttempt;
}

export interface ListCounts {
  /** Leads of the campaign. */
  readonly leads: number;
  /** Those that no claim has taken. */
  readonly open: number;
  readonly refused: number;
}

/** How far the reading of a list has come. */
export interface ListProgress {
  /** The last row that is stored, with all before it. */
  readonly row: number;
  /** Leads that the campaign had when it was begun. */
  readonly leadsBefore: number;
  /** Rows up to this one that cannot be dialed. */
  readonly refused: number;
  /** Rows of the list, once it was read to its end. */
  readonly rows?: number;
}

/** What came of adding rows. */
export interface AddedLeads {
  readonly added: number;
  readonly known: readonly NewLead[];
  readonly taken: readonly NewLead[];
  /** How many of those that are known. */
  readonly changed: number;
}

export interface Leads {
  /**
   * Adds rows. A contact that the campaign has already is `known`: one lead for each contact, which takes the row's
   * language, time zone, segment and priority for the claims that come; `changed` are those that had others. (Another
   * node may have read some hundreds of them ahead, and claims those as they were.) A row that the campaign has for another contact is `taken` and not added: the list was changed since. A row that was refused and is added
   * or known now is refused no longer. Where it fails, some of the rows may have been added: adding them again finds
   * those known and completes the rest.
   */
  add(campaignId: string, leads: readonly NewLead[]): Promise<AddedLeads>;
  /** Keeps why rows cannot be dialed; a row is kept once, with the reason given last. */
  refuse(campaignId: string, rows: readonly RefusedRow[]): Promise<void>;
  /** How far the reading of this very list had come; undefined where it was not begun. */
  progress(campaignId: string, list: string): Promise<ListProgress | undefined>;
  /** Keeps how far it has come, instead of what was kept of any list of the campaign. */
  keepProgress(campaignId: string, list: string, progress: ListProgress): Promise<void>;
  /**
   * Takes up to `count` leads that are free: callbacks that are due, then leads for humans only, where the claim has
   * them, both the longest due first; then the others by priority and order. When very many have become due at once,
   * the longest due are looked at first. Where it fails, claiming under the same id goes on.
   */
  claim(claim: Claim): Promise<readonly ClaimedLead[]>;
  /**
   * The attempts have begun: their leads are not given to a claim again, unless they are scheduled. Idempotent, also
   * after that; where it fails, settle again.
   */
  settle(campaignId: string, attempts: readonly { readonly row: number; readonly attempt: number }[]): Promise<void>;
  /**
   * The leads are free again at their time, for the next attempt. Of several for one attempt the last counts; one whose
   * next attempt was claimed meanwhile changes nothing. Idempotent; where it fails, schedule again.
   */
  schedule(campaignId: string, followUps: readonly FollowUp[]): Promise<void>;
  /**
   * After a claim that gave fewer than it was to: when the next of the scheduled leads is to be called, which is past
   * where very many became due at once; undefined where there is none. A callback that its agent could take now counts
   * from when anyone may take it.
   */
  nextDue(choice: LeadChoice): Promise<number | undefined>;
  counts(campaignId: string): Promise<ListCounts>;
  /** Refused rows in order, those after a row where one is named. */
  refused(campaignId: string, limit: number, afterRow?: number): Promise<readonly RefusedRow[]>;
  close(): Promise<void>;
}

/** What leads are chosen by, and many have in common. */
export interface LeadTraits {
  readonly language: string;
  readonly timezone: string;
  readonly segment: string;
}

/** Whether leads of these traits are wanted. */
export function isWanted(where: LeadFilter | undefined, { language, timezone, segment }: LeadTraits): boolean {
  if (!where) return true;
  const has = (values: readonly string[], fits: (value: string) => boolean) => values.length === 0 || values.some(fits);
  return (
    has(where.languages, (range) => inRange(range, language)) &&
    has(where.timezones, (name) => name === timezone) &&
    !where.closedTimezones?.includes(timezone) &&
    has(where.segments, (word) => word === segment)
  );
}

/** Basic filtering (RFC 4647, 3.3.1). */
function inRange(range: string, tag: string): boolean {
  const [wanted, given] = [range.toLowerCase(), tag.toLowerCase()];
  return wanted === given || given.startsWith(`${wanted}-`);
}
