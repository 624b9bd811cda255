/** A process that appends to the journal named on its command line and prints each version once it is durable. */
import { openSqliteJournal } from './journal.ts';

const journal = await openSqliteJournal({ path: process.argv[2] ?? '' });
for (let version = 1; ; version += 1) {
  await journal.append([
    {
      stream: 'call/1',
      version,
      bytes: new Uint8Array(300),
      hash: new Uint8Array(32),
      atMs: version,
      wakeful: true,
      setTimers: [],
      clearTimers: [],
    },
  ]);
  process.stdout.write(`${version}\n`);
}
