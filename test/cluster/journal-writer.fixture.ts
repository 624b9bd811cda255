/**
 * A node of its own that writes: `URL DATABASE PREFIX COUNT`. Appends to COUNT streams of its own without end, and to
 * those that all share, and prints STREAM@VERSION of each commit once it is acknowledged.
 */
import { openMongodb } from '#adapters/mongodb/connection.ts';
import { openMongodbJournal } from '#adapters/mongodb/journal.ts';
import { codeOf } from '#ports/errors.ts';
import { systemClock } from '#ports/system-clock.ts';
import { entry } from './journal-kit.ts';
import { quiet } from './test-database.ts';

const [url = '', database = '', prefix = '', count = '0'] = process.argv.slice(2);
const { db } = await openMongodb({ url, database, clock: systemClock, logger: quiet });
const journal = await openMongodbJournal({ db, clock: systemClock });

async function write(stream: string): Promise<never> {
  for (let version = 1; ; ) {
    try {
      await journal.append([entry(stream, version, { wakeful: true }, prefix)]);
      process.stdout.write(`${stream}@${version}\n`);
      version += 1;
    } catch (error) {
      if (codeOf(error) !== 'VERSION_CONFLICT') throw error;
      version = ((await journal.read(stream, version - 1)).at(-1)?.version ?? version - 1) + 1;
    }
  }
}

const own = Array.from({ length: Number(count) }, (_, index) => `${prefix}/${index}`);
await Promise.all([...own, 'shared/1', 'shared/2'].map(write));
