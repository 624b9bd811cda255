/** The tables of the lists. */
import type { StoreKind } from './open-database.ts';

export const leadsKind: StoreKind = {
  name: 'list of leads',
  applicationId: 0x43_42_4c_44,
  schemaVersion: 1,
  unavailable: 'STORE_UNAVAILABLE',
  schema: `
    CREATE TABLE lead (
      campaign TEXT NOT NULL,
      row INTEGER NOT NULL,
      contact TEXT NOT NULL,
      mask TEXT NOT NULL,
      timezone TEXT NOT NULL,
      language TEXT NOT NULL,
      attempt INTEGER NOT NULL DEFAULT 0,
      leased_until_ms INTEGER NOT NULL DEFAULT 0,
      settled INTEGER NOT NULL DEFAULT 0,
      PRIMARY KEY (campaign, row),
      UNIQUE (campaign, contact)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX lead_unsettled ON lead (campaign, row, leased_until_ms) WHERE settled = 0;
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
};
