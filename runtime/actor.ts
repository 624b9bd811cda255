/** How a kind of actor is bound to the runtime. Each `*.actor.ts` makes one of these. */
import type { Protocol, Tagged } from '#proto/codec.ts';
import type { CommandMeta, Crash, Decision } from './decision.ts';
import type { Effect } from './effects.ts';
import type { Upcasters } from './upcasting.ts';

/** What the runtime does when an actor crashes, as in OTP's supervisors: data, not code. */
export interface Supervision {
  /** `restart`: load the state anew and try the command again; `stop`: the command dies at once. */
  readonly strategy: 'restart' | 'stop';
  /** More crashes than this within `periodMs` and the command goes to the dead letters. */
  readonly intensity: number;
  readonly periodMs: number;
  /** The wait before a restart: `minMs`, doubled each time, at most `maxMs`. */
  readonly backoff: { readonly minMs: number; readonly maxMs: number };
}

/** What an executor may do besides its port. */
export interface ExecutorContext<C> {
  /** Id of the actor, without its kind. */
  readonly actorId: string;
  readonly correlationId: string;
  /** How long ago the effect was decided, ms: more than its commit took where the process stood still since. */
  ageMs(): number;
  /** Aborts when the actor has left this node's memory: what it has outstanding is somebody else's to do. */
  readonly left: AbortSignal;
  /** Sends the actor itself a command, under `key` so that it has its effect once. */
  tellSelf(command: C, key: string): void;
  /** Asks another actor; under a `correlationId` of its own where another story begins. */
  ask<C2 extends Tagged, E2 extends Tagged, R2 extends Tagged>(
    protocol: Protocol<C2, E2, R2>,
    id: string,
    command: C2,
    options?: { readonly correlationId: string },
  ): Promise<Answered<R2>>;
}

/**
 * Performs an effect; idempotent by `key`. A command it returns is told to the actor itself under the same key.
 * A RetryableError is tried again under the actor's supervision; anything else is logged as a bug.
 */
export type Executor<C> = (input: never, context: ExecutorContext<C>, key: string) => Promise<C | undefined>;

/** What a sender gets: the reply, or the refusal as a value. */
export type Answered<R> =
  | { readonly ok: true; readonly reply?: R; readonly version: number }
  | {
      readonly ok: false;
      readonly rejection: { readonly code: string; readonly message: string; readonly retryAfterMs?: number };
    };

export interface ActorDefinition<S, C extends Tagged, E extends Tagged, R extends Tagged> {
  readonly protocol: Protocol<C, E, R>;
  /** State before the first event. */
  initial(actorId: string): S;
  decide(state: S, command: C, meta: CommandMeta): Decision<E, R>;
  /** Must not change `state`; returns the next one. Plain data only: it is snapshotted. */
  evolve(state: S, event: E): S;
  /** Turns events of older versions into those that `evolve` knows. */
  readonly upcasters?: Upcasters<E>;
  /** Effects of an event; `state` is the one after it. */
  react(state: S, event: E, actorId: string): readonly Effect<C>[];
  /**
   * Effects that a state has outstanding, when it is woken after a crash. The same keys as `react` gave. Timers among
   * them are left aside: they are durable already.
   */
  resume(state: S, actorId: string): readonly Effect<C>[];
  /** Whether there is work outstanding: such an actor is never passivated, and is woken after a crash. */
  isWakeful(state: S): boolean;
  /**
   * Whether the actor holds something that cannot move, such as a line: it stays on the node that wrote its last commit
   * for as long as that node lives, wherever it is placed. An anchored actor is wakeful.
   */
  anchored?(state: S): boolean;
  /**
   * Effects on a node that held an anchored actor when another node has written its stream: what is held here has to
   * go. `state` is what the other one made of it.
   */
  deposed?(state: S, actorId: string): readonly Effect<C>[];
  readonly executors: Readonly<Record<string, Executor<C>>>;
  readonly supervision: Supervision;
  /**
   * Whom to tell of a crash that supervision gave up on, so that whoever makes such actors may make no more. By its id
   * alone: the state may be what it crashes on.
   */
  escalate?(actorId: string, crash: Crash): readonly Effect<C>[];
  /**
   * A snapshot every so many commits. Raise `schema` when the shape of the state changes. `seldom`: most actors of the
   * kind end before their first one, so that their commits are asked for first.
   */
  readonly snapshots: { readonly everyCommits: number; readonly schema: number; readonly seldom?: boolean };
  /** Out of memory after this long without a message. */
  readonly passivateAfterMs: number;
  /** Commands waiting at most; one more is answered MAILBOX_FULL. */
  readonly mailboxLimit: number;
}

/** A definition whose types are known to itself only, as the runtime's registry holds them. */
export type AnyActorDefinition = ActorDefinition<unknown, Tagged, Tagged, Tagged>;

/** Checks the types of a definition and forgets them. */
export function defineActor<S, C extends Tagged, E extends Tagged, R extends Tagged>(
  definition: ActorDefinition<S, C, E, R>,
): AnyActorDefinition {
  return definition as unknown as AnyActorDefinition;
}

/** The part of a definition that an actor's history needs: no port, so that anybody can replay it. */
export type Chronicle = Pick<AnyActorDefinition, 'protocol' | 'initial' | 'evolve' | 'upcasters'>;

/** Checks the types of a chronicle and forgets them. */
export function chronicle<S, C extends Tagged, E extends Tagged, R extends Tagged>(
  actor: Pick<ActorDefinition<S, C, E, R>, 'protocol' | 'initial' | 'evolve' | 'upcasters'>,
): Chronicle {
  return actor as unknown as Chronicle;
}
