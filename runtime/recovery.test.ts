import { describe, expect, test } from '@jest/globals';
import { FatalError, RetryableError } from '#ports/errors.ts';
import type { StoredSnapshot } from '#ports/journal.ts';
import type { Executor } from '#runtime/actor.ts';
import { ManualClock } from '#test/fakes/manual-clock.ts';
import { JournalData } from '#test/fakes/memory-journal.ts';
import { type TallyCommand, type TallyState, tallyActor, tallyProtocol } from '#test/fakes/tally-actor.ts';
import { add, read, startedNode, TestJournal } from '#test/runtime-kit.ts';

const remind = (key: string, atMs: number, amount = 1) => ({ type: 'Remind', key, atMs, amount }) as const;

async function totalOf(node: Awaited<ReturnType<typeof startedNode>>, id = 'a') {
  const answered = await node.runtime.ask(tallyProtocol, id, read);
  return answered.ok ? answered.reply?.total : answered.rejection.code;
}

describe('snapshots', () => {
  test('are kept every so many commits, and only what came after is read', async () => {
    const data = new JournalData();
    const actor = tallyActor({}, { snapshots: { everyCommits: 3, schema: 1 } });
    const first = await startedNode([actor], { journal: new TestJournal(data) });
    for (let amount = 1; amount <= 7; amount += 1) await first.runtime.ask(tallyProtocol, 'a', add(amount));
    await first.runtime.stop({ graceMs: 1000 });
    expect(data.snapshots.get('tally/a')).toMatchObject({ version: 6, schema: 1 });

    const journal = new TestJournal(data);
    const reads: number[] = [];
    const readFrom = journal.read.bind(journal);
    journal.read = (stream, after, limit) => {
      reads.push(after);
      return readFrom(stream, after, limit);
    };
    const second = await startedNode([actor], { journal });
    expect(await totalOf(second)).toBe(28);
    expect(reads).toEqual([5, 6]);
    await second.runtime.ask(tallyProtocol, 'a', add(1));
    await second.runtime.ask(tallyProtocol, 'a', add(1));
    await second.clock.settle();
    expect(data.snapshots.get('tally/a')).toMatchObject({ version: 9 });
  });

  test.each([
    ['shorter', 2, ['read']],
    ['longer', 3, ['read', 'loadSnapshot']],
  ] as const)(
    'of a kind that seldom has one is not asked for where the stream is %s',
    async (_name, commits, asked) => {
      const actor = tallyActor({}, { snapshots: { everyCommits: 3, schema: 1, seldom: true } });
      const data = new JournalData();
      const { runtime, clock } = await startedNode([actor], { journal: new TestJournal(data) });
      for (let count = 0; count < commits; count += 1) await runtime.ask(tallyProtocol, 'a', add(1));
      await runtime.stop({ graceMs: 100 });
      const questions: string[] = [];
      const again = new TestJournal(data);
      const [reading, loading] = [again.read.bind(again), again.loadSnapshot.bind(again)];
      again.read = (...which) => {
        questions.push('read');
        return reading(...which);
      };
      again.loadSnapshot = (stream) => {
        questions.push('loadSnapshot');
        return loading(stream);
      };
      const node = await startedNode([actor], { journal: again, clock });
      expect(await node.runtime.ask(tallyProtocol, 'a', read)).toMatchObject({ reply: { total: commits } });
      expect(questions.slice(0, asked.length)).toEqual(asked);
      expect(questions.includes('loadSnapshot')).toBe(asked.length > 1);
    },
  );

  const unlike = 'snapshot does not fit the journal, left aside';

  test.each<[string, (kept: StoredSnapshot, data: JournalData) => StoredSnapshot, string[]]>([
    ['of another schema', (kept) => ({ ...kept, schema: 2 }), []],
    ['that cannot be read', (kept) => ({ ...kept, bytes: new Uint8Array([1, 2, 3]) }), [unlike]],
    ['that was edited', (kept) => ({ ...kept, bytes: kept.bytes.with(-1, 77) }), [unlike]],
    ['of a version that the journal has not', (kept) => ({ ...kept, version: 2 }), [unlike]],
    ['of another actor', (_kept, data) => data.snapshots.get('tally/b') as StoredSnapshot, [unlike]],
  ])('one %s is left aside', async (_name, change, warnings) => {
    const data = new JournalData();
    const actor = tallyActor({}, { snapshots: { everyCommits: 1, schema: 1 } });
    const first = await startedNode([actor], { journal: new TestJournal(data) });
    await first.runtime.ask(tallyProtocol, 'a', add(4));
    await first.runtime.ask(tallyProtocol, 'b', add(5));
    await first.runtime.stop({ graceMs: 1000 });
    const kept = data.snapshots.get('tally/a');
    if (!kept) throw new Error('There is no snapshot to spoil.');
    data.snapshots.set('tally/a', change(kept, data));
    const node = await startedNode([actor], { journal: new TestJournal(data) });
    expect(await totalOf(node)).toBe(4);
    expect(node.logger.lines.map(({ message }) => message)).toEqual(warnings);
  });

  test('one that cannot be saved changes nothing', async () => {
    const node = await startedNode([tallyActor({}, { snapshots: { everyCommits: 1, schema: 1 } })]);
    node.journal.saveSnapshot = () => Promise.reject(new Error('no room'));
    await node.runtime.ask(tallyProtocol, 'a', add(4));
    await node.clock.settle();
    expect(await totalOf(node)).toBe(4);
    expect(node.logger.lines.map(({ message }) => message)).toEqual(['snapshot not saved']);
  });
});

describe('durable timers', () => {
  test('fire at their time, once, under an id of their own', async () => {
    const node = await startedNode([tallyActor()]);
    const atMs = node.clock.now() + 5000;
    await node.runtime.ask(tallyProtocol, 'a', remind('r', atMs));
    await node.clock.advance(4999);
    expect(await totalOf(node)).toBe(0);
    await node.clock.advance(1);
    expect(await totalOf(node)).toBe(1);
    await node.clock.advance(60_000);
    expect(await totalOf(node)).toBe(1);
    expect(await node.journal.nextTimerAtMs()).toBeUndefined();
    expect((await node.runtime.inspect('tally', 'a')).version).toBe(2);
  });

  test('fire in the order of their times, however they were set', async () => {
    const node = await startedNode([tallyActor()]);
    const nowMs = node.clock.now();
    for (const [key, delayMs, amount] of [
      ['c', 300, 3],
      ['a', 100, 1],
      ['b', 200, 2],
    ] as const) {
      await node.runtime.ask(tallyProtocol, 'a', remind(key, nowMs + delayMs, amount));
    }
    await node.clock.advance(300);
    expect((await node.runtime.inspect('tally', 'a')).state).toMatchObject({ amounts: [1, 2, 3] });
  });

  test('can be moved and cleared', async () => {
    const node = await startedNode([tallyActor()]);
    const nowMs = node.clock.now();
    await node.runtime.ask(tallyProtocol, 'a', remind('moved', nowMs + 100, 1));
    await node.runtime.ask(tallyProtocol, 'a', remind('moved', nowMs + 500, 10));
    await node.runtime.ask(tallyProtocol, 'a', remind('cleared', nowMs + 100, 100));
    await node.runtime.ask(tallyProtocol, 'a', { type: 'Forget', key: 'cleared' });
    await node.clock.advance(499);
    expect(await totalOf(node)).toBe(0);
    await node.clock.advance(1);
    expect(await totalOf(node)).toBe(10);
  });

  test('one at a broken time is a crash of its actor, and of nobody else', async () => {
    const node = await startedNode([tallyActor()]);
    const asked = node.runtime.ask(tallyProtocol, 'a', remind('r', node.clock.now() + 0.5));
    const other = node.runtime.ask(tallyProtocol, 'b', add(1));
    await node.clock.advance(5000);
    expect(await asked).toMatchObject({ rejection: { code: 'ACTOR_CRASHED' } });
    expect(await other).toMatchObject({ ok: true });
  });

  test('one that a newer version has set and this one cannot read is kept, and holds up nobody', async () => {
    const data = new JournalData();
    const node = await startedNode([tallyActor()], { journal: new TestJournal(data) });
    const atMs = node.clock.now() + 1000;
    await node.runtime.ask(tallyProtocol, 'a', remind('newer', atMs));
    for (const [name, timer] of data.timers) {
      data.timers.set(name, { ...timer, command: new Uint8Array([0xff]) });
    }
    await node.runtime.ask(tallyProtocol, 'b', remind('r', atMs, 7));
    await node.clock.advance(120_000);
    expect((await node.runtime.inspect('tally', 'b')).state).toMatchObject({ amounts: [7] });
    expect([...data.timers.values()]).toMatchObject([{ key: 'newer' }]);
    const warnings = node.logger.lines.filter(({ message }) => message === 'timer not settled');
    expect(warnings.map(({ fields }) => fields.err)).toMatchObject([
      { code: 'COMMAND_UNREADABLE' },
      { code: 'COMMAND_UNREADABLE' },
    ]);
  });

  test('wake an actor that has left memory', async () => {
    const node = await startedNode([tallyActor({}, { passivateAfterMs: 1000 })]);
    await node.runtime.ask(tallyProtocol, 'a', remind('r', node.clock.now() + 60_000));
    await node.clock.advance(59_999);
    expect(node.runtime.activations()).toEqual([]);
    await node.clock.advance(1);
    expect(await totalOf(node)).toBe(1);
  });

  test('one that was due while the process was dead fires when it is back', async () => {
    const data = new JournalData();
    const dead = await startedNode([tallyActor()], { journal: new TestJournal(data) });
    const atMs = dead.clock.now() + 1000;
    await dead.runtime.ask(tallyProtocol, 'a', remind('r', atMs));
    dead.journal.cut();
    const again = await startedNode([tallyActor()], {
      journal: new TestJournal(data),
      clock: new ManualClock(atMs + 3_600_000),
    });
    await again.clock.settle();
    expect(await totalOf(again)).toBe(1);
    expect(await again.journal.nextTimerAtMs()).toBeUndefined();
  });

  test('one whose command was committed and never settled has its effect once', async () => {
    const data = new JournalData();
    const dying = await startedNode([tallyActor()], { journal: new TestJournal(data) });
    dying.journal.settleTimer = () => new Promise(() => undefined);
    await dying.runtime.ask(tallyProtocol, 'a', remind('r', dying.clock.now() + 1000));
    await dying.clock.advance(1000);
    expect(await totalOf(dying)).toBe(1);
    const again = await startedNode([tallyActor()], {
      journal: new TestJournal(data),
      clock: new ManualClock(dying.clock.now()),
    });
    await again.clock.settle();
    expect(await totalOf(again)).toBe(1);
    expect(await again.journal.nextTimerAtMs()).toBeUndefined();
  });

  test('one that finds a full mailbox is tried again, and hides none behind it', async () => {
    const node = await startedNode([tallyActor({}, { mailboxLimit: 1 })]);
    const nowMs = node.clock.now();
    await node.runtime.ask(tallyProtocol, 'a', remind('r', nowMs + 100));
    await node.runtime.ask(tallyProtocol, 'b', remind('r', nowMs + 200));
    node.journal.hold();
    void node.runtime.ask(tallyProtocol, 'a', add(10));
    await node.clock.settle();
    void node.runtime.ask(tallyProtocol, 'a', add(10));
    await node.clock.advance(250);
    expect(node.journal.appends.at(-1)).toMatchObject([{ stream: 'tally/b' }]);
    node.journal.release();
    await node.clock.advance(2000);
    expect(await totalOf(node)).toBe(21);
    expect(await totalOf(node, 'b')).toBe(1);
  });
});

describe('after a crash', () => {
  test('a node starts though its journal cannot say whom to wake, and asks it again', async () => {
    const data = new JournalData();
    const begun: string[] = [];
    const job: Executor<TallyCommand> = async (_input, _context, key) => {
      begun.push(key);
      return new Promise(() => undefined);
    };
    const first = await startedNode([tallyActor({ job })], { journal: new TestJournal(data) });
    await first.runtime.ask(tallyProtocol, 'a', { type: 'Work', job: 'job', key: 'k' });
    begun.length = 0;
    const journal = new TestJournal(data);
    const asking = journal.wakefulStreams.bind(journal);
    let failures = 2;
    journal.wakefulStreams = async (...which) => {
      failures -= 1;
      if (failures >= 0) throw new RetryableError('JOURNAL_UNAVAILABLE', 'No connection is free.');
      return asking(...which);
    };
    const { clock, runtime } = await startedNode([tallyActor({ job })], { journal });
    expect(runtime.activations()).toEqual([]);
    await clock.advance(3000);
    expect(begun).toEqual(['k']);
  });

  test('a node does not start on a journal that is damaged', async () => {
    const journal = new TestJournal();
    journal.wakefulStreams = () => Promise.reject(new FatalError('JOURNAL_BROKEN', 'The journal is damaged.'));
    await expect(startedNode([tallyActor()], { journal })).rejects.toMatchObject({ code: 'JOURNAL_BROKEN' });
  });

  test('an actor with work outstanding is woken without mail and resumes', async () => {
    const data = new JournalData();
    const runs: string[] = [];
    const never: Executor<TallyCommand> = (_input, _context, key) => {
      runs.push(`before ${key}`);
      return new Promise(() => undefined);
    };
    const dead = await startedNode([tallyActor({ job: never })], { journal: new TestJournal(data) });
    await dead.runtime.ask(tallyProtocol, 'a', { type: 'Work', job: 'job', key: 'k-1' }, { correlationId: 'cause-1' });
    await dead.runtime.ask(tallyProtocol, 'b', add(1));
    dead.journal.cut();

    const seen: string[] = [];
    const finish: Executor<TallyCommand> = async (_input, { correlationId }, key) => {
      seen.push(`${key} ${correlationId}`);
      return { type: 'Finish' };
    };
    const again = await startedNode([tallyActor({ job: finish })], { journal: new TestJournal(data) });
    await again.clock.settle();
    expect(runs).toEqual(['before k-1']);
    expect(seen).toEqual(['k-1 cause-1']);
    expect(again.runtime.activations().map(({ ref }) => ref)).toEqual(['tally/a']);
    expect((await again.runtime.inspect('tally', 'a')).state).toMatchObject({ jobs: [] });
    expect(await again.journal.wakefulStreams()).toEqual([]);
  });

  test('everything acknowledged is there, nothing else', async () => {
    const data = new JournalData();
    const dead = await startedNode([tallyActor()], { journal: new TestJournal(data) });
    await dead.runtime.ask(tallyProtocol, 'a', add(1));
    dead.journal.cut();
    void dead.runtime.ask(tallyProtocol, 'a', add(10));
    await dead.clock.settle();
    expect(await totalOf(await startedNode([tallyActor()], { journal: new TestJournal(data) }))).toBe(1);
  });
});

describe('two writers of one stream', () => {
  test('the loser forgets what it decided, loads again and decides on what is true', async () => {
    const data = new JournalData();
    const first = await startedNode([tallyActor()], { journal: new TestJournal(data) });
    const second = await startedNode([tallyActor()], { journal: new TestJournal(data) });
    await first.runtime.ask(tallyProtocol, 'a', add(1));
    expect(await totalOf(second)).toBe(1);
    await first.runtime.ask(tallyProtocol, 'a', add(10));
    const answers = await Promise.all([
      second.runtime.ask(tallyProtocol, 'a', add(100)),
      second.runtime.ask(tallyProtocol, 'a', { type: 'Pass', to: 'b', amount: 5, key: 'p' }),
      second.runtime.ask(tallyProtocol, 'a', read),
    ]);
    expect(answers).toMatchObject([{ version: 3, reply: { total: 111 } }, { version: 4 }, { reply: { total: 111 } }]);
    await second.clock.settle();
    expect((await second.runtime.inspect('tally', 'b')).state).toMatchObject({
      amounts: [5],
    } satisfies Partial<TallyState>);
  });

  test('a command that was committed already gets its first answer', async () => {
    const data = new JournalData();
    const first = await startedNode([tallyActor()], { journal: new TestJournal(data) });
    const second = await startedNode([tallyActor()], { journal: new TestJournal(data) });
    await totalOf(second);
    const once = { commandId: 'c-1' };
    const answered = await first.runtime.ask(tallyProtocol, 'a', add(1), once);
    expect(await second.runtime.ask(tallyProtocol, 'a', add(1), once)).toEqual(answered);
    expect(await totalOf(second)).toBe(1);
  });
});

describe('a journal that fails', () => {
  const unavailable = () => new RetryableError('JOURNAL_UNAVAILABLE', 'The journal is away for a moment.');

  test('for a while: mail waits and nothing is lost', async () => {
    const node = await startedNode([tallyActor()]);
    node.journal.failures.push(unavailable(), unavailable());
    const asked = node.runtime.ask(tallyProtocol, 'a', add(1));
    await node.clock.settle();
    const waiting = node.runtime.ask(tallyProtocol, 'a', add(2));
    await node.clock.advance(300);
    expect(await asked).toMatchObject({ ok: true, version: 1 });
    expect(await waiting).toMatchObject({ ok: true, version: 2 });
  });

  test('after it has written all the same: the command has its effect once', async () => {
    const node = await startedNode([tallyActor()]);
    const append = node.journal.append.bind(node.journal);
    node.journal.append = async (entries) => {
      node.journal.append = append;
      await append(entries);
      throw unavailable();
    };
    const asked = node.runtime.ask(tallyProtocol, 'a', add(1));
    await node.clock.advance(1000);
    expect(await asked).toMatchObject({ ok: true, version: 1, reply: { total: 1 } });
    expect(await totalOf(node)).toBe(1);
  });

  test('after it has written all the same: what the command left outstanding is done, and its timer fires', async () => {
    const done: string[] = [];
    const job = async (_input: unknown, _context: unknown, key: string) => {
      done.push(key);
      return { type: 'Finish' } as const;
    };
    const node = await startedNode([tallyActor({ job })]);
    const append = node.journal.append.bind(node.journal);
    const failOnce = () => {
      node.journal.append = async (entries) => {
        node.journal.append = append;
        await append(entries);
        throw unavailable();
      };
    };
    failOnce();
    const worked = node.runtime.ask(tallyProtocol, 'a', { type: 'Work', job: 'job', key: 'k' });
    await node.clock.advance(1000);
    expect(await worked).toMatchObject({ ok: true, version: 1 });
    expect(done).toEqual(['k']);
    failOnce();
    const atMs = node.clock.now() + 1500;
    const reminded = node.runtime.ask(tallyProtocol, 'a', { type: 'Remind', key: 't', atMs, amount: 7 });
    await node.clock.advance(2000);
    expect(await reminded).toMatchObject({ ok: true });
    expect(await totalOf(node)).toBe(7);
  });

  test('while an actor is loaded: it is loaded later', async () => {
    const node = await startedNode([tallyActor()]);
    const { loadSnapshot } = node.journal;
    node.journal.loadSnapshot = () => Promise.reject(unavailable());
    const asked = totalOf(node);
    await node.clock.settle();
    node.journal.loadSnapshot = loadSnapshot;
    await node.clock.advance(100);
    expect(await asked).toBe(0);
  });

  test('for good: whoever waits gets the code, and the process hears of it', async () => {
    const node = await startedNode([tallyActor()]);
    const heard: unknown[] = [];
    const forget = node.runtime.onFatal((error) => heard.push(error));
    const full = new FatalError('DISK_FULL', 'The disk of the journal is full; make room and start again.');
    node.journal.hold();
    const asked = node.runtime.ask(tallyProtocol, 'a', add(1));
    await node.clock.settle();
    const waiting = node.runtime.ask(tallyProtocol, 'a', add(2));
    node.journal.failures.push(full);
    node.journal.release();
    const refused = { ok: false, rejection: { code: 'DISK_FULL', message: full.message } };
    expect(await Promise.all([asked, waiting])).toEqual([refused, refused]);
    expect(heard).toEqual([full]);
    forget();
    node.journal.failures.push(full);
    await node.runtime.ask(tallyProtocol, 'a', add(1));
    expect(heard).toHaveLength(1);
  });

  describe('with a FatalError JOURNAL_UNAVAILABLE', () => {
    const damaged = new FatalError('JOURNAL_UNAVAILABLE', 'The journal is damaged; put back a copy.');
    const refused = { ok: false, rejection: { code: 'JOURNAL_UNAVAILABLE', message: damaged.message } };

    test('when it appends: it is not waited for', async () => {
      const node = await startedNode([tallyActor()]);
      const heard: unknown[] = [];
      node.runtime.onFatal((error) => heard.push(error));
      node.journal.failures.push(damaged);
      expect(await node.runtime.ask(tallyProtocol, 'a', add(1))).toEqual(refused);
      expect(heard).toEqual([damaged]);
    });

    test('when an actor is loaded: it is not waited for', async () => {
      const node = await startedNode([tallyActor()]);
      const heard: unknown[] = [];
      node.runtime.onFatal((error) => heard.push(error));
      node.journal.read = () => Promise.reject(damaged);
      expect(await node.runtime.ask(tallyProtocol, 'a', read)).toEqual(refused);
      expect(heard).toEqual([damaged]);
    });

    test.each(['nextTimerAtMs', 'settleTimer'] as const)('in %s: timers are not looked at again', async (method) => {
      const node = await startedNode([tallyActor()]);
      const heard: unknown[] = [];
      node.runtime.onFatal((error) => heard.push(error));
      await node.runtime.ask(tallyProtocol, 'a', remind('r', node.clock.now() + 100));
      node.journal[method] = async (): Promise<never> => {
        throw damaged;
      };
      await node.clock.advance(60_000);
      expect(heard).toEqual([damaged]);
    });
  });

  test('with a broken chain: JOURNAL_BROKEN names the stream and the version', async () => {
    const data = new JournalData();
    const first = await startedNode([tallyActor()], { journal: new TestJournal(data) });
    await first.runtime.ask(tallyProtocol, 'a', add(1));
    await first.runtime.ask(tallyProtocol, 'a', add(2));
    const second = data.streams.get('tally/a')?.[1];
    if (!second) throw new Error('There is no second commit to spoil.');
    second.bytes[10] = (second.bytes[10] ?? 0) ^ 1;
    const node = await startedNode([tallyActor()], { journal: new TestJournal(data) });
    const heard: unknown[] = [];
    node.runtime.onFatal((error) => heard.push(error));
    const answered = await node.runtime.ask(tallyProtocol, 'a', read);
    expect(answered).toMatchObject({
      ok: false,
      rejection: { code: 'JOURNAL_BROKEN', message: expect.stringMatching(/tally\/a .* version 2/) },
    });
    expect(heard).toMatchObject([{ code: 'JOURNAL_BROKEN' }]);
  });
});
