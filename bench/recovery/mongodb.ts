/** `npm run bench -- recovery --mongodb`: the same on the journal that a cluster has. */
import { openMongodb } from '#adapters/mongodb/connection.ts';
import { openMongodbJournal } from '#adapters/mongodb/journal.ts';
import type { BenchResult } from '#bench/result.ts';
import { systemClock } from '#ports/system-clock.ts';
import { eventsEach } from './calls.ts';
import { loseNode } from './lost-node.ts';

const actors = 20_000;
const quiet = { debug() {}, info() {}, warn() {}, error: console.error };

/** `url`: where the server is; a database `callboard_bench_…` is made and dropped. */
export async function run({ url }: { readonly url: string }): Promise<BenchResult> {
  const database = `callboard_bench_${process.pid}_${Date.now().toString(36)}`;
  const { db, server, close } = await openMongodb({ url, database, clock: systemClock, logger: quiet });
  const journal = await openMongodbJournal({ db, clock: systemClock });
  try {
    return {
      name: 'recovery on MongoDB',
      figures: await loseNode({ actors, journal, mongodb: { url, database } }),
      notes: [
        `${server.ferretdb ? 'FerretDB' : 'MongoDB'} ${server.version}. ${actors} calls in mid-talk, ${eventsEach} events each in 4 commits, no snapshots.`,
        ...(server.ferretdb ? ['FerretDB on PostgreSQL takes the longest part of it: the figures are its own.'] : []),
        'A node is lost after 3 s of silence. Each actor costs one question to the journal, for its commits.',
      ],
    };
  } finally {
    await journal.close();
    await db.dropDatabase();
    await close();
  }
}
