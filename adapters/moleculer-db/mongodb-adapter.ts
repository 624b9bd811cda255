/**
 * moleculer-db on the mongodb driver 7: its whole adapter interface over one collection of a connected database, and
 * the port of a read model on top. Ids are strings. No transaction, no find-and-modify, no text index.
 */
import { randomUUID } from 'node:crypto';
import type { Service, ServiceBroker } from 'moleculer';
import type { CountOptions, CursorOptions, DbAdapter, FilterOptions } from 'moleculer-db';
import type { AnyBulkWriteOperation, Collection, Db, Filter, FindCursor, UpdateFilter } from 'mongodb';
import type { ModelDocument, ModelState, ModelStore } from '#ports/model-store.ts';
import { moveState, readState, resetState } from './model-state.ts';

interface Kept {
  readonly _id: string;
  readonly [field: string]: unknown;
}

export interface MongodbAdapterOptions {
  /** Connected, with its concerns for reading and writing; whoever connected it closes it. */
  readonly db: Db;
  readonly collection: string;
  /** Fields that are looked up often; each has an index, with the id behind it, by which pages are sorted. */
  readonly indexes?: readonly string[];
  /** Fields that a search looks through where it names none. */
  readonly searchFields?: readonly string[];
}

const duplicateKey = 11_000;

export class MongodbAdapter implements DbAdapter, ModelStore {
  readonly collection: Collection<Kept>;
  readonly #indexes: readonly string[];
  readonly #searchFields: readonly string[];

  constructor({ db, collection, indexes = [], searchFields = [] }: MongodbAdapterOptions) {
    this.collection = db.collection<Kept>(collection);
    this.#indexes = indexes;
    this.#searchFields = searchFields;
  }

  /** Nothing of the service is needed. */
  init(_broker: ServiceBroker, _service: Service): void {}

  async connect(): Promise<void> {
    await Promise.all(this.#indexes.map((field) => this.collection.createIndex({ [field]: 1, _id: 1 })));
  }

  async disconnect(): Promise<void> {}

  find(filters: FilterOptions): Promise<object[]> {
    return this.createCursor(filters).toArray();
  }

  // moleculer-db takes null for an answer, and its types do not say so.
  async findOne(query: object): Promise<object> {
    return (await this.collection.findOne(query as Filter<Kept>)) as object;
  }

  findById(id: string): Promise<object> {
    return this.findOne({ _id: id });
  }

  findByIds(ids: readonly (string | number)[]): Promise<object[]> {
    return this.collection.find({ _id: { $in: ids.map(String) } }).toArray();
  }

  count(filters: CountOptions = {}): Promise<number> {
    return this.collection.countDocuments(this.#filterOf(filters));
  }

  async insert(entity: object): Promise<object> {
    const document = named(entity);
    await this.collection.insertOne(document);
    return document;
  }

  /** moleculer-db gives one array, whatever its types say. */
  async insertMany(...entities: object[]): Promise<object[]> {
    const documents = entities.flat().map(named);
    if (documents.length > 0) await this.collection.insertMany(documents);
    return documents;
  }

  /** How many fit the query, changed by it or not. */
  async updateMany(query: object, update: object): Promise<number> {
    return (await this.collection.updateMany(query as Filter<Kept>, update as UpdateFilter<Kept>)).matchedCount;
  }

  async updateById(id: string | number, update: object): Promise<object> {
    await this.collection.updateOne({ _id: String(id) }, update as UpdateFilter<Kept>);
    return this.findById(String(id));
  }

  async removeMany(query: object): Promise<number> {
    return (await this.collection.deleteMany(query as Filter<Kept>)).deletedCount;
  }

  async removeById(id: string | number): Promise<number> {
    return (await this.collection.deleteOne({ _id: String(id) })).deletedCount;
  }

  async clear(): Promise<void> {
    await this.collection.deleteMany({});
  }

  entityToObject(entity: object): object {
    return entity;
  }

  createCursor({ limit, offset, sort, ...filters }: CursorOptions = {}): FindCursor<Kept> {
    const cursor = this.collection.find(this.#filterOf(filters));
    const fields = typeof sort === 'string' ? sort.split(/[,\s]+/) : (sort ?? []);
    if (fields.length > 0) cursor.sort(fields.map((field) => direction(field)));
    if (Number(limit) > 0) cursor.limit(Number(limit));
    if (Number(offset) > 0) cursor.skip(Number(offset));
    return cursor;
  }

  beforeSaveTransformID(entity: object, idField: string): object {
    const { [idField]: id, ...rest } = structuredClone(entity) as Record<string, unknown>;
    return idField === '_id' || id === undefined ? structuredClone(entity) : { ...rest, _id: id };
  }

  afterRetrieveTransformID(entity: object, idField: string): object {
    if (idField === '_id') return entity;
    const { _id, ...rest } = entity as Kept;
    return { ...rest, [idField]: _id };
  }

  open(): Promise<void> {
    return this.connect();
  }

  /** The connection is not ours to close. */
  async close(): Promise<void> {}

  async load(ids: readonly string[]): Promise<readonly ModelDocument[]> {
    return (await this.findByIds(ids)) as ModelDocument[];
  }

  async save(documents: readonly ModelDocument[]): Promise<boolean> {
    if (documents.length === 0) return true;
    try {
      const { insertedCount, matchedCount } = await this.collection.bulkWrite(documents.map(writing), {
        ordered: false,
      });
      return insertedCount + matchedCount === documents.length;
    } catch (error) {
      if ((error as { code?: unknown }).code === duplicateKey) return false;
      throw error;
    }
  }

  state(): Promise<ModelState | undefined> {
    return readState(this);
  }

  moveTo(generation: string, position: string): Promise<boolean> {
    return moveState(this, generation, position);
  }

  reset(state: ModelState): Promise<void> {
    return resetState(this, state);
  }

  /** A search is a part of a text, whatever its case; what a person typed is no pattern. */
  #filterOf({ query = {}, search, searchFields }: CountOptions): Filter<Kept> {
    if (!search) return query;
    const named = typeof searchFields === 'string' ? searchFields.split(/[,\s]+/) : searchFields;
    const fields = named && named.length > 0 ? named : this.#searchFields;
    if (fields.length === 0) return { _id: { $in: [] } };
    const $regex = search.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
    return { $and: [query, { $or: fields.map((field) => ({ [field]: { $regex, $options: 'i' } })) }] };
  }
}

function named(entity: object): Kept {
  return { ...entity, _id: (entity as Partial<Kept>)._id ?? randomUUID() };
}

function direction(field: string): [string, 1 | -1] {
  return field.startsWith('-') ? [field.slice(1), -1] : [field, 1];
}

function writing(document: ModelDocument): AnyBulkWriteOperation<Kept> {
  const { _id, revision } = document;
  if (revision === 1) return { insertOne: { document } };
  return { replaceOne: { filter: { _id, revision: revision - 1 }, replacement: document } };
}
