/** Reads a list of people into the vault and the leads. */

/** What came of reading a list. */
export interface ListCount {
  /** Rows read, without the header. */
  readonly rows: number;
  /** Leads that are new to the campaign. */
  readonly added: number;
  /** Leads that the campaign had before. */
  readonly known: number;
  /** Of those, the ones whose language, time zone, segment or priority is another now; of the rows read this time. */
  readonly changed: number;
  /** Rows that cannot be dialed; each is kept with its reason. */
  readonly refused: number;
  /** Leads that the campaign has now. */
  readonly leads: number;
}

export interface ListReader {
  /**
   * Reads a CSV by stream; reading it again adds only what is new.
   * @throws LIST_UNREADABLE in one sentence that says what is wrong with the file.
   */
  load(path: string, campaignId: string): Promise<ListCount>;
}
