/** A node of `npm run bench -- recovery`: hosts calls until it is killed, and says what it holds when it is asked. */
import { openMongodb } from '#adapters/mongodb/connection.ts';
import { openMongodbJournal } from '#adapters/mongodb/journal.ts';
import { startBenchNode } from '#bench/cluster/node.ts';
import { collectGarbage } from '#bench/garbage.ts';
import { systemClock } from '#ports/system-clock.ts';
import { liveCall } from './calls.ts';

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
  readonly mongodbUrl: string;
  /** Of the database, and on the bus. */
  readonly database: string;
  readonly weight: number;
}

const { mongodbUrl: url, database, ...node } = JSON.parse(process.argv[2] ?? '') as HostSetup;
const quiet = { debug() {}, info() {}, warn() {}, error: console.error };
const { db } = await openMongodb({ url, database, clock: systemClock, logger: quiet });
const journal = await openMongodbJournal({ db, clock: systemClock });
const { runtime } = await startBenchNode({ ...node, namespace: database, hosts: { actor: liveCall, journal } });
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  collectGarbage();
  const { heapUsed, rss } = process.memoryUsage();
  const actors = runtime.activations().filter(({ version }) => version > 0).length;
  process.send?.({ actors, heapBytes: heapUsed, residentBytes: rss, cpuMs: (user + system) / 1000 } satisfies Holding);
});
process.send?.('ready');
