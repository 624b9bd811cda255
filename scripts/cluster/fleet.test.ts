import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createFleet } from './fleet.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'callboard-fleet-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('the shared settings hold the secret of the vault, so that only their owner reads them, also where they were there', () => {
  for (const left of ['cluster.json', 'cluster.json.new']) writeFileSync(join(folder, left), '{}', { mode: 0o644 });
  const { configFile } = createFleet({ folder, shared: { nodeId: 'shared' } });
  expect(statSync(configFile).mode & 0o777).toBe(0o600);
  expect(JSON.parse(readFileSync(configFile, 'utf8'))).toEqual({
    nodeId: 'shared',
    vaultSecret: readFileSync(join(folder, 'vault.key'), 'utf8').trim(),
  });
});
