/** The documents that an append becomes. */
import { ObjectId } from 'mongodb';
import type { NewEntry } from '#ports/journal.ts';
import {
  blockOf,
  type CommitDocument,
  fenceOf,
  type MarkerDocument,
  type TimerMarker,
  type TimerReference,
} from './journal-documents.ts';
import type { Head } from './journal-heads.ts';
import type { Place } from './journal-position.ts';

/** An append with bytes of its own, and the commit that it follows. */
export interface Append {
  readonly stream: string;
  readonly first: number;
  readonly entries: readonly NewEntry[];
  /** Of its document, about. */
  readonly size: number;
}

/** What is sent for an append: the markers first, so that they are there whenever the commit is. */
export interface Written {
  readonly markers: readonly MarkerDocument[];
  readonly commit: CommitDocument;
  /** Markers that nothing refers to once the commit is there. */
  readonly obsolete: readonly ObjectId[];
}

/** What a commit takes in a document besides its bytes. */
const around = 100;

/** Takes a copy, so that the caller may use its buffers again. The entries are of one stream and consecutive. */
export function appendOf(entries: readonly NewEntry[], { stream, version }: NewEntry): Append {
  let size = 0;
  const copies = entries.map((entry) => {
    size += entry.bytes.length + entry.hash.length + around;
    return {
      ...entry,
      bytes: Buffer.from(entry.bytes),
      hash: Buffer.from(entry.hash),
      setTimers: entry.setTimers.map((timer) => ({ ...timer, command: Buffer.from(timer.command) })),
    };
  });
  return { stream, first: version, entries: copies, size };
}

/** The documents of an append after `head`, at a place of its writer. */
export function documentsOf({ stream, first, entries }: Append, head: Head, { writer, sequence }: Place): Written {
  const [last, ...before] = entries.toReversed() as [NewEntry, ...NewEntry[]];
  const markers: MarkerDocument[] = [];
  const fields = { of: stream, from: last.version, by: writer };
  const set = timersAfter(head, entries);
  const timers: TimerReference[] = [];
  for (const timer of set.values()) {
    if ('id' in timer) {
      timers.push(timer);
    } else {
      const { key, atMs, command } = timer;
      const marker: TimerMarker = { _id: new ObjectId(), marker: 'timer', ...fields, key, dueAtMs: atMs, command };
      markers.push(marker);
      timers.push({ key, atMs, id: marker._id });
    }
  }
  const wake = last.wakeful ? (head.wake ?? new ObjectId()) : undefined;
  if (wake && wake !== head.wake) markers.push({ _id: wake, marker: 'wakeful', ...fields });
  const obsolete = head.timers.filter((timer) => set.get(timer.key) !== timer).map(({ id }) => id);
  if (head.wake && !wake) obsolete.push(head.wake);
  const { version, bytes, hash, atMs } = last;
  const commit: CommitDocument = {
    _id: fenceOf(stream, first),
    stream,
    version,
    bytes,
    hash,
    atMs,
    writer,
    block: blockOf(sequence),
    sequence,
    ...(before.length > 0
      ? { earlier: before.toReversed().map(({ bytes, hash, atMs }) => ({ bytes, hash, atMs })) }
      : {}),
    ...(first === 1 ? { beginning: true as const, begins: stream } : {}),
    ...(head.place && head.place.writer !== writer ? { behind: head.place } : {}),
    ...(wake ? { wake } : {}),
    ...(timers.length > 0 ? { timers } : {}),
  };
  return { markers, commit, obsolete };
}

type Timers = Map<string, TimerReference | NewEntry['setTimers'][number]>;

const noTimers: Timers = new Map();

/** Timers that are set once the entries are there, by key: those of before and new ones. */
function timersAfter({ timers }: Head, entries: readonly NewEntry[]): Timers {
  if (timers.length === 0 && entries.every(({ setTimers }) => setTimers.length === 0)) return noTimers;
  const set: Timers = new Map(timers.map((timer) => [timer.key, timer]));
  for (const { setTimers, clearTimers } of entries) {
    for (const key of clearTimers) set.delete(key);
    for (const timer of setTimers) set.set(timer.key, timer);
  }
  return set;
}
