/** Binds the contact to the runtime. */
import { type AnyActorDefinition, defineActor } from '#runtime/actor.ts';
import { contactChronicle } from './chronicle.ts';
import { decide } from './decide.ts';
import { isWakeful, react, resume } from './react.ts';

export function contactActor(): AnyActorDefinition {
  return defineActor({
    ...contactChronicle,
    decide,
    react,
    resume,
    isWakeful,
    executors: {},
    supervision: { strategy: 'restart', intensity: 3, periodMs: 60_000, backoff: { minMs: 50, maxMs: 2000 } },
    snapshots: { everyCommits: 100, schema: 4, seldom: true },
    passivateAfterMs: 1000,
    mailboxLimit: 64,
  });
}
