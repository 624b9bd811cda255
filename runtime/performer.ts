/** Performs effects, once their events are durable. */
import type { SteadyClock } from '#ports/clock.ts';
import type { Tagged } from '#proto/codec.ts';
import type { Activation } from './activation.ts';
import type { ExecutorContext } from './actor.ts';
import type { Effect, StartTicking } from './effects.ts';
import type { Outbox } from './outbox.ts';
import type { Runs } from './runs.ts';
import type { Cause } from './surroundings.ts';
import type { Tickers } from './tickers.ts';

/** What a command says of where it comes from. */
type Trace = Pick<Cause, 'correlationId' | 'causationId'>;

export interface PerformerOptions {
  readonly clock: SteadyClock;
  readonly outbox: Outbox;
  readonly runs: Runs;
  readonly tickers: Tickers<Activation>;
  /** Asks on behalf of an actor. */
  ask(sender: string, cause: Trace): ExecutorContext<Tagged>['ask'];
  newId(): string;
}

export class Performer {
  readonly #options: PerformerOptions;
  /** For those whose executors want to know when they leave. */
  readonly #leaving = new Map<Activation, AbortController>();

  constructor(options: PerformerOptions) {
    this.#options = options;
  }

  /** The activation is out of memory. */
  left(activation: Activation): void {
    this.#options.tickers.stopAll(activation);
    this.#leaving.get(activation)?.abort();
    this.#leaving.delete(activation);
  }

  /** Timers are not among them: they ride in the commit, and one that `resume` names is durable already. */
  perform(activation: Activation, cause: Cause, effects: readonly Effect<Tagged>[]): void {
    for (const effect of effects) this.#performOne(activation, cause, effect);
  }

  #performOne(activation: Activation, cause: Cause, effect: Effect<Tagged>): void {
    const { outbox, runs, tickers } = this.#options;
    const { ref, definition } = activation;
    switch (effect.type) {
      case 'tell': {
        const { protocol, id, command, key } = effect;
        outbox.post({ protocol, id, command, commandId: `${ref}:${key}`, sender: ref, ...traceOf(cause) });
        return;
      }
      case 'run':
        runs.start({ definition, ref, effect, cause, context: this.#contextOf(activation, cause) });
        return;
      case 'start-ticking':
        this.#startTicking(activation, effect);
        return;
      case 'stop-ticking':
        tickers.stop(activation, effect.key);
        return;
    }
  }

  #contextOf(activation: Activation, cause: Cause): ExecutorContext<Tagged> {
    const { ref, id, definition } = activation;
    const leaving = (): AbortSignal => this.#leavingOf(activation);
    const { outbox, ask, clock } = this.#options;
    const { protocol } = definition;
    return {
      actorId: id,
      correlationId: cause.correlationId,
      get left() {
        return leaving();
      },
      ageMs: () => clock.elapsed() - cause.decidedAtMs,
      tellSelf: (command, key) =>
        outbox.post({ protocol, id, command, commandId: `${ref}:${key}`, sender: ref, ...traceOf(cause) }),
      ask: ask(ref, traceOf(cause)),
    };
  }

  #leavingOf(activation: Activation): AbortSignal {
    if (activation.isGone) return AbortSignal.abort();
    const controller = this.#leaving.get(activation) ?? new AbortController();
    this.#leaving.set(activation, controller);
    return controller.signal;
  }

  #startTicking(activation: Activation, { key, everyMs, command }: StartTicking<Tagged>): void {
    const { tickers, newId, clock } = this.#options;
    tickers.start(activation, key, everyMs, (done) => {
      activation.receive({
        command,
        commandId: newId(),
        fresh: true,
        sender: activation.ref,
        correlationId: '',
        causationId: '',
        sentAtMs: clock.now(),
        crashes: 0,
        settle: done,
      });
    });
  }
}

function traceOf({ correlationId, causationId }: Cause): Trace {
  return { correlationId, causationId };
}
