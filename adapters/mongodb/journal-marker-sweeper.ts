/** Deletes markers that nothing refers to any more, behind everybody's back: none is believed, so there is no hurry. */
import type { ObjectId } from 'mongodb';
import { type JournalCollections, markerQueries } from './journal-queries.ts';

/** Markers that wait to be deleted; beyond that, whoever meets them deletes them. */
const waitingAtMost = 20_000;
const deletedTogether = 500;

export class MarkerSweeper {
  readonly #collections: JournalCollections;
  #waiting: ObjectId[] = [];
  #sweeping: Promise<void> | undefined;

  constructor(collections: JournalCollections) {
    this.#collections = collections;
  }

  /** Deletes them some time. */
  drop(ids: readonly ObjectId[]): void {
    if (ids.length === 0 || this.#waiting.length > waitingAtMost) return;
    this.#waiting.push(...ids);
    this.#sweeping ??= this.#sweep();
  }

  /** Waits until nothing is left to delete, or the server is away. */
  async close(): Promise<void> {
    await this.#sweeping;
  }

  async #sweep(): Promise<void> {
    while (this.#waiting.length > 0) {
      const filters = this.#waiting.splice(0, deletedTogether).map((id) => markerQueries.byId(id));
      try {
        // By key, so each is one; deleteOne in a batch would hold a connection of FerretDB's until the batch has ended.
        await this.#collections.journal.bulkWrite(
          filters.map(({ filter }) => ({ deleteMany: { filter } })),
          { ordered: false, writeConcern: { w: 1 } },
        );
      } catch {
        // They are found by those who read markers.
        this.#waiting = [];
      }
    }
    this.#sweeping = undefined;
  }
}
