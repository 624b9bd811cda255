import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
