/** Whether what is asked of the database can be answered by an index. */
import { type Db, type Document, MongoClient } from 'mongodb';
import type { Index } from '#adapters/mongodb/indexes.ts';
import { freshDatabase, mongodbUrl } from './services.ts';

export interface Asked {
  readonly collection: string;
  readonly filter: Document;
  readonly sort: Document;
}

export interface WatchedDatabase {
  readonly db: Db;
  /** Every filter that was sent so far: of finds, counts, updates and deletes. */
  readonly asked: readonly Asked[];
  drop(): Promise<void>;
}

/** A fresh database that writes down what it is asked. */
export async function openWatchedDatabase(): Promise<WatchedDatabase> {
  const client = new MongoClient(mongodbUrl(), { monitorCommands: true, serverSelectionTimeoutMS: 5000 });
  const asked: Asked[] = [];
  client.on('commandStarted', ({ command, commandName }) => asked.push(...askedBy(commandName, command)));
  const db = client.db(freshDatabase());
  return {
    db,
    asked,
    async drop() {
      await db.dropDatabase();
      await client.close();
    },
  };
}

function askedBy(name: string, command: Document): readonly Asked[] {
  const collection = String(command[name]);
  const one = (filter: Document, sort: Document = {}) => ({ collection, filter, sort });
  // The driver keeps the order of a sort in a map.
  const sortOf = (sort: unknown) => (sort instanceof Map ? Object.fromEntries(sort) : (sort as Document | undefined));
  if (name === 'find') return [one(command.filter, sortOf(command.sort))];
  if (name === 'aggregate') return [one(command.pipeline[0].$match)];
  if (name === 'update') return command.updates.map(({ q }: Document) => one(q));
  if (name === 'delete') return command.deletes.map(({ q }: Document) => one(q));
  return [];
}

/**
 * The index that answers a question without looking at documents in vain and without sorting: first the fields that
 * are equal to something, then those of the order; ranges anywhere after. Undefined where there is none.
 */
export function indexFor({ collection, filter, sort }: Asked, indexes: readonly Index[]): Index | undefined {
  const equal = Object.keys(filter).filter((field) => !isRange(filter[field]));
  const ranges = Object.keys(filter).filter((field) => isRange(filter[field]));
  const byId: Index = { collection, key: { _id: 1 }, unique: true };
  return [byId, ...indexes].find((index) => {
    if (index.collection !== collection) return false;
    const fields = Object.keys(index.key);
    const leading = fields.slice(0, equal.length);
    const order = fields.slice(equal.length, equal.length + Object.keys(sort).length);
    // Of one document at most, whatever else is asked of it.
    if (index.unique && fields.every((field) => equal.includes(field))) return true;
    return (
      (fields[0]! in filter || fields[0]! in sort) &&
      equal.every((field) => leading.includes(field)) &&
      order.join() === Object.keys(sort).join() &&
      ranges.every((field) => fields.includes(field))
    );
  });
}

/** What the server plans to do for a question, as the names of its stages; FerretDB cannot tell. */
export async function plannedStages(db: Db, { collection, filter, sort }: Asked): Promise<readonly string[]> {
  const plan = await db.collection(collection).find(filter).sort(sort).explain('queryPlanner');
  return [...JSON.stringify(plan.queryPlanner.winningPlan).matchAll(/"stage":"([A-Z_]+)"/g)].map(([, stage]) => stage!);
}

/** What a question looks like, whatever the values in it. */
export function shapeOf({ filter, sort = {} }: Pick<Asked, 'filter'> & { readonly sort?: Document }): string {
  const fields = Object.entries(filter).map(([field, value]) => field + (isObject(value) ? Object.keys(value) : ''));
  return `${fields.sort().join(' ')} / ${Object.keys(sort).join(' ')}`;
}

const isObject = (value: unknown): value is Document => value?.constructor === Object;

function isRange(value: unknown): boolean {
  return isObject(value) && !('$in' in value);
}
