/** The tables of the lists. */
import type { StoreKind } from './open-database.ts';

/** What becomes of a lead, in `lead.state`. */
export const leadStates = {
  /** May be claimed. */
  free: 0,
  /** Will be free at `due_ms`. */
  waiting: 1,
  /** Claimed; free again at `due_ms` where its attempt does not begin. */
  leased: 2,
  /** Its attempt has begun, and nothing else was decided since. */
  settled: 3,
  /** A callback, that anyone may take at `due_ms`. */
  promised: 4,
  /** For humans only, at `due_ms`. */
  human: 5,
} as const;

const { free, settled } = leadStates;

/** Tables and indexes that came with schema 2. */
const since2 = `
    CREATE TABLE lead_group (
      id INTEGER PRIMARY KEY,
      campaign TEXT NOT NULL,
      language TEXT NOT NULL,
      timezone TEXT NOT NULL,
      segment TEXT NOT NULL,
      UNIQUE (campaign, language, timezone, segment)
    ) STRICT;
    CREATE TABLE follow_up (
      campaign TEXT NOT NULL,
      row INTEGER NOT NULL,
      history TEXT NOT NULL,
      callback_at_ms INTEGER,
      agent TEXT,
      agent_due_ms INTEGER,
      human_only INTEGER NOT NULL,
      PRIMARY KEY (campaign, row)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE progress (
      campaign TEXT PRIMARY KEY,
      list TEXT NOT NULL,
      row INTEGER NOT NULL,
      leads_before INTEGER NOT NULL,
      refused INTEGER NOT NULL,
      rows INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE lead (
      campaign TEXT NOT NULL,
      row INTEGER NOT NULL,
      contact TEXT NOT NULL,
      mask TEXT NOT NULL,
      group_id INTEGER NOT NULL,
      priority INTEGER NOT NULL,
      attempt INTEGER NOT NULL DEFAULT 0,
      followed INTEGER NOT NULL DEFAULT 0,
      state INTEGER NOT NULL DEFAULT ${free},
      due_ms INTEGER NOT NULL DEFAULT 0,
      PRIMARY KEY (campaign, row),
      UNIQUE (campaign, contact)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX lead_free ON lead (campaign, priority, row) WHERE state = ${free};
    CREATE INDEX lead_free_of_group ON lead (campaign, group_id, priority, row) WHERE state = ${free};
    CREATE INDEX lead_due ON lead (campaign, state, due_ms, group_id) WHERE state NOT IN (${free}, ${settled});
    CREATE INDEX follow_up_of_agent ON follow_up (campaign, agent_due_ms, agent) WHERE agent IS NOT NULL`;

/** Came with schema 3. */
const debtColumn = 'ALTER TABLE lead ADD COLUMN debt TEXT';

export const leadsKind: StoreKind = {
  name: 'list of leads',
  applicationId: 0x43_42_4c_44,
  schemaVersion: 3,
  unavailable: 'STORE_UNAVAILABLE',
  schema: `${since2}; ${debtColumn};
    CREATE TABLE claim (
      campaign TEXT NOT NULL,
      id TEXT NOT NULL,
      leads TEXT NOT NULL,
      PRIMARY KEY (campaign, id)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE refused (
      campaign TEXT NOT NULL,
      row INTEGER NOT NULL,
      reason TEXT NOT NULL,
      PRIMARY KEY (campaign, row)
    ) STRICT, WITHOUT ROWID`,
  upgrades: [
    `ALTER TABLE lead RENAME TO lead_1; DROP INDEX lead_unsettled; ${since2};
    INSERT INTO lead_group (campaign, language, timezone, segment)
      SELECT DISTINCT campaign, language, timezone, '' FROM lead_1;
    INSERT INTO lead (campaign, row, contact, mask, group_id, priority, attempt, state, due_ms)
      SELECT l.campaign, row, contact, mask, g.id, 0, attempt,
        CASE WHEN settled = 1 THEN ${settled} WHEN leased_until_ms > 0 THEN ${leadStates.leased} ELSE ${free} END,
        leased_until_ms
      FROM lead_1 l JOIN lead_group g
        ON g.campaign = l.campaign AND g.language = l.language AND g.timezone = l.timezone;
    DROP TABLE lead_1`,
    debtColumn,
  ],
};
