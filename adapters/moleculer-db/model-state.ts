/** The state of a read model as one more document beside its own, so that losing the data loses the state, too. */
import type { DbAdapter } from 'moleculer-db';
import { type ModelState, stateId } from '#ports/model-store.ts';

type StateDocument = ModelState & { readonly _id: string };

/** What the store says of how far it is. */
export async function readState(adapter: Pick<DbAdapter, 'findById'>): Promise<ModelState | undefined> {
  const kept = (await adapter.findById(stateId)) as StateDocument | null | undefined;
  return kept ? { generation: kept.generation, schema: kept.schema, position: kept.position } : undefined;
}

/** Moves the position where the generation is still that one. */
export async function moveState(
  adapter: Pick<DbAdapter, 'updateMany'>,
  generation: string,
  position: string,
): Promise<boolean> {
  return (await adapter.updateMany({ _id: stateId, generation }, { $set: { position } })) > 0;
}

/**
 * Empties the model. The state goes first and comes last: a crash in between leaves a store without one, which is
 * emptied again, and whoever writes meanwhile cannot keep a position.
 */
export async function resetState(
  adapter: Pick<DbAdapter, 'removeById' | 'clear' | 'insert' | 'updateMany'>,
  state: ModelState,
): Promise<void> {
  await adapter.removeById(stateId);
  await adapter.clear();
  const replace = async () => (await adapter.updateMany({ _id: stateId }, { $set: state })) > 0;
  if (await replace()) return;
  await adapter.insert({ _id: stateId, ...state }).catch(async (error: unknown) => {
    // Somebody else empties it, too: the last state counts.
    if (!(await replace())) throw error;
  });
}
