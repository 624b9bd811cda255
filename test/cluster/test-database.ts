/** A database of a test's own. */
import { type MongodbConnection, openMongodb } from '#adapters/mongodb/connection.ts';
import type { Logger } from '#ports/logger.ts';
import { systemClock } from '#ports/system-clock.ts';
import { freshDatabase, mongodbUrl } from './services.ts';

export interface TestDatabase extends MongodbConnection {
  /** Another connection to the same database, as another node has one. */
  another(): Promise<MongodbConnection>;
  /** Drops the database and closes every connection to it. */
  drop(): Promise<void>;
}

/** Says nothing. */
export const quiet: Logger = { debug() {}, info() {}, warn() {}, error() {} };

/** Opens a fresh database on the server of the tests. */
export async function openTestDatabase(): Promise<TestDatabase> {
  const database = freshDatabase();
  const opened: MongodbConnection[] = [];
  const another = async () => {
    const connection = await openMongodb({ url: mongodbUrl(), database, clock: systemClock, logger: quiet });
    opened.push(connection);
    return connection;
  };
  const first = await another();
  return {
    ...first,
    another,
    async drop() {
      await first.db.dropDatabase();
      await Promise.all(opened.map((connection) => connection.close()));
    },
  };
}
