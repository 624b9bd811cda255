/** Empties a read model and fills it from the journal. */
import type { Journal } from '#ports/journal.ts';
import type { ModelStore } from '#ports/model-store.ts';
import { applyEntries } from './applying.ts';
import type { AnyProjection } from './projection.ts';
import { emptied, stateOf } from './projector.ts';

const pageEntries = 1000;

/**
 * Fills the model up to the journal's end; a node that follows at the same time does no harm, and goes on from there.
 * Until then whoever asks sees the part that is there. Cut short, it is finished by the next node that follows.
 * @returns how many entries of the journal concern the model.
 */
export async function rebuild(
  projection: AnyProjection,
  store: ModelStore,
  journal: Pick<Journal, 'read' | 'readAll'>,
): Promise<number> {
  let { generation, position } = await emptied(projection, store);
  let concerned = 0;
  for (;;) {
    const entries = await journal.readAll(position, pageEntries);
    const last = entries.at(-1);
    if (!last) return concerned;
    concerned += await applyEntries(projection, store, journal, entries);
    position = last.position;
    // A node that follows found the model without a state and emptied it, too: what is there now is the beginning.
    if (!(await store.moveTo(generation, position))) {
      ({ generation, position } = (await stateOf(projection, store)).state);
    }
  }
}
