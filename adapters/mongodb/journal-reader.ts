/** Reads the journal: what a majority has, so that nothing which was given to a reader is ever lost again. */
import type { Journal, Position, StoredEntry, StoredSnapshot } from '#ports/journal.ts';
import { find, findFirst } from './indexes.ts';
import {
  addEntries,
  blockSize,
  type CommitDocument,
  isCommit,
  type OrderedDocument,
  plain,
} from './journal-documents.ts';
import type { Heads } from './journal-heads.ts';
import { merge } from './journal-merge.ts';
import { type Place, ReaderPlace } from './journal-position.ts';
import {
  allQueries,
  commitQueries,
  type JournalCollections,
  orderQueries,
  snapshotQueries,
} from './journal-queries.ts';
import type { JournalWriters } from './journal-writers.ts';

/** Limit of the driver where there is none. */
const unlimited = 0;
/** The character after the slash ends the range of a kind's names. */
const afterSlash = '0';

export class MongodbJournalReader {
  readonly #collections: JournalCollections;
  readonly #writers: JournalWriters;
  readonly #heads: Heads;

  constructor(collections: JournalCollections, writers: JournalWriters, heads: Heads) {
    this.#collections = collections;
    this.#writers = writers;
    this.#heads = heads;
  }

  async read(stream: string, after: number, limit?: number): Promise<readonly StoredEntry[]> {
    if (limit === 0) return [];
    const documents = limit === 1 ? await this.#next(stream, after) : await this.#after(stream, after, limit);
    const entries: StoredEntry[] = [];
    for (const document of documents) addEntries(entries, document, after, [`0;${document.writer}:`, '']);
    const last = documents.at(-1);
    if (last) this.#heads.note(last);
    return entries.slice(0, limit);
  }

  /**
   * At most `limit` entries after a position, and the position up to which the journal was read for them. Where not
   * `thorough`, only those writers are asked of whom more is known than was given.
   */
  async follow(
    after: Position,
    limit: number,
    thorough: boolean,
  ): Promise<{ readonly entries: readonly StoredEntry[]; readonly position: Position }> {
    const place = ReaderPlace.parse(after);
    if (thorough) await this.#writers.refresh();
    const entries = await merge({
      place,
      writers: this.#writers.above(place.base),
      limit,
      read: async (last, most) =>
        thorough || this.#writers.tailOf(last.writer) > last.sequence ? this.#ordered(last, most) : [],
      onEnd: (writer, seal) => this.#writers.noteEnd(writer, seal),
    });
    return { entries, position: place.toString() };
  }

  async head(): Promise<Position> {
    await this.#writers.refresh();
    const place = ReaderPlace.parse('');
    for (const writer of this.#writers.above(0)) {
      if (this.#writers.endOf(writer) === undefined) place.reach(writer, await this.#lastOf(writer));
      else place.end(writer);
    }
    return place.toString();
  }

  async hasReached(position: Position, mark: Position): Promise<boolean> {
    const [place, other] = [ReaderPlace.parse(position), ReaderPlace.parse(mark)];
    const endOf = (writer: number) => {
      const seal = this.#writers.endOf(writer);
      return seal === undefined ? undefined : seal - 1;
    };
    if (place.covers(other, endOf)) return true;
    await this.#writers.refresh();
    return place.covers(other, endOf);
  }

  async streams({ kind, after = '', limit }: Parameters<Journal['streams']>[0]): Promise<readonly string[]> {
    if (limit === 0) return [];
    const first = kind === undefined ? '' : `${kind}/`;
    const before = kind === undefined ? undefined : kind + afterSlash;
    const query = commitQueries.beginnings(after > first ? after : first, before);
    const found = await find(this.#collections.commits, query, { limit, projection: { stream: 1 } }).toArray();
    return found.map(({ stream }) => stream);
  }

  /** Walks through all there is: every entry of a stream without a beginning is a stray. */
  async strays(limit: number): Promise<readonly StoredEntry[]> {
    const strays: StoredEntry[] = [];
    let begun: string | undefined;
    for await (const document of find(this.#collections.journal, allQueries.everything())) {
      if (strays.length >= limit) break;
      if (!isCommit(document)) continue;
      const { stream } = document;
      if (typeof stream === 'string' && (stream === begun || (await this.#hasBegun(document)))) begun = stream;
      else addEntries(strays, { ...document, stream: '' }, 0, [`0;${document.writer}:`, '']);
    }
    return strays.slice(0, limit);
  }

  async loadSnapshot(stream: string): Promise<StoredSnapshot | undefined> {
    const kept = await findFirst(this.#collections.snapshots, snapshotQueries.of(stream));
    return kept ? { version: kept.version, schema: kept.schema, bytes: plain(kept.bytes) } : undefined;
  }

  #after(stream: string, version: number, limit = unlimited): Promise<CommitDocument[]> {
    return find(this.#collections.commits, commitQueries.after(stream, version), { limit }).toArray();
  }

  /** Nearly always its own document, which also those servers find at once that read a long stream whole for a range. */
  async #next(stream: string, version: number): Promise<CommitDocument[]> {
    const next = await findFirst(this.#collections.commits, commitQueries.endingAt(stream, version + 1));
    return next ? [next] : this.#after(stream, version, 1);
  }

  async #hasBegun({ stream, begins }: CommitDocument): Promise<boolean> {
    if (begins === stream) return true;
    const query = commitQueries.beginningAt(stream, 1);
    return (await findFirst(this.#collections.commits, query, { projection: { stream: 1 } })) !== null;
  }

  /** Number of the last document of a writer that has no seal yet. */
  async #lastOf(writer: number): Promise<number> {
    for (let sequence = this.#writers.tailOf(writer); ; ) {
      const last = (await this.#ordered({ writer, sequence })).at(-1);
      if (!last) return sequence;
      if (!isCommit(last)) {
        this.#writers.noteEnd(writer, last.sequence);
        return last.sequence - 1;
      }
      sequence = last.sequence;
      if (sequence % blockSize !== 0) return sequence;
    }
  }

  async #ordered(after: Place, limit = unlimited): Promise<OrderedDocument[]> {
    const documents = await find(this.#collections.ordered, orderQueries.after(after), { limit }).toArray();
    const last = documents.at(-1);
    if (last) this.#writers.noteTail(last.writer, last.sequence);
    return documents as OrderedDocument[];
  }
}
