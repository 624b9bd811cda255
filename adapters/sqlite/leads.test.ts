import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from '@jest/globals';
import { leadsContract } from '#ports/leads.contract.ts';
import type { Leads } from '#ports/leads.ts';
import { openSqliteLeads } from './leads.ts';

leadsContract('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'callboard-leads-'));
  const path = join(folder, 'leads.db');
  const leads = await openSqliteLeads({ path });
  let current = leads;
  const others: Leads[] = [];
  return {
    leads,
    async reopen() {
      await current.close();
      current = await openSqliteLeads({ path });
      return current;
    },
    async another() {
      const other = await openSqliteLeads({ path });
      others.push(other);
      return other;
    },
    async dispose() {
      for (const other of others) await other.close();
      await current.close();
      await rm(folder, { recursive: true });
    },
  };
});

test('a list of schema 2 goes on, and takes leads with debts', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'callboard-leads-'));
  const path = join(folder, 'leads.db');
  const traits = { mask: '+1 202 **** 01', timezone: '', language: '' };
  const old = await openSqliteLeads({ path });
  await old.add('spring', [{ row: 1, contactId: 'c-1', ...traits }]);
  await old.close();
  const database = new DatabaseSync(path);
  database.exec('ALTER TABLE lead DROP COLUMN debt; PRAGMA user_version = 2');
  database.close();

  const leads = await openSqliteLeads({ path });
  await leads.add('spring', [{ row: 2, contactId: 'c-2', ...traits, debt: 'd-1' }]);
  const claimed = await leads.claim({ campaignId: 'spring', claimId: 'a', count: 5, nowMs: 0, leaseMs: 1000 });
  expect(claimed.map(({ row, debt }) => [row, debt])).toEqual([
    [1, undefined],
    [2, 'd-1'],
  ]);
  await leads.close();
  await rm(folder, { recursive: true });
});

test('a folder that is not there is named', async () => {
  await expect(openSqliteLeads({ path: '/nowhere/at/all/leads.db' })).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
    message: expect.stringContaining('The list of leads /nowhere/at/all/leads.db cannot be opened'),
  });
});

test('after close everything is refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'callboard-leads-'));
  const leads = await openSqliteLeads({ path: join(folder, 'leads.db') });
  const counting = leads.counts('spring');
  await leads.close();
  await leads.close();
  expect(await counting).toMatchObject({ leads: 0 });
  await expect(leads.counts('spring')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  await rm(folder, { recursive: true });
});
