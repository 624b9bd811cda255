import { journalContract } from '#ports/journal.contract.ts';
import { JournalData, MemoryJournal } from './memory-journal.ts';

journalContract('MemoryJournal', async () => {
  const data = new JournalData();
  let journal = new MemoryJournal(data);
  return {
    journal,
    async reopen() {
      await journal.close();
      journal = new MemoryJournal(data);
      return journal;
    },
    dispose: () => journal.close(),
  };
});
