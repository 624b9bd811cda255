/** Runs executors: what an actor does through its ports. */
import type { Clock } from '#ports/clock.ts';
import { isRetryable } from '#ports/errors.ts';
import type { Logger } from '#ports/logger.ts';
import type { EffectRun, Observer } from '#ports/observer.ts';
import type { Tagged } from '#proto/codec.ts';
import type { AnyActorDefinition, ExecutorContext } from './actor.ts';
import type { Run } from './effects.ts';
import { endsNode } from './ending.ts';
import { backoffMs } from './supervisor.ts';
import type { Cause } from './surroundings.ts';

/** One effect of one actor. */
export interface RunOrder {
  readonly definition: AnyActorDefinition;
  readonly ref: string;
  readonly effect: Run;
  readonly cause: Cause;
  readonly context: ExecutorContext<Tagged>;
}

export interface RunsOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly observer: Observer | undefined;
  /** A store failed for good, or the disk is full. */
  fatal(error: unknown): void;
}

export class Runs {
  readonly #options: RunsOptions;
  readonly #waiting = new Set<() => void>();
  #active = 0;
  #stopped = false;
  #whenIdle: (() => void)[] = [];

  constructor(options: RunsOptions) {
    this.#options = options;
  }

  /** Executors at work now. */
  get active(): number {
    return this.#active;
  }

  start(order: RunOrder): void {
    void this.#run(order, 0);
  }

  whenIdle(): Promise<void> {
    return this.#active === 0 ? Promise.resolve() : new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  /** No more tries; what is at work goes on by itself. */
  stop(): void {
    this.#stopped = true;
    for (const cancel of this.#waiting) cancel();
    this.#waiting.clear();
  }

  async #run(order: RunOrder, attempt: number): Promise<void> {
    const { definition, effect, context } = order;
    const startMs = this.#options.observer?.now() ?? 0;
    this.#active += 1;
    try {
      const executor = definition.executors[effect.executor];
      if (!executor) throw new TypeError(`A ${definition.protocol.kind} has no executor ${effect.executor}.`);
      const command = await executor(effect.input as never, context, effect.key);
      if (command) context.tellSelf(command, effect.key);
      this.#observe(order, 'done', startMs);
    } catch (error) {
      this.#observe(order, this.#failed(order, attempt, error), startMs);
    } finally {
      this.#active -= 1;
      if (this.#active === 0) for (const resolve of this.#whenIdle.splice(0)) resolve();
    }
  }

  #failed(order: RunOrder, attempt: number, error: unknown): 'retried' | 'crashed' {
    const { definition, ref, effect, context } = order;
    const { logger, fatal } = this.#options;
    const fields = { actor: ref, executor: effect.executor, key: effect.key, correlationId: context.correlationId };
    const { strategy, backoff } = definition.supervision;
    if (endsNode(error) && !this.#stopped) {
      logger.error({ ...fields, err: error }, 'effect failed for good');
      fatal(error);
    } else if (isRetryable(error) && strategy === 'restart') {
      const waitMs = backoffMs(backoff, attempt);
      logger.warn({ ...fields, attempt, waitMs, err: error }, 'effect failed, tried again');
      if (!this.#stopped && !context.left.aborted) this.#again(order, attempt + 1, waitMs);
      return 'retried';
    } else {
      logger.error({ ...fields, err: error }, 'effect crashed');
    }
    return 'crashed';
  }

  #observe({ definition, ref, effect, cause }: RunOrder, outcome: EffectRun['outcome'], startMs: number): void {
    const { kind } = definition.protocol;
    const { correlationId, causationId } = cause;
    this.#options.observer?.effectRun?.({
      kind,
      ref,
      correlationId,
      causationId,
      executor: effect.executor,
      outcome,
      startMs,
    });
  }

  #again(order: RunOrder, attempt: number, waitMs: number): void {
    const cancel = this.#options.clock.after(waitMs, () => {
      this.#waiting.delete(cancel);
      if (!order.context.left.aborted) void this.#run(order, attempt);
    });
    this.#waiting.add(cancel);
  }
}
