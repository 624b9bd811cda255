/** Fires durable timers: one loop a node, over what the journal holds for all. */
import type { Clock } from '#ports/clock.ts';
import { codeOf } from '#ports/errors.ts';
import type { DurableTimer, Journal } from '#ports/journal.ts';
import type { Logger } from '#ports/logger.ts';
import type { Tagged } from '#proto/codec.ts';
import type { Answered } from './actor.ts';
import { endsNode } from './ending.ts';
import { isPassing } from './refusals.ts';

export interface TimerLoopOptions {
  readonly journal: Pick<Journal, 'dueTimers' | 'nextTimerAtMs' | 'settleTimer'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Whether the actor of the timer is placed on this node. */
  isMine(timer: DurableTimer): boolean;
  /** Sends the timer's command under this id. */
  fire(timer: DurableTimer, commandId: string): Promise<Answered<Tagged>>;
  /** The journal cannot be relied on any more. */
  fatal(error: unknown): void;
}

/**
 * Other nodes set timers too, and actors move: this often we look for timers that have become ours meanwhile. One small
 * query, so that none is late by more.
 */
const lookAgainMs = 2000;
const retryMs = 1000;
/** Until a timer is tried again that this version cannot read. */
const unreadableMs = 60_000;
const pageSize = 64;

export class TimerLoop {
  readonly #options: TimerLoopOptions;
  /** Fired and not settled. */
  readonly #inFlight = new Set<string>();
  #cancel: () => void = () => undefined;
  #armedAtMs = Number.POSITIVE_INFINITY;
  #scanning = false;
  #scanAgain = false;
  #running = false;

  constructor(options: TimerLoopOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    this.#running = true;
    await this.scan();
  }

  stop(): void {
    this.#running = false;
    this.#cancel();
  }

  /** A timer was set to this time. */
  noteSet(atMs: number): void {
    if (atMs < this.#armedAtMs) this.#arm(atMs);
  }

  /** Fires what is due and waits for what is next. */
  async scan(): Promise<void> {
    if (this.#scanning || !this.#running) {
      this.#scanAgain = this.#scanning;
      return;
    }
    this.#scanning = true;
    this.#armedAtMs = Number.POSITIVE_INFINITY;
    try {
      // A timer that was set meanwhile may be earlier than all that was read.
      this.#arm(Math.min(await this.#fireDue(), this.#armedAtMs));
    } catch (error) {
      if (this.#endedBy(error)) return;
      this.#options.logger.warn({ err: error, waitMs: retryMs }, 'timers not readable, tried again');
      this.#arm(this.#options.clock.now() + retryMs);
    } finally {
      this.#scanning = false;
    }
    if (this.#scanAgain) {
      this.#scanAgain = false;
      await this.scan();
    }
  }

  /** When to look again. Due timers that are in flight or of other nodes must not hide those behind them. */
  async #fireDue(): Promise<number> {
    const { journal, clock, isMine } = this.#options;
    const nowMs = clock.now();
    const lookAtMs = nowMs + lookAgainMs;
    const nextAtMs = await journal.nextTimerAtMs();
    if (nextAtMs === undefined || nextAtMs > nowMs) return Math.min(nextAtMs ?? lookAtMs, lookAtMs);
    for (let limit = pageSize; ; limit *= 2) {
      const timers = await journal.dueTimers(lookAtMs, limit);
      for (const timer of timers) {
        if (this.#inFlight.has(nameOf(timer)) || !isMine(timer)) continue;
        if (timer.atMs > nowMs) return timer.atMs;
        void this.#fire(timer);
      }
      if (timers.length < limit) return lookAtMs;
    }
  }

  async #fire(timer: DurableTimer): Promise<void> {
    const { journal, clock, logger, fire } = this.#options;
    const name = nameOf(timer);
    this.#inFlight.add(name);
    let waitMs = retryMs;
    try {
      const answered = await fire(timer, `timer:${timer.key}@${timer.atMs}`);
      if (!isPassing(answered)) {
        await journal.settleTimer(timer.stream, timer.key, timer.atMs);
        this.#inFlight.delete(name);
        return;
      }
    } catch (error) {
      if (this.#endedBy(error)) return;
      if (codeOf(error) === 'COMMAND_UNREADABLE') waitMs = unreadableMs;
      logger.warn({ actor: timer.stream, key: timer.key, err: error, waitMs }, 'timer not settled');
    }
    clock.after(waitMs, () => {
      this.#inFlight.delete(name);
      void this.scan();
    });
  }

  /** Whether there is no use in looking again. */
  #endedBy(error: unknown): boolean {
    if (!this.#running || !endsNode(error)) return false;
    this.stop();
    this.#options.fatal(error);
    return true;
  }

  #arm(atMs: number): void {
    if (!this.#running) return;
    this.#cancel();
    this.#armedAtMs = atMs;
    const { clock } = this.#options;
    this.#cancel = clock.after(Math.max(0, atMs - clock.now()), () => void this.scan());
  }
}

function nameOf({ stream, key, atMs }: DurableTimer): string {
  return `${stream} ${atMs} ${key}`;
}
