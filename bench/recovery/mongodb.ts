/** `npm run bench -- recovery --mongodb`: the same on the journal that a cluster has. */
import { openMongodb } from '#adapters/mongodb/connection.ts';
import { openMongodbJournal } from '#adapters/mongodb/journal.ts';
import type { BenchResult } from '#bench/result.ts';
import { systemClock } from '#ports/system-clock.ts';
import { eventsEach } from './calls.ts';
import { loseNode } from './lost-node.ts';

const actors = 20_000;
/** FerretDB reads the whole journal for each actor: it would take an hour. */
const fewerActors = 1000;
const quiet = { debug() {}, info() {}, warn() {}, error: console.error };

/** `url`: where the server is; a database `callboard_bench_…` is made and dropped. */
export async function run({ url }: { readonly url: string }): Promise<BenchResult> {
  const database = `callboard_bench_${process.pid}_${Date.now().toString(36)}`;
  const { db, server, close } = await openMongodb({ url, database, clock: systemClock, logger: quiet });
  const journal = await openMongodbJournal({ db, clock: systemClock });
  const count = server.ferretdb ? fewerActors : actors;
  try {
    return {
      name: 'recovery on MongoDB',
      figures: await loseNode({ actors: count, journal, mongodb: { url, database } }),
      notes: [
        `${server.ferretdb ? 'FerretDB' : 'MongoDB'} ${server.version}. ${count} calls in mid-talk, ${eventsEach} events each in 4 commits, no snapshots.`,
        ...(server.ferretdb ? ['FerretDB has no index for what is asked of each actor: the figures are its own.'] : []),
        'A node is lost after 3 s of silence. Each actor costs three questions to the journal: whether it is to be woken, its snapshot, its commits.',
      ],
    };
  } finally {
    await journal.close();
    await db.dropDatabase();
    await close();
  }
}
