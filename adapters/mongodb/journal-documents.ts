/** What the journal keeps in MongoDB: one document for each append, markers ahead of it, and the ends of writers. */
import type { Document, ObjectId } from 'mongodb';
import type { StoredEntry } from '#ports/journal.ts';
import type { Place } from './journal-position.ts';

/** A commit without its place: all but the last of an append stand so in its document. */
interface CommitFields {
  readonly bytes: Uint8Array;
  readonly hash: Uint8Array;
  /** Milliseconds since 1970. */
  readonly atMs: number;
}

/** A timer that is set after a commit, and the marker that holds it. */
export interface TimerReference {
  readonly key: string;
  readonly atMs: number;
  readonly id: ObjectId;
}

/**
 * What one append wrote: one commit, and those before it where several were appended at once. As it is one document
 * it is there whole or not at all.
 */
export interface CommitDocument extends CommitFields {
  /** STREAM@FIRST, the fence: of all who saw the stream end at one version, one is the next. */
  readonly _id: string;
  /** kind/id. */
  readonly stream: string;
  /** Of the commit, the last where there are several. */
  readonly version: number;
  /** In order; absent where the append was of one commit, as nearly all are. */
  readonly earlier?: readonly CommitFields[];
  /** Set, with the stream, where this is its first document: `streams` is answered from these. */
  readonly beginning?: true;
  readonly begins?: string;
  /** The writer's number, and that of the document among the writer's, from 1 without a gap. */
  readonly writer: number;
  readonly sequence: number;
  readonly block: number;
  /** Where the stream's commit before this stands, if another writer wrote it: readers are given that first. */
  readonly behind?: Place;
  /** The marker by which the actor is found when work is outstanding; absent where there is none. */
  readonly wake?: ObjectId;
  /** All timers that are set after this, not only those that it set. */
  readonly timers?: readonly TimerReference[];
}

/**
 * Written ahead of the commit that it is for, so that what has to be woken is always found; believed only while the
 * last commit of the stream refers to it.
 */
export type MarkerDocument = WakefulMarker | TimerMarker;

interface MarkerFields {
  readonly _id: ObjectId;
  readonly of: string;
  /** Version of the commit that it is for. */
  readonly from: number;
  /** The writer of that commit. */
  readonly by: number;
}

export interface WakefulMarker extends MarkerFields {
  readonly marker: 'wakeful';
}

export interface TimerMarker extends MarkerFields {
  readonly marker: 'timer';
  readonly key: string;
  readonly dueAtMs: number;
  readonly command: Uint8Array;
}

/** Stands where the next document of a writer would: nothing of that writer can come after it. */
export interface SealDocument {
  readonly _id: ObjectId;
  readonly seal: true;
  readonly writer: number;
  readonly sequence: number;
  readonly block: number;
  readonly atMs: number;
}

/** What stands in the order of a writer. */
export type OrderedDocument = CommitDocument | SealDocument;

export type JournalDocument = OrderedDocument | MarkerDocument;

/** A writer: an opened journal, from its first append to its end or to a failure that leaves open what was written. */
export interface WriterDocument {
  readonly _id: number;
  readonly openedAtMs: number;
  /** At least so many documents are there. A hint for those who follow. */
  readonly tail: number;
  /** Number of its seal. A hint as well: the seal itself decides. */
  readonly end?: number;
}

export interface SnapshotDocument {
  /** The stream. */
  readonly _id: string;
  readonly version: number;
  readonly schema: number;
  readonly bytes: Uint8Array;
}

/**
 * Documents of a writer stand in blocks of so many. A reader asks for a block by equality, which also those servers
 * answer well that cannot look up a range.
 */
export const blockSize = 256;

/** The block in which a writer's document stands. */
export function blockOf(sequence: number): number {
  return Math.floor((sequence - 1) / blockSize);
}

/** Key of the document that begins at a version of a stream. */
export function fenceOf(stream: string, first: number): string {
  return `${stream}@${first}`;
}

/** Whether a document holds commits. */
export function isCommit(document: Document): document is CommitDocument {
  return !('marker' in document) && !('seal' in document);
}

/** Commits that a document holds. */
export function commitsIn({ earlier }: CommitDocument): number {
  return (earlier?.length ?? 0) + 1;
}

/** Version of the first commit that a document holds. */
export function firstIn(document: CommitDocument): number {
  return document.version - commitsIn(document) + 1;
}

/** Adds the entries of a document after a version of its stream, with `before` and `after` of their position. */
export function addEntries(
  entries: StoredEntry[],
  document: CommitDocument,
  afterVersion: number,
  [before, after]: readonly [string, string],
): void {
  const { stream, version, sequence, earlier = [] } = document;
  const first = firstIn(document);
  earlier.forEach((commit, index) => {
    if (first + index <= afterVersion) return;
    entries.push(entryOf(`${before}${sequence - 1}.${index + 1}${after}`, stream, first + index, commit));
  });
  if (version > afterVersion) entries.push(entryOf(`${before}${sequence}${after}`, stream, version, document));
}

function entryOf(position: string, stream: string, version: number, { bytes, hash, atMs }: CommitFields): StoredEntry {
  return { position, stream, version, bytes: plain(bytes), hash: plain(hash), atMs };
}

/** The driver gives Node's Buffer, whose `slice` does not copy. */
export function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
