/**
 * The journal's collections, their indexes, and every question that is asked of them. A test holds the questions
 * against the indexes.
 */
import type { Collection, Db, ObjectId } from 'mongodb';
import type { Index, Query } from './indexes.ts';
import {
  blockOf,
  type CommitDocument,
  fenceOf,
  type JournalDocument,
  type OrderedDocument,
  type SnapshotDocument,
  type TimerMarker,
  type WakefulMarker,
  type WriterDocument,
} from './journal-documents.ts';
import type { Place } from './journal-position.ts';

const names = { journal: 'journal', writers: 'journal_writers', snapshots: 'journal_snapshots' } as const;

export interface JournalCollections {
  /** One collection, as those see it who ask for some of its documents. */
  readonly journal: Collection<JournalDocument>;
  readonly commits: Collection<CommitDocument>;
  readonly ordered: Collection<OrderedDocument>;
  readonly wakeful: Collection<WakefulMarker>;
  readonly timers: Collection<TimerMarker>;
  readonly writers: Collection<WriterDocument>;
  readonly snapshots: Collection<SnapshotDocument>;
}

export function journalCollections(db: Db): JournalCollections {
  // Bytes are views of what the driver received; a class around each would cost as much as all the rest.
  const options = { promoteBuffers: true } as const;
  return {
    journal: db.collection(names.journal, options),
    commits: db.collection(names.journal, options),
    ordered: db.collection(names.journal, options),
    wakeful: db.collection(names.journal, options),
    timers: db.collection(names.journal, options),
    writers: db.collection(names.writers, options),
    snapshots: db.collection(names.snapshots, options),
  };
}

/** Sparse, because markers have no stream and commits no due time. */
export const journalIndexes: readonly Index[] = [
  { collection: names.journal, key: { stream: 1, version: 1 }, unique: true, sparse: true },
  { collection: names.journal, key: { writer: 1, block: 1, sequence: 1 }, unique: true, sparse: true },
  { collection: names.journal, key: { beginning: 1, begins: 1 }, unique: true, sparse: true },
  { collection: names.journal, key: { marker: 1, dueAtMs: 1, of: 1, key: 1 }, sparse: true },
];

/** Of commits. */
export const commitQueries = {
  after: (stream: string, version: number): Query<CommitDocument> => ({
    filter: { stream, version: { $gt: version } },
    sort: { version: 1 },
  }),
  last: (stream: string): Query<CommitDocument> => ({ filter: { stream }, sort: { version: -1 } }),
  endingAt: (stream: string, version: number): Query<CommitDocument> => ({ filter: { stream, version } }),
  beginningAt: (stream: string, first: number): Query<CommitDocument> => ({
    filter: { _id: fenceOf(stream, first) },
  }),
  /** Beginnings of streams by name; `beginning` says nothing new, but some servers look up equality alone. */
  beginnings: (after: string, before?: string): Query<CommitDocument> => ({
    filter: { beginning: true, begins: { $gt: after, ...(before === undefined ? {} : { $lt: before }) } },
    sort: { begins: 1 },
  }),
};

/** Of whatever stands in the order of a writer. */
export const orderQueries = {
  after: ({ writer, sequence }: Place): Query<OrderedDocument> => ({
    filter: { writer, block: blockOf(sequence + 1), sequence: { $gt: sequence } },
    sort: { sequence: 1 },
  }),
  at: ({ writer, sequence }: Place): Query<OrderedDocument> => ({
    filter: { writer, block: blockOf(sequence), sequence },
  }),
};

/** Of all there is. */
export const allQueries = {
  /** By key, so that what is of one stream stands together. */
  everything: (): Query<JournalDocument> => ({ filter: {}, sort: { _id: 1 } }),
};

/** Of markers. */
export const markerQueries = {
  wakeful: (): Query<WakefulMarker> => ({ filter: { marker: 'wakeful' } }),
  timers: (): Query<TimerMarker> => ({ filter: { marker: 'timer' }, sort: { dueAtMs: 1 } }),
  dueTimers: (atMs: number): Query<TimerMarker> => ({
    filter: { marker: 'timer', dueAtMs: { $lte: atMs } },
    sort: { dueAtMs: 1 },
  }),
  timersAt: (stream: string, key: string, atMs: number): Query<TimerMarker> => ({
    filter: { marker: 'timer', dueAtMs: atMs, of: stream, key },
  }),
  byId: (id: ObjectId): Query<JournalDocument> => ({ filter: { _id: id } }),
};

/** Of writers. */
export const writerQueries = {
  above: (writer: number): Query<WriterDocument> => ({ filter: { _id: { $gt: writer } }, sort: { _id: 1 } }),
  newest: (): Query<WriterDocument> => ({ filter: {}, sort: { _id: -1 } }),
  byId: (writer: number): Query<WriterDocument> => ({ filter: { _id: writer } }),
};

/** Of snapshots. */
export const snapshotQueries = {
  of: (stream: string): Query<SnapshotDocument> => ({ filter: { _id: stream } }),
  /** The one of a stream, unless a newer one is kept. */
  notNewer: (stream: string, version: number): Query<SnapshotDocument> => ({
    filter: { _id: stream, version: { $lte: version } },
  }),
};
