/** The lists in SQLite: what the thread of the leads does. */
import type { DatabaseSync } from 'node:sqlite';
import type { Claim, ClaimedLead, ListCounts, NewLead, RefusedRow } from '#ports/leads.ts';
import type { ServedStore } from './store-server.ts';

/** What came of adding rows. */
export interface Added {
  readonly added: number;
  readonly known: readonly NewLead[];
  readonly taken: readonly NewLead[];
}

/** What can be asked of the thread; the meanings are those of the port. */
export type LeadsMethods = {
  readonly add: (campaignId: string, leads: readonly NewLead[]) => Added;
  readonly refuse: (campaignId: string, rows: readonly RefusedRow[]) => void;
  readonly claim: (claim: Claim) => readonly ClaimedLead[];
  readonly settle: (
    campaignId: string,
    attempts: readonly { readonly row: number; readonly attempt: number }[],
  ) => void;
  readonly counts: (campaignId: string) => ListCounts;
  readonly refused: (campaignId: string, limit: number) => readonly RefusedRow[];
};

export function leadsStore(database: DatabaseSync): ServedStore & { readonly methods: LeadsMethods } {
  const contactOf = database.prepare('SELECT 1 FROM lead WHERE campaign = ? AND contact = ?');
  const insert = database.prepare(`
    INSERT INTO lead (campaign, row, contact, mask, timezone, language) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (campaign, row) DO NOTHING`);
  const keepRefused = database.prepare('INSERT OR REPLACE INTO refused (campaign, row, reason) VALUES (?, ?, ?)');
  const forgetRefused = database.prepare('DELETE FROM refused WHERE campaign = ? AND row = ?');
  const madeClaim = database.prepare('SELECT leads FROM claim WHERE campaign = ? AND id = ?');
  const keepClaim = database.prepare('INSERT INTO claim (campaign, id, leads) VALUES (?, ?, ?)');
  // In the order of the index, which also holds the lease: only the leads in progress are looked at in vain.
  const free = database.prepare(`
    SELECT row FROM lead INDEXED BY lead_unsettled
    WHERE campaign = ? AND settled = 0 AND leased_until_ms <= ? ORDER BY row LIMIT ?`);
  const take = database.prepare(`
    UPDATE lead SET attempt = attempt + 1, leased_until_ms = ? WHERE campaign = ? AND row = ?
    RETURNING row, contact AS contactId, mask, attempt`);
  const settle = database.prepare('UPDATE lead SET settled = 1 WHERE campaign = ? AND row = ? AND attempt >= ?');
  const count = database.prepare(`
    SELECT count(*) AS leads, count(*) FILTER (WHERE attempt = 0) AS open,
      (SELECT count(*) FROM refused WHERE campaign = ?1) AS refused
    FROM lead WHERE campaign = ?1`);
  const listRefused = database.prepare('SELECT row, reason FROM refused WHERE campaign = ? ORDER BY row LIMIT ?');

  const methods: LeadsMethods = {
    add(campaignId, leads) {
      const known: NewLead[] = [];
      const taken: NewLead[] = [];
      for (const lead of leads) {
        const { row, contactId, mask, timezone, language } = lead;
        if (contactOf.get(campaignId, contactId)) {
          known.push(lead);
        } else if (insert.run(campaignId, row, contactId, mask, timezone, language).changes === 0) {
          taken.push(lead);
          continue;
        }
        forgetRefused.run(campaignId, row);
      }
      return { added: leads.length - known.length - taken.length, known, taken };
    },
    refuse(campaignId, rows) {
      for (const { row, reason } of rows) keepRefused.run(campaignId, row, reason);
    },
    claim({ campaignId, claimId, count: wanted, nowMs, leaseMs }) {
      const made = madeClaim.get(campaignId, claimId) as { leads: string } | undefined;
      if (made) return JSON.parse(made.leads) as ClaimedLead[];
      const rows = free.all(campaignId, nowMs, wanted) as { row: number }[];
      const leads = rows.map(({ row }) => take.get(nowMs + leaseMs, campaignId, row) as unknown as ClaimedLead);
      keepClaim.run(campaignId, claimId, JSON.stringify(leads));
      return leads.map((lead) => ({ ...lead }));
    },
    settle(campaignId, attempts) {
      for (const { row, attempt } of attempts) settle.run(campaignId, row, attempt);
    },
    counts: (campaignId) => ({ ...(count.get(campaignId) as unknown as ListCounts) }),
    refused: (campaignId, limit) => listRefused.all(campaignId, limit) as unknown as RefusedRow[],
  };
  return { database, methods };
}
