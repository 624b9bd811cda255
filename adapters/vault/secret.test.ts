import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { loadOrCreateVaultSecret } from './secret.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'callboard-secret-'));
  path = join(folder, 'vault.key');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('makes 32 random bytes that only the owner can read, and finds them again', () => {
  const secret = loadOrCreateVaultSecret(path);
  expect(secret).toMatch(/^[0-9a-f]{64}$/);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(path, 'utf8')).toBe(`${secret}\n`);
  expect(loadOrCreateVaultSecret(path)).toBe(secret);
});

test('two folders have two secrets', () => {
  expect(loadOrCreateVaultSecret(path)).not.toBe(loadOrCreateVaultSecret(join(folder, 'other.key')));
});

test('a secret that others can read is refused', () => {
  loadOrCreateVaultSecret(path);
  chmodSync(path, 0o640);
  expect(() => loadOrCreateVaultSecret(path)).toThrow(
    `The vault's secret ${path} can be read by others (mode 640); run chmod 600 on it.`,
  );
});

test('a file that holds no secret is refused, and its content is not repeated', () => {
  writeFileSync(path, 'hunter2', { mode: 0o600 });
  expect(() => loadOrCreateVaultSecret(path)).toThrow(/is not 64 hex digits/);
  expect(() => loadOrCreateVaultSecret(path)).not.toThrow(/hunter2/);
});

test('where there is no room nothing is left behind, so that a later start makes the secret', () => {
  const module = JSON.stringify(new URL('./secret.ts', import.meta.url).href);
  const make = `(await import(${module})).loadOrCreateVaultSecret(${JSON.stringify(path)})`;
  const limited = spawnSync('sh', ['-c', 'ulimit -f 0; exec "$0" --input-type=module -e "$1"', process.execPath, make]);
  expect(limited.status).toBe(1);
  expect(limited.stderr.toString()).toContain('can be neither read nor made (EFBIG)');
  expect(readdirSync(folder)).toEqual([]);
  expect(loadOrCreateVaultSecret(path)).toMatch(/^[0-9a-f]{64}$/);
  expect(readdirSync(folder)).toEqual(['vault.key']);
});

test('a folder that is not there is named', () => {
  expect(() => loadOrCreateVaultSecret(join(folder, 'nowhere', 'vault.key'))).toThrow(
    /neither read nor made \(ENOENT\)/,
  );
});
