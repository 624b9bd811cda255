/** What an activation tells the node's observer. */
import type { CommandOutcome, Observer } from '#ports/observer.ts';
import type { Tagged } from '#proto/codec.ts';
import type { Decided } from './decided.ts';
import type { Decision } from './decision.ts';
import type { Draft } from './draft.ts';
import type { Mail } from './mail.ts';

interface Actor {
  readonly ref: string;
  readonly definition: { readonly protocol: { readonly kind: string } };
}

/** A command was decided, or crashed its actor. */
export function tellDecided(
  observer: Observer,
  { ref, definition }: Actor,
  draft: Draft,
  { command, commandId, correlationId, causationId, sender }: Mail,
  taken: Decision<Tagged, Tagged> | 'repeated' | 'crashed',
  startMs: number,
): void {
  observer.commandDecided?.({
    kind: definition.protocol.kind,
    ref,
    commandId,
    commandType: command.type,
    correlationId,
    // A timer or a tick knows no cause: it goes on with that of the last commit.
    causationId: causationId || (sender === ref ? `${ref}@${draft.durable.version}` : ''),
    outcome: outcomeOf(taken),
    code: typeof taken === 'object' && 'rejection' in taken ? taken.rejection.code : '',
    version: draft.tailVersion,
    startMs,
  });
}

/** Commits are durable. */
export function tellCommits(
  observer: Observer,
  { ref, definition }: Actor,
  commits: readonly { readonly mail: Mail; readonly decided: Decided }[],
  startMs: number,
): void {
  observer.commitsDurable?.({
    kind: definition.protocol.kind,
    ref,
    commits: commits.map(({ mail, decided }) => {
      const { entry, events } = decided;
      return { version: entry.version, correlationId: mail.correlationId, events };
    }),
    startMs,
  });
}

function outcomeOf(taken: Decision<Tagged, Tagged> | 'repeated' | 'crashed'): CommandOutcome {
  if (typeof taken === 'string') return taken;
  if ('rejection' in taken) return 'refused';
  return taken.events.length > 0 ? 'accepted' : 'answered';
}
