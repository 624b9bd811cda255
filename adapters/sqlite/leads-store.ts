/** The lists in SQLite: what the thread of the leads does. */
import type { DatabaseSync } from 'node:sqlite';
import type {
  AddedLeads,
  Claim,
  ClaimedLead,
  FollowUp,
  LeadChoice,
  ListCounts,
  ListProgress,
  NewLead,
  RefusedRow,
} from '#ports/leads.ts';
import type { PastAttempt } from '#proto/generated/campaign.ts';
import { leadsChoice } from './leads-choice.ts';
import { leadStates } from './leads-schema.ts';
import type { ServedStore } from './store-server.ts';

/** What can be asked of the thread; the meanings are those of the port. */
export type LeadsMethods = {
  readonly add: (campaignId: string, leads: readonly NewLead[]) => AddedLeads;
  readonly refuse: (campaignId: string, rows: readonly RefusedRow[]) => void;
  readonly progress: (campaignId: string, list: string) => ListProgress | undefined;
  readonly keepProgress: (campaignId: string, list: string, progress: ListProgress) => void;
  readonly claim: (claim: Claim) => readonly ClaimedLead[];
  readonly settle: (
    campaignId: string,
    attempts: readonly { readonly row: number; readonly attempt: number }[],
  ) => void;
  readonly schedule: (campaignId: string, followUps: readonly FollowUp[]) => void;
  readonly nextDue: (choice: LeadChoice) => number | undefined;
  readonly counts: (campaignId: string) => ListCounts;
  readonly refused: (campaignId: string, limit: number, afterRow?: number) => readonly RefusedRow[];
};

/** Leads that become free again are made so this many at a time: a claim must not wait for a hundred thousand. */
const freedAtOnce = 2000;

interface KnownRow {
  readonly row: number;
  readonly groupId: number;
  readonly priority: number;
  readonly debt: string | null;
}

interface TakenRow {
  readonly row: number;
  readonly contactId: string;
  readonly mask: string;
  readonly attempt: number;
  readonly groupId: number;
  readonly debt: string | null;
}

interface FollowUpRow {
  readonly history: string;
  readonly callbackAtMs: number | null;
  readonly agent: string | null;
  readonly humanOnly: number;
}

export function leadsStore(database: DatabaseSync): ServedStore & { readonly methods: LeadsMethods } {
  const { free, waiting, leased, settled, promised, human } = leadStates;
  const choice = leadsChoice(database);
  const leadOf = database.prepare(
    'SELECT row, group_id AS groupId, priority, debt FROM lead WHERE campaign = ? AND contact = ?',
  );
  const change = database.prepare(
    'UPDATE lead SET group_id = ?, priority = ?, debt = ? WHERE campaign = ? AND row = ?',
  );
  const insert = database.prepare(`
    INSERT OR IGNORE INTO lead (campaign, row, contact, mask, group_id, priority, debt) VALUES (?, ?, ?, ?, ?, ?, ?)`);
  const keepGroup = database.prepare(`
    INSERT INTO lead_group (campaign, language, timezone, segment) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET segment = segment RETURNING id`);
  const keepRefused = database.prepare('INSERT OR REPLACE INTO refused (campaign, row, reason) VALUES (?, ?, ?)');
  const forgetRefused = database.prepare(
    'DELETE FROM refused WHERE campaign = ? AND row IN (SELECT value FROM json_each(?))',
  );
  const progressOf = database.prepare(
    'SELECT row, leads_before AS leadsBefore, refused, rows FROM progress WHERE campaign = ? AND list = ?',
  );
  const keepProgress = database.prepare(`
    INSERT OR REPLACE INTO progress (campaign, list, row, leads_before, refused, rows) VALUES (?, ?, ?, ?, ?, ?)`);
  const madeClaim = database.prepare('SELECT leads FROM claim WHERE campaign = ? AND id = ?');
  const keepClaim = database.prepare('INSERT INTO claim (campaign, id, leads) VALUES (?, ?, ?)');
  // One whose claim lapsed is again what it was.
  const setFree = database.prepare(`
    UPDATE lead SET state = coalesce((
      SELECT CASE WHEN human_only THEN ${human} WHEN callback_at_ms IS NOT NULL THEN ${promised} END
      FROM follow_up f WHERE f.campaign = lead.campaign AND f.row = lead.row), ${free})
    WHERE campaign = ?1 AND row IN (
      SELECT row FROM lead INDEXED BY lead_due
      WHERE campaign = ?1 AND state = ?2 AND due_ms <= ?3 AND state NOT IN (${free}, ${settled})
      ORDER BY due_ms LIMIT ${freedAtOnce})`);
  // All at once, which takes half as long as one by one; in no order.
  const take = database.prepare(`
    UPDATE lead SET attempt = attempt + 1, state = ${leased}, due_ms = ?
    WHERE campaign = ? AND row IN (SELECT value FROM json_each(?))
    RETURNING row, contact AS contactId, mask, attempt, group_id AS groupId, debt`);
  const traitsOf = database.prepare('SELECT timezone, language FROM lead_group WHERE id = ?');
  const followUpOf = database.prepare(`
    SELECT history, callback_at_ms AS callbackAtMs, agent, human_only AS humanOnly
    FROM follow_up WHERE campaign = ? AND row = ?`);
  const settle = database.prepare(`
    UPDATE lead SET state = ${settled} WHERE campaign = ?1 AND row = ?2 AND attempt >= ?3 AND followed < ?3`);
  const forgetAgent = database.prepare(`
    UPDATE follow_up SET agent = NULL, agent_due_ms = NULL WHERE campaign = ? AND row = ? AND agent IS NOT NULL`);
  const schedule = database.prepare(`
    UPDATE lead SET state = ?, due_ms = ?, followed = attempt WHERE campaign = ? AND row = ? AND attempt = ?`);
  const keepFollowUp = database.prepare(`
    INSERT OR REPLACE INTO follow_up (campaign, row, history, callback_at_ms, agent, agent_due_ms, human_only)
    VALUES (?, ?, ?, ?, ?, ?, ?)`);
  const count = database.prepare(`
    SELECT count(*) AS leads, count(*) FILTER (WHERE attempt = 0) AS open,
      (SELECT count(*) FROM refused WHERE campaign = ?1) AS refused
    FROM lead WHERE campaign = ?1`);
  const listRefused = database.prepare(
    'SELECT row, reason FROM refused WHERE campaign = ? AND row > ? ORDER BY row LIMIT ?',
  );

  /** Ids of groups, of one call: one that is remembered longer might be taken back with its transaction. */
  function groups(campaignId: string): (lead: NewLead) => number {
    const ids = new Map<string, number>();
    return ({ language, timezone, segment = '' }) => {
      const key = `${language}/${timezone}/${segment}`;
      let id = ids.get(key);
      if (id === undefined) {
        ({ id } = keepGroup.get(campaignId, language, timezone, segment) as { id: number });
        ids.set(key, id);
      }
      return id;
    };
  }

  /** What the lead of a group has; many of a claim are of one. */
  function traits(): (groupId: number) => Pick<ClaimedLead, 'timezone' | 'language'> {
    const known = new Map<number, Pick<ClaimedLead, 'timezone' | 'language'>>();
    return (groupId) => {
      const found = known.get(groupId);
      if (found) return found;
      const { timezone, language } = traitsOf.get(groupId) as { readonly timezone: string; readonly language: string };
      const has = { ...(timezone && { timezone }), ...(language && { language }) };
      known.set(groupId, has);
      return has;
    };
  }

  function claimed(campaignId: string, taken: TakenRow, ofGroup: ReturnType<typeof traits>): ClaimedLead {
    const { groupId, debt, ...lead } = taken;
    const traits = { ...ofGroup(groupId), ...(debt === null ? {} : { debt }) };
    if (taken.attempt === 1) return { ...lead, ...traits };
    const followUp = followUpOf.get(campaignId, taken.row) as FollowUpRow | undefined;
    if (!followUp) return { ...lead, ...traits };
    const { history, callbackAtMs, agent, humanOnly } = followUp;
    return {
      ...lead,
      ...traits,
      history: { attempts: JSON.parse(history) as PastAttempt[] },
      ...(callbackAtMs === null ? {} : { callbackAtMs }),
      ...(agent === null ? {} : { agentId: agent }),
      ...(humanOnly ? { humanOnly: true } : {}),
    };
  }

  const methods: LeadsMethods = {
    add(campaignId, leads) {
      const known: NewLead[] = [];
      const taken: NewLead[] = [];
      const inList: number[] = [];
      let changed = 0;
      const groupOf = groups(campaignId);
      for (const lead of leads) {
        const { row, contactId, mask, priority = 0, debt = null } = lead;
        const groupId = groupOf(lead);
        if (insert.run(campaignId, row, contactId, mask, groupId, priority, debt).changes === 0) {
          const before = leadOf.get(campaignId, contactId) as KnownRow | undefined;
          (before ? known : taken).push(lead);
          if (!before) continue;
          if (before.groupId !== groupId || before.priority !== priority || before.debt !== debt) {
            change.run(groupId, priority, debt, campaignId, before.row);
            changed += 1;
          }
        }
        inList.push(row);
      }
      forgetRefused.run(campaignId, JSON.stringify(inList));
      return { added: leads.length - known.length - taken.length, known, taken, changed };
    },
    refuse(campaignId, rows) {
      for (const { row, reason } of rows) keepRefused.run(campaignId, row, reason);
    },
    progress: (campaignId, list) => {
      const kept = progressOf.get(campaignId, list);
      if (!kept) return undefined;
      const { rows, ...progress } = kept as unknown as ListProgress & { readonly rows: number | null };
      return rows === null ? progress : { ...progress, rows };
    },
    keepProgress(campaignId, list, { row, leadsBefore, refused, rows = null }) {
      keepProgress.run(campaignId, list, row, leadsBefore, refused, rows);
    },
    claim(claim) {
      const { campaignId, claimId, count: wanted, nowMs, leaseMs, order = 'list', agents = [] } = claim;
      const made = madeClaim.get(campaignId, claimId) as { leads: string } | undefined;
      if (made) return JSON.parse(made.leads) as ClaimedLead[];
      for (const state of [waiting, leased]) setFree.run(campaignId, state, nowMs);
      const due = choice.due(claim, agents, wanted);
      const rows = [...due, ...choice.free(claim, order, wanted - due.length)];
      const taken = take.all(nowMs + leaseMs, campaignId, JSON.stringify(rows)) as unknown as TakenRow[];
      const byRow = new Map(taken.map((each) => [each.row, each]));
      const ofGroup = traits();
      const leads = rows.flatMap((row) => {
        const found = byRow.get(row);
        return found ? [claimed(campaignId, found, ofGroup)] : [];
      });
      keepClaim.run(campaignId, claimId, JSON.stringify(leads));
      return leads;
    },
    settle(campaignId, attempts) {
      for (const { row, attempt } of attempts) {
        if (settle.run(campaignId, row, attempt).changes > 0 && attempt > 1) forgetAgent.run(campaignId, row);
      }
    },
    schedule(campaignId, followUps) {
      for (const { row, attempt, dueAtMs, callback, owner, humanOnly, past } of followUps) {
        const state = humanOnly ? human : callback ? promised : waiting;
        const dueMs = owner?.anyoneAtMs ?? dueAtMs;
        if (schedule.run(state, dueMs, campaignId, row, attempt).changes === 0) continue;
        const before = (followUpOf.get(campaignId, row) as FollowUpRow | undefined)?.history;
        const history = withPast(before === undefined ? [] : (JSON.parse(before) as PastAttempt[]), past);
        const agent = owner?.agentId ?? null;
        const agentDueMs = owner ? dueAtMs : null;
        const callbackAtMs = callback ? dueAtMs : null;
        keepFollowUp.run(campaignId, row, JSON.stringify(history), callbackAtMs, agent, agentDueMs, humanOnly ? 1 : 0);
      }
    },
    nextDue: (which) => choice.nextDue(which),
    counts: (campaignId) => ({ ...(count.get(campaignId) as unknown as ListCounts) }),
    refused: (campaignId, limit, afterRow = 0) =>
      listRefused.all(campaignId, afterRow, limit) as unknown as RefusedRow[],
  };
  return { database, methods };
}

/** What an attempt came to is kept as it was told first. */
function withPast(history: readonly PastAttempt[], past: PastAttempt | undefined): readonly PastAttempt[] {
  return !past || history.some(({ attempt }) => attempt === past.attempt) ? history : [...history, past];
}
