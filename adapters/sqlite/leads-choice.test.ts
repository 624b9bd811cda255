import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { choiceQueries } from './leads-choice.ts';
import { leadsKind } from './leads-schema.ts';
import { leadsStore } from './leads-store.ts';
import { openDatabase } from './open-database.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'callboard-leads-'));
  path = join(folder, 'leads.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

test.each(Object.entries(choiceQueries))('%s is answered by an index, in its order', (_, sql) => {
  const database = openDatabase(leadsKind, { path });
  const plan = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[];
  database.close();
  const steps = plan.map(({ detail }) => detail);
  expect(steps).toContainEqual(expect.stringMatching(/^SEARCH \w+ USING (COVERING )?INDEX /));
  for (const slow of ['SCAN lead', 'SCAN follow_up', 'TEMP B-TREE']) expect(steps.join('\n')).not.toContain(slow);
});

test('a list of the schema before this one is kept as it was', () => {
  const before = new DatabaseSync(path);
  before.exec(`PRAGMA application_id = ${leadsKind.applicationId}; PRAGMA user_version = 1;
    CREATE TABLE lead (
      campaign TEXT NOT NULL, row INTEGER NOT NULL, contact TEXT NOT NULL, mask TEXT NOT NULL,
      timezone TEXT NOT NULL, language TEXT NOT NULL, attempt INTEGER NOT NULL DEFAULT 0,
      leased_until_ms INTEGER NOT NULL DEFAULT 0, settled INTEGER NOT NULL DEFAULT 0,
      PRIMARY KEY (campaign, row), UNIQUE (campaign, contact)) STRICT, WITHOUT ROWID;
    CREATE INDEX lead_unsettled ON lead (campaign, row, leased_until_ms) WHERE settled = 0;
    CREATE TABLE claim (campaign TEXT NOT NULL, id TEXT NOT NULL, leads TEXT NOT NULL,
      PRIMARY KEY (campaign, id)) STRICT, WITHOUT ROWID;
    CREATE TABLE refused (campaign TEXT NOT NULL, row INTEGER NOT NULL, reason TEXT NOT NULL,
      PRIMARY KEY (campaign, row)) STRICT, WITHOUT ROWID;
    INSERT INTO lead VALUES
      ('spring', 1, 'c-1', 'm-1', 'Asia/Tokyo', 'ja', 1, 5000, 1), ('spring', 2, 'c-2', 'm-2', '', '', 1, 5000, 0),
      ('spring', 3, 'c-3', 'm-3', 'Asia/Tokyo', 'ja', 0, 0, 0);
    INSERT INTO refused VALUES ('spring', 4, 'no phone');
    INSERT INTO claim VALUES ('spring', 'old', '[]')`);
  before.close();

  const { database, methods } = leadsStore(openDatabase(leadsKind, { path }));
  const claim = { campaignId: 'spring', count: 9, leaseMs: 10 };
  expect(methods.counts('spring')).toEqual({ leads: 3, open: 1, refused: 1 });
  expect(methods.claim({ ...claim, claimId: 'old', nowMs: 0 })).toEqual([]);
  const where = { languages: ['ja'], timezones: [], segments: [] };
  expect(methods.claim({ ...claim, claimId: 'a', nowMs: 4999, where })).toMatchObject([{ row: 3, language: 'ja' }]);
  expect(methods.claim({ ...claim, claimId: 'b', nowMs: 5000 })).toMatchObject([{ row: 2, attempt: 2 }]);
  database.close();
  openDatabase(leadsKind, { path }).close();
});

test('a list that cannot be brought to this schema is left as it was', () => {
  const before = new DatabaseSync(path);
  before.exec(`PRAGMA application_id = ${leadsKind.applicationId}; PRAGMA user_version = 1; CREATE TABLE lead (x)`);
  before.close();
  expect(() => openDatabase(leadsKind, { path })).toThrow(/cannot be used/);
  const after = new DatabaseSync(path);
  expect(after.prepare('SELECT name FROM sqlite_schema').all()).toEqual([{ name: 'lead' }]);
  after.close();
});
