/**
 * Given events, when a command, then events: how an actor's decisions are tested. Nothing runs but the actor's
 * pure functions; states are frozen, so that one that is changed in place fails its test, and every event is
 * taken through its protobuf bytes, as the journal would.
 */
import { expect } from '@jest/globals';
import type { Protocol, Tagged } from '#proto/codec.ts';
import type { CommandMeta, Decision } from '#runtime/decision.ts';
import type { Effect } from '#runtime/effects.ts';

/** The pure part of an ActorDefinition; what `defineActor` gives fits too. */
export interface Pure<S, C extends Tagged, E extends Tagged, R extends Tagged> {
  readonly protocol: Protocol<C, E, R>;
  initial(actorId: string): S;
  decide(state: S, command: C, meta: CommandMeta): Decision<E, R>;
  evolve(state: S, event: E): S;
  react(state: S, event: E, actorId: string): readonly Effect<C>[];
  resume(state: S, actorId: string): readonly Effect<C>[];
  isWakeful(state: S): boolean;
}

/** An actor whose history is known. */
export interface Given<S, C extends Tagged, E extends Tagged> {
  readonly state: S;
  /** What the actor would do when it is woken in this state after a crash. */
  readonly resumed: readonly Effect<C>[];
  readonly wakeful: boolean;
  /** Decides on a command; `meta` overrides what `defaultMeta` says, and stays for the commands that follow. */
  when<T extends C>(command: T, meta?: Partial<CommandMeta>): Decided<S, C, E>;
}

/** What became of a command. It is a Given too, so that a story can go on with the next `when`. */
export interface Decided<S, C extends Tagged, E extends Tagged> extends Given<S, C, E> {
  readonly events: readonly E[];
  readonly effects: readonly Effect<C>[];
  readonly reply: Tagged | undefined;
  readonly rejection: { readonly code: string; readonly message: string; readonly retryAfterMs?: number } | undefined;
  /** Exactly these events, in order; none: the command was obeyed without any. */
  then<T extends readonly E[]>(...events: T): Decided<S, C, E>;
  /** Refused with this code, in words and without an event. */
  thenRejected(code: string): Decided<S, C, E>;
  /** Exactly these effects, in order. */
  thenEffects(...effects: Effect<C>[]): Decided<S, C, E>;
  thenReply<T extends Tagged>(reply: T): Decided<S, C, E>;
}

/** What a command comes with unless the test says otherwise. */
export const defaultMeta: CommandMeta = {
  actorId: 'a-1',
  commandId: 'command-1',
  correlationId: 'correlation-1',
  sender: 'test:given',
  nowMs: 1_750_000_000_000,
};

/** An actor that has seen these events. */
export function given<
  S,
  C extends Tagged,
  E extends Tagged,
  R extends Tagged,
  const T extends readonly NoInfer<E>[] = readonly NoInfer<E>[],
>(actor: Pure<S, C, E, R>, ...events: T): Given<S, C, E> {
  const { actorId } = defaultMeta;
  const state = events.reduce<S>(
    (before, event) => freeze(actor.evolve(before, journaled(actor, event))),
    freeze(actor.initial(actorId)),
  );
  return story(actor, state, defaultMeta);
}

function story<S, C extends Tagged, E extends Tagged, R extends Tagged>(
  actor: Pure<S, C, E, R>,
  state: S,
  known: CommandMeta,
): Given<S, C, E> {
  return {
    state,
    resumed: actor.resume(state, known.actorId),
    wakeful: actor.isWakeful(state),
    when: (command, meta) => decided(actor, state, command, { ...known, ...meta }),
  };
}

function decided<S, C extends Tagged, E extends Tagged, R extends Tagged>(
  actor: Pure<S, C, E, R>,
  before: S,
  command: C,
  meta: CommandMeta,
): Decided<S, C, E> {
  const decision = actor.decide(before, freeze(command), meta);
  const rejection = 'rejection' in decision ? decision.rejection : undefined;
  const reply = 'events' in decision ? decision.reply : undefined;
  const events = 'events' in decision ? decision.events.map((event) => journaled(actor, event)) : [];
  const effects: Effect<C>[] = [];
  let state = before;
  for (const event of events) {
    state = freeze(actor.evolve(state, event));
    effects.push(...actor.react(state, event, meta.actorId));
  }
  const self: Decided<S, C, E> = {
    ...story(actor, state, meta),
    events,
    effects,
    reply,
    rejection,
    // biome-ignore lint/suspicious/noThenProperty: given, when, then are the words of such tests, and nobody awaits one.
    then(...expected) {
      expect(rejection).toBeUndefined();
      expect(events).toEqual(expected);
      return self;
    },
    thenRejected(code) {
      expect(events).toEqual([]);
      expect(rejection).toMatchObject({ code, message: expect.stringMatching(/\S/) });
      return self;
    },
    thenEffects(...expected) {
      expect(effects).toEqual(expected);
      return self;
    },
    thenReply(expected) {
      expect(reply).toEqual(expected);
      return self;
    },
  };
  return self;
}

function journaled<S, C extends Tagged, E extends Tagged, R extends Tagged>(actor: Pure<S, C, E, R>, event: E): E {
  const kept = actor.protocol.event.decode(actor.protocol.event.encode(event));
  expect(kept).toEqual(event);
  return freeze(kept);
}

function freeze<T>(value: T): T {
  if (value === null || typeof value !== 'object' || Object.isFrozen(value) || ArrayBuffer.isView(value)) return value;
  for (const inner of Object.values(value)) freeze(inner);
  return Object.freeze(value);
}
