/**
 * Finds actors to be woken and timers that are due. Markers are written ahead of their commits, so there are some
 * whose commit never came or was taken back since: a marker is believed only while the last commit of its stream
 * refers to it.
 */
import type { DurableTimer, Journal } from '#ports/journal.ts';
import { find, findFirst, type Query } from './indexes.ts';
import { type CommitDocument, type MarkerDocument, plain, type TimerMarker } from './journal-documents.ts';
import type { Heads } from './journal-heads.ts';
import { isBelieved, isDead } from './journal-marker-belief.ts';
import type { MarkerSweeper } from './journal-marker-sweeper.ts';
import { commitQueries, type JournalCollections, markerQueries } from './journal-queries.ts';
import type { JournalWriters } from './journal-writers.ts';

/** Streams whose last commit is asked for at once. */
const askedTogether = 16;
/** What a new primary has is believed at once, before a majority has agreed that it has it. */
const local = { readConcern: { level: 'local' } } as const;
/** Timers that are looked at before the next are asked for. */
const timersTogether = 32;

export class JournalMarkers {
  readonly #collections: JournalCollections;
  readonly #writers: JournalWriters;
  readonly #heads: Heads;
  readonly #sweeper: MarkerSweeper;
  #weeding: Promise<void> = Promise.resolve();

  constructor(collections: JournalCollections, writers: JournalWriters, heads: Heads, sweeper: MarkerSweeper) {
    this.#collections = collections;
    this.#writers = writers;
    this.#heads = heads;
    this.#sweeper = sweeper;
  }

  async wakefulStreams(...which: Parameters<Journal['wakefulStreams']>): Promise<readonly string[]> {
    const [wanted = () => true, { loosely = false } = {}] = which;
    const all = await find(this.#collections.wakeful, markerQueries.wakeful(), local).toArray();
    const markers = all.filter(({ of }) => wanted(of));
    const believed = loosely ? markers : await this.#believed(markers);
    return [...new Set(believed.map(({ of }) => of))].sort();
  }

  async dueTimers(atMs: number, limit: number): Promise<readonly DurableTimer[]> {
    const timers = await this.#timers(markerQueries.dueTimers(atMs), limit);
    return timers.map(({ of, key, dueAtMs, command }) => ({ stream: of, key, atMs: dueAtMs, command: plain(command) }));
  }

  async nextTimerAtMs(): Promise<number | undefined> {
    const [next] = await this.#timers(markerQueries.timers(), 1);
    return next?.dueAtMs;
  }

  async settleTimer(stream: string, key: string, atMs: number): Promise<void> {
    await this.#collections.timers.deleteMany(markerQueries.timersAt(stream, key, atMs).filter);
    this.#heads.settle(stream, key, atMs);
  }

  /** Waits for what is being cleaned up. */
  async close(): Promise<void> {
    await this.#weeding;
  }

  /** The first timers of a query that are believed. */
  async #timers(query: Query<TimerMarker>, limit: number): Promise<TimerMarker[]> {
    const believed: TimerMarker[] = [];
    const cursor = find(this.#collections.timers, query, local);
    try {
      for (let goesOn = true; goesOn && believed.length < limit; ) {
        const together: TimerMarker[] = [];
        while (together.length < timersTogether) {
          const marker = await cursor.next();
          if (!marker) break;
          together.push(marker);
        }
        goesOn = together.length === timersTogether;
        believed.push(...(await this.#believed(together)));
      }
    } finally {
      await cursor.close();
    }
    return believed.slice(0, limit);
  }

  /** Those that the last commits of their streams refer to. The others are looked at again, to be deleted. */
  async #believed<M extends MarkerDocument>(markers: readonly M[]): Promise<M[]> {
    const unsure = markers.filter((marker) => !isBelieved(marker, this.#heads.recent(marker.of)));
    const lastOf = new Map<string, CommitDocument | null>();
    const streams = [...new Set(unsure.map(({ of }) => of))];
    for (let at = 0; at < streams.length; at += askedTogether) {
      const asked = streams.slice(at, at + askedTogether);
      const found = await Promise.all(asked.map((stream) => this.#lastOf(stream, 'local')));
      for (const [index, stream] of asked.entries()) lastOf.set(stream, found[index] ?? null);
    }
    const doubted = new Set(unsure.filter((marker) => !isBelieved(marker, lastOf.get(marker.of) ?? undefined)));
    if (doubted.size > 0) this.#weeding = this.#weeding.then(() => this.#weed([...doubted]));
    return doubted.size > 0 ? markers.filter((marker) => !(doubted as Set<MarkerDocument>).has(marker)) : [...markers];
  }

  /** Deletes the markers that no commit will ever refer to. */
  async #weed(doubted: readonly MarkerDocument[]): Promise<void> {
    try {
      for (const marker of doubted) {
        // Before the commit is asked for: a writer that has ended by now adds none afterwards.
        const ended = this.#writers.endOf(marker.by) !== undefined;
        // A majority may not have heard yet of what a new primary has, nor keep what only the primary has.
        const seen = [await this.#lastOf(marker.of, 'local'), await this.#lastOf(marker.of, 'majority')];
        if (seen.every((last) => isDead(marker, last ?? undefined, ended))) this.#sweeper.drop([marker._id]);
      }
    } catch {
      // The server is away: they are met again.
    }
  }

  #lastOf(stream: string, level: 'local' | 'majority'): Promise<CommitDocument | null> {
    const projection = { version: 1, wake: 1, timers: 1 };
    return findFirst(this.#collections.commits, commitQueries.last(stream), { projection, readConcern: { level } });
  }
}
