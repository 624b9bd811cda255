/** Questions to the database, and the indexes that answer them. */
import type { Collection, Db, Document, Filter, FindCursor, FindOptions, Sort, WithId } from 'mongodb';

/** A filter with the order that its answer is asked for in. */
export interface Query<T> {
  readonly filter: Filter<T>;
  readonly sort?: Readonly<Record<string, 1 | -1>> & Sort;
}

/** What a query finds. */
export function find<T extends Document>(
  collection: Collection<T>,
  { filter, sort }: Query<T>,
  options: FindOptions = {},
): FindCursor<WithId<T>> {
  return collection.find(filter, sort ? { ...options, sort } : options);
}

/** The first that a query finds. */
export function findFirst<T extends Document>(
  collection: Collection<T>,
  { filter, sort }: Query<T>,
  options: FindOptions = {},
): Promise<WithId<T> | null> {
  return collection.findOne(filter, sort ? { ...options, sort } : options);
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
