/** Every read model, with what older versions wrote read as the actors read it. */
import { models } from '#projections/models.ts';
import type { AnyProjection } from '#projections/projection.ts';
import type { Chronicle } from '#runtime/actor.ts';
import { eventsOf } from '#runtime/upcasting.ts';
import { kinds } from './kinds.ts';

/** A projection that sees the events of these kinds in today's words. */
export function inTodaysWords(projection: AnyProjection, chronicles: readonly Chronicle[]): AnyProjection {
  const byKind = new Map(chronicles.map((each) => [each.protocol.kind, each]));
  return {
    ...projection,
    decode(kind, events) {
      const chronicle = byKind.get(kind);
      if (!chronicle) throw new TypeError(`Nobody can read the events of the kind ${kind}.`);
      return eventsOf(chronicle, { events: [...events] });
    },
  };
}

export const readableModels: readonly AnyProjection[] = models.map((each) => inTodaysWords(each, kinds));
