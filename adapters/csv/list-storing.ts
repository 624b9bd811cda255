/** Storing the rows of a list in order: people in the vault, leads in the campaign, and how far it has come. */
import type { Leads, ListProgress, NewLead, RefusedRow } from '#ports/leads.ts';
import type { Person, StoredContact, Vault } from '#ports/vault.ts';
import type { ReadRow } from './list-reader.ts';

/**
 * Rows that go to the vault together. They are few, so that they are forgotten before they are old: 4000 at a time took
 * 100 MiB more. Those that wait for the vault share its syncs all the same.
 */
const rowsForVault = 500;
/** Groups of rows that are on their way, at most. */
const groupsAtOnce = 4;
/** Rows that the leads are told of together. */
const rowsForLeads = 4000;

/** A lead whose contact is not known yet, with its debt in words. */
type Row = Omit<NewLead, 'contactId' | 'mask'>;

/** Where rows go. */
export interface Stores {
  readonly vault: Vault;
  readonly leads: Leads;
  readonly campaignId: string;
  /** The list, as its progress is kept under. */
  readonly list: string;
  /** Hears of each row that is stored with all before it. */
  readonly progress: (row: number) => void;
}

export class Storing {
  readonly #stores: Stores;
  readonly #leadsBefore: number;
  #people: Person[] = [];
  #rows: Row[] = [];
  #refused: RefusedRow[] = [];
  /** What the vault has and the leads have not. */
  #stored: NewLead[] = [];
  #notDialed: RefusedRow[] = [];
  #lastRow: number;
  #count: number;
  #changed = 0;
  readonly #onTheirWay: Promise<void>[] = [];
  #last: Promise<void> = Promise.resolve();

  constructor(stores: Stores, { row, leadsBefore, refused }: ListProgress) {
    this.#stores = stores;
    this.#leadsBefore = leadsBefore;
    this.#lastRow = row;
    this.#count = refused;
  }

  /** Rows that cannot be dialed, so far. */
  get refused(): number {
    return this.#count;
  }

  /** Leads of before that say something else now, of the rows that were stored. */
  get changed(): number {
    return this.#changed;
  }

  /** Takes the next row; resolves when there is room for another one, rejects when one before could not be stored. */
  take(read: ReadRow): Promise<void> | undefined {
    this.#lastRow = read.row;
    if ('reason' in read) {
      this.#refused.push(read);
    } else {
      const { person, ...row } = read;
      this.#people.push(person);
      this.#rows.push(row);
    }
    if (this.#rows.length + this.#refused.length < rowsForVault) return undefined;
    return this.#send(false);
  }

  /** No more rows come, and so many have come; resolves when all are stored. */
  async end(rows: number): Promise<void> {
    await this.#send(true);
    await this.#last;
    await this.#keepProgress(this.#lastRow, rows);
  }

  /** Resolves when nothing of it is under way any more. */
  async stopped(): Promise<void> {
    await this.#last.catch(() => {});
  }

  async #send(isLast: boolean): Promise<void> {
    const [people, rows, refused, lastRow] = [this.#people, this.#rows, this.#refused, this.#lastRow];
    [this.#people, this.#rows, this.#refused] = [[], [], []];
    const contacts = this.#stores.vault.put(people);
    // Whoever waits for the last one hears of it; until then nobody does.
    contacts.catch(() => {});
    this.#last = this.#last.then(async () => this.#keep(rows, await contacts, refused, lastRow, isLast));
    this.#last.catch(() => {});
    this.#onTheirWay.push(this.#last);
    if (this.#onTheirWay.length >= groupsAtOnce) await this.#onTheirWay.shift();
  }

  async #keep(
    rows: readonly Row[],
    contacts: readonly StoredContact[],
    refused: readonly RefusedRow[],
    lastRow: number,
    isLast: boolean,
  ): Promise<void> {
    const debts = await this.#debtsOf(rows, contacts);
    for (const [index, { debt: _, ...row }] of rows.entries()) {
      const contact = contacts[index];
      const debt = debts.get(index);
      if (contact) this.#stored.push({ ...row, ...contact, ...(debt === undefined ? {} : { debt }) });
    }
    this.#notDialed.push(...refused);
    if (isLast || this.#stored.length + this.#notDialed.length >= rowsForLeads) await this.#tellLeads(lastRow);
  }

  /** By row: a hash for this contact alone, as the number of an account is a person's. */
  async #debtsOf(rows: readonly Row[], contacts: readonly StoredContact[]): Promise<ReadonlyMap<number, string>> {
    const named = rows.flatMap(({ debt }, index) => (debt === undefined ? [] : [{ debt, index }]));
    if (named.length === 0) return new Map();
    const texts = named.map(({ debt, index }) => `${contacts[index]?.contactId}/${debt}`);
    const hashes = await this.#stores.vault.hashes(texts);
    return new Map(named.map(({ index }, at) => [index, hashes[at] ?? '']));
  }

  async #tellLeads(row: number): Promise<void> {
    const { leads, campaignId } = this.#stores;
    const [stored, notDialed] = [this.#stored, this.#notDialed];
    [this.#stored, this.#notDialed] = [[], []];
    const { taken, changed: corrected } = await leads.add(campaignId, stored);
    this.#changed += corrected;
    const all = [...notDialed, ...taken.map(({ row }) => ({ row, reason: changed }))];
    this.#count += all.length;
    await leads.refuse(campaignId, all);
    await this.#keepProgress(row);
  }

  async #keepProgress(row: number, rows?: number): Promise<void> {
    const { leads, campaignId, list, progress } = this.#stores;
    const end = rows === undefined ? {} : { rows };
    await leads.keepProgress(campaignId, list, { row, leadsBefore: this.#leadsBefore, refused: this.#count, ...end });
    progress(row);
  }
}

const changed = 'the campaign has somebody else on this row: the list was changed since; start a new campaign';
