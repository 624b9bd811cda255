/** Questions to the database, and the indexes that answer them. */
import type { Db, Filter, Sort } from 'mongodb';

/** A filter with the order that its answer is asked for in. */
export interface Query<T> {
  readonly filter: Filter<T>;
  readonly sort?: Readonly<Record<string, 1 | -1>> & Sort;
}

export interface Index {
  readonly collection: string;
  readonly key: Readonly<Record<string, 1 | -1>>;
  readonly unique?: boolean;
  /** Leaves out documents that have none of the fields. */
  readonly sparse?: boolean;
}

/** Makes those that are not there yet; of several nodes that start at once each finds them made. */
export async function makeIndexes(db: Db, indexes: readonly Index[]): Promise<void> {
  for (const { collection, key, unique = false, sparse = false } of indexes) {
    await db.collection(collection).createIndex(key, { ...(unique ? { unique } : {}), ...(sparse ? { sparse } : {}) });
  }
}
