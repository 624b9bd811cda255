/**
 * Which leads of a list are next, in SQLite. Every question goes by an index that holds what is asked and in the order
 * that is asked; a test holds their plans (EXPLAIN QUERY PLAN) to that.
 */
import type { DatabaseSync } from 'node:sqlite';
import { isWanted, type LeadChoice, type LeadFilter, type LeadOrder, type LeadTraits } from '#ports/leads.ts';
import { leadStates } from './leads-schema.ts';

const { free, settled } = leadStates;
/** SQLite takes a partial index only where its condition is said word by word (sqlite.org/partialindex.html, 2). */
const notAtRest = `state NOT IN (${free}, ${settled})`;
const ofGroups = 'AND group_id IN (SELECT value FROM json_each(?))';
const abovePriorities = 1001;
/** Statements that are kept for readings side by side. */
const mostReaders = 100;

/** Every question about which leads are next. */
export const choiceQueries = {
  groups: 'SELECT id, language, timezone, segment FROM lead_group WHERE campaign = ?',
  topPriority: `SELECT max(priority) AS priority FROM lead INDEXED BY lead_free
    WHERE campaign = ? AND state = ${free} AND priority < ?`,
  topPriorityOfGroup: `SELECT max(priority) AS priority FROM lead INDEXED BY lead_free_of_group
    WHERE campaign = ? AND state = ${free} AND group_id = ? AND priority < ?`,
  list: `SELECT row FROM lead INDEXED BY lead_free
    WHERE campaign = ? AND state = ${free} AND priority = ? ORDER BY row LIMIT ?`,
  newest: `SELECT row FROM lead INDEXED BY lead_free
    WHERE campaign = ? AND state = ${free} AND priority = ? ORDER BY row DESC LIMIT ?`,
  listOfGroup: `SELECT row FROM lead INDEXED BY lead_free_of_group
    WHERE campaign = ? AND state = ${free} AND group_id = ? AND priority = ? ORDER BY row`,
  newestOfGroup: `SELECT row FROM lead INDEXED BY lead_free_of_group
    WHERE campaign = ? AND state = ${free} AND group_id = ? AND priority = ? ORDER BY row DESC`,
  due: `SELECT row, due_ms AS dueMs FROM lead INDEXED BY lead_due
    WHERE campaign = ? AND state = ? AND due_ms <= ? AND ${notAtRest} ORDER BY due_ms LIMIT ?`,
  dueOfGroups: `SELECT row, due_ms AS dueMs FROM lead INDEXED BY lead_due
    WHERE campaign = ? AND state = ? AND due_ms <= ? AND ${notAtRest} ${ofGroups} ORDER BY due_ms LIMIT ?`,
  /** Callbacks of these agents that not everybody may take yet. */
  own: `SELECT row, agent_due_ms AS dueMs FROM follow_up INDEXED BY follow_up_of_agent CROSS JOIN lead USING (campaign, row)
    WHERE campaign = ? AND agent_due_ms <= ? AND agent IS NOT NULL AND agent IN (SELECT value FROM json_each(?))
    AND state IN (SELECT value FROM json_each(?)) ORDER BY agent_due_ms`,
  later: `SELECT due_ms AS dueMs FROM lead INDEXED BY lead_due
    WHERE campaign = ? AND state = ? AND ${notAtRest} ORDER BY due_ms LIMIT 1`,
  laterOfGroups: `SELECT due_ms AS dueMs FROM lead INDEXED BY lead_due
    WHERE campaign = ? AND state = ? AND ${notAtRest} ${ofGroups} ORDER BY due_ms LIMIT 1`,
  laterOwn: `SELECT agent_due_ms AS dueMs FROM follow_up INDEXED BY follow_up_of_agent CROSS JOIN lead USING (campaign, row)
    WHERE campaign = ? AND agent_due_ms > ? AND agent IS NOT NULL AND state IN (SELECT value FROM json_each(?))
    AND (? IS NULL OR group_id IN (SELECT value FROM json_each(?))) ORDER BY agent_due_ms LIMIT 1`,
} as const;

interface Due {
  readonly row: number;
  readonly dueMs: number;
}

export interface LeadsChoice {
  /** Rows that were promised a call or need a human, and are due: the longest due first. */
  due(choice: LeadChoice, agents: readonly string[], most: number): readonly number[];
  /** Rows of free leads by priority and order. */
  free(choice: LeadChoice, order: LeadOrder, most: number): readonly number[];
  nextDue(choice: LeadChoice): number | undefined;
}

export function leadsChoice(database: DatabaseSync): LeadsChoice {
  const prepared = Object.fromEntries(
    Object.entries(choiceQueries).map(([name, sql]) => [name, database.prepare(sql)]),
  ) as { readonly [Q in keyof typeof choiceQueries]: ReturnType<DatabaseSync['prepare']> };

  /** The groups that a filter wants: many leads share one, so that any filter is a few of them. Undefined: all. */
  function groupsOf(campaignId: string, where: LeadFilter | undefined): readonly number[] | undefined {
    if (!where) return undefined;
    const groups = prepared.groups.all(campaignId) as unknown as (LeadTraits & { readonly id: number })[];
    return groups.filter((group) => isWanted(where, group)).map(({ id }) => id);
  }

  const readers: Record<LeadOrder, ReturnType<DatabaseSync['prepare']>[]> = { list: [], newest: [] };

  /** A statement has one reading at a time, so that readings side by side have one each; the first ones are kept. */
  function readerOf(order: LeadOrder, at: number): ReturnType<DatabaseSync['prepare']> {
    const kept = readers[order][at];
    if (kept) return kept;
    const reader = database.prepare(order === 'list' ? choiceQueries.listOfGroup : choiceQueries.newestOfGroup);
    if (at < mostReaders) readers[order][at] = reader;
    return reader;
  }

  function due({ campaignId, nowMs, where, human }: LeadChoice, agents: readonly string[], most: number) {
    const groups = groupsOf(campaignId, where);
    const states = forThis(human);
    const found = states.map((state): Due[] => {
      const rows = groups
        ? prepared.dueOfGroups.all(campaignId, state, nowMs, JSON.stringify(groups), most)
        : prepared.due.all(campaignId, state, nowMs, most);
      return rows as unknown as Due[];
    });
    const own = agents.length > 0 ? ownOf(campaignId, nowMs, agents, states, groups) : [];
    const [promised = [], human_ = []] = found;
    const callbacks = [...own, ...promised].sort((one, other) => one.dueMs - other.dueMs);
    return [...new Set([...callbacks, ...human_].map(({ row }) => row))].slice(0, most);
  }

  function ownOf(
    campaignId: string,
    nowMs: number,
    agents: readonly string[],
    states: readonly number[],
    groups: readonly number[] | undefined,
  ): readonly Due[] {
    const rows = prepared.own.all(campaignId, nowMs, JSON.stringify(agents), JSON.stringify(states));
    const wanted = groups && new Set(groups);
    const groupOf = database.prepare('SELECT group_id AS id FROM lead WHERE campaign = ? AND row = ?');
    const isIn = ({ row }: Due) => !wanted || wanted.has((groupOf.get(campaignId, row) as { id: number }).id);
    return (rows as unknown as Due[]).filter(isIn);
  }

  function freeLeads({ campaignId, where }: LeadChoice, order: LeadOrder, most: number): readonly number[] {
    const groups = groupsOf(campaignId, where);
    const rows: number[] = [];
    let priority = topBelow(campaignId, groups, abovePriorities);
    while (priority !== undefined && rows.length < most) {
      const wanted = most - rows.length;
      if (groups) rows.push(...merged(campaignId, groups, priority, order, wanted));
      else rows.push(...(prepared[order].all(campaignId, priority, wanted) as { row: number }[]).map(({ row }) => row));
      priority = topBelow(campaignId, groups, priority);
    }
    return rows;
  }

  function topBelow(campaignId: string, groups: readonly number[] | undefined, priority: number): number | undefined {
    const found = groups
      ? groups.map((group) => prepared.topPriorityOfGroup.get(campaignId, group, priority))
      : [prepared.topPriority.get(campaignId, priority)];
    const known = (found as { priority: number | null }[]).flatMap((each) => each.priority ?? []);
    return known.length > 0 ? known.reduce((one, other) => Math.max(one, other)) : undefined;
  }

  /** Goes through the groups side by side, so that no more is read than is wanted, and one of each. */
  function merged(
    campaignId: string,
    groups: readonly number[],
    priority: number,
    order: LeadOrder,
    wanted: number,
  ): readonly number[] {
    const sign = order === 'list' ? 1 : -1;
    const readings = groups.map((group, at) => readerOf(order, at).iterate(campaignId, group, priority));
    const next = (at: number) => (readings[at]?.next().value as { row: number } | undefined)?.row;
    const heads = readings.map((_, at) => next(at));
    const rows: number[] = [];
    while (rows.length < wanted) {
      let first = -1;
      for (const [at, row] of heads.entries()) {
        const best = heads[first];
        if (row !== undefined && (best === undefined || (row - best) * sign < 0)) first = at;
      }
      const row = heads[first];
      if (row === undefined) break;
      rows.push(row);
      heads[first] = next(first);
    }
    for (const reading of readings) reading.return?.();
    return rows;
  }

  function nextDue({ campaignId, nowMs, where, human }: LeadChoice): number | undefined {
    const groups = groupsOf(campaignId, where);
    const wanted = groups ? JSON.stringify(groups) : null;
    const states = forThis(human);
    const next = [leadStates.waiting, ...states].map((state) =>
      wanted === null ? prepared.later.get(campaignId, state) : prepared.laterOfGroups.get(campaignId, state, wanted),
    );
    const own = prepared.laterOwn.get(campaignId, nowMs, JSON.stringify(states), wanted, wanted);
    const times = ([...next, own] as (Due | undefined)[]).flatMap((each) => each?.dueMs ?? []);
    return times.length > 0 ? Math.min(...times) : undefined;
  }

  return { due, free: freeLeads, nextDue };
}

/** What a claim may have beside free leads. */
function forThis(human = false): readonly number[] {
  return human ? [leadStates.promised, leadStates.human] : [leadStates.promised];
}
