/** The actor system of one node: commands in, events in the journal, effects out. */
import { randomBytes } from 'node:crypto';
import type { ServiceBroker } from 'moleculer';
import type { SteadyClock } from '#ports/clock.ts';
import type { Journal } from '#ports/journal.ts';
import type { Logger } from '#ports/logger.ts';
import type { Observer } from '#ports/observer.ts';
import type { Protocol, Tagged } from '#proto/codec.ts';
import type { Answered, AnyActorDefinition } from './actor.ts';
import { discovererOf } from './discoverer.ts';
import { ActorNode } from './node.ts';

export interface RuntimeOptions {
  /** Its node id names the node; the caller starts and stops it. */
  readonly broker: ServiceBroker;
  /** Shared by all nodes; the caller closes it, after `stop`. A node that hosts nothing needs none. */
  readonly journal?: Journal;
  readonly clock: SteadyClock;
  readonly logger: Logger;
  /** The kinds that this node hosts, and the dead letters with them; none: it only asks, as a console does. */
  readonly actors: readonly AnyActorDefinition[];
  /** Every kind that may be addressed, also where another node hosts it. */
  readonly protocols: readonly Protocol<Tagged, Tagged, Tagged>[];
  /** This node's share of the actors, against that of the others; 1 where it is not said. */
  readonly weight?: number;
  /** Of the shared journal: nodes of another cluster on the same bus are refused. Absent: not looked at. */
  readonly clusterId?: string;
  /** Hears what the node does; without one nothing is measured. */
  readonly observer?: Observer;
  /** Makes an id that no other has, anywhere and ever. */
  readonly newId?: () => string;
}

export interface SendOptions {
  /** An id makes the command have its effect once, however often it is sent; without one, a new id is made. */
  readonly commandId?: string;
  /** kind/id of the sending actor, or the name of a person or program such as `operator:ann`. */
  readonly sender?: string;
  /** Shared by everything that one cause led to; without one, the command's id. */
  readonly correlationId?: string;
  /** How long to wait, ms; 5000 where it is not said. */
  readonly timeoutMs?: number;
}

/** An actor in memory. */
export interface ActivationInfo {
  readonly ref: string;
  readonly kind: string;
  readonly id: string;
  /** Of its last commit; 0 while it is loading. */
  readonly version: number;
  /** Commands that wait. */
  readonly mailboxDepth: number;
  /** Since the last command, ms. */
  readonly idleMs: number;
  /** Whether it stays on this node wherever it is placed. */
  readonly anchored: boolean;
}

export interface Inspection {
  readonly ref: string;
  /** As of the last commit. */
  readonly state: unknown;
  readonly version: number;
  readonly mailboxDepth: number;
  /** Whether it is in this node's memory. */
  readonly active: boolean;
}

/** Whether actors are placed on a node: `draining` waits for those that cannot move, `drained` has none left. */
export type Hosting = 'hosting' | 'draining' | 'drained';

export interface Runtime {
  /**
   * Makes this node's kinds known, wakes actors with work outstanding and arms the durable timers. Start the broker
   * first, so that the others are known.
   * @throws FatalError CLUSTER_MISMATCH, NODE_NAME_TAKEN.
   */
  start(): Promise<void>;
  /**
   * Takes this node out of placement, at once: new actors and new work go elsewhere, what is here is handed over with
   * its mail, and anchored actors stay until they are free. Resolves when nothing is left, or when `undrain` took it
   * back. Where no other node hosts a kind, its senders are told to come again.
   */
  drain(): Promise<void>;
  /** Actors are placed on this node again. */
  undrain(): void;
  readonly hosting: Hosting;
  /**
   * How far the clock of this machine is ahead of the time that most nodes agree on, ms: the runtime goes by theirs. 0
   * where it is less than some seconds.
   */
  readonly clockOffMs: number;
  /** Name of this node in the commits that it writes: its node id, and its life, which is new at each start. */
  readonly self: string;
  /** The node that an actor is placed on; it may still be on another one. Undefined where no node hosts its kind. */
  nodeOf(kind: string, id: string): string | undefined;
  /** Kinds that this node hosts and no other does. */
  onlyHere(): readonly string[];
  /** Takes no more commands from outside, lets what is under way end for `graceMs`, and empties the memory. */
  stop(options: { readonly graceMs: number }): Promise<void>;
  /** Sends a command and waits for its answer. Never rejects: ASK_TIMEOUT, MAILBOX_FULL and the like are values. */
  ask<C extends Tagged, E extends Tagged, R extends Tagged>(
    protocol: Protocol<C, E, R>,
    id: string,
    command: C,
    options?: SendOptions,
  ): Promise<Answered<R>>;
  /**
   * Sends a command; resolves when the actor's mailbox has it.
   * @throws RetryableError with the code of the refusal, such as MAILBOX_FULL, when it was not taken.
   */
  tell<C extends Tagged, E extends Tagged, R extends Tagged>(
    protocol: Protocol<C, E, R>,
    id: string,
    command: C,
    options?: SendOptions,
  ): Promise<void>;
  /**
   * An actor's state for operators; read from the journal where the actor is not in memory, without waking it.
   * @throws ACTOR_KIND_UNKNOWN where this node does not host the kind, JOURNAL_BROKEN, JOURNAL_UNAVAILABLE.
   */
  inspect(kind: string, id: string): Promise<Inspection>;
  activations(): readonly ActivationInfo[];
  /** How many commands from the bus were refused because nobody could read them, by code. */
  refused(): Readonly<Record<string, number>>;
  /** Hears of errors after which the process should end, such as DISK_FULL. The function returned takes it back. */
  onFatal(listener: (error: unknown) => void): () => void;
}

/** Binds a node's actors to its broker and its journal. Nothing happens before `start`. */
export function createRuntime(options: RuntimeOptions): Runtime {
  const { broker, journal, newId = uniqueIds() } = options;
  if (!journal && options.actors.length > 0) throw new TypeError('A node that hosts actors needs a journal.');
  // Where nothing is hosted, nobody ever asks it.
  const clock = discovererOf(broker)?.commonClock() ?? options.clock;
  return new ActorNode({ ...options, clock, newId, journal: journal as Journal });
}

/** Unique by 72 random bits; the counter is cheaper than a random id for each command, and short in the journal. */
function uniqueIds(): () => string {
  const prefix = randomBytes(9).toString('base64url');
  let count = 0;
  let head = '';
  return () => {
    const tail = count % tails.length;
    if (tail === 0) head = `${prefix}-${count / tails.length}`;
    count += 1;
    return head + tails[tail];
  };
}

/** Made once: to write a number costs as much as all else about an id. */
const tails = Array.from({ length: 1000 }, (_, index) => String(index).padStart(3, '0'));
