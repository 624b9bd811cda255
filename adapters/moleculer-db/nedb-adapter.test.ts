import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { modelStoreContract } from '#ports/model-store.contract.ts';
import { dbAdapterContract } from './db-adapter.contract.ts';
import { NedbAdapter } from './nedb-adapter.ts';

dbAdapterContract('NeDB', async () => {
  const adapter = new NedbAdapter();
  await adapter.connect();
  return { adapter, dispose: () => adapter.disconnect() };
});

modelStoreContract('NeDB', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'callboard-model-'));
  const filename = join(folder, 'model.db');
  let current = new NedbAdapter({ filename });
  const reopen = async () => {
    await current.close();
    current = new NedbAdapter({ filename });
    await current.open();
    return current;
  };
  return {
    store: current,
    atomic: true,
    reopen,
    lose: () => {
      rmSync(filename);
      return reopen();
    },
    dispose: async () => {
      await current.close();
      rmSync(folder, { recursive: true });
    },
  };
});

describe('a read model in a file', () => {
  const state = { generation: 'g1', schema: 1, position: '7' };
  const document = { _id: 'a', version: 1, revision: 1 };
  let folder = '';
  let filename = '';
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'callboard-model-'));
    filename = join(folder, 'models', 'model.db');
    const adapter = new NedbAdapter({ filename });
    await adapter.open();
    await adapter.reset(state);
    await adapter.save([document]);
    await adapter.close();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('is readable by its owner only', () => {
    expect(statSync(filename).mode & 0o777).toBe(0o600);
  });

  test('begins anew where the file is none of ours', async () => {
    writeFileSync(filename, 'what is this\n'.repeat(100));
    const adapter = new NedbAdapter({ filename });
    await adapter.open();
    expect(await adapter.state()).toBeUndefined();
    await adapter.close();
  });

  test('does without a line that a crash cut short', async () => {
    appendFileSync(filename, readFileSync(filename, 'utf8').repeat(10));
    appendFileSync(filename, '{"_id":"b","vers');
    const adapter = new NedbAdapter({ filename });
    await adapter.open();
    expect(await adapter.state()).toEqual(state);
    expect(await adapter.load(['a', 'b'])).toEqual([document]);
    await adapter.close();
  });

  test('believes its file and not its memory after a write that failed', async () => {
    const adapter = new NedbAdapter({ filename });
    await adapter.open();
    const persistence = (adapter.db as unknown as { persistence: { persistNewStateAsync: unknown } }).persistence;
    persistence.persistNewStateAsync = () => Promise.reject(Object.assign(new Error('no room'), { code: 'ENOSPC' }));
    await expect(adapter.save([{ ...document, version: 2, revision: 2 }])).rejects.toThrow('no room');
    expect(await adapter.state()).toEqual(state);
    expect(await adapter.load(['a'])).toEqual([document]);
    await adapter.close();
  });
});
