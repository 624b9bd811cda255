/** Actors that move while they are written to: per sender and receiver nothing is lost, doubled or overtaken. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { RetryableError } from '#ports/errors.ts';
import { activeOn, type ClusterNode, idOn, lossMs, TestCluster } from '#test/cluster-kit.ts';
import { otherTallyProtocol, type TallyState, tallyActor, tallyProtocol } from '#test/fakes/tally-actor.ts';
import { add, read, until } from '#test/runtime-kit.ts';

let cluster: TestCluster;

beforeEach(() => {
  cluster = new TestCluster();
});
afterEach(() => cluster.stop());

const join = (name: string, settings = {}) => cluster.join(name, [tallyActor({}, { mailboxLimit: 2000, ...settings })]);
const names = (count: number, prefix: string) => Array.from({ length: count }, (_, index) => `${prefix}-${index}`);

describe('while nodes join and leave', () => {
  test('what actors tell each other arrives in order, once', async () => {
    const [senders, receivers, each] = [names(12, 'from'), names(5, 'to'), 40];
    const a = await join('node-a');
    const b = await join('node-b');
    let asking: ClusterNode[] = [a, b];
    let progress = 0;
    const sent: number[] = [];
    const send = async (sender: string, index: number) => {
      for (let number = 0; number < each; number += 1) {
        const to = receivers[(index + number) % receivers.length] as string;
        const command = { type: 'Pass', to, amount: index * 1000 + number, key: `k-${number}` } as const;
        const from = asking[number % asking.length] as ClusterNode;
        const sent = await from.runtime.ask(tallyProtocol, sender, command, { commandId: `${sender}:${number}` });
        expect(sent).toMatchObject({ ok: true });
        progress += 1;
        if (number % 2 === 1) await new Promise<void>((resolve) => cluster.clock.after(450, resolve));
      }
    };
    const sending = Promise.all(senders.map(send));
    await cluster.clock.settle();
    const c = await join('node-c');
    sent.push(progress);
    asking = [b, c];
    const draining = a.runtime.drain();
    await cluster.clock.advance(2000);
    await draining;
    expect(activeOn(a)).toEqual([]);
    const d = await join('node-d');
    sent.push(progress);
    asking = [b, d];
    const drainingToo = c.runtime.drain();
    for (let turn = 0; turn < 80; turn += 1) await cluster.clock.advance(100);
    await Promise.all([sending, drainingToo]);
    sent.push(progress);
    // Both changes came in mid-stream.
    expect(sent).toEqual([...new Set(sent)].sort((left, right) => left - right));
    expect(sent.at(-1)).toBe(senders.length * each);
    await cluster.clock.advance(20_000);
    for (const [index, receiver] of receivers.entries()) {
      const { amounts } = (await b.runtime.inspect('tally', receiver)).state as TallyState;
      for (const [sender] of senders.entries()) {
        const numbers = amounts.filter((amount) => Math.floor(amount / 1000) === sender).map((amount) => amount % 1000);
        const wanted = Array.from({ length: each }, (_, number) => number).filter(
          (number) => (sender + number) % receivers.length === index,
        );
        expect(numbers).toEqual(wanted);
      }
    }
  });

  test('what waits in the mailbox of an actor that moves goes after it, in order', async () => {
    const a = await join('node-a');
    const [id, from] = [idOn('node-b', ['node-a', 'node-b']), idOn('node-a', ['node-a', 'node-b'])];
    await a.runtime.ask(tallyProtocol, id, add(0));
    a.journal.hold();
    const first = a.runtime.ask(tallyProtocol, id, add(1));
    await cluster.clock.settle();
    const waiting = [2, 3, 4].map((amount) => a.runtime.ask(tallyProtocol, id, add(amount)));
    const b = await join('node-b');
    expect([activeOn(a), activeOn(b)]).toEqual([[`tally/${id}`], []]);
    a.journal.release();
    await first;
    expect(await Promise.all(waiting)).toMatchObject([{ version: 3 }, { version: 4 }, { version: 5 }]);
    expect((await b.runtime.inspect('tally', id)).state).toMatchObject({ amounts: [0, 1, 2, 3, 4] });
    expect([activeOn(a), activeOn(b)]).toEqual([[], [`tally/${id}`]]);
    expect(await a.runtime.ask(tallyProtocol, from, read)).toMatchObject({ ok: true });
  });

  test('an ask whose node is lost meanwhile is answered by the one that has the actor then', async () => {
    const [a, b] = [await join('node-a'), await join('node-b')];
    const id = idOn('node-b', ['node-a', 'node-b']);
    await a.runtime.ask(tallyProtocol, id, add(1));
    cluster.kill(b);
    const asked = a.runtime.ask(tallyProtocol, id, add(2), { commandId: 'c-1', timeoutMs: 8000 });
    await cluster.clock.advance(lossMs);
    expect(await asked).toMatchObject({ ok: true, version: 2, reply: { total: 3 } });
  });

  test('a command that goes from node to node comes to an end', async () => {
    const [a, b] = [await join('node-a'), await join('node-b')];
    const id = idOn('node-b', ['node-a', 'node-b']);
    // Each holds the other for the place.
    const draining = b.runtime.drain();
    const mend = cluster.part(a, b);
    await cluster.meanwhile(draining);
    mend();
    const asked = a.runtime.ask(tallyProtocol, id, add(1));
    await cluster.clock.advance(lossMs);
    expect(await asked).toMatchObject({ ok: true, version: 1 });
  });
});

describe('a node that is drained', () => {
  test('has nothing left, takes nothing new, and takes part again when that is taken back', async () => {
    const [a, b] = [await join('node-a'), await join('node-b')];
    const id = idOn('node-a', ['node-a', 'node-b']);
    await b.runtime.ask(tallyProtocol, id, add(1));
    const draining = a.runtime.drain();
    expect(a.runtime.hosting).toBe('draining');
    await cluster.meanwhile(draining);
    expect([a.runtime.hosting, activeOn(a)]).toEqual(['drained', []]);
    expect(await a.runtime.ask(tallyProtocol, id, add(1))).toMatchObject({ version: 2 });
    expect(activeOn(b)).toEqual([`tally/${id}`]);
    a.runtime.undrain();
    await cluster.clock.advance(1000);
    expect(await b.runtime.ask(tallyProtocol, id, add(1))).toMatchObject({ version: 3 });
    expect([a.runtime.hosting, activeOn(a), activeOn(b)]).toEqual(['hosting', [`tally/${id}`], []]);
  });

  test('and taken back before the others have heard of it is seen by them as by itself', async () => {
    const [a, b] = [await join('node-a'), await join('node-b')];
    const id = idOn('node-a', ['node-a', 'node-b']);
    for (let times = 0; times < 3; times += 1) {
      const draining = a.runtime.drain();
      a.runtime.undrain();
      await cluster.meanwhile(draining, 2000);
      const seen = [a, b].map(({ runtime }) => runtime.nodeOf('tally', id));
      expect([a.runtime.hosting, ...seen]).toEqual(['hosting', 'node-a', 'node-a']);
    }
    await cluster.meanwhile(b.runtime.ask(tallyProtocol, id, add(1)));
    expect(activeOn(a)).toEqual([`tally/${id}`]);
  });

  test('tells executors at work that their actor has left, and tries none of theirs again', async () => {
    const left: AbortSignal[] = [];
    let tries = 0;
    const jobs = {
      job: (_input: never, context: { left: AbortSignal }) => {
        left.push(context.left);
        return new Promise<undefined>((resolve) => context.left.addEventListener('abort', () => resolve(undefined)));
      },
      fails: async () => {
        tries += 1;
        throw new RetryableError('STORE_UNAVAILABLE', 'Not there now.');
      },
    };
    const a = await cluster.join('node-a', [tallyActor(jobs)]);
    await a.runtime.ask(tallyProtocol, 'x', { type: 'Work', job: 'job', key: 'k' });
    await a.runtime.ask(tallyProtocol, 'x', { type: 'Work', job: 'fails', key: 'l' });
    expect([left.map(({ aborted }) => aborted), tries]).toEqual([[false], 1]);
    await cluster.meanwhile(a.runtime.drain());
    expect([left.map(({ aborted }) => aborted), a.runtime.hosting]).toEqual([[true], 'drained']);
    const triesThen = tries;
    await cluster.clock.advance(60_000);
    expect(tries).toBe(triesThen);
  });

  test('waits for what is anchored to it', async () => {
    const anchored = { anchored: ({ jobs }: TallyState) => jobs.length > 0 };
    const job = { job: async () => undefined };
    const a = await cluster.join('node-a', [tallyActor(job, anchored)]);
    const b = await cluster.join('node-b', [tallyActor(job, anchored)]);
    const id = idOn('node-a', ['node-a', 'node-b']);
    await a.runtime.ask(tallyProtocol, id, { type: 'Work', job: 'job', key: 'k' });
    const draining = a.runtime.drain();
    await cluster.clock.advance(60_000);
    expect([a.runtime.hosting, activeOn(a), activeOn(b)]).toEqual(['draining', [`tally/${id}`], []]);
    await b.runtime.ask(tallyProtocol, id, { type: 'Finish' });
    await cluster.meanwhile(draining);
    expect(a.runtime.hosting).toBe('drained');
  });

  test('whose kinds nobody else hosts says that it is for now', async () => {
    const a = await join('node-a');
    await cluster.meanwhile(a.runtime.drain());
    const refused = { rejection: { code: 'NODE_UNREACHABLE', retryAfterMs: expect.any(Number) } };
    expect(await a.runtime.ask(tallyProtocol, 'x', add(1))).toMatchObject(refused);
    a.runtime.undrain();
    await until(cluster.clock, () => a.runtime.hosting === 'hosting');
    expect(await a.runtime.ask(tallyProtocol, 'x', add(1))).toMatchObject({ ok: true });
    expect(await a.runtime.ask(otherTallyProtocol, 'x', read)).toMatchObject(refused);
  });
});
