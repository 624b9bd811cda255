/**
 * The time of day that the nodes of a cluster agree on. A node whose clock was set wrong would fire timers at the wrong
 * moment and write it into facts; so each says its time in its heartbeats, and where most of them agree and this one
 * does not, it goes by theirs. With fewer than three nodes nobody can tell who is wrong, and each goes by its own.
 */
import type { SteadyClock } from '#ports/clock.ts';

/** Whoever is further from the others than this goes by theirs, ms. A heartbeat that is late by less changes nothing. */
const tolerableMs = 5000;
/** Those that are no further apart than this agree, ms. */
const agreeMs = 2000;
/** A step of our own clock that is longer than this waits for the next comparison, ms. */
const stepMs = 1000;
/** A clock is known by the freshest of so many heartbeats, none older than so much, ms. */
const kept = { heartbeats: 3, forMs: 5000 };
const fewest = 3;

interface Sample {
  /** Their time less our steady clock, which nobody sets. */
  readonly baseMs: number;
  readonly atMs: number;
}

export class PeerClocks {
  readonly #clock: SteadyClock;
  readonly #samples = new Map<string, readonly Sample[]>();
  #offMs = 0;
  /** What is to be added to the steady clock; undefined where there are too few to compare with. */
  #baseMs: number | undefined;

  constructor(clock: SteadyClock) {
    this.#clock = clock;
  }

  /** How far our clock is ahead of the time that most agree on, where that is more than is tolerable, ms; else 0. */
  get offMs(): number {
    return Math.round(this.#offMs);
  }

  /** The time that most agree on, whole milliseconds since 1970: steady clocks count in parts of one. */
  now(): number {
    const ownMs = this.#clock.now() - this.#offMs;
    if (this.#baseMs === undefined) return Math.round(ownMs);
    const steadyMs = this.#clock.elapsed() + this.#baseMs;
    return Math.round(Math.abs(ownMs - steadyMs) > stepMs ? steadyMs : ownMs);
  }

  /** A heartbeat of another node said its time. It may have been on its way for long: then it seems to be behind. */
  heard(node: string, theirMs: number): void {
    const atMs = this.#clock.elapsed();
    const sample = { baseMs: theirMs - atMs, atMs };
    this.#samples.set(node, [...(this.#samples.get(node) ?? []), sample].slice(-kept.heartbeats));
  }

  /** To be called about once a second. */
  compare(): void {
    const ownBaseMs = this.#clock.now() - this.#clock.elapsed();
    const aheadMs = [0, ...this.#freshest().map((baseMs) => baseMs - ownBaseMs)].sort((left, right) => left - right);
    const middleMs = aheadMs[Math.floor(aheadMs.length / 2)] ?? 0;
    const agreeing = aheadMs.filter((each) => Math.abs(each - middleMs) <= agreeMs).length;
    const decides = aheadMs.length >= fewest && agreeing * 2 > aheadMs.length;
    const offMs = decides && Math.abs(middleMs) > tolerableMs ? -middleMs : 0;
    // Heartbeats take now longer, now shorter: time need not shake with them.
    if (offMs === 0 || Math.abs(offMs - this.#offMs) > stepMs) this.#offMs = offMs;
    this.#baseMs = decides ? ownBaseMs - this.#offMs : undefined;
  }

  #freshest(): readonly number[] {
    const sinceMs = this.#clock.elapsed() - kept.forMs;
    const freshest: number[] = [];
    for (const [node, samples] of this.#samples) {
      const fresh = samples.filter(({ atMs }) => atMs >= sinceMs);
      if (fresh.length === 0) this.#samples.delete(node);
      else freshest.push(Math.max(...fresh.map(({ baseMs }) => baseMs)));
    }
    return freshest;
  }
}
