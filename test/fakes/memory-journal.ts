/** A journal that forgets everything when the process ends. It keeps the port's whole contract. */
import { setImmediate } from 'node:timers/promises';
import { RetryableError } from '#ports/errors.ts';
import type {
  DurableTimer,
  Journal,
  NewEntry,
  Position,
  StoredEntry,
  StoredSnapshot,
  Subscription,
} from '#ports/journal.ts';

/** What a journal holds; journals opened over the same data see the same. */
export class JournalData {
  readonly entries: StoredEntry[] = [];
  readonly streams = new Map<string, StoredEntry[]>();
  readonly snapshots = new Map<string, StoredSnapshot>();
  readonly wakeful = new Set<string>();
  readonly timers = new Map<string, DurableTimer>();
  readonly listeners = new Set<() => void>();
}

const batchSize = 256;

export class MemoryJournal implements Journal {
  readonly #data: JournalData;
  readonly #subscriptions = new Set<Subscription>();
  #closed = false;

  constructor(data = new JournalData()) {
    this.#data = data;
  }

  async append(entries: readonly NewEntry[]): Promise<void> {
    this.#open();
    const [first] = entries;
    if (!first) return;
    const head = this.#data.streams.get(first.stream)?.length ?? 0;
    entries.forEach(({ stream, version, setTimers }, index) => {
      if (stream !== first.stream) throw new TypeError('One append takes entries of one stream.');
      if (!setTimers.every(({ atMs }) => Number.isSafeInteger(atMs))) {
        throw new TypeError('Timers must be set to whole milliseconds.');
      }
      if (version !== head + index + 1) throw conflict(stream, version);
    });
    for (const entry of entries) this.#keep(entry);
    for (const listener of this.#data.listeners) listener();
  }

  async read(stream: string, after: number, limit = Number.POSITIVE_INFINITY): Promise<readonly StoredEntry[]> {
    this.#open();
    return (this.#data.streams.get(stream) ?? []).slice(after, after + limit);
  }

  async readAll(after: Position, limit: number): Promise<readonly StoredEntry[]> {
    this.#open();
    return this.#data.entries.slice(Number(after), Number(after) + limit);
  }

  async head(): Promise<Position> {
    this.#open();
    return this.#data.entries.at(-1)?.position ?? '';
  }

  async hasReached(position: Position, mark: Position): Promise<boolean> {
    this.#open();
    return Number(position) >= Number(mark);
  }

  async streams({ kind, after = '', limit }: Parameters<Journal['streams']>[0]): Promise<readonly string[]> {
    this.#open();
    return [...this.#data.streams.keys()]
      .filter((stream) => stream > after && (kind === undefined || stream.startsWith(`${kind}/`)))
      .sort()
      .slice(0, limit);
  }

  async strays(limit: number): Promise<readonly StoredEntry[]> {
    this.#open();
    const { entries, streams } = this.#data;
    const strays = entries.filter(({ stream }) => !streams.has(stream)).slice(0, limit);
    return strays.map((entry) => ({ ...entry, stream: '' }));
  }

  subscribe(
    after: Position,
    handler: (entries: readonly StoredEntry[]) => void | Promise<void>,
    onError: (error: unknown) => void,
  ): Subscription {
    let stopped = false;
    let wake = (): void => undefined;
    const listener = (): void => wake();
    const follow = async (): Promise<void> => {
      for (let from = Number(after); !stopped; ) {
        const entries = this.#data.entries.slice(from, from + batchSize);
        if (entries.length > 0) {
          await handler(entries);
          from += entries.length;
          await setImmediate();
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
    };
    this.#data.listeners.add(listener);
    const ended = Promise.resolve()
      .then(follow)
      .catch(onError)
      .finally(() => this.#data.listeners.delete(listener));
    const subscription: Subscription = {
      stop: () => {
        stopped = true;
        wake();
        return ended;
      },
    };
    this.#subscriptions.add(subscription);
    return subscription;
  }

  async saveSnapshot(stream: string, snapshot: StoredSnapshot): Promise<void> {
    this.#open();
    const kept = this.#data.snapshots.get(stream);
    if (kept && kept.version > snapshot.version) return;
    this.#data.snapshots.set(stream, { ...snapshot, bytes: snapshot.bytes.slice() });
  }

  async loadSnapshot(stream: string): Promise<StoredSnapshot | undefined> {
    this.#open();
    return this.#data.snapshots.get(stream);
  }

  async wakefulStreams(wanted: (stream: string) => boolean = () => true): Promise<readonly string[]> {
    this.#open();
    return [...this.#data.wakeful].filter(wanted).sort();
  }

  async dueTimers(atMs: number, limit: number): Promise<readonly DurableTimer[]> {
    this.#open();
    return this.#timersByTime()
      .filter((timer) => timer.atMs <= atMs)
      .slice(0, limit);
  }

  async nextTimerAtMs(): Promise<number | undefined> {
    this.#open();
    return this.#timersByTime()[0]?.atMs;
  }

  async settleTimer(stream: string, key: string, atMs: number): Promise<void> {
    this.#open();
    const name = timerName(stream, key);
    if (this.#data.timers.get(name)?.atMs === atMs) this.#data.timers.delete(name);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#subscriptions].map((subscription) => subscription.stop()));
  }

  #keep({ stream, version, bytes, hash, atMs, wakeful, setTimers, clearTimers }: NewEntry): void {
    const { entries, streams, timers } = this.#data;
    // Padded, so that positions sort as text too.
    const position = String(entries.length + 1).padStart(16, '0');
    const stored = { position, stream, version, bytes: bytes.slice(), hash: hash.slice(), atMs };
    entries.push(stored);
    const ofStream = streams.get(stream);
    if (ofStream) ofStream.push(stored);
    else streams.set(stream, [stored]);
    if (wakeful) this.#data.wakeful.add(stream);
    else this.#data.wakeful.delete(stream);
    for (const key of clearTimers) timers.delete(timerName(stream, key));
    for (const timer of setTimers) {
      timers.set(timerName(stream, timer.key), { ...timer, stream, command: timer.command.slice() });
    }
  }

  #timersByTime(): DurableTimer[] {
    return [...this.#data.timers.values()].sort((left, right) => left.atMs - right.atMs);
  }

  #open(): void {
    if (this.#closed) throw new RetryableError('JOURNAL_CLOSED', 'The journal is closed; open it again.');
  }
}

function timerName(stream: string, key: string): string {
  return `${stream} ${key}`;
}

function conflict(stream: string, version: number): RetryableError {
  return new RetryableError(
    'VERSION_CONFLICT',
    `Version ${version} of ${stream} is not the next one; read the stream again and decide anew.`,
  );
}
