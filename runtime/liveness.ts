/**
 * Who of the other nodes lives, by what is heard of them. Silence is counted only while we ourselves could hear: not
 * while our own heartbeats do not come back to us (the bus is down, or we are cut off from it), and not while this
 * process stood still. Pure but for its own memory; all times come from a clock that nobody sets.
 */

export interface Patience {
  /** How often every node is to be heard, ms. */
  readonly heartbeatMs: number;
  /** Silence after which a node is lost, ms. */
  readonly lostAfterMs: number;
  /** How often `check` is to be called, ms. */
  readonly checkMs: number;
}

/** What a check found. */
export interface Verdict {
  readonly lost: readonly string[];
  /** Others may have held us for lost meanwhile: we stood still, or could not hear. */
  readonly wasAway: boolean;
}

export class Liveness {
  readonly #patience: Patience;
  readonly #heardAtMs = new Map<string, number>();
  /** Held for lost, and not heard since. */
  readonly #lost = new Set<string>();
  #echoAtMs: number;
  #checkedAtMs: number;
  /** Nobody is judged before. */
  #graceUntilMs: number;
  #isDeaf = false;

  constructor(patience: Patience, nowMs: number) {
    this.#patience = patience;
    this.#echoAtMs = nowMs;
    this.#checkedAtMs = nowMs;
    this.#graceUntilMs = nowMs + patience.heartbeatMs;
  }

  /** Anything came from another node. Whether it was held for lost. */
  heard(node: string, nowMs: number): boolean {
    this.#heardAtMs.set(node, nowMs);
    return this.#lost.delete(node);
  }

  /** Those that were heard and not lost since. */
  names(): readonly string[] {
    return [...this.#heardAtMs.keys()];
  }

  /** Whether the node was heard and not lost since. */
  knows(node: string): boolean {
    return this.#heardAtMs.has(node);
  }

  /** Since when this process has stood still, where the check that will notice it is still to come. */
  stillSinceMs(nowMs: number): number | undefined {
    return nowMs - this.#checkedAtMs >= this.#patience.heartbeatMs ? this.#checkedAtMs : undefined;
  }

  /** Our own heartbeat came back over the bus. */
  echoed(nowMs: number): void {
    this.#echoAtMs = nowMs;
  }

  /** The node said farewell, or is known to be lost. */
  forget(node: string): void {
    this.#heardAtMs.delete(node);
  }

  /** Whether the bus carries nothing of ours: who is where stays as it was known last. */
  get isDeaf(): boolean {
    return this.#isDeaf;
  }

  check(nowMs: number): Verdict {
    const { heartbeatMs, checkMs } = this.#patience;
    const gapMs = nowMs - this.#checkedAtMs;
    this.#checkedAtMs = nowMs;
    const stoodStill = gapMs >= heartbeatMs;
    // What came meanwhile still waits in the socket: that time is nobody's silence.
    if (stoodStill) this.#excuse(gapMs - checkMs, nowMs);
    const wasDeaf = this.#isDeaf;
    // An echo is due with every heartbeat; a bus that died takes it before it takes the patience with anybody.
    this.#isDeaf = nowMs - this.#echoAtMs > heartbeatMs * 1.5;
    const hearsAgain = wasDeaf && !this.#isDeaf;
    if (hearsAgain) this.#graceForAll(nowMs);
    const judges = !this.#isDeaf && nowMs >= this.#graceUntilMs;
    return { lost: judges ? this.#silent(nowMs) : [], wasAway: stoodStill || hearsAgain };
  }

  #silent(nowMs: number): readonly string[] {
    const lost = [...this.#heardAtMs].filter(([, atMs]) => nowMs - atMs > this.#patience.lostAfterMs);
    for (const [node] of lost) {
      this.#heardAtMs.delete(node);
      this.#lost.add(node);
    }
    return lost.map(([node]) => node);
  }

  /** One that never gets a whole interval must not keep us from judging for ever: grace is not prolonged. */
  #excuse(ms: number, nowMs: number): void {
    for (const [node, atMs] of this.#heardAtMs) this.#heardAtMs.set(node, Math.min(nowMs, atMs + ms));
    this.#echoAtMs = Math.min(nowMs, this.#echoAtMs + ms);
    if (nowMs >= this.#graceUntilMs) this.#graceUntilMs = nowMs + this.#patience.heartbeatMs;
  }

  #graceForAll(nowMs: number): void {
    for (const node of this.#heardAtMs.keys()) this.#heardAtMs.set(node, nowMs);
    this.#graceUntilMs = nowMs + this.#patience.heartbeatMs;
  }
}
