/** What every journal keeps of its port, sentence by sentence. Call it from a test file beside the adapter. */
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { codeOf } from './errors.ts';
import type { Journal, NewEntry, StoredEntry } from './journal.ts';

/** A journal to be tested, over data of its own. */
export interface JournalUnderTest {
  readonly journal: Journal;
  /** Closes the journal and opens another one over the same data. */
  reopen(): Promise<Journal>;
  /** Closes what is open and forgets the data. */
  dispose(): Promise<void>;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash('sha256').update(bytes).digest());

function entry(stream: string, version: number, more: Partial<NewEntry> = {}): NewEntry {
  const bytes = utf8(`${stream}@${version}`);
  return {
    stream,
    version,
    bytes,
    hash: sha256(bytes),
    atMs: 1_700_000_000_000 + version,
    wakeful: false,
    setTimers: [],
    clearTimers: [],
    ...more,
  };
}

function names(entries: readonly StoredEntry[]): string[] {
  return entries.map(({ stream, version }) => `${stream}@${version}`);
}

async function codeFrom(promise: Promise<unknown>): Promise<string | undefined> {
  return promise.then(
    () => 'no error',
    (error: unknown) => codeOf(error),
  );
}

/** Collects what a subscription hands over, and lets a test wait for so many entries. */
function collector() {
  const seen: StoredEntry[] = [];
  const waiting = new Set<{ count: number; done: () => void }>();
  return {
    seen,
    take(entries: readonly StoredEntry[]) {
      seen.push(...entries);
      for (const waiter of waiting) {
        if (seen.length < waiter.count) continue;
        waiting.delete(waiter);
        waiter.done();
      }
    },
    has(count: number): Promise<void> {
      if (seen.length >= count) return Promise.resolve();
      return new Promise((done) => waiting.add({ count, done }));
    },
  };
}

const unexpected = (error: unknown): never => {
  throw error;
};

/** Describes the journal that `open` gives; each test gets a fresh one. */
export function journalContract(name: string, open: () => Promise<JournalUnderTest>): void {
  describe(`${name} keeps the promises of a journal`, () => {
    let under: JournalUnderTest;
    let journal: Journal;

    beforeEach(async () => {
      under = await open();
      journal = under.journal;
    });
    afterEach(() => under.dispose());

    describe('append and read', () => {
      test('an empty journal has no entry, no head, no stream', async () => {
        expect(await journal.read('call/1', 0)).toEqual([]);
        expect(await journal.readAll('', 10)).toEqual([]);
        expect(await journal.head()).toBe('');
        expect(await journal.streams({ limit: 10 })).toEqual([]);
      });

      test('gives back bytes and hash as they were, also bytes that are no text and none at all', async () => {
        const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
        await journal.append([
          entry('call/1', 1, { bytes, hash: sha256(bytes) }),
          entry('call/1', 2, { bytes: new Uint8Array(0) }),
        ]);
        const [first, second] = await journal.read('call/1', 0);
        expect(first).toMatchObject({ stream: 'call/1', version: 1, atMs: 1_700_000_000_001 });
        expect(hex(first?.bytes as Uint8Array)).toBe(hex(bytes));
        expect(hex(first?.hash as Uint8Array)).toBe(hex(sha256(bytes)));
        expect(second?.bytes).toHaveLength(0);
      });

      test('the caller may use its buffer again as soon as append has returned its promise', async () => {
        const bytes = utf8('as it was');
        const appended = journal.append([entry('call/1', 1, { bytes })]);
        bytes.fill(0);
        await appended;
        const [kept] = await journal.read('call/1', 0);
        expect(new TextDecoder().decode(kept?.bytes)).toBe('as it was');
      });

      test('keeps entries larger than a page and streams named in any script', async () => {
        const bytes = new Uint8Array(3_000_000).fill(7);
        await journal.append([entry('call/电话-é-🙂', 1, { bytes, hash: sha256(bytes) })]);
        const [kept] = await journal.read('call/电话-é-🙂', 0);
        expect(hex(sha256(kept?.bytes as Uint8Array))).toBe(hex(sha256(bytes)));
        expect(await journal.streams({ kind: 'call', limit: 10 })).toEqual(['call/电话-é-🙂']);
      });

      test('to append nothing is no error and writes nothing', async () => {
        await journal.append([]);
        expect(await journal.head()).toBe('');
      });

      test('reads one stream only, in order, after a version, at most the limit', async () => {
        await journal.append([entry('call/1', 1), entry('call/1', 2)]);
        await journal.append([entry('call/10', 1)]);
        await journal.append([entry('call/1', 3), entry('call/1', 4)]);
        expect(names(await journal.read('call/1', 0))).toEqual(['call/1@1', 'call/1@2', 'call/1@3', 'call/1@4']);
        expect(names(await journal.read('call/1', 2))).toEqual(['call/1@3', 'call/1@4']);
        expect(names(await journal.read('call/1', 1, 2))).toEqual(['call/1@2', 'call/1@3']);
        // The first of two that were appended at once, the second, and the one after the end.
        expect(names(await journal.read('call/1', 2, 1))).toEqual(['call/1@3']);
        expect(names(await journal.read('call/1', 3, 1))).toEqual(['call/1@4']);
        expect(await journal.read('call/1', 4, 1)).toEqual([]);
        expect(await journal.read('call/1', 4)).toEqual([]);
        expect(await journal.read('call/2', 0)).toEqual([]);
      });

      test('what was appended is there after it was opened again', async () => {
        await journal.append([entry('call/1', 1), entry('call/1', 2)]);
        await journal.append([entry('call/2', 1)]);
        const before = await journal.readAll('', 10);
        const again = await under.reopen();
        const after = await again.readAll('', 10);
        expect(names(after)).toEqual(['call/1@1', 'call/1@2', 'call/2@1']);
        expect(after.map(({ position }) => position)).toEqual(before.map(({ position }) => position));
        await again.append([entry('call/1', 3)]);
        expect(names(await again.read('call/1', 2))).toEqual(['call/1@3']);
      });
    });

    describe('one writer a stream', () => {
      test('a version that is taken is a VERSION_CONFLICT, and the first writer stands', async () => {
        await journal.append([entry('call/1', 1, { bytes: utf8('first') })]);
        expect(await codeFrom(journal.append([entry('call/1', 1, { bytes: utf8('second') })]))).toBe(
          'VERSION_CONFLICT',
        );
        const kept = await journal.read('call/1', 0);
        expect(kept.map(({ bytes }) => new TextDecoder().decode(bytes))).toEqual(['first']);
      });

      test('a conflict is noticed after it was opened again', async () => {
        await journal.append([entry('call/1', 1)]);
        const again = await under.reopen();
        expect(await codeFrom(again.append([entry('call/1', 1)]))).toBe('VERSION_CONFLICT');
      });

      test('a gap is refused: at the beginning, after the head, and within the call', async () => {
        expect(await codeFrom(journal.append([entry('call/1', 2)]))).toBe('VERSION_CONFLICT');
        await journal.append([entry('call/1', 1)]);
        expect(await codeFrom(journal.append([entry('call/1', 3)]))).toBe('VERSION_CONFLICT');
        expect(await codeFrom(journal.append([entry('call/1', 2), entry('call/1', 4)]))).toBe('VERSION_CONFLICT');
        expect(names(await journal.readAll('', 10))).toEqual(['call/1@1']);
      });

      test('a call that names two streams is refused whole', async () => {
        await expect(journal.append([entry('call/1', 1), entry('call/2', 2)])).rejects.toThrow();
        expect(await journal.head()).toBe('');
      });

      test('of a call all is written or nothing: entries, wakefulness, timers', async () => {
        await journal.append([entry('call/1', 1, { setTimers: [{ key: 'ring', atMs: 50, command: utf8('r') }] })]);
        const conflicting = [
          entry('call/1', 2, {
            wakeful: true,
            setTimers: [{ key: 'talk', atMs: 10, command: utf8('t') }],
            clearTimers: ['ring'],
          }),
          entry('call/1', 2),
        ];
        expect(await codeFrom(journal.append(conflicting))).toBe('VERSION_CONFLICT');
        expect(names(await journal.readAll('', 10))).toEqual(['call/1@1']);
        expect(await journal.wakefulStreams()).toEqual([]);
        expect((await journal.dueTimers(100, 10)).map(({ key }) => key)).toEqual(['ring']);
        await journal.append([entry('call/1', 2)]);
      });

      test('of calls in flight at once only the one that conflicts fails', async () => {
        await journal.append([entry('call/50', 1)]);
        const codes = await Promise.all(
          Array.from({ length: 100 }, (_, index) => codeFrom(journal.append([entry(`call/${index}`, 1)]))),
        );
        expect(codes.filter((code) => code === 'no error')).toHaveLength(99);
        expect(codes[50]).toBe('VERSION_CONFLICT');
        expect(await journal.readAll('', 1000)).toHaveLength(100);
      });

      test('of two calls in flight for one version one wins', async () => {
        const codes = await Promise.all([
          codeFrom(journal.append([entry('call/1', 1)])),
          codeFrom(journal.append([entry('call/1', 1)])),
        ]);
        expect(codes.toSorted()).toEqual(['VERSION_CONFLICT', 'no error']);
      });

      test('calls of one stream in flight at once are taken in the order they were made', async () => {
        await Promise.all([1, 2, 3, 4, 5].map((version) => journal.append([entry('call/1', version)])));
        expect((await journal.read('call/1', 0)).map(({ version }) => version)).toEqual([1, 2, 3, 4, 5]);
      });
    });

    describe('the one order', () => {
      test('readAll goes through all streams page by page and then gives nothing', async () => {
        for (let version = 1; version <= 3; version += 1) {
          await journal.append([entry('call/1', version)]);
          await journal.append([entry('agent/1', version)]);
        }
        const seen: StoredEntry[] = [];
        for (let page = await journal.readAll('', 4); page.length > 0; page = await journal.readAll(position(), 4)) {
          expect(page.length).toBeLessThanOrEqual(4);
          seen.push(...page);
        }
        expect(names(seen)).toEqual(['call/1@1', 'agent/1@1', 'call/1@2', 'agent/1@2', 'call/1@3', 'agent/1@3']);
        expect(new Set(seen.map((each) => each.position)).size).toBe(6);
        expect(await journal.head()).toBe(position());

        function position(): string {
          return seen.at(-1)?.position ?? '';
        }
      });

      test('readAll gives each entry with all that read gives', async () => {
        await journal.append([entry('call/1', 1)]);
        expect(await journal.readAll('', 1)).toEqual(await journal.read('call/1', 0));
      });

      test('tells whether a reader has come as far as the journal reached at a time', async () => {
        expect(await journal.hasReached('', await journal.head())).toBe(true);
        await journal.append([entry('call/1', 1), entry('call/1', 2)]);
        const mark = await journal.head();
        await journal.append([entry('call/2', 1)]);
        const positions = (await journal.readAll('', 10)).map(({ position }) => position);
        const reached = (from: Journal) => Promise.all(['', ...positions].map((each) => from.hasReached(each, mark)));
        expect(await reached(journal)).toEqual([false, false, true, true]);
        expect(await journal.hasReached(mark, await journal.head())).toBe(false);
        const again = await under.reopen();
        expect(await reached(again)).toEqual([false, false, true, true]);
        expect(await again.hasReached(positions.at(-1) ?? '', await again.head())).toBe(true);
      });

      test('every entry belongs to a stream', async () => {
        await journal.append([entry('call/1', 1), entry('call/1', 2)]);
        await journal.append([entry('call/2', 1)]);
        expect(await journal.strays(10)).toEqual([]);
      });

      test('a call whose append resolved before another began stands before it', async () => {
        await Promise.all(Array.from({ length: 20 }, (_, index) => journal.append([entry(`early/${index}`, 1)])));
        await Promise.all(Array.from({ length: 20 }, (_, index) => journal.append([entry(`late/${index}`, 1)])));
        const kinds = (await journal.readAll('', 100)).map(({ stream }) => stream.split('/')[0]);
        expect(kinds).toEqual([...Array(20).fill('early'), ...Array(20).fill('late')]);
      });

      test('names streams in order, of a kind or of all, after one, at most the limit', async () => {
        for (const stream of ['call/b', 'call/a', 'caller/a', 'call/c', 'agent/a', 'call']) {
          await journal.append([entry(stream, 1)]);
        }
        await journal.append([entry('call/a', 2)]);
        expect(await journal.streams({ kind: 'call', limit: 10 })).toEqual(['call/a', 'call/b', 'call/c']);
        expect(await journal.streams({ kind: 'call', limit: 2 })).toEqual(['call/a', 'call/b']);
        expect(await journal.streams({ kind: 'call', after: 'call/b', limit: 10 })).toEqual(['call/c']);
        expect(await journal.streams({ kind: 'trunk', limit: 10 })).toEqual([]);
        expect(await journal.streams({ limit: 3 })).toEqual(['agent/a', 'call', 'call/a']);
        expect(await journal.streams({ after: 'call/b', limit: 10 })).toEqual(['call/c', 'caller/a']);
      });
    });

    describe('subscription', () => {
      test('hands over what is there and what comes, in order, none missing and none twice', async () => {
        await Promise.all(Array.from({ length: 700 }, (_, index) => journal.append([entry(`old/${index}`, 1)])));
        const { seen, take, has } = collector();
        const subscription = journal.subscribe('', take, unexpected);
        for (let round = 0; round < 20; round += 1) {
          await Promise.all(
            Array.from({ length: 30 }, (_, index) => journal.append([entry(`new/${round}-${index}`, 1)])),
          );
        }
        await has(1300);
        await subscription.stop();
        expect(names(seen)).toEqual(names(await journal.readAll('', 5000)));
      });

      test('begins after the position that it was given', async () => {
        await journal.append([entry('call/1', 1)]);
        const head = await journal.head();
        await journal.append([entry('call/1', 2)]);
        const { seen, take, has } = collector();
        const subscription = journal.subscribe(head, take, unexpected);
        await has(1);
        await journal.append([entry('call/1', 3)]);
        await has(2);
        await subscription.stop();
        expect(names(seen)).toEqual(['call/1@2', 'call/1@3']);
      });

      test('waits for its handler before it hands over the next batch', async () => {
        const { seen, take, has } = collector();
        let running = 0;
        let most = 0;
        const subscription = journal.subscribe(
          '',
          async (entries) => {
            running += 1;
            most = Math.max(most, running);
            await journal.head();
            running -= 1;
            take(entries);
          },
          unexpected,
        );
        for (let version = 1; version <= 20; version += 1) await journal.append([entry('call/1', version)]);
        await has(20);
        await subscription.stop();
        expect(most).toBe(1);
        expect(seen.map(({ version }) => version)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
      });

      test('lets the loop turn between two batches, so that a long journal holds up no socket', async () => {
        await Promise.all(Array.from({ length: 2000 }, (_, index) => journal.append([entry(`old/${index}`, 1)])));
        const { seen, take, has } = collector();
        let turns = 0;
        let turning = true;
        const turn = () => {
          turns += 1;
          if (turning) setImmediate(turn);
        };
        setImmediate(turn);
        const turnsAt: number[] = [];
        const subscription = journal.subscribe(
          '',
          (entries) => {
            turnsAt.push(turns);
            take(entries);
          },
          unexpected,
        );
        await has(2000);
        turning = false;
        await subscription.stop();
        expect(seen).toHaveLength(2000);
        expect(turnsAt.length).toBeGreaterThan(1);
        expect(new Set(turnsAt).size).toBe(turnsAt.length);
      });

      test('stop waits for the handler that runs, and none runs after it', async () => {
        const entered = Promise.withResolvers<void>();
        const gate = Promise.withResolvers<void>();
        let calls = 0;
        const subscription = journal.subscribe(
          '',
          async () => {
            calls += 1;
            entered.resolve();
            await gate.promise;
          },
          unexpected,
        );
        await journal.append([entry('call/1', 1)]);
        await entered.promise;
        let stopped = false;
        const stopping = subscription.stop().then(() => {
          stopped = true;
        });
        await journal.append([entry('call/1', 2)]);
        expect(stopped).toBe(false);
        gate.resolve();
        await stopping;
        await journal.append([entry('call/1', 3)]);
        expect(calls).toBe(1);
      });

      test('a handler that throws ends its own subscription, tells why, and disturbs no other', async () => {
        const failed = Promise.withResolvers<unknown>();
        const { take, has } = collector();
        let calls = 0;
        const broken = journal.subscribe(
          '',
          () => {
            calls += 1;
            throw new Error('no room');
          },
          failed.resolve,
        );
        const sound = journal.subscribe('', take, unexpected);
        await journal.append([entry('call/1', 1)]);
        expect(await failed.promise).toMatchObject({ message: 'no room' });
        await journal.append([entry('call/1', 2)]);
        await has(2);
        expect(calls).toBe(1);
        await broken.stop();
        await sound.stop();
      });
    });

    describe('snapshots', () => {
      const snapshot = (version: number) => ({ version, schema: 1, bytes: utf8(`state ${version}`) });

      test('a stream without one has none', async () => {
        expect(await journal.loadSnapshot('call/1')).toBeUndefined();
      });

      test('keeps the newest of each stream, ignores an older one, survives', async () => {
        await journal.saveSnapshot('call/1', snapshot(10));
        await journal.saveSnapshot('call/2', { ...snapshot(5), schema: 3 });
        await journal.saveSnapshot('call/1', snapshot(20));
        await journal.saveSnapshot('call/1', snapshot(15));
        const again = await under.reopen();
        const kept = await again.loadSnapshot('call/1');
        expect(kept).toMatchObject({ version: 20, schema: 1 });
        expect(new TextDecoder().decode(kept?.bytes)).toBe('state 20');
        expect(await again.loadSnapshot('call/2')).toMatchObject({ version: 5, schema: 3 });
      });

      test('the same version with a new schema takes the place of the old one', async () => {
        await journal.saveSnapshot('call/1', snapshot(10));
        await journal.saveSnapshot('call/1', { ...snapshot(10), schema: 2 });
        expect(await journal.loadSnapshot('call/1')).toMatchObject({ version: 10, schema: 2 });
      });
    });

    describe('wakeful streams', () => {
      test('are those whose last commit left work outstanding, also after it was opened again', async () => {
        await journal.append([entry('call/1', 1, { wakeful: true })]);
        await journal.append([entry('call/2', 1, { wakeful: true }), entry('call/2', 2)]);
        await journal.append([entry('call/3', 1), entry('call/3', 2, { wakeful: true })]);
        await journal.append([entry('call/4', 1, { wakeful: true })]);
        await journal.append([entry('call/4', 2)]);
        expect((await journal.wakefulStreams()).toSorted()).toEqual(['call/1', 'call/3']);
        expect(await journal.wakefulStreams((stream) => stream !== 'call/1')).toEqual(['call/3']);
        expect(await journal.wakefulStreams(undefined, { loosely: true })).toEqual(
          expect.arrayContaining(['call/1', 'call/3']),
        );
        const one = await journal.wakefulStreams((stream) => stream === 'call/3', { loosely: true });
        expect(one).toEqual(['call/3']);
        const again = await under.reopen();
        expect((await again.wakefulStreams()).toSorted()).toEqual(['call/1', 'call/3']);
        await again.append([entry('call/1', 2)]);
        expect(await again.wakefulStreams()).toEqual(['call/3']);
      });
    });

    describe('timers', () => {
      const timer = (key: string, atMs: number) => ({ key, atMs, command: utf8(`${key} at ${atMs}`) });
      const due = async (atMs: number, limit = 10, from = journal) =>
        (await from.dueTimers(atMs, limit)).map((each) => `${each.stream} ${each.key} ${each.atMs}`);

      test('none is set at first', async () => {
        expect(await journal.nextTimerAtMs()).toBeUndefined();
        expect(await journal.dueTimers(Number.MAX_SAFE_INTEGER, 10)).toEqual([]);
      });

      test('are due at their time, the oldest first, at most the limit, with their command', async () => {
        await journal.append([entry('call/1', 1, { setTimers: [timer('talk', 300), timer('ring', 100)] })]);
        await journal.append([entry('call/2', 1, { setTimers: [timer('ring', 200)] })]);
        expect(await journal.nextTimerAtMs()).toBe(100);
        expect(await journal.dueTimers(99, 10)).toEqual([]);
        expect(await due(200)).toEqual(['call/1 ring 100', 'call/2 ring 200']);
        expect(await due(1000, 2)).toEqual(['call/1 ring 100', 'call/2 ring 200']);
        const [first] = await journal.dueTimers(100, 1);
        expect(new TextDecoder().decode(first?.command)).toBe('ring at 100');
      });

      test('to set a key again moves its timer, within a call as well', async () => {
        await journal.append([entry('call/1', 1, { setTimers: [timer('ring', 100)] })]);
        await journal.append([
          entry('call/1', 2, { setTimers: [timer('ring', 500)] }),
          entry('call/1', 3, { setTimers: [timer('ring', 700)] }),
        ]);
        expect(await due(1000)).toEqual(['call/1 ring 700']);
        const [moved] = await journal.dueTimers(1000, 1);
        expect(new TextDecoder().decode(moved?.command)).toBe('ring at 700');
      });

      test('one at a broken time is refused with its call, and disturbs no other call in flight', async () => {
        const half = journal.append([entry('call/2', 1, { setTimers: [timer('ring', 100.5)] })]);
        const sound = [journal.append([entry('call/1', 1)]), journal.append([entry('call/3', 1)])];
        await expect(half).rejects.toThrow('whole');
        await Promise.all(sound);
        expect(names(await journal.readAll('', 10))).toEqual(['call/1@1', 'call/3@1']);
      });

      test('are cleared by key, of their own stream only', async () => {
        await journal.append([entry('call/1', 1, { setTimers: [timer('ring', 100), timer('talk', 200)] })]);
        await journal.append([entry('call/2', 1, { setTimers: [timer('ring', 300)] })]);
        await journal.append([entry('call/1', 2, { clearTimers: ['ring', 'never-set'] })]);
        expect(await due(1000)).toEqual(['call/1 talk 200', 'call/2 ring 300']);
      });

      test('one that a commit both clears and sets is set', async () => {
        await journal.append([entry('call/1', 1, { setTimers: [timer('ring', 100)] })]);
        await journal.append([entry('call/1', 2, { clearTimers: ['ring'], setTimers: [timer('ring', 400)] })]);
        expect(await due(1000)).toEqual(['call/1 ring 400']);
      });

      test('one that has fired is settled, unless it was set to another time since', async () => {
        await journal.append([entry('call/1', 1, { setTimers: [timer('ring', 100)] })]);
        await journal.append([entry('call/1', 2, { setTimers: [timer('ring', 400)] })]);
        await journal.settleTimer('call/1', 'ring', 100);
        expect(await due(1000)).toEqual(['call/1 ring 400']);
        await journal.settleTimer('call/1', 'ring', 400);
        await journal.settleTimer('call/1', 'ring', 400);
        expect(await due(1000)).toEqual([]);
        expect(await journal.nextTimerAtMs()).toBeUndefined();
      });

      test('are there after it was opened again', async () => {
        await journal.append([entry('call/1', 1, { setTimers: [timer('ring', 100), timer('talk', 200)] })]);
        await journal.settleTimer('call/1', 'ring', 100);
        const again = await under.reopen();
        expect(await due(1000, 10, again)).toEqual(['call/1 talk 200']);
        expect(await again.nextTimerAtMs()).toBe(200);
      });
    });

    describe('close', () => {
      test('waits for what is in flight', async () => {
        const appends = Array.from({ length: 50 }, (_, index) => journal.append([entry(`call/${index}`, 1)]));
        await journal.close();
        await Promise.all(appends);
        const again = await under.reopen();
        expect(await again.readAll('', 100)).toHaveLength(50);
      });

      test('after it everything is refused with JOURNAL_CLOSED, and to close again is no error', async () => {
        await journal.close();
        await journal.close();
        const refused = await Promise.all([
          codeFrom(journal.append([entry('call/1', 1)])),
          codeFrom(journal.read('call/1', 0)),
          codeFrom(journal.readAll('', 1)),
          codeFrom(journal.head()),
          codeFrom(journal.hasReached('', '')),
          codeFrom(journal.streams({ limit: 1 })),
          codeFrom(journal.strays(1)),
          codeFrom(journal.saveSnapshot('call/1', { version: 1, schema: 1, bytes: utf8('') })),
          codeFrom(journal.loadSnapshot('call/1')),
          codeFrom(journal.wakefulStreams()),
          codeFrom(journal.dueTimers(0, 1)),
          codeFrom(journal.nextTimerAtMs()),
          codeFrom(journal.settleTimer('call/1', 'ring', 1)),
        ]);
        expect(new Set(refused)).toEqual(new Set(['JOURNAL_CLOSED']));
      });

      test('ends subscriptions without an error', async () => {
        let told: unknown = 'nothing';
        const { take, has } = collector();
        const subscription = journal.subscribe('', take, (error) => {
          told = error;
        });
        await journal.append([entry('call/1', 1)]);
        await has(1);
        await journal.close();
        await subscription.stop();
        expect(told).toBe('nothing');
      });
    });
  });
}
