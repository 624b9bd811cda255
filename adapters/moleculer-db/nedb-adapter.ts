/** A read model in one file, held in memory: moleculer-db's own adapter on NeDB, and the port on top of it. */
import { rm } from 'node:fs/promises';
import DbService, { type CountOptions, type CursorOptions } from 'moleculer-db';
import type { ModelDocument, ModelState, ModelStore } from '#ports/model-store.ts';
import { moveState, readState, resetState } from './model-state.ts';

/** What we use of NeDB beyond what moleculer-db wraps. Each call has its turn after those before it. */
interface Datastore {
  insertAsync(documents: readonly object[]): Promise<unknown>;
  updateAsync(
    query: object,
    update: object,
    options: object,
  ): Promise<{ readonly numAffected: number; readonly affectedDocuments?: unknown }>;
  countAsync(query: object): Promise<number>;
}

export interface NedbOptions {
  /** Written by one process at a time; whoever opens it holds the journal beside it. Absent: in memory only. */
  readonly filename?: string;
}

export class NedbAdapter extends DbService.MemoryAdapter implements ModelStore {
  declare readonly db: Datastore | null | undefined;
  readonly #filename: string | undefined;
  #opening: Promise<void> | undefined;
  /** Whether the memory may hold what the file does not. */
  #doubtful = false;

  constructor({ filename }: NedbOptions = {}) {
    // People's calls are nobody's business on this machine, even without numbers.
    super({ ...(filename ? { filename } : {}), modes: { fileMode: 0o600, dirMode: 0o700 } });
    this.#filename = filename;
  }

  /** Reads the file, which also packs it. A file that cannot be understood is a cache that is lost. */
  override connect(): Promise<void> {
    this.#opening ??= super
      .connect()
      .catch(async (error: unknown) => {
        const damaged = (error as { corruptionRate?: number }).corruptionRate !== undefined;
        if (!this.#filename || !damaged) throw error;
        await rm(this.#filename);
        await super.connect();
      })
      .catch((error: unknown) => {
        this.#opening = undefined;
        throw error;
      });
    return this.#opening;
  }

  override disconnect(): Promise<void> {
    this.#opening = undefined;
    return super.disconnect();
  }

  override createCursor(params?: CursorOptions) {
    const { search: _, searchFields: __, ...rest } = params ?? {};
    return super.createCursor({ ...rest, query: queryOf(params) } as object);
  }

  /** moleculer-db would copy every document to count them. */
  override count(filters?: CountOptions): Promise<number> {
    return this.#ready().countAsync(queryOf(filters));
  }

  // What moleculer-db wraps `update` in makes Node warn of a mistake; NeDB has promises of its own.
  override async updateMany(query: object, update: object): Promise<number> {
    return (await this.#ready().updateAsync(query, update, { multi: true })).numAffected;
  }

  override async updateById(_id: string | number, update: object): Promise<object> {
    return (await this.#ready().updateAsync({ _id }, update, { returnUpdatedDocs: true })).affectedDocuments as object;
  }

  open(): Promise<void> {
    return this.connect();
  }

  close(): Promise<void> {
    return this.disconnect();
  }

  async load(ids: readonly string[]): Promise<readonly ModelDocument[]> {
    return (await this.findByIds([...ids] as never)) as readonly ModelDocument[];
  }

  async save(documents: readonly ModelDocument[]): Promise<boolean> {
    const db = this.#ready();
    const added = documents.filter(({ revision }) => revision === 1);
    const changed = documents.filter(({ revision }) => revision > 1);
    try {
      if (added.length > 0) await db.insertAsync(added);
      const written = await Promise.all(
        changed.map((document) => db.updateAsync({ _id: document._id, revision: document.revision - 1 }, document, {})),
      );
      return written.every(({ numAffected }) => numAffected === 1);
    } catch (error) {
      if ((error as { errorType?: string }).errorType === 'uniqueViolated') return false;
      this.#doubtful = true;
      throw error;
    }
  }

  /** NeDB changes its memory before its file: after a failed write only the file can be believed. */
  async state(): Promise<ModelState | undefined> {
    if (this.#doubtful) {
      await this.disconnect();
      await this.connect();
      this.#doubtful = false;
    }
    return readState(this);
  }

  moveTo(generation: string, position: string): Promise<boolean> {
    return moveState(this, generation, position);
  }

  reset(state: ModelState): Promise<void> {
    return resetState(this, state);
  }

  #ready(): Datastore {
    if (!this.db) throw new Error('The read model is not open.');
    return this.db;
  }
}

/** As moleculer-db has it, but a search narrows the query instead of taking its place, and looks at texts only. */
function queryOf({ query = {}, search, searchFields }: CountOptions = {}): object {
  if (!search) return query;
  const fields = typeof searchFields === 'string' ? searchFields.split(/[,\s]+/) : searchFields;
  const wanted = search.toLowerCase();
  return {
    ...query,
    $where(this: Readonly<Record<string, unknown>>): boolean {
      const values = fields && fields.length > 0 ? fields.map((field) => this[field]) : Object.values(this);
      return values.some((value) => typeof value === 'string' && value.toLowerCase().includes(wanted));
    },
  };
}
