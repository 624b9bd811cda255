import { describe, expect, test } from '@jest/globals';
import { rememberedAnswers } from '#runtime/answers.ts';
import { ManualClock } from '#test/fakes/manual-clock.ts';
import { JournalData } from '#test/fakes/memory-journal.ts';
import {
  otherTallyProtocol,
  type TallyState,
  tallyActor,
  tallyProtocol,
  unknownProtocol,
} from '#test/fakes/tally-actor.ts';
import { add, read, startedNode, TestJournal, until } from '#test/runtime-kit.ts';

const total = (version: number, sum: number) => ({ ok: true, version, reply: { type: 'Total', total: sum } });
const refused = (code: string) => ({ ok: false, rejection: { code, message: expect.stringMatching(/\S/) } });

describe('ask', () => {
  test('a command changes the actor, a query reads it, a refusal is a value', async () => {
    const { runtime, journal } = await startedNode([tallyActor()]);
    expect(await runtime.ask(tallyProtocol, 'a', add(2))).toEqual(total(1, 2));
    expect(await runtime.ask(tallyProtocol, 'a', read)).toEqual(total(1, 2));
    expect(await runtime.ask(tallyProtocol, 'a', add(-1))).toEqual(refused('AMOUNT_NEGATIVE'));
    expect(journal.appends).toHaveLength(1);
  });

  test.each(['', 'a b', 'a/b', 'é', 'a\n', 'x'.repeat(201)])('refuses the id %j', async (id) => {
    const { runtime } = await startedNode([tallyActor()]);
    expect(await runtime.ask(tallyProtocol, id, read)).toEqual(refused('ACTOR_ID_INVALID'));
    expect(runtime.activations()).toEqual([]);
  });

  test('refuses a kind that nobody hosts', async () => {
    const { runtime } = await startedNode([tallyActor()]);
    expect(await runtime.ask(unknownProtocol, 'a', read)).toEqual(refused('ACTOR_KIND_UNKNOWN'));
  });

  test('is to come again where nobody hosts a kind that is known: a node that does may be on its way', async () => {
    const { runtime } = await startedNode([tallyActor()]);
    expect(await runtime.ask(otherTallyProtocol, 'a', read)).toMatchObject({
      rejection: { code: 'NODE_UNREACHABLE', retryAfterMs: 1000 },
    });
  });

  test('is answered ASK_TIMEOUT where the answer takes too long; the command is obeyed all the same', async () => {
    const { runtime, journal, clock } = await startedNode([tallyActor()]);
    journal.hold();
    const asked = runtime.ask(tallyProtocol, 'a', add(1), { timeoutMs: 300 });
    await clock.advance(300);
    expect(await asked).toEqual(refused('ASK_TIMEOUT'));
    journal.release();
    expect(await runtime.ask(tallyProtocol, 'a', read)).toEqual(total(1, 1));
  });
});

describe('tell', () => {
  test('resolves when the mailbox has the command, before it is durable', async () => {
    const { runtime, journal, clock } = await startedNode([tallyActor()]);
    journal.hold();
    await runtime.tell(tallyProtocol, 'a', add(1));
    await clock.settle();
    expect((await runtime.inspect('tally', 'a')).version).toBe(0);
    journal.release();
    await clock.settle();
    expect((await runtime.inspect('tally', 'a')).version).toBe(1);
  });

  test('throws the code of what refused it', async () => {
    const { runtime } = await startedNode([tallyActor()]);
    await expect(runtime.tell(unknownProtocol, 'a', read)).rejects.toMatchObject({ code: 'ACTOR_KIND_UNKNOWN' });
  });
});

describe('the mailbox', () => {
  test('keeps the order of what one sender sends, with one append for what waited', async () => {
    const { runtime, journal } = await startedNode([tallyActor()]);
    await runtime.ask(tallyProtocol, 'a', add(0));
    const amounts = Array.from({ length: 50 }, (_, index) => index + 1);
    await Promise.all(amounts.map((amount) => runtime.ask(tallyProtocol, 'a', add(amount))));
    expect((await runtime.inspect('tally', 'a')).state).toMatchObject({ amounts: [0, ...amounts] });
    expect(journal.appends.map((entries) => entries.length)).toEqual([1, 50]);
  });

  test('takes at most 64 commands in one append', async () => {
    const { runtime, journal } = await startedNode([tallyActor()]);
    await Promise.all(Array.from({ length: 100 }, () => runtime.ask(tallyProtocol, 'a', add(1))));
    expect(journal.appends.map((entries) => entries.length)).toEqual([64, 36]);
  });

  test('and none beyond 4 MiB, as a document of the journal has its limit', async () => {
    const { runtime, journal } = await startedNode([tallyActor({ job: async () => undefined })]);
    const keys = Array.from({ length: 8 }, (_, index) => `${index}${'k'.repeat(1_000_000)}`);
    await Promise.all(keys.map((key) => runtime.ask(tallyProtocol, 'a', { type: 'Work', job: 'job', key })));
    expect(journal.appends.map((entries) => entries.length)).toEqual([5, 3]);
  });

  test('refuses with advice what is over its limit, and takes commands again later', async () => {
    const { runtime, journal, clock } = await startedNode([tallyActor({}, { mailboxLimit: 2 })]);
    await runtime.ask(tallyProtocol, 'a', read);
    journal.hold();
    const first = runtime.ask(tallyProtocol, 'a', add(1));
    await clock.settle();
    const waiting = [runtime.ask(tallyProtocol, 'a', add(2)), runtime.ask(tallyProtocol, 'a', add(3))];
    expect(await runtime.ask(tallyProtocol, 'a', add(4))).toEqual({
      ok: false,
      rejection: { code: 'MAILBOX_FULL', message: expect.any(String), retryAfterMs: expect.any(Number) },
    });
    await expect(runtime.tell(tallyProtocol, 'a', add(4))).rejects.toMatchObject({ code: 'MAILBOX_FULL' });
    expect(runtime.activations()).toMatchObject([{ ref: 'tally/a', mailboxDepth: 2 }]);
    journal.release();
    expect([await first, ...(await Promise.all(waiting))]).toEqual([total(1, 1), total(2, 3), total(3, 6)]);
    expect(await runtime.ask(tallyProtocol, 'a', add(4))).toEqual(total(4, 10));
  });

  test('says how long nobody has written, also where the clock was set meanwhile', async () => {
    const { runtime, clock } = await startedNode([tallyActor()]);
    await runtime.ask(tallyProtocol, 'a', read);
    clock.step(60_000);
    await clock.advance(1500);
    expect(runtime.activations()).toMatchObject([{ ref: 'tally/a', idleMs: 1500 }]);
  });

  test('holds back nobody else', async () => {
    const { runtime, journal, clock } = await startedNode([tallyActor()]);
    await runtime.ask(tallyProtocol, 'b', add(1));
    journal.hold();
    const held = runtime.ask(tallyProtocol, 'a', add(1));
    await clock.settle();
    expect(await runtime.ask(tallyProtocol, 'b', read)).toEqual(total(1, 1));
    journal.release();
    await held;
  });
});

describe('the reply', () => {
  test('comes after the commit, also for a query that read what was not durable yet', async () => {
    const { runtime, journal, clock } = await startedNode([tallyActor()]);
    await runtime.ask(tallyProtocol, 'a', add(1));
    journal.hold();
    const answers: unknown[] = [];
    for (const command of [read, add(2), read]) {
      void runtime.ask(tallyProtocol, 'a', command).then((answered) => answers.push(answered));
    }
    await clock.settle();
    expect(answers).toEqual([total(1, 1)]);
    expect((await runtime.inspect('tally', 'a')).state).toMatchObject({ total: 1 });
    journal.release();
    await clock.settle();
    expect(answers).toEqual([total(1, 1), total(2, 3), total(2, 3)]);
  });
});

describe('a command sent twice', () => {
  const once = { commandId: 'c-1' };

  test('has its effect once and gets the same answer', async () => {
    const { runtime } = await startedNode([tallyActor()]);
    const [first, second] = await Promise.all([
      runtime.ask(tallyProtocol, 'a', add(1), once),
      runtime.ask(tallyProtocol, 'a', add(1), once),
    ]);
    await runtime.ask(tallyProtocol, 'a', add(5));
    expect(first).toEqual(total(1, 1));
    expect(second).toEqual(first);
    expect(await runtime.ask(tallyProtocol, 'a', add(1), once)).toEqual(first);
    expect(await runtime.ask(tallyProtocol, 'a', read)).toEqual(total(2, 6));
  });

  test.each([
    ['from its commits', 1000],
    ['from a snapshot', 1],
  ])('also after the actor was loaded again %s', async (_name, everyCommits) => {
    const data = new JournalData();
    const actor = tallyActor({}, { snapshots: { everyCommits, schema: 1 } });
    const before = await startedNode([actor], { journal: new TestJournal(data) });
    const first = await before.runtime.ask(tallyProtocol, 'a', add(1), once);
    await before.runtime.stop({ graceMs: 0 });
    expect(data.snapshots.size).toBe(everyCommits === 1 ? 1 : 0);
    const { runtime } = await startedNode([actor], { journal: new TestJournal(data) });
    expect(await runtime.ask(tallyProtocol, 'a', add(1), once)).toEqual(first);
    expect(await runtime.ask(tallyProtocol, 'a', read)).toEqual(total(1, 1));
  });

  test('is forgotten after so many others', async () => {
    const { runtime } = await startedNode([tallyActor({}, { mailboxLimit: 1000 })]);
    await runtime.ask(tallyProtocol, 'a', add(1), once);
    const others = Array.from({ length: rememberedAnswers }, (_, index) => `other-${index}`);
    await Promise.all(others.map((commandId) => runtime.ask(tallyProtocol, 'a', add(0), { commandId })));
    expect(await runtime.ask(tallyProtocol, 'a', add(1), once)).toMatchObject({ reply: { total: 2 } });
  });
});

describe('stop', () => {
  test('lets what is under way end, and refuses what comes from outside', async () => {
    const { runtime, journal, clock } = await startedNode([tallyActor()]);
    journal.hold();
    const asked = runtime.ask(tallyProtocol, 'a', add(1));
    await clock.settle();
    const stopped = runtime.stop({ graceMs: 5000 });
    expect(await runtime.ask(tallyProtocol, 'a', read)).toEqual({
      ok: false,
      rejection: { code: 'NODE_STOPPING', message: expect.any(String), retryAfterMs: expect.any(Number) },
    });
    journal.release();
    expect(await asked).toEqual(total(1, 1));
    await clock.settle();
    await stopped;
    expect(runtime.activations()).toEqual([]);
    expect(clock.waiting).toBe(0);
  });

  test('waits for executors, and for what they have to say', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const job = async () => {
      await promise;
      return { type: 'Finish' } as const;
    };
    const { runtime, journal, clock } = await startedNode([tallyActor({ job })]);
    await runtime.ask(tallyProtocol, 'a', { type: 'Work', job: 'job', key: 'k' });
    const stopped = runtime.stop({ graceMs: 5000 });
    await clock.settle();
    resolve();
    await stopped;
    expect(await journal.wakefulStreams()).toEqual([]);
  });

  test('waits no longer than it was told', async () => {
    const { runtime, journal, clock } = await startedNode([tallyActor()]);
    journal.hold();
    const asked = runtime.ask(tallyProtocol, 'a', add(1));
    await clock.settle();
    const stopped = runtime.stop({ graceMs: 1000 });
    await clock.advance(1000);
    await stopped;
    expect(await asked).toMatchObject({ rejection: { code: 'NODE_STOPPING' } });
  });
});

describe('inspect', () => {
  test('rebuilds an actor from the journal without waking it', async () => {
    const data = new JournalData();
    const before = await startedNode([tallyActor()], { journal: new TestJournal(data) });
    await before.runtime.ask(tallyProtocol, 'a', add(7));
    expect(await before.runtime.inspect('tally', 'a')).toMatchObject({ active: true, version: 1 });
    const { runtime } = await startedNode([tallyActor()], { journal: new TestJournal(data), clock: new ManualClock() });
    const state: TallyState = { total: 7, amounts: [7], jobs: [] };
    expect(await runtime.inspect('tally', 'a')).toEqual({
      ref: 'tally/a',
      state,
      version: 1,
      mailboxDepth: 0,
      active: false,
    });
    expect(runtime.activations()).toEqual([]);
    await expect(runtime.inspect('other-tally', 'a')).rejects.toMatchObject({ code: 'ACTOR_KIND_UNKNOWN' });
  });
});

describe('passivation', () => {
  test('an idle actor leaves memory and is loaded again by its next command', async () => {
    const { runtime, clock } = await startedNode([tallyActor({}, { passivateAfterMs: 10_000 })]);
    await runtime.ask(tallyProtocol, 'a', add(1));
    await clock.advance(9999);
    await runtime.ask(tallyProtocol, 'b', add(1));
    expect(runtime.activations().map(({ ref }) => ref)).toEqual(['tally/a', 'tally/b']);
    await clock.advance(5001);
    expect(runtime.activations().map(({ ref }) => ref)).toEqual(['tally/b']);
    expect(await runtime.ask(tallyProtocol, 'a', add(1))).toEqual(total(2, 2));
  });

  test('one with work outstanding stays', async () => {
    const { promise, resolve } = Promise.withResolvers<{ type: 'Finish' }>();
    const { runtime, clock } = await startedNode([tallyActor({ job: () => promise })]);
    await runtime.ask(tallyProtocol, 'a', { type: 'Work', job: 'job', key: 'k' });
    await clock.advance(100_000);
    expect(runtime.activations()).toHaveLength(1);
    resolve({ type: 'Finish' });
    await clock.advance(20_000);
    await until(clock, () => runtime.activations().length === 0);
  });
});
