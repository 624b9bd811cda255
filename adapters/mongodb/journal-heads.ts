/** What is known of the last commit of streams, so that an append need not ask for it. */
import type { ObjectId } from 'mongodb';
import type { CommitDocument, TimerReference } from './journal-documents.ts';
import type { Place } from './journal-position.ts';

/** A commit that ends a document and is durable: there is one successor at most, and it begins at the next version. */
export interface Head {
  /** 0 before the first commit. */
  readonly version: number;
  readonly place?: Place;
  readonly wake?: ObjectId;
  readonly timers: readonly TimerReference[];
  /** When it was seen, by the process's clock. */
  readonly seenAtMs: number;
}

/** Of a stream without commits. */
export const noHead: Head = { version: 0, timers: [], seenAtMs: 0 };

/** For so long what was seen is taken for how it stands. */
const recentMs = 2000;
/** So many streams are remembered at least, twice as many at most; some 300 bytes each. */
const headsKept = 25_000;

export class Heads {
  #heads = new Map<string, Head>();
  /** Those that were not seen since the others were. */
  #older = new Map<string, Head>();

  /** The newest that was seen: somebody else may have written since. */
  of(stream: string): Head | undefined {
    return this.#heads.get(stream) ?? this.#older.get(stream);
  }

  /** The newest, where it was seen so lately that a commit after it could as well be on its way. */
  recent(stream: string): Head | undefined {
    const head = this.of(stream);
    return head && performance.now() - head.seenAtMs < recentMs ? head : undefined;
  }

  /** Takes note of a document that is durable. */
  note({ stream, version, writer, sequence, wake, timers = [] }: CommitDocument): Head {
    const known = this.of(stream);
    const place = { writer, sequence };
    const head: Head = { version, place, ...(wake ? { wake } : {}), timers, seenAtMs: performance.now() };
    // A timer that was settled here stands in the document still.
    if (known && known.version >= version) return known.version === version ? known : head;
    this.#keep(stream, head);
    return head;
  }

  /** A timer is settled: commits to come need not refer to it. */
  settle(stream: string, key: string, atMs: number): void {
    const head = this.of(stream);
    if (!head) return;
    const timers = head.timers.filter((timer) => timer.key !== key || timer.atMs !== atMs);
    this.#keep(stream, { ...head, timers });
  }

  #keep(stream: string, head: Head): void {
    this.#heads.set(stream, head);
    if (this.#heads.size < headsKept) return;
    this.#older = this.#heads;
    this.#heads = new Map();
  }
}
