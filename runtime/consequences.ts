/** What follows from an actor's commits, and from its state when it is taken up: effects and snapshots. */
import type { Tagged } from '#proto/codec.ts';
import type { Activation } from './activation.ts';
import type { Done, Draft } from './draft.ts';
import type { Effect } from './effects.ts';
import type { Replayed } from './replayed.ts';
import { toSnapshot } from './snapshots.ts';
import type { Cause, Surroundings } from './surroundings.ts';

/** Of commits that are durable. */
export function follow(actor: Activation, around: Surroundings, draft: Draft, committed: readonly Done[]): void {
  for (const { mail, decided, decidedAtMs } of committed) {
    const { entry, effects } = decided;
    for (const { atMs } of entry.setTimers) around.timerSet(atMs);
    if (effects.length === 0) continue;
    const causationId = `${actor.ref}@${entry.version}`;
    around.perform(actor, { correlationId: mail.correlationId, causationId, decidedAtMs }, effects);
  }
  const due = draft.snapshotDue(actor.definition.snapshots.everyCommits);
  if (due) void saveSnapshot(actor, around, due);
}

/** What the actor has outstanding. */
export function outstanding({ definition, id }: Activation, { state }: Replayed): readonly Effect<Tagged>[] {
  return definition.isWakeful(state) ? definition.resume(state, id) : [];
}

/** Effects that come of no event just now. */
export function perform(
  actor: Activation,
  around: Surroundings,
  cause: Omit<Cause, 'decidedAtMs'>,
  effects: readonly Effect<Tagged>[],
): void {
  around.perform(actor, { ...cause, decidedAtMs: around.clock.elapsed() }, effects);
}

/** What a state says, as of its last commit. */
export function causeOf({ ref }: Activation, { correlationId, version }: Replayed): Omit<Cause, 'decidedAtMs'> {
  return { correlationId, causationId: `${ref}@${version}` };
}

/** Without it a later load is slower, and that is all. */
async function saveSnapshot({ ref, definition }: Activation, around: Surroundings, durable: Replayed): Promise<void> {
  try {
    await around.journal.saveSnapshot(ref, toSnapshot(durable, definition.snapshots.schema));
  } catch (error) {
    around.logger.warn({ actor: ref, err: error }, 'snapshot not saved');
  }
}
