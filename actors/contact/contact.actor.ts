/** Binds the contact to the runtime. */
import { contactProtocol } from '#proto/generated/contact.ts';
import { type AnyActorDefinition, defineActor } from '#runtime/actor.ts';
import { decide } from './decide.ts';
import { isWakeful, react, resume } from './react.ts';
import { evolve, initial } from './state.ts';

export function contactActor(): AnyActorDefinition {
  return defineActor({
    protocol: contactProtocol,
    initial,
    decide,
    evolve,
    react,
    resume,
    isWakeful,
    executors: {},
    supervision: { strategy: 'restart', intensity: 3, periodMs: 60_000, backoff: { minMs: 50, maxMs: 2000 } },
    snapshots: { everyCommits: 100, schema: 1 },
    passivateAfterMs: 1000,
    mailboxLimit: 64,
  });
}
