import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { openSqliteLeads } from '#adapters/sqlite/leads.ts';
import { openSqliteVault } from '#adapters/sqlite/vault.ts';
import type { Leads } from '#ports/leads.ts';
import type { Vault } from '#ports/vault.ts';
import { importList } from './list-import.ts';

let folder: string;
let path: string;
let vault: Vault;
let leads: Leads;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'callboard-import-'));
  path = join(folder, 'leads.csv');
  vault = await openSqliteVault({
    path: join(folder, 'vault.db'),
    secret: '0f'.repeat(32),
    clock: { now: () => 0, after: () => () => {} },
    record: async () => {},
  });
  leads = await openSqliteLeads({ path: join(folder, 'leads.db') });
});
afterEach(async () => {
  await leads.close();
  await vault.close();
  rmSync(folder, { recursive: true });
});

const load = (content: string) => {
  writeFileSync(path, content);
  return importList(path, 'spring', { vault, leads });
};
const number = (index: number) => `+86138${String(index).padStart(8, '0')}`;
const claim = { campaignId: 'spring', claimId: 'a', nowMs: 0, leaseMs: 1000 };

test('stores people in the vault and leads without number or name in the campaign', async () => {
  const list = 'phone,name,timezone,language,city\n+8613800001234,王小明,Asia/Shanghai,zh-CN,上海\n';
  expect(await load(list)).toEqual({ rows: 1, added: 1, known: 0, changed: 0, refused: 0, leads: 1 });
  const [lead] = await leads.claim({ ...claim, count: 5 });
  expect(lead).toEqual({
    row: 1,
    contactId: expect.any(String),
    mask: '+86 138 **** 1234',
    attempt: 1,
    timezone: 'Asia/Shanghai',
    language: 'zh-CN',
  });
  expect(await vault.read(lead?.contactId ?? '', { purpose: 'test', by: 'test' })).toEqual({
    number: '+8613800001234',
    name: '王小明',
    attributes: { city: '上海' },
  });
});

test('keeps a debt as a hash of its contact alone, and its words in the vault', async () => {
  const rows = [`${number(1)},GB-82 West`, `${number(2)},gb82west`, `${number(3)},`, `${number(4)},--`];
  expect(await load(`phone,Debt\n${rows.join('\n')}\n`)).toMatchObject({ rows: 4, added: 3, refused: 1 });
  const reason = 'its debt is no text of 1 to 100 characters with a letter or a digit';
  expect(await leads.refused('spring', 10)).toEqual([{ row: 4, reason }]);
  const [one, two, none] = await leads.claim({ ...claim, count: 5 });
  for (const lead of [one, two]) expect(lead?.debt).toMatch(/^[0-9a-f]{16}$/);
  expect(one?.debt).not.toBe(two?.debt);
  expect(none).not.toHaveProperty('debt');
  const access = { purpose: 'test', by: 'test' };
  expect(await vault.read(one?.contactId ?? '', access)).toMatchObject({ attributes: { Debt: 'GB-82 West' } });
  // Another campaign about the same debt, written otherwise, and about another one.
  writeFileSync(path, `phone,debt\n${number(1)},gb 82/WEST\n${number(2)},gb83west\n`);
  await importList(path, 'autumn', { vault, leads });
  const [same, other] = await leads.claim({ ...claim, campaignId: 'autumn', count: 5 });
  expect(same?.debt).toBe(one?.debt);
  expect(other?.debt).toMatch(/^[0-9a-f]{16}$/);
  expect(other?.debt).not.toBe(two?.debt);
});

test('refuses rows and duplicates, keeps why, and the first row of a number stands', async () => {
  const list = `phone,name\n${number(1)},A\nnonsense,B\n${number(2)},C\n+86 138 0000 0001,D\n`;
  expect(await load(list)).toEqual({ rows: 4, added: 2, known: 0, changed: 0, refused: 2, leads: 2 });
  expect(await leads.refused('spring', 10)).toEqual([
    { row: 2, reason: 'its phone is not a telephone number' },
    { row: 4, reason: 'duplicate of row 1' },
  ]);
  const contact = await vault.find(number(1));
  expect(await vault.read(contact?.contactId ?? '', { purpose: 'test', by: 'test' })).toMatchObject({ name: 'A' });
});

test('goes on where it stopped: what it has is known, only duplicates within the file are duplicates', async () => {
  const rows = [number(1), number(2), 'nonsense', number(1), number(3)].map((phone) => `${phone}\n`);
  expect(await load(`phone\n${rows.slice(0, 4).join('')}`)).toMatchObject({ rows: 4, added: 2, known: 0, refused: 2 });
  expect(await load(`phone\n${rows.join('')}`)).toMatchObject({ rows: 5, added: 1, known: 2, refused: 2 });
  expect(await leads.counts('spring')).toEqual({ leads: 3, open: 3, refused: 2 });
});

test('of a list that was read to its end and not changed since nothing is read again', async () => {
  const list = `phone\n${number(1)}\nnonsense\n`;
  await load(list);
  const put = jest.spyOn(vault, 'put');
  const add = jest.spyOn(leads, 'add');
  const told: number[] = [];
  const again = await importList(path, 'spring', { vault, leads }, (row) => told.push(row));
  expect(again).toEqual({ rows: 2, added: 0, known: 1, changed: 0, refused: 1, leads: 1 });
  expect(told[0]).toBe(2);
  expect(put.mock.calls.flat(2)).toEqual([]);
  expect(add.mock.calls.flatMap(([, rows]) => rows)).toEqual([]);
});

test('an import that was cut short anywhere goes on after what is stored, and stores none of it again', async () => {
  const rows = Array.from({ length: 9500 }, (_, index) => (index % 7 === 3 ? 'nonsense' : number(index % 9000)));
  const refused = rows.filter((row, index) => row === 'nonsense' || rows.indexOf(row) < index).length;
  const list = `phone\n${rows.join('\n')}\n`;
  const told: number[] = [];
  writeFileSync(path, list);
  const cut = jest.fn<Leads['add']>(leads.add).mockImplementationOnce(leads.add);
  cut.mockRejectedValueOnce(new Error('the power is gone'));
  const dying = { vault, leads: { ...leads, add: cut } };
  await expect(importList(path, 'spring', dying, (row) => told.push(row))).rejects.toThrow('power');
  const came = told.at(-1) ?? 0;
  expect(came).toBeGreaterThan(0);
  const adding = jest.fn<Leads['add']>(leads.add);
  const count = await importList(path, 'spring', { vault, leads: { ...leads, add: adding } }, (row) => told.push(row));
  const added = adding.mock.calls.flatMap(([, some]) => some.map(({ row }) => row));
  expect(Math.min(...added)).toBeGreaterThan(came);
  expect(count).toEqual({ rows: 9500, added: 9500 - refused, known: 0, changed: 0, refused, leads: 9500 - refused });
  expect(await leads.counts('spring')).toEqual({ leads: 9500 - refused, open: 9500 - refused, refused });
  expect(told).toEqual([...told].sort((one, other) => one - other));
});

test('a list that was corrected corrects the leads, and says how many', async () => {
  const list = (zone: string) => `phone,timezone\n+14155550123,${zone}\n${number(1)},Asia/Shanghai\n`;
  await load(list('America/New_York'));
  expect(await load(list('America/Los_Angeles'))).toMatchObject({
    rows: 2,
    added: 0,
    known: 2,
    changed: 1,
    refused: 0,
  });
  expect(await leads.claim({ ...claim, count: 5 })).toMatchObject([
    { timezone: 'America/Los_Angeles' },
    { timezone: 'Asia/Shanghai' },
  ]);
});

test('a person on a row that the campaign has for somebody else is refused, not swapped', async () => {
  await load(`phone\n${number(1)}\n${number(2)}\n`);
  expect(await load(`phone\n${number(9)}\n${number(1)}\n`)).toMatchObject({ rows: 2, added: 0, known: 1, refused: 1 });
  expect(await leads.refused('spring', 10)).toMatchObject([{ row: 1, reason: expect.stringContaining('was changed') }]);
});

test('takes more rows than a batch, in order, duplicates across batches as well', async () => {
  const rows = Array.from({ length: 2500 }, (_, index) => number(index));
  expect(await load(`phone\n${[...rows, number(0)].join('\n')}\n`)).toEqual({
    rows: 2501,
    added: 2500,
    known: 0,
    changed: 0,
    refused: 1,
    leads: 2500,
  });
  expect(await leads.refused('spring', 10)).toEqual([{ row: 2501, reason: 'duplicate of row 1' }]);
  expect((await leads.claim({ ...claim, count: 5000 })).map(({ row }) => row)).toEqual(
    rows.map((_, index) => index + 1),
  );
});

test('a list that cannot be read stores nothing', async () => {
  await expect(load(`name\n${number(1)}\n`)).rejects.toMatchObject({ code: 'LIST_UNREADABLE' });
  expect(await leads.counts('spring')).toEqual({ leads: 0, open: 0, refused: 0 });
});
