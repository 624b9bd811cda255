/** What is away for half a minute must go on by itself when it is back. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { RetryableError } from '#ports/errors.ts';
import { TestCluster } from '#test/cluster-kit.ts';
import { otherTallyProtocol, tallyActor, tallyProtocol } from '#test/fakes/tally-actor.ts';
import { add, read, startedNode, TestJournal } from '#test/runtime-kit.ts';

const outageMs = 30_000;
const passing = { protocol: otherTallyProtocol } as Parameters<typeof tallyActor>[1];
const pass = (amount: number, key: string) => ({ type: 'Pass', to: 'y', amount, key }) as const;

let cluster: TestCluster;
beforeEach(() => {
  cluster = new TestCluster();
});
afterEach(() => cluster.stop());

test('the only host of a kind', async () => {
  const a = await cluster.join('node-a', [tallyActor({}, passing)]);
  const b = await cluster.join('node-b', [tallyActor()]);
  await cluster.leave(b);
  for (const amount of [1, 2, 4]) await a.runtime.ask(otherTallyProtocol, 'x', pass(amount, `k-${amount}`));
  await cluster.clock.advance(outageMs);
  await cluster.join('node-b', [tallyActor()]);
  await cluster.clock.advance(6000);
  expect(await a.runtime.ask(tallyProtocol, 'y', read)).toMatchObject({ ok: true, reply: { total: 7 } });
  expect(cluster.data.streams.get('tally/y')).toHaveLength(3);
  expect([...cluster.data.streams.keys()].sort()).toEqual(['other-tally/x', 'tally/y']);
});

/** A journal in which streams can be away: they are neither read nor written. */
class AwayJournal extends TestJournal {
  isAway: (stream: string) => boolean = () => false;

  override async append(...[entries]: Parameters<TestJournal['append']>): Promise<void> {
    this.#ask(entries[0]?.stream ?? '');
    await super.append(entries);
  }

  override async read(...which: Parameters<TestJournal['read']>): ReturnType<TestJournal['read']> {
    this.#ask(which[0]);
    return super.read(...which);
  }

  #ask(stream: string): void {
    if (this.isAway(stream)) throw new RetryableError('JOURNAL_UNAVAILABLE', 'The journal is away.');
  }
}

test('the journal: mailboxes fill, callers hear it, nothing acknowledged is lost, and tells arrive', async () => {
  const journal = new AwayJournal();
  const settings = { mailboxLimit: 5 };
  const actors = [tallyActor({}, settings), tallyActor({}, { ...settings, ...passing })];
  const { runtime, clock } = await startedNode(actors, { journal });
  expect(await runtime.ask(tallyProtocol, 'x', add(1))).toMatchObject({ ok: true });
  journal.isAway = (stream) => stream === 'tally/y';
  const asked = Array.from({ length: 20 }, () => runtime.ask(tallyProtocol, 'y', add(100), { timeoutMs: 120_000 }));
  for (const key of ['A', 'B', 'C']) {
    expect(await runtime.ask(otherTallyProtocol, 'x', pass(1, key))).toMatchObject({ ok: true });
  }
  journal.isAway = () => true;
  await clock.advance(outageMs);
  journal.isAway = () => false;
  await clock.advance(10_000);
  const answers = await Promise.all(asked);
  expect(answers.slice(0, 5).every(({ ok }) => ok)).toBe(true);
  for (const each of answers.slice(5)) expect(each).toMatchObject({ ok: false, rejection: { code: 'MAILBOX_FULL' } });
  expect((await runtime.inspect('tally', 'y')).state).toMatchObject({ amounts: [100, 100, 100, 100, 100, 1, 1, 1] });
  expect(await runtime.ask(tallyProtocol, 'x', read)).toMatchObject({ ok: true, reply: { total: 1 } });
  expect(await journal.streams({ limit: 10 })).toEqual(['other-tally/x', 'tally/x', 'tally/y']);
});
