import { jest } from '@jest/globals';
import { openMongodbJournal } from '#adapters/mongodb/journal.ts';
import { journalContract } from '#ports/journal.contract.ts';
import { systemClock } from '#ports/system-clock.ts';
import { openTestDatabase } from './test-database.ts';

// FerretDB reads whole collections where MongoDB has an index.
jest.setTimeout(120_000);

journalContract('MongoDB', async () => {
  const { db, drop } = await openTestDatabase();
  const open = () => openMongodbJournal({ db, clock: systemClock });
  const journal = await open();
  let current = journal;
  return {
    journal,
    async reopen() {
      await current.close();
      current = await open();
      return current;
    },
    async dispose() {
      await current.close();
      await drop();
    },
  };
});
