import { afterEach, describe, expect, test } from '@jest/globals';
import { ServiceBroker } from 'moleculer';
import { RetryableError } from '#ports/errors.ts';
import { type Observer, observers } from '#ports/observer.ts';
import { ManualClock } from '#test/fakes/manual-clock.ts';
import { otherTallyProtocol, type TallyCommand, tallyActor, tallyProtocol } from '#test/fakes/tally-actor.ts';
import { add, TestJournal, testLogger, until } from '#test/runtime-kit.ts';
import type { Executor } from './actor.ts';
import { createRuntime } from './runtime.ts';

interface Heard {
  readonly fact: string;
  readonly what: Readonly<Record<string, unknown>>;
}

/** Keeps all that it is told, under the name of the fact. */
function listener(): Observer & { readonly heard: readonly Heard[]; all(fact: string): Heard['what'][] } {
  const heard: Heard[] = [];
  let nowMs = 0;
  const note = (fact: string) => (what: object) => void heard.push({ fact, what: what as Heard['what'] });
  return {
    heard,
    all: (fact) => heard.filter((each) => each.fact === fact).map(({ what }) => what),
    now: () => nowMs++,
    commandDecided: note('decided'),
    commitsDurable: note('durable'),
    commitFailed: note('commit-failed'),
    mailboxRefused: note('mailbox'),
    effectRun: note('effect'),
    askFailed: note('ask'),
    commandDied: note('died'),
    actorLeft: note('left'),
  };
}

describe('what a node tells of its work', () => {
  const stops: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });

  async function started(actors = [tallyActor()]) {
    const [journal, clock, heard] = [new TestJournal(), new ManualClock(), listener()];
    const runtime = createRuntime({
      broker: new ServiceBroker({ nodeID: 'node-1', logger: false }),
      journal,
      clock,
      logger: testLogger(),
      actors,
      protocols: [tallyProtocol, otherTallyProtocol],
      observer: heard,
    });
    await runtime.start();
    stops.push(() => runtime.stop({ graceMs: 0 }));
    return { runtime, journal, clock, ...heard };
  }

  test('a command, and its commit once it is durable', async () => {
    const { runtime, journal, clock, all } = await started();
    journal.hold();
    const answered = runtime.ask(tallyProtocol, 'a', add(2), { commandId: 'c-1', correlationId: 'cause-1' });
    await until(clock, () => all('decided').length === 1);
    expect(all('decided')[0]).toEqual({
      kind: 'tally',
      ref: 'tally/a',
      commandId: 'c-1',
      commandType: 'Add',
      correlationId: 'cause-1',
      causationId: '',
      outcome: 'accepted',
      code: '',
      version: 1,
      startMs: 0,
    });
    expect(all('durable')).toEqual([]);
    journal.release();
    await answered;
    const events = [expect.objectContaining({ type: 'Added', amount: 2 })];
    const commits = [{ version: 1, correlationId: 'cause-1', events }];
    expect(all('durable')).toEqual([{ kind: 'tally', ref: 'tally/a', commits, startMs: 1 }]);
  });

  test('what is not obeyed, and why', async () => {
    const { runtime, all } = await started();
    const once = { commandId: 'c-1' };
    await runtime.ask(tallyProtocol, 'a', add(1), once);
    await runtime.ask(tallyProtocol, 'a', add(1), once);
    await runtime.ask(tallyProtocol, 'a', { type: 'Read' });
    await runtime.ask(tallyProtocol, 'a', add(-1));
    await runtime.ask(tallyProtocol, 'a b', add(1));
    expect(all('decided').map(({ outcome, code }) => [outcome, code])).toEqual([
      ['accepted', ''],
      ['repeated', ''],
      ['answered', ''],
      ['refused', 'AMOUNT_NEGATIVE'],
    ]);
    expect(all('ask')).toEqual([
      { kind: 'tally', code: 'AMOUNT_NEGATIVE' },
      { kind: 'tally', code: 'ACTOR_ID_INVALID' },
    ]);
  });

  test('a crash, the death of its command, and a full mailbox', async () => {
    const once = tallyActor({}, { supervision: { ...tallyActor().supervision, intensity: 0 }, mailboxLimit: 1 });
    const { runtime, clock, all } = await started([once]);
    const asked = Promise.all([1, 2].map(() => runtime.ask(tallyProtocol, 'a', { type: 'Crash', where: 'react' })));
    await clock.advance(1000);
    await asked;
    expect(all('mailbox')).toEqual([{ kind: 'tally', code: 'MAILBOX_FULL' }]);
    expect(all('decided')[0]).toMatchObject({ outcome: 'crashed', commandType: 'Crash' });
    expect(all('died')).toEqual([{ kind: 'tally', code: 'ACTOR_CRASHED' }]);
  });

  test('an append that failed, with its code', async () => {
    const { runtime, journal, clock, all } = await started();
    journal.failures.push(new RetryableError('JOURNAL_UNAVAILABLE', 'The journal is away.'));
    const answered = runtime.ask(tallyProtocol, 'a', add(1));
    await clock.advance(1000);
    expect(await answered).toMatchObject({ ok: true });
    expect(all('commit-failed')).toEqual([{ kind: 'tally', code: 'JOURNAL_UNAVAILABLE' }]);
    expect(all('durable')).toHaveLength(1);
  });

  test('an effect and its tries, with the commit that wanted it', async () => {
    let tries = 0;
    const job = async () => {
      tries += 1;
      if (tries === 1) throw new RetryableError('TRUNK_UNREACHABLE', 'Not yet.');
      return { type: 'Finish' } as const;
    };
    const { runtime, clock, all } = await started([tallyActor({ job })]);
    await runtime.ask(tallyProtocol, 'a', { type: 'Work', job: 'job', key: 'k' }, { correlationId: 'cause-1' });
    await clock.advance(1000);
    const effect = { kind: 'tally', ref: 'tally/a', correlationId: 'cause-1', causationId: 'tally/a@1' };
    expect(all('effect')).toEqual([
      { ...effect, executor: 'job', outcome: 'retried', startMs: expect.any(Number) },
      { ...effect, executor: 'job', outcome: 'done', startMs: expect.any(Number) },
    ]);
    expect(all('decided').at(-1)).toMatchObject({ commandType: 'Finish', causationId: 'tally/a@1' });
  });

  test('what an executor asks has the same cause, or begins another story', async () => {
    const job: Executor<TallyCommand> = async (_input, { ask }) => {
      await ask(tallyProtocol, 'b', add(1));
      await ask(tallyProtocol, 'c', add(1), { correlationId: 'story-c' });
      return undefined;
    };
    const { runtime, clock, all } = await started([tallyActor({ job })]);
    await runtime.ask(tallyProtocol, 'a', { type: 'Work', job: 'job', key: 'k' }, { correlationId: 'cause-1' });
    await until(clock, () => all('decided').length === 3);
    expect(all('decided').slice(1)).toMatchObject([
      { ref: 'tally/b', correlationId: 'cause-1', causationId: 'tally/a@1' },
      { ref: 'tally/c', correlationId: 'story-c', causationId: 'tally/a@1' },
    ]);
  });

  test('a timer goes on with the last commit, and an actor that leaves is told', async () => {
    const { runtime, clock, all } = await started();
    const remind = { type: 'Remind', key: 'k', atMs: clock.now() + 5000, amount: 3 } as const;
    await runtime.ask(tallyProtocol, 'a', remind, { correlationId: 'cause-1' });
    await clock.advance(5000);
    expect(all('decided').at(-1)).toMatchObject({ correlationId: 'cause-1', causationId: 'tally/a@1', version: 2 });
    expect(all('left')).toEqual([]);
    await clock.advance(20_000);
    expect(all('left')).toEqual([{ kind: 'tally', ref: 'tally/a' }]);
  });
});

describe('several observers', () => {
  test('all hear, also after one that throws', () => {
    const [first, second] = [listener(), listener()];
    const errors: unknown[] = [];
    const broken: Observer = {
      now: () => 0,
      askFailed: () => {
        throw new Error('broken');
      },
    };
    const all = observers([first, broken, second], (error) => errors.push(error));
    all.askFailed?.({ kind: 'tally', code: 'ASK_TIMEOUT' });
    expect([first.heard.length, second.heard.length, errors.length]).toEqual([1, 1, 1]);
    expect(all.now()).toBeGreaterThan(0);
    expect(observers([broken], () => undefined).effectRun).toBeUndefined();
  });
});
