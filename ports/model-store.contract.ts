/** What every store of a read model keeps of its port. Call it from a test file beside the adapter. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ModelDocument, ModelStore } from './model-store.ts';

/** A store to be tested, over data of its own. */
export interface ModelStoreUnderTest {
  readonly store: ModelStore;
  /** False where the server looks and writes in two steps, so that more than one may win a race (FerretDB). */
  readonly atomic: boolean;
  /** Another store over the same data. */
  reopen(): Promise<ModelStore>;
  /** Loses the data as a crash or a person would. */
  lose(): Promise<ModelStore>;
  dispose(): Promise<void>;
}

const document = (_id: string, version: number, revision: number, more: object = {}): ModelDocument => ({
  _id,
  version,
  revision,
  ...more,
});
const byId = (documents: readonly ModelDocument[]) => [...documents].sort((a, b) => (a._id < b._id ? -1 : 1));

/** Runs the suite on stores that `open` makes, each empty. */
export function modelStoreContract(name: string, open: () => Promise<ModelStoreUnderTest>): void {
  describe(`a store of a read model: ${name}`, () => {
    let under: ModelStoreUnderTest;
    let store: ModelStore;
    beforeEach(async () => {
      under = await open();
      store = under.store;
      await store.open();
      await store.reset({ generation: 'g1', schema: 1, position: '' });
    });
    afterEach(() => under.dispose());

    test('keeps documents and gives those that there are', async () => {
      expect(await store.save([document('a', 3, 1, { outcomes: { busy: 2 } }), document('b', 1, 1)])).toBe(true);
      expect(byId(await store.load(['b', 'a', 'c']))).toEqual([
        document('a', 3, 1, { outcomes: { busy: 2 } }),
        document('b', 1, 1),
      ]);
    });

    test('replaces a document as a whole', async () => {
      await store.save([document('a', 1, 1, { old: true })]);
      expect(await store.save([document('a', 2, 2, { new: true })])).toBe(true);
      expect(await store.load(['a'])).toEqual([document('a', 2, 2, { new: true })]);
    });

    test('leaves a document that somebody else wrote first, and says so', async () => {
      await store.save([document('a', 1, 1), document('b', 1, 1)]);
      await store.save([document('a', 5, 2, { by: 'the faster' })]);
      expect(await store.save([document('a', 2, 2, { by: 'the slower' }), document('c', 1, 1)])).toBe(false);
      expect(await store.load(['a'])).toEqual([document('a', 5, 2, { by: 'the faster' })]);
    });

    test('leaves a document that is there where it should be new', async () => {
      await store.save([document('a', 4, 1)]);
      expect(await store.save([document('a', 1, 1)])).toBe(false);
      expect(await store.load(['a'])).toEqual([document('a', 4, 1)]);
    });

    test('writes one of those that race', async () => {
      const first = await Promise.all([1, 2, 3, 4].map((version) => store.save([document('a', version, 1)])));
      expect(first.filter(Boolean)).toHaveLength(1);
      const then = await Promise.all([5, 6, 7, 8].map((version) => store.save([document('a', version, 2)])));
      const won = then.filter(Boolean).length;
      expect(under.atomic ? won === 1 : won >= 1).toBe(true);
      expect((await store.load(['a']))[0]?.revision).toBe(2);
    });

    test('keeps how far it is, unless it was emptied since', async () => {
      expect(await store.state()).toEqual({ generation: 'g1', schema: 1, position: '' });
      expect(await store.moveTo('g1', '42')).toBe(true);
      expect(await store.state()).toEqual({ generation: 'g1', schema: 1, position: '42' });
      await store.reset({ generation: 'g2', schema: 2, position: '' });
      expect(await store.moveTo('g1', '43')).toBe(false);
      expect(await store.state()).toEqual({ generation: 'g2', schema: 2, position: '' });
    });

    test('is empty after a reset', async () => {
      await store.save([document('a', 1, 1), document('b', 1, 1)]);
      await store.reset({ generation: 'g2', schema: 1, position: '' });
      expect(await store.load(['a', 'b'])).toEqual([]);
    });

    test('has it all when it is opened again', async () => {
      await store.save([document('a', 1, 1)]);
      await store.save([document('a', 2, 2)]);
      await store.moveTo('g1', '7');
      const again = await under.reopen();
      expect(await again.load(['a'])).toEqual([document('a', 2, 2)]);
      expect((await again.state())?.position).toBe('7');
    });

    test('has no state once its data is lost', async () => {
      await store.save([document('a', 1, 1)]);
      const again = await under.lose();
      expect(await again.state()).toBeUndefined();
      expect(await again.load(['a'])).toEqual([]);
    });

    test('opens as often as it is asked to', async () => {
      await store.save([document('a', 1, 1)]);
      await store.open();
      expect(await store.load(['a'])).toHaveLength(1);
    });
  });
}
