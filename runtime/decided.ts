/** What one command with events adds to its actor: the entry for the journal, the state after it, its effects. */
import type { NewEntry } from '#ports/journal.ts';
import type { Tagged } from '#proto/codec.ts';
import type { Answered, AnyActorDefinition } from './actor.ts';
import { type ChainEnd, seal } from './commits.ts';
import type { Accepted } from './decision.ts';
import type { Effect } from './effects.ts';
import type { Mail } from './mail.ts';
import { accepted } from './replayed.ts';

/** State and chain, as far as they have been decided. */
export interface Tail extends ChainEnd {
  readonly state: unknown;
}

export interface Decided {
  readonly tail: Tail;
  readonly entry: NewEntry;
  readonly answered: Answered<Tagged>;
  readonly events: readonly Tagged[];
  /** All but timers, which ride in the entry. */
  readonly effects: readonly Effect<Tagged>[];
}

/** What a decision is taken in. */
export interface Setting {
  readonly definition: AnyActorDefinition;
  readonly stream: string;
  readonly id: string;
  /** Who writes the commit. */
  readonly node: string;
}

/** Pure; throws what the actor's `evolve` and `react` throw, and on an event or a timer that cannot be kept. */
export function decided(
  { definition, stream, id, node }: Setting,
  before: Tail,
  mail: Mail,
  nowMs: number,
  { events, reply }: Accepted<Tagged, Tagged>,
): Decided {
  const { protocol } = definition;
  let state = before.state;
  const effects: Effect<Tagged>[] = [];
  let timers = noTimers;
  for (const event of events) {
    state = definition.evolve(state, event);
    for (const effect of definition.react(state, event, id)) effects.push(effect);
  }
  const version = before.version + 1;
  const { bytes, hash } = seal({
    stream,
    version,
    atMs: nowMs,
    commandId: mail.commandId,
    correlationId: mail.correlationId,
    causationId: mail.causationId,
    sender: mail.sender,
    events: events.map((event) => protocol.event.encode(event)),
    previousHash: before.hash,
    node,
    ...(reply === undefined ? {} : { answer: { version, reply: protocol.reply.encode(reply) } }),
  });
  const wakeful = definition.isWakeful(state);
  if (effects.some(isTimer)) timers = timersOf(definition, effects);
  const { setTimers, clearTimers } = timers;
  return {
    tail: { state, version, hash },
    entry: { stream, version, bytes, hash, atMs: nowMs, wakeful, setTimers, clearTimers },
    answered: accepted(version, reply),
    events,
    effects: timers === noTimers ? effects : effects.filter((effect) => !isTimer(effect)),
  };
}

const noTimers: Pick<NewEntry, 'setTimers' | 'clearTimers'> = { setTimers: [], clearTimers: [] };

function isTimer({ type }: Effect<Tagged>): boolean {
  return type === 'set-timer' || type === 'clear-timer';
}

/** The last word on each key counts. */
function timersOf(
  { protocol }: AnyActorDefinition,
  effects: readonly Effect<Tagged>[],
): Pick<NewEntry, 'setTimers' | 'clearTimers'> {
  const set = new Map<string, NewEntry['setTimers'][number]>();
  const clear = new Set<string>();
  for (const effect of effects) {
    if (effect.type === 'set-timer') {
      const { key, atMs, command } = effect;
      if (!Number.isSafeInteger(atMs)) throw new TypeError(`The timer ${key} is not set to whole milliseconds.`);
      set.set(key, { key, atMs, command: protocol.command.encode(command) });
      clear.delete(key);
    } else if (effect.type === 'clear-timer') {
      set.delete(effect.key);
      clear.add(effect.key);
    }
  }
  return { setTimers: [...set.values()], clearTimers: [...clear] };
}
