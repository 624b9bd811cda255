/**
 * Where the facts are kept. A commit is written whole or not at all, once for each stream and version; that
 * unique pair is the only fence between two writers. The bytes are a `Commit` of proto/envelope.proto, but the
 * journal does not look inside: encoding and the hash chain are runtime/commits.ts.
 */

/**
 * A place in the journal's one order. Opaque: keep it as it is, and ask `hasReached` which of two comes first, because
 * where several nodes write, two readers may come to one place over different ones. '' is the beginning.
 */
export type Position = string;

/** A timer that lives as long as it must, whatever dies meanwhile. */
export interface DurableTimer {
  /** kind/id of the actor that it belongs to. */
  readonly stream: string;
  /** Name within the actor; setting a key again moves its timer. */
  readonly key: string;
  /** When it is due, milliseconds since 1970. */
  readonly atMs: number;
  /** The command it sends, encoded as the kind's command message. */
  readonly command: Uint8Array;
}

/** What one command adds to the journal. */
export interface NewEntry {
  /** kind/id. */
  readonly stream: string;
  /** One more than the version before; 1 for the first. */
  readonly version: number;
  /** The encoded commit. */
  readonly bytes: Uint8Array;
  /** SHA-256 of the bytes, which hold the hash before: a link of the stream's chain. */
  readonly hash: Uint8Array;
  /** Milliseconds since 1970, for people who look at the journal by time. */
  readonly atMs: number;
  /** Whether the actor has work outstanding after this, so that it is woken after a crash. */
  readonly wakeful: boolean;
  readonly setTimers: readonly Omit<DurableTimer, 'stream'>[];
  readonly clearTimers: readonly string[];
}

/** An entry as it was kept. */
export interface StoredEntry {
  readonly position: Position;
  readonly stream: string;
  readonly version: number;
  readonly bytes: Uint8Array;
  readonly hash: Uint8Array;
  /** As it was appended; a commit has it in its bytes too, and the two must agree. */
  readonly atMs: number;
}

/** A state that was evolved up to a version, so that replay need not start at 1. Always a cache, never a fact. */
export interface StoredSnapshot {
  readonly version: number;
  /** Number that the actor raises when the shape of its state changes; others are not used. */
  readonly schema: number;
  readonly bytes: Uint8Array;
}

/** Ends a subscription; resolves when no handler runs any more. */
export interface Subscription {
  stop(): Promise<void>;
}

export interface Journal {
  /**
   * Adds entries of one stream, consecutive by version, all or none; resolves when they are durable. Calls in
   * flight at once are written together. Timers and wakefulness change with them or not at all.
   * @throws VERSION_CONFLICT (retryable after a reload) when a version is taken: somebody else writes the stream.
   * @throws DISK_FULL, JOURNAL_UNAVAILABLE; then nothing of the call was written.
   * @throws JOURNAL_CLOSED after `close`.
   */
  append(entries: readonly NewEntry[]): Promise<void>;
  /** Entries of a stream in order, after a version (0: all), at most `limit`. */
  read(stream: string, after: number, limit?: number): Promise<readonly StoredEntry[]>;
  /** Entries of all streams in the journal's order, after a position. An empty answer: nothing more for now. */
  readAll(after: Position, limit: number): Promise<readonly StoredEntry[]>;
  /** Position behind all entries that are there; '' in an empty journal. */
  head(): Promise<Position>;
  /** Whether a reader who stands at `position` has been given every entry that stands before `mark`, a head of then. */
  hasReached(position: Position, mark: Position): Promise<boolean>;
  /** Names of streams of a kind, or of all, in order, after one, at most `limit`. */
  streams(query: {
    readonly kind?: string;
    readonly after?: string;
    readonly limit: number;
  }): Promise<readonly string[]>;
  /**
   * Entries that belong to no stream of `streams`, at most `limit`, with '' for their stream. There are none unless
   * somebody has written to the journal by other means.
   */
  strays(limit: number): Promise<readonly StoredEntry[]>;
  /**
   * Hands every entry after a position to the handler, in order, one batch at a time, also those still to come.
   * A handler that throws ends the subscription and its error goes to `onError`. Between two batches sockets and
   * timers have their turn, however long the journal is.
   */
  subscribe(
    after: Position,
    handler: (entries: readonly StoredEntry[]) => void | Promise<void>,
    onError: (error: unknown) => void,
  ): Subscription;
  /** Keeps the newest snapshot of a stream; an older version than the kept one is ignored. */
  saveSnapshot(stream: string, snapshot: StoredSnapshot): Promise<void>;
  loadSnapshot(stream: string): Promise<StoredSnapshot | undefined>;
  /**
   * Streams whose last commit left work outstanding; where `wanted` is given, those of them that it wants. Where that is
   * enough, `loosely` costs less: it may name streams that have nothing outstanding any more, and misses none.
   */
  wakefulStreams(
    wanted?: (stream: string) => boolean,
    how?: { readonly loosely?: boolean },
  ): Promise<readonly string[]>;
  /** Timers due at or before a time, the oldest first. */
  dueTimers(atMs: number, limit: number): Promise<readonly DurableTimer[]>;
  /** When the next timer is due; undefined when none is set. */
  nextTimerAtMs(): Promise<number | undefined>;
  /** Forgets a timer that has fired, unless its key was set to another time since. */
  settleTimer(stream: string, key: string, atMs: number): Promise<void>;
  /** Waits for what is in flight and lets go of the files or the connection. */
  close(): Promise<void>;
}

/** What can be asked of a journal without the right to write it: by an audit, beside the node that writes. */
export type JournalReader = Pick<
  Journal,
  | 'read'
  | 'readAll'
  | 'head'
  | 'hasReached'
  | 'streams'
  | 'strays'
  | 'loadSnapshot'
  | 'wakefulStreams'
  | 'dueTimers'
  | 'nextTimerAtMs'
  | 'close'
>;
