/** Claiming a thousand leads of a list on MongoDB, or on what is put in its place. */
import { openMongodb } from '#adapters/mongodb/connection.ts';
import { openMongodbLeads } from '#adapters/mongodb/leads.ts';
import type { BenchResult } from '#bench/result.ts';
import { systemClock } from '#ports/system-clock.ts';
import { claimed, claimFigures } from './claims.ts';
import { traitsOf } from './people.ts';

/** Fewer than a million: the stand-in takes minutes to insert even these. */
const rows = 50_000;
const rounds = 3;
const together = 2000;
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

/** `url`: where the server is; its databases `callboard_bench_…` are made and dropped. */
export async function run({ url }: { readonly url: string }): Promise<BenchResult> {
  const database = `callboard_bench_${process.pid}`;
  const { db, server, close } = await openMongodb({ url, database, clock: systemClock, logger: quiet });
  try {
    const leads = await openMongodbLeads({ db });
    const startedMs = performance.now();
    for (let from = 1; from <= rows; from += together) {
      const some = Array.from({ length: together }, (_, index) => {
        const row = from + index;
        return { row, contactId: `contact-${row}`, mask: '+86 138 **** 0000', ...traitsOf(row) };
      });
      await leads.add('bench', some);
    }
    const addedMs = performance.now() - startedMs;
    const claims = await claimFigures(leads, 'bench', rounds);
    await leads.close();
    return {
      name: 'lists --mongodb',
      figures: [{ name: 'leads added', value: (rows / addedMs) * 1000, unit: '1/s' }, ...claims],
      notes: [
        `${rows} leads; ${claimed} claimed at a time, ${rounds} rounds of each kind in turn.`,
        server.ferretdb
          ? 'The server is FerretDB on PostgreSQL, which is no MongoDB: it answers equality only without reading a collection.'
          : `The server is MongoDB ${server.version}${server.replicaSet ? ', a replica set' : ''}.`,
      ],
    };
  } finally {
    await db.dropDatabase();
    await close();
  }
}
