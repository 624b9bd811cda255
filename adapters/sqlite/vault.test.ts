import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from '@jest/globals';
import { vaultContract } from '#ports/vault.contract.ts';
import type { RecordAccess } from '#ports/vault.ts';
import { openSqliteVault } from './vault.ts';

const clock = { now: () => 1_700_000_000_000, after: () => () => {} };
const secret = '0f'.repeat(32);
const wang = { number: '+8613800001234', name: 'Wang Xiaoming', attributes: { city: 'Shanghai' } };
const note = { noteId: 'n-1', text: 'drinks oolong at four', callId: 'spring.1.1', by: 'agent/ann' };
const unrecorded: RecordAccess = async () => {};

vaultContract('SQLite', async (record) => {
  const folder = await mkdtemp(join(tmpdir(), 'callboard-vault-'));
  const setup = { path: join(folder, 'vault.db'), secret, clock, record };
  const vault = await openSqliteVault(setup);
  let current = vault;
  const reopen = async (other: string) => {
    await current.close();
    current = await openSqliteVault({ ...setup, secret: other });
    return current;
  };
  return {
    vault,
    reopen: () => reopen(secret),
    reopenWithWrongKey: () => reopen('1f'.repeat(32)),
    async dispose() {
      await current.close();
      await rm(folder, { recursive: true });
    },
  };
});

test('no file of the vault holds a number or a name in the clear, and none keeps what was erased', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'callboard-vault-'));
  const path = join(folder, 'vault.db');
  const vault = await openSqliteVault({ path, secret, clock, record: unrecorded });
  const [stored] = await vault.put([wang]);
  await vault.keepNote(stored?.contactId ?? '', note);
  const { hash, sealed, wrapped } = kept(path);
  const written = keptNote(path);
  const onDisk = () => Buffer.concat(readdirSync(folder).map((file) => readFileSync(join(folder, file))));
  for (const clear of [wang.number, '13800001234', 'Xiaoming', 'Shanghai', 'oolong'])
    expect(onDisk().includes(clear)).toBe(false);
  expect(onDisk().includes(hash) && onDisk().includes(sealed) && onDisk().includes(wrapped)).toBe(true);
  expect(onDisk().includes(written)).toBe(true);

  await vault.erase(stored?.contactId ?? '', 'li');
  for (const gone of [hash, sealed, wrapped, written]) expect(onDisk().includes(gone)).toBe(false);
  await vault.close();
  await rm(folder, { recursive: true });
});

test('an erasure that could not be recorded has destroyed nothing yet', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'callboard-vault-'));
  const path = join(folder, 'vault.db');
  const unrecordable: RecordAccess = () => Promise.reject(new Error('no journal'));
  const vault = await openSqliteVault({ path, secret, clock, record: unrecordable });
  const [stored] = await vault.put([wang]);
  const before = kept(path);
  await expect(vault.erase(stored?.contactId ?? '', 'li')).rejects.toThrow('no journal');
  expect(kept(path)).toEqual(before);
  await vault.close();
  await rm(folder, { recursive: true });
});

test('of calls that share a transaction only the one that fails fails, and leaves nothing behind', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'callboard-vault-'));
  const vault = await openSqliteVault({ path: join(folder, 'vault.db'), secret, clock, record: unrecorded });
  const broken = { ...wang, number: '+8613800009999', attributes: null as never, name: 1n as never };
  const [first, failed, unknown, last] = await Promise.allSettled([
    vault.put([{ ...wang, number: '+8613800000001' }]),
    vault.put([{ ...wang, number: '+8613800000002' }, broken]),
    vault.read('nobody', { purpose: 'test', by: 'test' }),
    vault.put([{ ...wang, number: '+8613800000003' }]),
  ]);
  expect([first.status, failed.status, unknown.status, last.status]).toEqual([
    'fulfilled',
    'rejected',
    'rejected',
    'fulfilled',
  ]);
  expect(await vault.find('+8613800000001')).toBeDefined();
  expect(await vault.find('+8613800000002')).toBeUndefined();
  expect(await vault.find('+8613800000003')).toBeDefined();
  await vault.close();
  await rm(folder, { recursive: true });
});

test('a vault made with another secret is refused when it is opened', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'callboard-vault-'));
  const path = join(folder, 'vault.db');
  await (await openSqliteVault({ path, secret, clock, record: unrecorded })).close();
  await expect(openSqliteVault({ path, secret: '1f'.repeat(32), clock, record: unrecorded })).rejects.toMatchObject({
    code: 'VAULT_KEY_WRONG',
    message: `The vault ${path} was made with another secret than the configured one; configure that secret again.`,
  });
  await rm(folder, { recursive: true });
});

test('a vault of schema 1 takes notes, and keeps the keys that it has', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'callboard-vault-'));
  const path = join(folder, 'vault.db');
  const setup = { path, secret, clock, record: unrecorded };
  const old = await openSqliteVault(setup);
  const [stored] = await old.put([wang]);
  await old.close();
  const database = new DatabaseSync(path);
  database.exec('DROP TABLE note; PRAGMA user_version = 1');
  database.close();
  const { wrapped } = kept(path);

  const vault = await openSqliteVault(setup);
  await vault.keepNote(stored?.contactId ?? '', note);
  await vault.put([wang]);
  expect(await vault.readNotes(stored?.contactId ?? '', { purpose: 'console', by: 'li' })).toEqual([
    { ...note, atMs: clock.now() },
  ]);
  await vault.close();
  expect(kept(path).wrapped).toEqual(wrapped);
  await rm(folder, { recursive: true });
});

function keptNote(path: string): Buffer {
  const database = new DatabaseSync(path, { readOnly: true });
  const row = database.prepare('SELECT sealed FROM note').get() as { sealed: Uint8Array };
  database.close();
  return Buffer.from(row.sealed);
}

function kept(path: string) {
  const database = new DatabaseSync(path, { readOnly: true });
  const row = database.prepare('SELECT hash, sealed, wrapped_key AS wrapped FROM contact').get();
  database.close();
  const { hash, sealed, wrapped } = row as Record<string, Uint8Array>;
  return { hash: Buffer.from(hash ?? ''), sealed: Buffer.from(sealed ?? ''), wrapped: Buffer.from(wrapped ?? '') };
}
