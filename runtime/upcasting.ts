/**
 * Events of older versions. An event that was written stays what it is, for ever; where a newer version says the same in
 * other words, its kind has an upcaster that turns the old words into the new ones, each time the event is read. So
 * `evolve` knows today's events only. The contract keeps the old message (proto/contract.ts), so that its bytes are read.
 */
import type { Tagged } from '#proto/codec.ts';
import type { Commit } from '#proto/generated/envelope.ts';
import type { Chronicle } from './actor.ts';

/** By the type of the old event: what it says today; nothing where it says nothing any more. */
export type Upcasters<E extends Tagged> = {
  readonly [Type in E['type']]?: (event: Extract<E, { readonly type: Type }>) => readonly E[];
};

/** The events of a commit, in today's words. */
export function eventsOf({ protocol, upcasters }: Chronicle, { events }: Pick<Commit, 'events'>): readonly Tagged[] {
  const decoded = events.map((bytes) => protocol.event.decode(bytes));
  return upcasters ? decoded.flatMap((event) => upcast(upcasters, event)) : decoded;
}

/** An old event may become one that is old by now, too. */
function upcast(upcasters: Upcasters<Tagged>, event: Tagged): readonly Tagged[] {
  const upcaster = upcasters[event.type];
  return upcaster
    ? upcaster(event as never).flatMap((next) => (next.type === event.type ? [next] : upcast(upcasters, next)))
    : [event];
}
