/** Which leads seem free. Whether one is, its next step decides. */
import type { Claim } from '#ports/leads.ts';
import { type LeadDocument, type LeadsCollections, leadsQueries } from './leads-queries.ts';

/** Open leads that are read ahead, for the claims that come. */
const ahead = 500;
/** Campaigns that something is read ahead for. */
const campaigns = 100;

/**
 * Finds free leads in the order of their rows. Rows that another node adds below those that were read ahead come after
 * them; all else is in order.
 */
export class FreeLeads {
  readonly #collections: LeadsCollections;
  readonly #ahead = new Map<string, readonly LeadDocument[]>();

  constructor(collections: LeadsCollections) {
    this.#collections = collections;
  }

  /** Up to `count`, and none of the rows in `but`. */
  async find({ campaignId, nowMs }: Claim, count: number, but: ReadonlySet<number>): Promise<readonly LeadDocument[]> {
    const { filter, sort = {} } = leadsQueries.lapsed(campaignId, nowMs);
    // Beside those that are not wanted there must be room for as many as are.
    const [lapsed, open] = await Promise.all([
      this.#collections.leads
        .find(filter)
        .sort(sort)
        .limit(count + but.size)
        .toArray(),
      this.#open(campaignId, count + but.size),
    ]);
    const free = [...lapsed, ...open].filter(({ row }) => !but.has(row));
    return free.sort((one, other) => one.row - other.row).slice(0, count);
  }

  /** Rows that were tried are ahead no more. */
  tried(campaignId: string, rows: ReadonlySet<number>): void {
    const left = this.#ahead.get(campaignId)?.filter(({ row }) => !rows.has(row)) ?? [];
    if (left.length > 0) this.#ahead.set(campaignId, left);
    else this.forget(campaignId);
  }

  /** Somebody else claims, or adds: what is ahead is read again. */
  forget(campaignId: string): void {
    this.#ahead.delete(campaignId);
  }

  async #open(campaignId: string, count: number): Promise<readonly LeadDocument[]> {
    const known = this.#ahead.get(campaignId) ?? [];
    if (known.length >= count) return known;
    const { filter, sort = {} } = leadsQueries.open(campaignId);
    const open = await this.#collections.leads.find(filter).sort(sort).limit(Math.max(count, ahead)).toArray();
    this.#ahead.set(campaignId, open);
    const [oldest] = this.#ahead.keys();
    if (this.#ahead.size > campaigns && oldest !== undefined) this.#ahead.delete(oldest);
    return open;
  }
}
