import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { journalContract } from '#ports/journal.contract.ts';
import { openSqliteJournal } from './journal.ts';

journalContract('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'callboard-journal-'));
  const path = join(folder, 'journal.db');
  const journal = await openSqliteJournal({ path });
  let current = journal;
  return {
    journal,
    async reopen() {
      await current.close();
      current = await openSqliteJournal({ path });
      return current;
    },
    async dispose() {
      await current.close();
      await rm(folder, { recursive: true });
    },
  };
});
