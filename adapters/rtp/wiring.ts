/**
 * Brings about in the media threads what is decided of hearing: each leg's thread is told whom the leg hears, and, where
 * one of those is in another thread, that thread is told to pass on what it says, over a channel of the two threads.
 */
import { MessageChannel } from 'node:worker_threads';
import { Hearing } from './hearing.ts';
import type { ThreadLink } from './thread-link.ts';

/** The thread of a leg; undefined once it has none. */
export type ThreadOf = (legId: string) => ThreadLink | undefined;

export class Wiring {
  readonly #hearing = new Hearing();
  readonly #threadOf: ThreadOf;
  /** What the threads were told: whom each leg hears, by whom each is heard, in which other threads. */
  readonly #heard = new Map<string, readonly string[]>();
  readonly #hearers = new Map<string, Set<string>>();
  readonly #taps = new Map<string, readonly number[]>();
  readonly #channels = new Set<string>();

  constructor(threadOf: ThreadOf) {
    this.#threadOf = threadOf;
  }

  /**
   * Changes who hears whom, where these legs are concerned; what the threads are asked is on its way when this returns,
   * and done when it resolves.
   */
  async change(legIds: readonly string[], change: (hearing: Hearing) => void): Promise<void> {
    const concerned = new Set(legIds.flatMap((legId) => this.#hearing.around(legId)));
    change(this.#hearing);
    for (const legId of legIds) for (const each of this.#hearing.around(legId)) concerned.add(each);
    const asked: Promise<unknown>[] = [];
    const sources = new Set<string>();
    for (const legId of concerned) {
      const before = this.#heard.get(legId) ?? [];
      const now = this.#hearing.heardBy(legId);
      if (before.length === now.length && now.every((each) => before.includes(each))) continue;
      this.#note(legId, before, now);
      for (const source of [...before, ...now]) sources.add(source);
      asked.push(this.#threadOf(legId)?.ask('hear', { legId, sources: now }) ?? Promise.resolve());
    }
    for (const source of sources) asked.push(this.#tap(source));
    await Promise.all(asked);
  }

  #note(legId: string, before: readonly string[], now: readonly string[]): void {
    for (const source of before) this.#hearers.get(source)?.delete(legId);
    for (const source of now) this.#hearers.set(source, (this.#hearers.get(source) ?? new Set()).add(legId));
    for (const source of before) if (this.#hearers.get(source)?.size === 0) this.#hearers.delete(source);
    if (now.length === 0) this.#heard.delete(legId);
    else this.#heard.set(legId, now);
  }

  async #tap(source: string): Promise<void> {
    const own = this.#threadOf(source);
    const others = new Map<number, ThreadLink>();
    for (const hearer of this.#hearers.get(source) ?? []) {
      const thread = this.#threadOf(hearer);
      if (thread && thread !== own) others.set(thread.number, thread);
    }
    const threads = own ? [...others.keys()].sort((a, b) => a - b) : [];
    if (threads.join() === (this.#taps.get(source) ?? []).join()) return;
    if (threads.length === 0) this.#taps.delete(source);
    else this.#taps.set(source, threads);
    if (!own) return;
    for (const other of others.values()) this.#connect(own, other);
    await own.ask('tap', { legId: source, threads });
  }

  /** Makes the channel of two threads, once. */
  #connect(one: ThreadLink, other: ThreadLink): void {
    const key = [one.number, other.number].sort((a, b) => a - b).join();
    if (this.#channels.has(key)) return;
    this.#channels.add(key);
    const { port1, port2 } = new MessageChannel();
    void one.ask('join', { thread: other.number, port: port1 }, [port1]);
    void other.ask('join', { thread: one.number, port: port2 }, [port2]);
  }
}
