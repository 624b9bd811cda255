/** A node that was held for lost and lives: what it knows of its actors when it is heard again. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { RetryableError } from '#ports/errors.ts';
import { activeOn, type ClusterNode, idOn, lossMs, TestCluster } from '#test/cluster-kit.ts';
import { type TallyCommand, type TallyState, tallyActor, tallyProtocol } from '#test/fakes/tally-actor.ts';
import { add, read } from '#test/runtime-kit.ts';
import { cut } from '#test/wires.ts';
import { answer, reject } from './decision.ts';

const both = ['node-a', 'node-b'];
const id = idOn('node-a', both);
const ref = `tally/${id}`;
const job = { type: 'Work', job: 'job', key: 'k' } as const;
const finish = { type: 'Finish' } as const;

let cluster: TestCluster;
let done: string[];
let a: ClusterNode;
let b: ClusterNode;

async function join(name: string, settings: Parameters<typeof tallyActor>[1] = {}): Promise<ClusterNode> {
  const executors = {
    job: async () => {
      done.push(name);
      return undefined;
    },
  };
  return cluster.join(name, [tallyActor(executors, settings)]);
}

async function start(settings?: Parameters<typeof tallyActor>[1]): Promise<void> {
  [a, b] = [await join('node-a', settings), await join('node-b', settings)];
}

beforeEach(() => {
  cluster = new TestCluster();
  done = [];
});
afterEach(() => cluster.stop());

const ask = ({ runtime }: ClusterNode, command: TallyCommand) => runtime.ask(tallyProtocol, id, command);
const versions = () => cluster.data.streams.get(ref)?.length;

/** The actor is in memory on a, and on b with work that a knows nothing of. */
async function parted(): Promise<() => void> {
  await ask(a, add(1));
  const mend = cluster.part(a, b);
  await cluster.clock.advance(lossMs);
  await ask(b, add(10));
  await ask(b, job);
  return mend;
}

describe('an actor that others wrote meanwhile', () => {
  test('answers queries, and commands without events, from what they wrote', async () => {
    await start();
    const mend = await parted();
    mend();
    await cluster.clock.advance(lossMs);
    expect([activeOn(a), activeOn(b)]).toEqual([[ref], []]);
    expect(await ask(b, read)).toMatchObject({ ok: true, version: 3, reply: { total: 11 } });
    expect(await ask(b, finish)).toMatchObject({ ok: true, version: 4 });
    expect(versions()).toBe(4);
  });

  test('takes up its work, and stays in memory while it has some', async () => {
    await start();
    const mend = await parted();
    mend();
    await cluster.clock.advance(lossMs);
    expect(done).toEqual(['node-b', 'node-a']);
    await cluster.clock.advance(60_000);
    expect([activeOn(a), [...cluster.data.wakeful]]).toEqual([[ref], [ref]]);
  });

  test('refuses nothing for what is so no more', async () => {
    const decide = ({ total, jobs }: TallyState, command: TallyCommand) => {
      if (command.type !== 'Read') return { events: [{ type: 'Noted', command }] } as never;
      return jobs.length > 0 ? reject('BUSY', 'It has a job.') : answer({ type: 'Total', total });
    };
    await start({ decide } as Parameters<typeof tallyActor>[1]);
    await ask(a, job);
    expect(await ask(a, read)).toMatchObject({ rejection: { code: 'BUSY' } });
    const mend = cluster.part(a, b);
    await cluster.clock.advance(lossMs);
    await ask(b, finish);
    mend();
    await cluster.clock.advance(lossMs);
    expect(await ask(b, read)).toMatchObject({ ok: true, version: 2 });
  });

  test('is asked for by others before its own node has lost anybody', async () => {
    await start();
    await ask(a, add(1));
    const mend = cut('node-a', b.broker);
    await cluster.clock.advance(lossMs);
    await ask(b, job);
    mend();
    await cluster.clock.advance(lossMs);
    expect(done).toEqual(['node-b', 'node-a']);
    expect(await ask(b, finish)).toMatchObject({ ok: true, version: 3 });
  });
});

describe('until it has looked', () => {
  test('it answers nobody, and takes as much mail as its mailbox holds', async () => {
    await start({ mailboxLimit: 2 });
    const mend = await parted();
    const gate = Promise.withResolvers<void>();
    const { read: reading } = a.journal;
    a.journal.read = async (...which) => {
      await gate.promise;
      return reading.apply(a.journal, which);
    };
    mend();
    await cluster.clock.advance(lossMs);
    const answers: unknown[] = [];
    const asked = [read, finish, read].map(async (command) => answers.push(await ask(a, command)));
    await cluster.clock.settle();
    expect(answers).toMatchObject([{ rejection: { code: 'MAILBOX_FULL' } }]);
    gate.resolve();
    await cluster.clock.settle();
    await Promise.all(asked);
    expect(answers.slice(1)).toMatchObject([
      { ok: true, version: 3, reply: { total: 11 } },
      { ok: true, version: 4 },
    ]);
  });

  test('a journal that is away is asked again', async () => {
    await start();
    const mend = await parted();
    const { read: reading } = a.journal;
    a.journal.read = () => Promise.reject(new RetryableError('JOURNAL_UNAVAILABLE', 'The journal is away.'));
    mend();
    await cluster.clock.advance(lossMs);
    const asked = ask(a, read);
    await cluster.clock.settle();
    a.journal.read = reading;
    await cluster.clock.advance(2000);
    expect(await asked).toMatchObject({ ok: true, version: 3, reply: { total: 11 } });
  });
});

describe('work that nobody has taken up', () => {
  test('of a node that was held for lost, still wrote, and died, is found', async () => {
    await start();
    cluster.part(a, b);
    await cluster.clock.advance(lossMs);
    await ask(a, job);
    cluster.kill(a);
    await cluster.clock.advance(20_000);
    expect([done, activeOn(b)]).toEqual([['node-a', 'node-b'], [ref]]);
  });

  test('of an actor that crashes when it is loaded is tried once a minute', async () => {
    const crash = () => {
      done.push('crash');
      throw new Error('crashed in evolve');
    };
    const supervision = { strategy: 'restart', intensity: 0, periodMs: 1, backoff: { minMs: 1, maxMs: 1 } } as const;
    await start();
    await ask(a, job);
    const c = await join('node-c', { supervision, evolve: crash });
    cluster.kill(a);
    cluster.kill(b);
    await cluster.clock.advance(lossMs);
    expect(done).toContain('crash');
    done = [];
    await cluster.clock.advance(40_000);
    expect(done).toEqual([]);
    await cluster.clock.advance(40_000);
    expect([done, activeOn(c)]).toEqual([['crash'], []]);
  });

  test('is looked for until the node stops, also after the journal was away', async () => {
    await start();
    let looks = 0;
    a.journal.wakefulStreams = () => {
      looks += 1;
      return Promise.reject(new RetryableError('JOURNAL_UNAVAILABLE', 'The journal is away.'));
    };
    await cluster.clock.advance(40_000);
    // When the nodes look is left to chance, within bounds.
    expect(looks).toBeGreaterThanOrEqual(2);
    await cluster.leave(a);
    looks = 0;
    await cluster.clock.advance(40_000);
    expect(looks).toBe(0);
  });
});

test('where no node was lost the journal is not read again', async () => {
  await start();
  await ask(a, add(1));
  let reads = 0;
  const { read: reading } = a.journal;
  a.journal.read = (...which) => {
    reads += 1;
    return reading.apply(a.journal, which);
  };
  for (let count = 0; count < 10; count += 1) await ask(b, read);
  await cluster.clock.advance(5000);
  expect(reads).toBe(0);
});
