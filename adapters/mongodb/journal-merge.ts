/**
 * The one order that readers see, made from the orders of many writers: each writer's documents by their number, and a
 * commit of a stream only after the one before it, which may be another writer's.
 */
import type { StoredEntry } from '#ports/journal.ts';
import { addEntries, blockSize, commitsIn, firstIn, isCommit, type OrderedDocument } from './journal-documents.ts';
import type { Place, ReaderPlace } from './journal-position.ts';

export interface MergeOptions {
  /** Where the reader stands; it goes on to where the entries that were given end. */
  readonly place: ReaderPlace;
  /** Above the place's base, in the order in which they are asked. */
  readonly writers: readonly number[];
  readonly limit: number;
  /** Documents of a writer's block after a place, in order: at most so many, or all where fewer are there. */
  read(after: Place, limit: number): Promise<readonly OrderedDocument[]>;
  /** A writer has ended, with a seal of this number. */
  onEnd(writer: number, seal: number): void;
}

/** At most `limit` entries after a place. None: there is nothing more for now. */
export async function merge(options: MergeOptions): Promise<readonly StoredEntry[]> {
  return new Merge(options).entries();
}

class Merge {
  readonly #options: MergeOptions;
  readonly #writers: number[];
  readonly #entries: StoredEntry[] = [];
  /** Read and not yet given. */
  readonly #waiting = new Map<number, OrderedDocument[]>();
  /** Writers of whom nothing more was there. */
  readonly #drained = new Set<number>();
  /** Documents for which the writer before them was asked again. */
  readonly #insisted = new Set<OrderedDocument>();

  constructor(options: MergeOptions) {
    this.#options = options;
    this.#writers = [...options.writers];
  }

  async entries(): Promise<readonly StoredEntry[]> {
    for (let goesOn = true; goesOn && !this.#isFull(); ) {
      goesOn = false;
      // Writers that were found on the way come along.
      for (const writer of this.#writers) goesOn = (await this.#advance(writer)) || goesOn;
    }
    return this.#entries;
  }

  #isFull(): boolean {
    return this.#entries.length >= this.#options.limit;
  }

  /** Gives what can be given of a writer. Whether it is worth asking the others again. */
  async #advance(writer: number): Promise<boolean> {
    const { place, onEnd, limit } = this.#options;
    const around = place.around(writer);
    let moved = false;
    while (!this.#isFull()) {
      const document = await this.#next(writer);
      if (!document) break;
      if (!isCommit(document)) {
        this.#waiting.delete(writer);
        place.end(writer);
        onEnd(writer, document.sequence);
        return true;
      }
      if (document.behind && !place.has(document.behind)) return this.#insist(document, document.behind) || moved;
      const given = place.partOf(writer);
      const left = limit - this.#entries.length;
      addEntries(this.#entries, document, firstIn(document) - 1 + given, around);
      const whole = commitsIn(document) - given <= left;
      if (!whole) this.#entries.length = limit;
      place.reach(writer, whole ? document.sequence : document.sequence - 1, whole ? 0 : given + left);
      this.#waiting.get(writer)?.shift();
      moved = true;
    }
    return moved;
  }

  /** Asks for the writer of the commit before: it was there before this one, but perhaps not when we asked. */
  #insist(document: OrderedDocument, { writer }: Place): boolean {
    if (!this.#writers.includes(writer)) this.#writers.push(writer);
    if (this.#insisted.has(document)) return false;
    this.#insisted.add(document);
    this.#drained.delete(writer);
    return true;
  }

  async #next(writer: number): Promise<OrderedDocument | undefined> {
    const { place, limit, read } = this.#options;
    const [first] = this.#waiting.get(writer) ?? [];
    if (first) return first;
    const sequence = place.sequenceOf(writer);
    if (this.#drained.has(writer) || !Number.isFinite(sequence)) return undefined;
    const most = limit - this.#entries.length;
    const documents = await read({ writer, sequence }, most);
    const last = documents.at(-1);
    // Where a block is full, what comes next is in another one.
    if (documents.length < most && !(last && last.sequence % blockSize === 0)) this.#drained.add(writer);
    this.#waiting.set(writer, gapless(documents, sequence));
    return this.#waiting.get(writer)?.[0];
  }
}

/** Documents that follow one another: what stands behind a gap is not given before the gap is closed. */
function gapless(documents: readonly OrderedDocument[], after: number): OrderedDocument[] {
  const gap = documents.findIndex(({ sequence }, index) => sequence !== after + 1 + index);
  return gap === -1 ? [...documents] : documents.slice(0, gap);
}
