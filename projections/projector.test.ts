import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { NedbAdapter } from '#adapters/moleculer-db/nedb-adapter.ts';
import type { StoredEntry } from '#ports/journal.ts';
import type { ModelDocument } from '#ports/model-store.ts';
import { callEvent } from '#proto/generated/call.ts';
import { ManualClock } from '#test/fakes/manual-clock.ts';
import { MemoryJournal } from '#test/fakes/memory-journal.ts';
import { answeredCall, bodiesOf, journalWithACampaign, Scribe } from '#test/journal-kit.ts';
import { testLogger, until } from '#test/runtime-kit.ts';
import { applyEntries } from './applying.ts';
import { calls } from './models/calls.ts';
import { contacts } from './models/contacts.ts';
import { models } from './models.ts';
import type { AnyProjection } from './projection.ts';
import { Projector } from './projector.ts';
import { rebuild } from './rebuild.ts';

/** A store that a test makes fail. */
class TestStore extends NedbAdapter {
  readonly failures: ('save' | 'moveTo' | 'state')[] = [];
  saves = 0;

  override async save(documents: readonly ModelDocument[]): Promise<boolean> {
    this.#failAt('save');
    this.saves += 1;
    return super.save(documents);
  }

  override async moveTo(generation: string, position: string): Promise<boolean> {
    this.#failAt('moveTo');
    return super.moveTo(generation, position);
  }

  override async state() {
    this.#failAt('state');
    return super.state();
  }

  #failAt(place: 'save' | 'moveTo' | 'state'): void {
    if (this.failures[0] !== place) return;
    this.failures.shift();
    throw new Error(`${place} failed`);
  }
}

let journal: MemoryJournal;
let clock: ManualClock;
let store: TestStore;
let logger: ReturnType<typeof testLogger>;
let started: Projector[];
beforeEach(async () => {
  journal = new MemoryJournal();
  clock = new ManualClock();
  store = new TestStore();
  logger = testLogger();
  started = [];
  await store.open();
});
afterEach(async () => {
  for (const projector of started) await projector.stop();
  await journal.close();
  await store.close();
});

function following(projection: AnyProjection = calls, over = store): Projector {
  const projector = new Projector({ projection, store: over, journal, clock, logger });
  started.push(projector);
  projector.start();
  return projector;
}

const caughtUp = async (projector: Projector) => {
  let lag: number | undefined;
  await until(clock, () => {
    void projector.lagMs().then((now) => {
      lag = now;
    });
    return lag === 0;
  });
};

/** What a model comes to when nothing goes wrong. */
async function expected(projection: AnyProjection): Promise<readonly object[]> {
  const undisturbed = new NedbAdapter();
  await undisturbed.open();
  await rebuild(projection, undisturbed, journal);
  return bodiesOf(undisturbed);
}

describe('a projector', () => {
  test('applies what is there and what comes', async () => {
    const scribe = new Scribe(journal);
    await scribe.write('call/c.1.1', callEvent, ...answeredCall('c', 1));
    const projector = following();
    await caughtUp(projector);
    expect(await store.findById('c.1.1')).toMatchObject({ phase: 'ended', version: 8 });
    await scribe.write('call/c.2.1', callEvent, ...answeredCall('c', 2).slice(0, 4));
    await caughtUp(projector);
    expect(await store.findById('c.2.1')).toMatchObject({ phase: 'talking', version: 4 });
    expect(projector.phase).toBe('following');
  });

  test('says how far behind it is', async () => {
    const projector = following();
    await caughtUp(projector);
    await projector.stop();
    expect(await projector.lagMs()).toBeUndefined();
    await new Scribe(journal, clock.now() - 4010).write('call/c.1.1', callEvent, ...answeredCall('c', 1));
    store.failures.push('save');
    projector.start();
    await until(clock, () => projector.phase === 'waiting');
    expect(await projector.lagMs()).toBe(4000);
  });

  test('goes on where it was, without reading all of it again', async () => {
    await journalWithACampaign(journal);
    const first = following();
    await caughtUp(first);
    await first.stop();
    const before = store.saves;
    const second = following();
    await caughtUp(second);
    expect(store.saves).toBe(before);
  });

  test('has each event’s effect once, where the documents were kept and the position was not', async () => {
    await journalWithACampaign(journal);
    for (const projection of models) {
      store = new TestStore();
      await store.open();
      store.failures.push('moveTo');
      const projector = following(projection, store);
      await until(clock, () => projector.phase === 'waiting');
      expect(await bodiesOf(store)).not.toEqual([]);
      await clock.advance(250);
      await caughtUp(projector);
      expect(await bodiesOf(store)).toEqual(await expected(projection));
    }
  });

  test('tries again with backoff while its store is away', async () => {
    await journalWithACampaign(journal, 1);
    store.failures.push('state', 'save', 'save');
    const projector = following();
    for (const delayMs of [250, 500, 1000]) {
      await until(clock, () => projector.phase === 'waiting');
      await clock.advance(delayMs - 1);
      expect(projector.phase).toBe('waiting');
      await clock.advance(1);
    }
    await caughtUp(projector);
    expect(projector.phase).toBe('following');
    expect(logger.lines.filter(({ level }) => level === 'warn')).toHaveLength(3);
  });

  test('two at once do no harm', async () => {
    await journalWithACampaign(journal);
    for (const projection of models) {
      store = new TestStore();
      await store.open();
      const [one, other] = [following(projection), following(projection)];
      await caughtUp(one);
      await caughtUp(other);
      expect(await bodiesOf(store)).toEqual(await expected(projection));
    }
  });

  test('stands still at an event that it cannot apply, and says which', async () => {
    const broken: AnyProjection = {
      ...calls,
      apply: (document, event, meta) => {
        if (event.type === 'CallAnswered') throw new Error('a bug');
        return calls.apply(document, event, meta);
      },
    };
    await new Scribe(journal).write('call/c.1.1', callEvent, ...answeredCall('c', 1));
    const projector = following(broken);
    await until(clock, () => projector.phase === 'broken');
    await clock.advance(60_000);
    expect(projector.phase).toBe('broken');
    expect(logger.lines.find(({ level }) => level === 'error')?.fields).toMatchObject({ at: 'call/c.1.1@4' });
  });

  test('reads from the journal what a document has missed', async () => {
    await new Scribe(journal).write('call/c.1.1', callEvent, ...answeredCall('c', 1));
    const entries = await journal.readAll('', 100);
    await applyEntries(calls, store, journal, entries.slice(0, 2));
    await applyEntries(calls, store, journal, entries.slice(5, 6));
    expect(await store.findById('c.1.1')).toMatchObject({ version: 6, phase: 'talking', digits: '42' });
  });

  test('fills a model of an older shape from the beginning, and leaves one of a newer shape alone', async () => {
    await journalWithACampaign(journal, 2);
    await store.reset({ generation: 'old', schema: 0, position: String(await journal.head()) });
    await store.insert({ _id: 'gone', version: 1, revision: 1 });
    const projector = following();
    await caughtUp(projector);
    expect(await bodiesOf(store)).toEqual(await expected(calls));
    await projector.stop();
    await store.reset({ generation: 'new', schema: calls.schema + 1, position: '' });
    const older = following();
    await until(clock, () => older.phase === 'waiting');
    expect(await bodiesOf(store)).toEqual([]);
  });

  test('stops and starts as fast as it is asked to', async () => {
    await journalWithACampaign(journal, 1);
    const projector = following();
    void projector.stop();
    projector.start();
    void projector.stop();
    projector.start();
    await caughtUp(projector);
    await projector.stop();
    expect(projector.phase).toBe('idle');
    expect(await bodiesOf(store)).toEqual(await expected(calls));
  });
});

describe('a rebuilt model', () => {
  test.each(models.map((projection) => [projection.name, projection] as const))(
    'of %s is as it was',
    async (_, model) => {
      await journalWithACampaign(journal);
      const projector = following(model);
      await caughtUp(projector);
      await projector.stop();
      const before = await bodiesOf(store);
      expect(await rebuild(model, store, journal)).toBeGreaterThan(0);
      expect(await bodiesOf(store)).toEqual(before);
    },
  );

  test('is whole with a projector that follows meanwhile', async () => {
    const scribe = await journalWithACampaign(journal);
    const projector = following(contacts);
    await caughtUp(projector);
    await Promise.all([rebuild(contacts, store, journal), rebuild(contacts, store, journal)]);
    await scribe.write('call/c.99.1', callEvent, ...answeredCall('c', 99));
    await caughtUp(projector);
    expect(await bodiesOf(store)).toEqual(await expected(contacts));
  });

  test('that was cut short is finished by whoever follows next', async () => {
    await journalWithACampaign(journal);
    const cut = { read: journal.read.bind(journal), readAll: cutAfter(100) };
    await expect(rebuild(calls, store, cut)).rejects.toThrow('cut');
    const projector = following();
    await caughtUp(projector);
    expect(await bodiesOf(store)).toEqual(await expected(calls));
  });
});

/** Gives so many entries, then fails. */
function cutAfter(count: number) {
  return async (after: string): Promise<readonly StoredEntry[]> => {
    if (after) throw new Error('cut');
    return journal.readAll('', count);
  };
}
