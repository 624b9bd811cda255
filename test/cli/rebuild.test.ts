/** `callboard rebuild`: a data folder before and after, and what it refuses. */

import { mkdtempSync, rmSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openSqliteJournal } from '#adapters/sqlite/journal.ts';
import { models } from '#projections/models.ts';
import { modelsInFiles } from '#scripts/node/model-adapters.ts';
import { bodiesOf, journalWithACampaign } from '#test/journal-kit.ts';
import { callboard, oneSentence } from './callboard-process.ts';

let folder = '';
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'callboard-rebuild-'));
  const journal = await openSqliteJournal({ path: join(folder, 'journal.db') });
  await journalWithACampaign(journal);
  await journal.close();
});
afterEach(() => rmSync(folder, { recursive: true }));

const rebuild = (model: string, data = folder) => callboard(['--data', data, 'rebuild', model]);

/** Every document of every model. */
async function dump(): Promise<Readonly<Record<string, readonly object[]>>> {
  const adapterOf = modelsInFiles(folder);
  const dumped: Record<string, readonly object[]> = {};
  for (const model of models) {
    const adapter = adapterOf(model);
    await adapter.open();
    dumped[model.name] = await bodiesOf(adapter);
    await adapter.close();
  }
  return dumped;
}

describe('callboard rebuild', () => {
  test('makes all read models, the same again and again', async () => {
    const first = await rebuild('all');
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toBe(
      [
        'campaigns: 1 documents from 65 commits.',
        'calls: 20 documents from 160 commits.',
        'trunks: 1 documents from 41 commits.',
        'contacts: 7 documents from 41 commits.',
        'agents: 1 documents from 8 commits.',
        '',
      ].join('\n'),
    );
    const before = await dump();
    unlinkSync(join(folder, 'read-models', 'contacts.db'));
    expect((await rebuild('all')).code).toBe(0);
    expect(await dump()).toEqual(before);
  }, 60_000);

  test('makes one', async () => {
    expect(await rebuild('calls')).toMatchObject({ code: 0, stdout: 'calls: 20 documents from 160 commits.\n' });
    expect((await dump()).campaigns).toEqual([]);
  }, 60_000);

  test('refuses what is no model, a folder without a journal, and one that a node holds', async () => {
    expect(await rebuild('nothing')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(oneSentence('CONFIG_INVALID')),
    });
    const unavailable = { code: 1, stderr: expect.stringMatching(oneSentence('JOURNAL_UNAVAILABLE')) };
    expect(await rebuild('all', join(folder, 'nothing'))).toMatchObject(unavailable);
    const held = await openSqliteJournal({ path: join(folder, 'journal.db') });
    expect(await rebuild('all')).toMatchObject(unavailable);
    await held.close();
  }, 60_000);
});
