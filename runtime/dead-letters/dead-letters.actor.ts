/** Binds the dead letters to the runtime, which hosts them by itself on every node. */
import { RetryableError } from '#ports/errors.ts';
import { type DeadLettersCommand, deadLettersProtocol } from '#proto/generated/dead-letters.ts';
import type { DeadLetter, Envelope } from '#proto/generated/envelope.ts';
import { type Answered, type AnyActorDefinition, defineActor } from '#runtime/actor.ts';
import { isPassing } from '#runtime/refusals.ts';
import { decide } from './decide.ts';
import { isWakeful, react, resume } from './react.ts';
import { evolve, initial } from './state.ts';

export interface DeadLettersPorts {
  /** Sends a command as it was, under its own id. */
  resend(envelope: Envelope): Promise<Answered<unknown>>;
}

export function deadLettersActor({ resend }: DeadLettersPorts): AnyActorDefinition {
  return defineActor({
    protocol: deadLettersProtocol,
    initial,
    decide,
    evolve,
    react,
    resume,
    isWakeful,
    executors: {
      resend: async ({ envelope }: DeadLetter): Promise<DeadLettersCommand | undefined> => {
        const answered = await resend(envelope);
        if (isPassing(answered))
          throw new RetryableError('NODE_UNREACHABLE', 'The receiver cannot take a resent command now.');
        // One that crashes its actor again comes back as a new letter.
        if (!answered.ok && answered.rejection.code === 'ACTOR_CRASHED') return undefined;
        return { type: 'DropLetter', commandId: envelope.commandId, by: 'runtime:delivered' };
      },
    },
    supervision: { strategy: 'restart', intensity: 5, periodMs: 60_000, backoff: { minMs: 100, maxMs: 30_000 } },
    snapshots: { everyCommits: 100, schema: 1 },
    passivateAfterMs: 60_000,
    mailboxLimit: 10_000,
  });
}
