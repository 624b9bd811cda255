/**
 * The stream of an actor in memory, read and written with patience: while the journal is away, it is asked again with
 * backoff. Knows whether what was read last is still the newest for sure.
 */
import { codeOf, isRetryable } from '#ports/errors.ts';
import type { NewEntry } from '#ports/journal.ts';
import type { AnyActorDefinition } from './actor.ts';
import { load, type Replayed } from './replayed.ts';
import { backoffMs } from './supervisor.ts';
import type { Surroundings } from './surroundings.ts';

interface Actor {
  readonly definition: AnyActorDefinition;
  readonly id: string;
  readonly ref: string;
}

export class ActorStream {
  readonly #actor: Actor;
  readonly #around: Surroundings;
  /** The node's count of doubts when what is known was the newest for sure. */
  #sureAt = 0;
  /** Of the journal, one after another, up to a commit. */
  #failures = 0;
  #closed = false;
  #cancelWait: () => void = nothing;

  constructor(actor: Actor, around: Surroundings) {
    this.#actor = actor;
    this.#around = around;
  }

  /** Whether others may have written since; then nobody is answered from what is known. */
  isDoubtful(nowMs: number): boolean {
    return this.#sureAt !== this.#around.doubt.countAt(nowMs);
  }

  /** @throws what `load` throws, except that the journal is away. */
  load(): Promise<Replayed> {
    const { definition, id } = this.#actor;
    const { journal, logger } = this.#around;
    return this.#ask(() => load(definition, journal, id, logger));
  }

  /** Whether there are commits after this one. Throws what the journal throws, except that it is away. */
  async isWrittenAfter(version: number): Promise<boolean> {
    const [newer] = await this.#ask(() => this.#around.journal.read(this.#actor.ref, version, 1));
    return newer !== undefined;
  }

  /**
   * Resolves when they are durable, with the observer's time at which the try began that wrote them.
   * Throws what the journal throws, except that it is away.
   */
  async append(entries: readonly NewEntry[]): Promise<number> {
    const { journal, clock, doubt, logger, observer } = this.#around;
    for (;;) {
      const startMs = observer?.now() ?? 0;
      const sureAt = doubt.countAt(clock.elapsed());
      try {
        await journal.append(entries);
        this.#sureAt = sureAt;
        this.#failures = 0;
        return startMs;
      } catch (error) {
        if (this.#closed) throw error;
        const { definition, ref } = this.#actor;
        observer?.commitFailed?.({ kind: definition.protocol.kind, code: codeOf(error) ?? 'JOURNAL_BROKEN' });
        if (!isAway(error)) throw error;
        const waitMs = this.#backoffMs();
        logger.warn({ actor: ref, waitMs, err: error }, 'journal unavailable, commit waits');
        await this.wait(waitMs);
      }
    }
  }

  /** How long to leave the stream to whoever else writes it, ms: the first time not at all, for he is gone most likely. */
  contestedMs(): number {
    if (this.#failures > 0) return this.#backoffMs();
    this.#failures = 1;
    return 0;
  }

  /** Never resolves once the stream is closed. */
  wait(waitMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#cancelWait = this.#around.clock.after(waitMs, resolve);
    });
  }

  /** Nobody waits for it any more. */
  close(): void {
    this.#closed = true;
    this.#cancelWait();
  }

  /** What is answered is known as of when it was asked. */
  async #ask<T>(question: () => Promise<T>): Promise<T> {
    const { clock, doubt } = this.#around;
    for (;;) {
      const sureAt = doubt.countAt(clock.elapsed());
      try {
        const answered = await question();
        this.#sureAt = sureAt;
        return answered;
      } catch (error) {
        if (this.#closed || !isAway(error)) throw error;
        await this.wait(this.#backoffMs());
      }
    }
  }

  #backoffMs(): number {
    const waitMs = backoffMs(this.#actor.definition.supervision.backoff, this.#failures);
    this.#failures += 1;
    return waitMs;
  }
}

/** Whether the journal may be back soon: a damaged or read-only one has the same code, but as a FatalError. */
function isAway(error: unknown): boolean {
  return codeOf(error) === 'JOURNAL_UNAVAILABLE' && isRetryable(error);
}

const nothing = (): void => undefined;
