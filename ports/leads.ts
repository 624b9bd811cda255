/** The lists that campaigns dial. A lead holds no number and no name: those are in the vault. */

export interface NewLead {
  /** Row of the list, 1 for the first after the header. */
  readonly row: number;
  readonly contactId: string;
  readonly mask: string;
  /** IANA name such as Asia/Shanghai; empty where the list has none. */
  readonly timezone: string;
  /** BCP 47 tag; empty where the list has none. */
  readonly language: string;
}

/** A row that cannot be dialed, and why, in words without its number. */
export interface RefusedRow {
  readonly row: number;
  readonly reason: string;
}

/** A lead that was claimed for an attempt. */
export interface ClaimedLead {
  readonly row: number;
  readonly contactId: string;
  readonly mask: string;
  /** 1 for the first attempt. The pair (row, attempt) is given to one claim only. */
  readonly attempt: number;
}

export interface Claim {
  readonly campaignId: string;
  /** Claiming again under the same id gives the same leads. */
  readonly claimId: string;
  readonly count: number;
  readonly nowMs: number;
  /** A claimed lead that was not settled is free for another claim after this long. */
  readonly leaseMs: number;
}

export interface ListCounts {
  /** Leads of the campaign. */
  readonly leads: number;
  /** Those that no claim has taken. */
  readonly open: number;
  readonly refused: number;
}

export interface Leads {
  /**
   * Adds rows. A contact that the campaign has already is `known`: one lead for each contact. A row that the campaign
   * has for another contact is `taken` and not added: the list was changed since. A row that was refused and is added
   * or known now is refused no longer. Where it fails, some of the rows may have been added: adding them again finds
   * those known and completes the rest.
   */
  add(
    campaignId: string,
    leads: readonly NewLead[],
  ): Promise<{ readonly added: number; readonly known: readonly NewLead[]; readonly taken: readonly NewLead[] }>;
  /** Keeps why rows cannot be dialed; a row is kept once, with the reason given last. */
  refuse(campaignId: string, rows: readonly RefusedRow[]): Promise<void>;
  /** Takes up to `count` open leads in the order of their rows. Where it fails, claiming under the same id goes on. */
  claim(claim: Claim): Promise<readonly ClaimedLead[]>;
  /** The attempts have begun: their leads are never given to a claim again. Idempotent; where it fails, settle again. */
  settle(campaignId: string, attempts: readonly { readonly row: number; readonly attempt: number }[]): Promise<void>;
  counts(campaignId: string): Promise<ListCounts>;
  /** Refused rows in order. */
  refused(campaignId: string, limit: number): Promise<readonly RefusedRow[]>;
  close(): Promise<void>;
}
