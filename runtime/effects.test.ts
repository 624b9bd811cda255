import { describe, expect, test } from '@jest/globals';
import { FatalError, RetryableError } from '#ports/errors.ts';
import { deadLettersProtocol } from '#proto/generated/dead-letters.ts';
import type { Executor } from '#runtime/actor.ts';
import { replay } from '#runtime/history.ts';
import { type TallyCommand, tallyActor, tallyProtocol, unknownProtocol } from '#test/fakes/tally-actor.ts';
import { add, read, startedNode } from '#test/runtime-kit.ts';

const pass = (to: string, amount: number, key: string) => ({ type: 'Pass', to, amount, key }) as const;
const work = (key: string) => ({ type: 'Work', job: 'job', key }) as const;

describe('tell', () => {
  test('reaches the other actor after the commit, with its sender and its cause', async () => {
    const { runtime, journal, clock } = await startedNode([tallyActor()]);
    journal.hold();
    void runtime.ask(tallyProtocol, 'a', pass('b', 3, 'p'), { correlationId: 'cause-1' });
    await clock.settle();
    expect(runtime.activations().map(({ ref }) => ref)).toEqual(['tally/a']);
    journal.release();
    await clock.settle();
    const { commits } = await replay(tallyActor(), journal, 'b');
    expect(commits).toMatchObject([
      {
        commandId: 'tally/a:p',
        sender: 'tally/a',
        correlationId: 'cause-1',
        causationId: 'tally/a@1',
        events: [{ type: 'Added', amount: 3, sender: 'tally/a', correlationId: 'cause-1' }],
      },
    ]);
  });

  test('has its effect once under one key', async () => {
    const { runtime, clock } = await startedNode([tallyActor()]);
    await runtime.ask(tallyProtocol, 'a', pass('b', 3, 'p'));
    await runtime.ask(tallyProtocol, 'a', pass('b', 3, 'p'));
    await clock.settle();
    expect(await runtime.ask(tallyProtocol, 'b', read)).toMatchObject({ reply: { total: 3 } });
  });

  test('waits while the mailbox is full, and what follows keeps its place', async () => {
    const { runtime, journal, clock } = await startedNode([tallyActor({}, { mailboxLimit: 1 })]);
    await runtime.ask(tallyProtocol, 'a', read);
    await runtime.ask(tallyProtocol, 'b', read);
    const { append } = journal;
    const gate = Promise.withResolvers<void>();
    journal.append = async (entries) => {
      if (entries[0]?.stream === 'tally/b') await gate.promise;
      return append.call(journal, entries);
    };
    void runtime.ask(tallyProtocol, 'b', add(0));
    await clock.settle();
    const amounts = [1, 2, 3, 4, 5, 6, 7, 8];
    await Promise.all(amounts.map((amount) => runtime.ask(tallyProtocol, 'a', pass('b', amount, `p-${amount}`))));
    await clock.advance(200);
    gate.resolve();
    await clock.advance(20_000);
    expect((await runtime.inspect('tally', 'b')).state).toMatchObject({ amounts: [0, ...amounts] });
  });

  test('goes to the dead letters where nobody can ever take it', async () => {
    const astray = tallyActor(
      {},
      { react: () => [{ type: 'tell', protocol: unknownProtocol, id: 'x', command: add(1), key: 'lost' }] },
    );
    const { runtime, clock } = await startedNode([astray]);
    await runtime.ask(tallyProtocol, 'a', add(1));
    await clock.settle();
    expect(await runtime.ask(deadLettersProtocol, 'node-1', { type: 'ListLetters' })).toMatchObject({
      reply: {
        letters: [
          { code: 'ACTOR_KIND_UNKNOWN', attempts: 1, envelope: { commandId: 'tally/a:lost', toKind: 'unknown-tally' } },
        ],
      },
    });
  });

  test('goes to the dead letters after a day, and what waited behind it goes on', async () => {
    const { runtime, journal, clock } = await startedNode([tallyActor({}, { mailboxLimit: 1 })]);
    await runtime.ask(tallyProtocol, 'a', read);
    const { append } = journal;
    const gate = Promise.withResolvers<void>();
    journal.append = async (entries) => {
      if (entries[0]?.stream === 'tally/b') await gate.promise;
      return append.call(journal, entries);
    };
    for (let filling = 0; filling < 2; filling += 1) {
      void runtime.ask(tallyProtocol, 'b', add(0));
      await clock.settle();
    }
    await runtime.ask(tallyProtocol, 'a', pass('b', 1, 'lost'));
    await clock.advance(10_000);
    clock.jump(24 * 3_600_000);
    await runtime.ask(tallyProtocol, 'a', pass('b', 2, 'late'));
    await clock.advance(10_000);
    gate.resolve();
    await clock.advance(10_000);
    expect(await runtime.ask(deadLettersProtocol, 'node-1', { type: 'ListLetters' })).toMatchObject({
      reply: { letters: [{ code: 'MAILBOX_FULL', envelope: { commandId: 'tally/a:lost' } }] },
    });
    expect((await runtime.inspect('tally', 'b')).state).toMatchObject({ amounts: [0, 0, 2] });
  });
});

describe('run', () => {
  test('performs the effect after the commit, and its command comes back under its key', async () => {
    const seen: unknown[] = [];
    const job: Executor<TallyCommand> = async (input, { actorId, correlationId }, key) => {
      seen.push({ input, actorId, correlationId, key });
      return add(5);
    };
    const { runtime, journal, clock } = await startedNode([tallyActor({ job })]);
    journal.hold();
    void runtime.ask(tallyProtocol, 'a', work('k'), { correlationId: 'cause-1' });
    await clock.settle();
    expect(seen).toEqual([]);
    journal.release();
    await clock.settle();
    expect(seen).toEqual([{ input: { key: 'k' }, actorId: 'a', correlationId: 'cause-1', key: 'k' }]);
    expect(await runtime.ask(tallyProtocol, 'a', read)).toMatchObject({ version: 2, reply: { total: 5 } });
  });

  test('may tell its actor several things and ask others', async () => {
    const job: Executor<TallyCommand> = async (_input, { tellSelf, ask }) => {
      const answered = await ask(tallyProtocol, 'b', add(2));
      tellSelf(add(10), 'one');
      tellSelf(add(10), 'one');
      tellSelf(add(answered.ok ? (answered.reply?.total ?? 0) : -1), 'two');
      return undefined;
    };
    const { runtime, clock } = await startedNode([tallyActor({ job })]);
    await runtime.ask(tallyProtocol, 'a', work('k'));
    await clock.settle();
    expect(await runtime.ask(tallyProtocol, 'a', read)).toMatchObject({ reply: { total: 12 } });
    expect((await runtime.inspect('tally', 'b')).version).toBe(1);
  });

  test('is tried again with growing waits while the outside fails', async () => {
    let failures = 3;
    const triedAt: number[] = [];
    const { runtime, clock } = await startedNode([
      tallyActor({
        job: async () => {
          triedAt.push(clock.now());
          if (failures-- > 0) throw new RetryableError('MEDIA_UNAVAILABLE', 'The media is away.');
          return { type: 'Finish' };
        },
      }),
    ]);
    const startMs = clock.now();
    await runtime.ask(tallyProtocol, 'a', work('k'));
    await clock.advance(5000);
    expect(triedAt.map((atMs) => atMs - startMs)).toEqual([0, 100, 300, 700]);
    expect((await runtime.inspect('tally', 'a')).state).toMatchObject({ jobs: [] });
  });

  test.each([
    ['a full disk', new RetryableError('DISK_FULL', 'There is no room.')],
    ['a store that is damaged', new FatalError('STORE_UNAVAILABLE', 'The list is damaged.')],
    ['a wrong key', new FatalError('VAULT_KEY_WRONG', 'The vault has another secret.')],
  ])('tells the process of %s, and does not try again', async (_name, error) => {
    let tries = 0;
    const job = () => {
      tries += 1;
      return Promise.reject(error);
    };
    const { runtime, clock } = await startedNode([tallyActor({ job })]);
    const heard: unknown[] = [];
    runtime.onFatal((fatal) => heard.push(fatal));
    await runtime.ask(tallyProtocol, 'a', work('k'));
    await clock.advance(60_000);
    expect(heard).toEqual([error]);
    expect(tries).toBe(1);
  });

  test('waits for a store that will be back', async () => {
    let away = true;
    const job = async (): Promise<TallyCommand> => {
      if (away) throw new RetryableError('STORE_UNAVAILABLE', 'Another program has locked the list.');
      return { type: 'Finish' };
    };
    const { runtime, clock } = await startedNode([tallyActor({ job })]);
    const heard: unknown[] = [];
    runtime.onFatal((fatal) => heard.push(fatal));
    await runtime.ask(tallyProtocol, 'a', work('k'));
    await clock.settle();
    away = false;
    await clock.advance(1000);
    expect(heard).toEqual([]);
    expect((await runtime.inspect('tally', 'a')).state).toMatchObject({ jobs: [] });
  });

  test.each([
    ['a bug', async () => Promise.reject(new TypeError('bug'))],
    ['an executor that is not there', undefined],
  ])('logs %s once and goes on', async (_name, job) => {
    const { runtime, clock, logger } = await startedNode([tallyActor(job ? { job } : {})]);
    await runtime.ask(tallyProtocol, 'a', work('k'));
    await clock.advance(60_000);
    expect(logger.lines.filter(({ level }) => level === 'error')).toMatchObject([
      { message: 'effect crashed', fields: { actor: 'tally/a', executor: 'job', key: 'k' } },
    ]);
    expect(await runtime.ask(tallyProtocol, 'a', add(1))).toMatchObject({ ok: true });
  });
});

describe('ticking', () => {
  test('goes on until it is stopped, each tick a command', async () => {
    const { runtime, clock } = await startedNode([tallyActor()]);
    await runtime.ask(tallyProtocol, 'a', { type: 'Tick', everyMs: 1000 });
    await clock.advance(3500);
    expect(await runtime.ask(tallyProtocol, 'a', read)).toMatchObject({ reply: { total: 3 } });
    await runtime.ask(tallyProtocol, 'a', { type: 'Tick', everyMs: 0 });
    await clock.advance(5000);
    expect(await runtime.ask(tallyProtocol, 'a', read)).toMatchObject({ reply: { total: 3 } });
  });

  test('does not pile up while the actor is busy', async () => {
    const { runtime, clock, journal } = await startedNode([tallyActor()]);
    await runtime.ask(tallyProtocol, 'a', { type: 'Tick', everyMs: 1000 });
    journal.hold();
    await clock.advance(10_000);
    journal.release();
    await clock.settle();
    expect(await runtime.ask(tallyProtocol, 'a', read)).toMatchObject({ reply: { total: 1 } });
  });

  test('ends when its actor leaves memory', async () => {
    const { runtime, clock } = await startedNode([tallyActor({}, { passivateAfterMs: 1000 })]);
    await runtime.ask(tallyProtocol, 'a', { type: 'Tick', everyMs: 5000 });
    await clock.advance(30_000);
    expect(await runtime.ask(tallyProtocol, 'a', read)).toMatchObject({ reply: { total: 0 } });
  });
});
