/** Which leads seem free. Whether one is, its next step decides. */
import type { UpdateFilter } from 'mongodb';
import { type Claim, isWanted, type LeadChoice } from '#ports/leads.ts';
import type { Query } from './indexes.ts';
import { type FollowUpStep, keyOf, type LeadDocument, type LeadsCollections, leadsQueries } from './leads-queries.ts';

/** Open leads that are read ahead, for the claims that come. */
const ahead = 500;
/** Choices that something is read ahead for. */
const choices = 100;
/** Leads that have become free are made so this many at a time. */
const freedAtOnce = 2000;

/**
 * Finds free leads: callbacks and those for humans, then the others by priority and order. Rows that another node adds
 * before those that were read ahead come after them; all else is in order.
 */
export class FreeLeads {
  readonly #collections: LeadsCollections;
  /** By campaign and choice. */
  readonly #ahead = new Map<string, readonly LeadDocument[]>();

  constructor(collections: LeadsCollections) {
    this.#collections = collections;
  }

  /** Up to `count`, and none of the rows in `but`. */
  async find(claim: Claim, count: number, but: ReadonlySet<number>): Promise<readonly LeadDocument[]> {
    await this.#setFree(claim);
    // Beside those that are not wanted there must be room for as many as are.
    const [due, open] = await Promise.all([this.#due(claim, count, but), this.#open(claim, count + but.size)]);
    const found = new Map([...due, ...open].map((lead) => [lead.row, lead]));
    return [...found.values()].filter(({ row }) => !but.has(row)).slice(0, count);
  }

  /** When the next lead is to be called again. */
  async nextDue(choice: LeadChoice): Promise<number | undefined> {
    const { campaignId, nowMs, human } = choice;
    const queries = [
      ...statesFor(human).map((state) => leadsQueries.later(campaignId, state)),
      leadsQueries.laterOwn(campaignId, nowMs),
    ];
    const next = await Promise.all(queries.map((query) => this.#read(query, choice, 1, new Set())));
    const times = next
      .flat()
      .flatMap(({ ownOf, agentDueMs = 0, dueMs = 0 }) =>
        ownOf !== undefined && agentDueMs > nowMs ? agentDueMs : dueMs,
      );
    return times.length > 0 ? Math.min(...times) : undefined;
  }

  /** Rows that were tried are ahead no more. */
  tried(campaignId: string, rows: ReadonlySet<number>): void {
    for (const [key, known] of this.#ofCampaign(campaignId)) {
      const left = known.filter(({ row }) => !rows.has(row));
      if (left.length > 0) this.#ahead.set(key, left);
      else this.#ahead.delete(key);
    }
  }

  /** Somebody else claims, or adds: what is ahead is read again. */
  forget(campaignId: string): void {
    for (const [key] of this.#ofCampaign(campaignId)) this.#ahead.delete(key);
  }

  #ofCampaign(campaignId: string) {
    return [...this.#ahead].filter(([key]) => key.startsWith(`${campaignId}/`));
  }

  /** Leads whose lease has ended, or whose time has come, are again what they were. */
  async #setFree({ campaignId, nowMs }: Claim): Promise<void> {
    const { leads } = this.#collections;
    const states = ['waiting', 'claimed'] as const;
    const due = await Promise.all(
      states.map((state) => this.#list(leadsQueries.due(campaignId, state, nowMs), freedAtOnce)),
    );
    if (due.flat().length === 0) return;
    const writes = due.flat().map(({ row, step, callbackAtMs, humanOnly }) => {
      const state = humanOnly ? 'human' : callbackAtMs === undefined ? 'open' : 'promised';
      const update: UpdateFilter<LeadDocument> =
        state === 'open'
          ? { $set: { state }, $unset: { dueOf: '', dueMs: '' } }
          : { $set: { state, dueOf: keyOf(campaignId, state) } };
      // By key, so that it is one; but updateOne in a batch holds a connection of FerretDB's until the batch has ended.
      return { updateMany: { filter: leadsQueries.at(campaignId, row, step).filter, update } };
    });
    await leads.bulkWrite(writes, { ordered: false });
    this.forget(campaignId);
  }

  async #due(claim: Claim, count: number, but: ReadonlySet<number>): Promise<readonly LeadDocument[]> {
    const { campaignId, nowMs, human, agents = [] } = claim;
    const [promised, forHumans, own] = await Promise.all([
      this.#read(leadsQueries.due(campaignId, 'promised', nowMs), claim, count, but),
      human ? this.#read(leadsQueries.due(campaignId, 'human', nowMs), claim, count, but) : [],
      agents.length > 0 ? this.#read(leadsQueries.own(campaignId, nowMs), claim, count, but, agents) : [],
    ]);
    const since = ({ ownOf, agentDueMs, dueMs }: LeadDocument) => (ownOf ? agentDueMs : dueMs) ?? 0;
    const callbacks = [...promised, ...own].sort((one, other) => since(one) - since(other));
    return [...callbacks, ...forHumans];
  }

  /** The first that a question finds and the claim wants. Those that it does not want are few. */
  async #read(
    { filter, sort = {} }: Query<LeadDocument>,
    { where, human }: LeadChoice,
    count: number,
    but: ReadonlySet<number>,
    agents?: readonly string[],
  ): Promise<readonly LeadDocument[]> {
    const found: LeadDocument[] = [];
    for await (const lead of this.#collections.leads.find(filter).sort(sort)) {
      const fits = isWanted(where, lead) && (human || !lead.humanOnly) && !but.has(lead.row);
      if (fits && (!agents || agents.includes(lead.agent ?? ''))) found.push(lead);
      if (found.length >= count) break;
    }
    return found;
  }

  async #open(claim: Claim, count: number): Promise<readonly LeadDocument[]> {
    const { campaignId, where, order = 'list' } = claim;
    const key = `${campaignId}/${order}/${where ? JSON.stringify(where) : ''}`;
    const known = this.#ahead.get(key) ?? [];
    if (known.length >= count) return known;
    const most = Math.max(count, ahead);
    const groups = await this.#groups(claim);
    const open =
      order === 'newest'
        ? await this.#newest(campaignId, groups, most)
        : await this.#list(leadsQueries.open(campaignId, groups), most);
    this.#ahead.set(key, open);
    const [oldest] = this.#ahead.keys();
    if (this.#ahead.size > choices && oldest !== undefined) this.#ahead.delete(oldest);
    return open;
  }

  /** Priority by priority, for the index goes up the rows and not down. */
  async #newest(campaignId: string, groups: readonly string[] | undefined, most: number) {
    const found: LeadDocument[] = [];
    let [top] = await this.#list(leadsQueries.open(campaignId, groups), 1);
    while (top && found.length < most) {
      const { priority } = top;
      found.push(...(await this.#list(leadsQueries.newest(campaignId, priority, groups), most - found.length)));
      [top] = await this.#list(leadsQueries.below(campaignId, priority, groups), 1);
    }
    return found;
  }

  #list({ filter, sort = {} }: Query<LeadDocument>, limit: number): Promise<LeadDocument[]> {
    return this.#collections.leads.find(filter).sort(sort).limit(limit).toArray();
  }

  /** The groups that a filter wants: many leads share one, so that any filter is a few of them. Undefined: all. */
  async #groups({ campaignId, where }: Claim): Promise<readonly string[] | undefined> {
    if (!where) return undefined;
    const groups = await this.#collections.groups.find(leadsQueries.groupsOf(campaignId).filter).toArray();
    return groups.filter((group) => isWanted(where, group)).map(({ group }) => group);
  }
}

function statesFor(human = false): readonly FollowUpStep['state'][] {
  return human ? ['waiting', 'promised', 'human'] : ['waiting', 'promised'];
}
