/** A node of `npm run bench -- recovery`: hosts calls until it is killed, and says what it holds when it is asked. */
import { openMongodb } from '#adapters/mongodb/connection.ts';
import { openMongodbJournal } from '#adapters/mongodb/journal.ts';
import { startBenchNode } from '#bench/cluster/node.ts';
import { collectGarbage } from '#bench/garbage.ts';
import type { Journal } from '#ports/journal.ts';
import { systemClock } from '#ports/system-clock.ts';
import { liveCall } from './calls.ts';
import { borrowed } from './lent-journal.ts';

/** What a node holds. */
export interface Holding {
  readonly actors: number;
  readonly heapBytes: number;
  readonly residentBytes: number;
  /** Of all threads since it was started. */
  readonly cpuMs: number;
}

export interface HostSetup {
  readonly name: string;
  readonly natsUrl: string;
  readonly namespace: string;
  readonly weight: number;
  /** Where the journal is; the one that is lent where it is absent. */
  readonly mongodb?: { readonly url: string; readonly database: string };
}

const { mongodb, ...node } = JSON.parse(process.argv[2] ?? '') as HostSetup;
const journal = mongodb ? await inMongodb(mongodb) : borrowed();
const { runtime } = await startBenchNode({ ...node, hosts: { actor: liveCall, journal } });
process.on('message', (message) => {
  if (message !== 'holding') return;
  const { user, system } = process.cpuUsage();
  collectGarbage();
  const { heapUsed, rss } = process.memoryUsage();
  const actors = runtime.activations().filter(({ version }) => version > 0).length;
  process.send?.({ actors, heapBytes: heapUsed, residentBytes: rss, cpuMs: (user + system) / 1000 } satisfies Holding);
});
process.send?.('ready');

async function inMongodb(where: NonNullable<HostSetup['mongodb']>): Promise<Journal> {
  const quiet = { debug() {}, info() {}, warn() {}, error: console.error };
  const { db } = await openMongodb({ ...where, clock: systemClock, logger: quiet });
  return openMongodbJournal({ db, clock: systemClock });
}
