/** What a node answers to its operators. */
import type { SteadyClock } from '#ports/clock.ts';
import { FatalError } from '#ports/errors.ts';
import type { Journal } from '#ports/journal.ts';
import type { Logger } from '#ports/logger.ts';
import type { Chronicle } from '#runtime/actor.ts';
import { refOf } from '#runtime/refs.ts';
import type { Runtime } from '#runtime/runtime.ts';
import type { Departures } from './departures.ts';
import { eventsAfter } from './events.ts';
import type {
  ActivationQuery,
  Activations,
  ActorRef,
  EventQuery,
  Inspected,
  NodeLoad,
  Obeyed,
  Operations,
  Order,
  StreamQuery,
} from './operations.ts';
import { shown } from './shown.ts';

export interface LocalOperationsOptions {
  readonly runtime: Runtime;
  readonly journal: Pick<Journal, 'read' | 'streams'>;
  /** Every kind whose history can be told. */
  readonly kinds: readonly Chronicle[];
  readonly clock: SteadyClock;
  readonly logger: Logger;
  readonly facts: Pick<NodeLoad, 'node' | 'roles' | 'version' | 'weight'>;
  readonly departures: Departures;
  /** The node that was told to drain has no actor left. */
  drained(order: number): void;
  lagMs?(): Promise<number | undefined>;
}

/** Whoever asks waits no longer for how far it is behind: just when a store is slow, operators look. */
const lagLimitMs = 1000;

export class LocalOperations implements Operations {
  readonly #options: LocalOperationsOptions;
  readonly #startedAtMs: number;
  #order = 0;

  constructor(options: LocalOperationsOptions) {
    this.#options = options;
    this.#startedAtMs = options.clock.elapsed();
  }

  async load(): Promise<NodeLoad> {
    const { runtime, clock, facts, departures } = this.#options;
    const lag = await this.#lagMs();
    const actors: Record<string, number> = {};
    let mailboxDepth = 0;
    for (const activation of runtime.activations()) {
      actors[activation.kind] = (actors[activation.kind] ?? 0) + 1;
      mailboxDepth += activation.mailboxDepth;
    }
    return {
      ...facts,
      life: runtime.self,
      hosting: runtime.hosting,
      upMs: clock.elapsed() - this.#startedAtMs,
      actors,
      mailboxDepth,
      missingMs: departures.missingMs(),
      ...(lag === undefined ? {} : { lagMs: lag }),
      ...(runtime.clockOffMs === 0 ? {} : { clockOffMs: runtime.clockOffMs }),
    };
  }

  async activations({ kind, id, limit }: ActivationQuery): Promise<Activations> {
    const wanted = this.#options.runtime
      .activations()
      .filter((each) => (kind === undefined || each.kind === kind) && (id === undefined || each.id === id));
    return { actors: wanted.slice(0, limit), more: wanted.length > limit };
  }

  async inspect({ kind, id }: ActorRef): Promise<Inspected> {
    const { state, version, mailboxDepth, active } = await this.#options.runtime.inspect(kind, id);
    return { version, mailboxDepth, active, state: shown(state, 2) };
  }

  async events(query: EventQuery) {
    const { kinds, journal } = this.#options;
    const chronicle = kinds.find(({ protocol }) => protocol.kind === query.kind);
    if (!chronicle) {
      throw new FatalError('ACTOR_KIND_UNKNOWN', `This version has no actors of the kind ${query.kind}.`);
    }
    return eventsAfter(chronicle, journal, query);
  }

  async streams({ kind, prefix, limit }: StreamQuery): Promise<readonly string[]> {
    const after = prefix && refOf(kind, justBefore(prefix));
    const streams = await this.#options.journal.streams({ kind, limit, ...(after ? { after } : {}) });
    return streams.map((stream) => stream.slice(kind.length + 1)).filter((id) => id.startsWith(prefix));
  }

  async order({ order, life, hosting }: Order): Promise<Obeyed> {
    const { runtime } = this.#options;
    if (life !== runtime.self || order < this.#order) return this.#obeyed();
    this.#order = order;
    if (hosting) runtime.undrain();
    else if (runtime.hosting === 'hosting') {
      const alone = runtime.onlyHere();
      if (alone.length > 0) return this.#obeyed(refusal(this.#options.facts.node, alone));
      void this.#drain(order);
    }
    return this.#obeyed();
  }

  async #drain(order: number): Promise<void> {
    const { runtime, logger, drained } = this.#options;
    try {
      await runtime.drain();
      if (runtime.hosting === 'drained' && order === this.#order) drained(order);
    } catch (error) {
      logger.error({ err: error }, 'node not drained');
    }
  }

  /** Undefined also where it cannot be known now: the node answers for itself all the same. */
  async #lagMs(): Promise<number | undefined> {
    const { lagMs, clock } = this.#options;
    let cancel = (): void => undefined;
    const late = new Promise<undefined>((resolve) => {
      cancel = clock.after(lagLimitMs, () => resolve(undefined));
    });
    const lag = await Promise.race([lagMs?.().catch(() => undefined), late]);
    cancel();
    return lag;
  }

  #obeyed(refusal = ''): Obeyed {
    const { self: life, hosting } = this.#options.runtime;
    return { life, hosting, refusal };
  }
}

/** Whoever sends to these kinds would find nobody. */
function refusal(node: string, kinds: readonly string[]): string {
  return `Node ${node} is the only one that hosts ${kinds.join(', ')}: start another one with its roles and a name of its own first, then drain this one.`;
}

/** The last name in order that does not begin with the prefix: no id has a character as late as the tilde. */
function justBefore(prefix: string): string {
  return `${prefix.slice(0, -1)}${String.fromCharCode(prefix.charCodeAt(prefix.length - 1) - 1)}~`;
}
