/** Two nodes in one process: Moleculer's Fake transporter between them, one journal for both. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { ServiceBroker } from 'moleculer';
import { type DeadLettersReply, deadLettersProtocol } from '#proto/generated/dead-letters.ts';
import { answer, envelope } from '#proto/generated/envelope.ts';
import { ManualClock } from '#test/fakes/manual-clock.ts';
import { JournalData } from '#test/fakes/memory-journal.ts';
import { otherTallyProtocol, tallyActor, tallyProtocol } from '#test/fakes/tally-actor.ts';
import { add, read, TestJournal, type TestNode, testNode, until } from '#test/runtime-kit.ts';
import { place, seat } from './placement.ts';

/** The Fake transporter is one for the whole process: each test has a name space of its own. */
let count = 0;
let data = new JournalData();
type ClusterNode = TestNode & { readonly journal: TestJournal };
const open: ClusterNode[] = [];
const clock = new ManualClock();

function broker(nodeID: string): ServiceBroker {
  const bus = { namespace: `cluster-${count}`, transporter: 'Fake', serializer: 'JSON' } as const;
  return new ServiceBroker({ nodeID, logger: false, internalServices: false, ...bus });
}

function node(name: string, actors = [tallyActor()]): ClusterNode {
  const journal = new TestJournal(data);
  const made = { ...testNode(journal, clock, actors, broker(name)), journal };
  open.push(made);
  return made;
}

/** Starts nodes until each knows the others. */
async function cluster(...nodes: TestNode[]): Promise<void> {
  await Promise.all(nodes.map(({ runtime }) => runtime.start()));
  await Promise.all(nodes.map(({ broker: each }) => each.start()));
  await Promise.all(nodes.map((each) => changed(each, () => known(each) === nodes.length)));
}

/** Waits for Moleculer's registry to say so. */
function changed({ broker: { localBus } }: TestNode, holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const check = (): void => {
      if (!holds()) return;
      localBus.off('$services.changed', check);
      resolve();
    };
    localBus.on('$services.changed', check);
    check();
  });
}

function known({ broker: each }: TestNode): number {
  return each.registry.getServiceList({ onlyAvailable: true }).filter(({ name }) => name === 'hosting').length;
}

let lastId = 0;
const seats = [seat('node-a'), seat('node-b')];

/** A new id of a tally that lives on this node. */
function idOn(name: string): string {
  do lastId += 1;
  while (place(`tally/t-${lastId}`, seats) !== name);
  return `t-${lastId}`;
}

const activeOn = ({ runtime }: TestNode) => runtime.activations().map(({ ref }) => ref);

const versionOn = ({ runtime }: TestNode, id: string) => runtime.activations().find((each) => each.id === id)?.version;

async function stopAll(): Promise<void> {
  for (const { runtime, broker: each } of open.splice(0)) {
    const stopping = runtime.stop({ graceMs: 1 });
    await clock.advance(1);
    await stopping;
    await each.stop();
  }
  data = new JournalData();
  count += 1;
}

describe('two nodes', () => {
  let a: ClusterNode;
  let b: ClusterNode;

  beforeAll(async () => {
    [a, b] = [node('node-a'), node('node-b')];
    await cluster(a, b);
  });
  afterAll(stopAll);

  test('an actor lives on one of them, and both reach it', async () => {
    const id = idOn('node-b');
    expect(await a.runtime.ask(tallyProtocol, id, add(2))).toEqual({
      ok: true,
      version: 1,
      reply: { type: 'Total', total: 2 },
    });
    expect(await b.runtime.ask(tallyProtocol, id, add(3))).toMatchObject({ version: 2, reply: { total: 5 } });
    expect(await a.runtime.ask(tallyProtocol, id, read)).toMatchObject({ version: 2, reply: { total: 5 } });
    expect([activeOn(a), activeOn(b)]).toEqual([[], [`tally/${id}`]]);
  });

  test('a refusal crosses as a value, and a command sent twice has its effect once', async () => {
    const id = idOn('node-b');
    expect(await a.runtime.ask(tallyProtocol, id, add(-1))).toEqual({
      ok: false,
      rejection: { code: 'AMOUNT_NEGATIVE', message: expect.any(String) },
    });
    const first = await a.runtime.ask(tallyProtocol, id, add(1), { commandId: 'c-1' });
    expect(await a.runtime.ask(tallyProtocol, id, add(1), { commandId: 'c-1' })).toEqual(first);
    expect(await b.runtime.ask(tallyProtocol, id, add(1), { commandId: 'c-1' })).toEqual(first);
  });

  test('tell resolves when the other mailbox has the command, and throws when it has not', async () => {
    const id = idOn('node-b');
    await a.runtime.tell(tallyProtocol, id, add(2));
    await until(clock, () => versionOn(b, id) === 1);
    await expect(a.runtime.tell(tallyProtocol, 'a b', add(2))).rejects.toMatchObject({ code: 'ACTOR_ID_INVALID' });
  });

  test('commands from one actor to another on the other node keep their order', async () => {
    const [from, to] = [idOn('node-a'), idOn('node-b')];
    const amounts = Array.from({ length: 30 }, (_, index) => index + 1);
    await Promise.all(
      amounts.map((amount) => a.runtime.ask(tallyProtocol, from, { type: 'Pass', to, amount, key: `p-${amount}` })),
    );
    await until(clock, () => versionOn(b, to) === 30);
    expect((await b.runtime.inspect('tally', to)).state).toMatchObject({ amounts });
  });

  test('a node that says nothing in time is an ASK_TIMEOUT, and the command may be sent again', async () => {
    const id = idOn('node-b');
    const once = { commandId: 'c-1', timeoutMs: 20 };
    b.journal.hold();
    const asked = a.runtime.ask(tallyProtocol, id, add(1), once);
    await clock.advance(20);
    expect(await asked).toMatchObject({ rejection: { code: 'ASK_TIMEOUT' } });
    b.journal.release();
    const again = { ...once, timeoutMs: 5000 };
    expect(await a.runtime.ask(tallyProtocol, id, add(1), again)).toMatchObject({ version: 1, reply: { total: 1 } });
  });

  test('a command that the bus does not carry is refused, kept where an actor told it, and holds up nobody', async () => {
    const { transit } = a.broker as unknown as { transit: { publish(packet: { payload: object }): Promise<void> } };
    const { publish } = transit;
    transit.publish = (packet) => {
      const { action, params } = packet.payload as { action?: string; params?: { base64?: string } };
      if (action !== 'actors.deliver' || Buffer.from(params?.base64 ?? '', 'base64').length < 400) {
        return publish.call(transit, packet);
      }
      return Promise.reject(Object.assign(new Error('MAX_PAYLOAD_EXCEEDED'), { code: 'MAX_PAYLOAD_EXCEEDED' }));
    };
    const [from, to] = [idOn('node-a'), idOn('node-b')];
    const long = { ...add(1), commandId: 'x'.repeat(400) };
    expect(await a.runtime.ask(tallyProtocol, to, add(1), long)).toMatchObject({
      rejection: { code: 'COMMAND_TOO_LARGE' },
    });
    const pass = (amount: number, key: string) => ({ type: 'Pass', to, amount, key }) as const;
    await a.runtime.ask(tallyProtocol, from, pass(2, 'y'.repeat(400)));
    await a.runtime.ask(tallyProtocol, from, pass(3, 'z'));
    await until(clock, () => versionOn(b, to) === 1);
    expect((await b.runtime.inspect('tally', to)).state).toMatchObject({ amounts: [3] });
    expect(a.logger.lines.filter(({ message }) => message === 'command undeliverable')).toMatchObject([
      { fields: { code: 'COMMAND_TOO_LARGE' } },
    ]);
    transit.publish = publish;
    const letter = { commandId: `tally/${from}:${'y'.repeat(400)}`, by: 'ann' };
    await until(clock, () => (data.streams.get('dead-letters/node-a')?.length ?? 0) > 0);
    const dropped = a.runtime.ask(deadLettersProtocol, 'node-a', { type: 'DropLetter', ...letter });
    expect(await dropped).toMatchObject({ ok: true });
  });

  test.each([
    ['of a protocol from the future', { protocol: 2 }, 'COMMAND_UNREADABLE'],
    ['that is none of its kind', { command: new Uint8Array([1, 2, 3]) }, 'COMMAND_UNREADABLE'],
    ['to an id that is none', { toId: '../a' }, 'ACTOR_ID_INVALID'],
    ['to a kind that nobody hosts now', { toKind: 'other-tally' }, 'NODE_UNREACHABLE'],
    ['to a kind that nobody knows', { toKind: 'abacus' }, 'ACTOR_KIND_UNKNOWN'],
  ])('refuse a command %s', async (_name, change, code) => {
    const sent = envelope.encode({
      protocol: 1,
      commandId: 'c-1',
      toKind: 'tally',
      toId: 'refused',
      sender: 'test:cluster',
      correlationId: 'cause-1',
      causationId: '',
      sentAtMs: 1,
      command: tallyProtocol.command.encode(add(1)),
      acceptance: false,
      hops: 0,
      anchored: false,
      ...change,
    });
    const params = { base64: Buffer.from(sent).toString('base64') };
    const answered = await a.broker.call<typeof params, typeof params>('actors.deliver', params, { nodeID: 'node-b' });
    expect(answer.decode(Buffer.from(answered.base64, 'base64'))).toMatchObject({ rejection: { code } });
    expect(activeOn(b)).not.toContain('tally/refused');
  });

  test('the dead letters of a node are an actor like any other', async () => {
    const list = { type: 'ListLetters' } as const;
    const none: DeadLettersReply = { type: 'LetterList', letters: [] };
    for (const { runtime } of [a, b]) {
      for (const id of ['node-a', 'node-b']) {
        expect(await runtime.ask(deadLettersProtocol, id, list)).toMatchObject({ reply: none });
      }
    }
  });
});

describe('a cluster that changes', () => {
  afterEach(stopAll);

  test('a kind is reached where it is hosted', async () => {
    const [a, b] = [node('node-a', []), node('node-b', [tallyActor()])];
    await cluster(b);
    await a.runtime.start();
    await a.broker.start();
    await changed(a, () => known(a) === 1);
    expect(await a.runtime.ask(tallyProtocol, 'x', add(1))).toMatchObject({ ok: true });
    expect(activeOn(b)).toEqual(['tally/x']);
    expect(await a.runtime.ask(otherTallyProtocol, 'x', read)).toMatchObject({
      rejection: { code: 'NODE_UNREACHABLE' },
    });
  });

  test('when a node leaves, its actors with work outstanding are woken on the other without mail', async () => {
    const finished: string[] = [];
    const job = (name: string) => async () => {
      if (name === 'node-a') return new Promise<undefined>(() => undefined);
      finished.push(name);
      return { type: 'Finish' } as const;
    };
    const [a, b] = [
      node('node-a', [tallyActor({ job: job('node-a') })]),
      node('node-b', [tallyActor({ job: job('node-b') })]),
    ];
    await cluster(a, b);
    const id = idOn('node-a');
    await b.runtime.ask(tallyProtocol, id, { type: 'Work', job: 'job', key: 'k' });
    expect(finished).toEqual([]);
    const stopping = a.runtime.stop({ graceMs: 100 });
    await changed(b, () => known(b) === 1);
    await clock.advance(100);
    await stopping;
    await until(clock, () => finished.length > 0);
    expect(await b.runtime.ask(tallyProtocol, id, read)).toMatchObject({ ok: true });
    await until(clock, () => data.wakeful.size === 0);
    expect(activeOn(b)).toEqual([`tally/${id}`]);
  });

  test('when a node joins, what is placed on it now leaves the other', async () => {
    const [a, b] = [node('node-a'), node('node-b')];
    await cluster(a);
    const [stays, moves] = [idOn('node-a'), idOn('node-b')];
    for (const id of [stays, moves]) await a.runtime.ask(tallyProtocol, id, add(1));
    await b.runtime.start();
    await b.broker.start();
    await changed(a, () => known(a) === 2);
    await until(clock, () => activeOn(a).length === 1);
    expect(activeOn(a)).toEqual([`tally/${stays}`]);
    expect(await a.runtime.ask(tallyProtocol, moves, add(1))).toMatchObject({ version: 2, reply: { total: 2 } });
    expect(activeOn(b)).toEqual([`tally/${moves}`]);
  });
});
