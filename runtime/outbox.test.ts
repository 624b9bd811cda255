import { describe, expect, test } from '@jest/globals';
import { ManualClock } from '#test/fakes/manual-clock.ts';
import { tallyProtocol } from '#test/fakes/tally-actor.ts';
import { add, testLogger } from '#test/runtime-kit.ts';
import type { Mail } from './mail.ts';
import { Outbox } from './outbox.ts';
import { askTimeout, mailboxFull, nobodyHosts, nodeStopping, nodeUnreachable } from './refusals.ts';

const taken = { ok: true, version: 1 } as const;
const lost = nodeUnreachable('tally/b');

/** An outbox that routes to the test. */
function routed({
  isLocal,
  hasTime = true,
  route,
}: {
  isLocal: boolean;
  hasTime?: boolean;
  route?: (mail: Mail) => void;
}) {
  const dead: string[] = [];
  const clock = new ManualClock();
  const sent: Mail[] = [];
  const outbox = new Outbox({
    clock,
    logger: testLogger(),
    isLocal: () => isLocal,
    route: (_protocol, _id, mail) => {
      sent.push(mail);
      route?.(mail);
    },
    hasTime: () => hasTime,
    deadLetter: ({ commandId }, code, _message, attempts) => dead.push(`${commandId} ${code} ${attempts}`),
  });
  const post = (commandId: string, id = 'b') =>
    outbox.post({
      protocol: tallyProtocol as never,
      id,
      command: add(1),
      commandId,
      sender: 'tally/a',
      correlationId: '',
      causationId: '',
    });
  return { clock, outbox, post, sent, dead, ids: () => sent.map(({ commandId }) => commandId) };
}

describe('a lane to another node', () => {
  test('waits for each answer, so that what is lost on the way is not overtaken', async () => {
    const { clock, post, sent, ids } = routed({ isLocal: false });
    for (const id of ['A', 'B', 'C']) post(id);
    expect(ids()).toEqual(['A']);
    sent[0]?.settle(lost);
    post('D');
    expect(ids()).toEqual(['A']);
    await clock.advance(50);
    expect(ids()).toEqual(['A', 'A']);
    for (const index of [1, 2, 3, 4]) sent[index]?.settle(taken);
    expect(ids()).toEqual(['A', 'A', 'B', 'C', 'D']);
  });

  test('holds up no other lane', () => {
    const { post, ids } = routed({ isLocal: false });
    post('A');
    post('B', 'c');
    expect(ids()).toEqual(['A', 'B']);
  });

  test('goes on once, however often an answer comes', () => {
    const { post, sent, ids } = routed({ isLocal: false });
    for (const id of ['A', 'B', 'C']) post(id);
    sent[0]?.settle(taken);
    sent[0]?.settle(taken);
    expect(ids()).toEqual(['A', 'B']);
  });

  test('is forgotten when the outbox stops', async () => {
    const { clock, outbox, post, sent, ids } = routed({ isLocal: false });
    for (const id of ['A', 'B']) post(id);
    outbox.stop();
    sent[0]?.settle(lost);
    await clock.advance(60_000);
    expect(ids()).toEqual(['A']);
  });
});

describe('a lane on this node', () => {
  test('waits for no answer: the mailbox keeps the order', () => {
    const { post, ids } = routed({ isLocal: true });
    for (const id of ['A', 'B', 'C']) post(id);
    expect(ids()).toEqual(['A', 'B', 'C']);
  });

  test('takes up any number that waited for a full mailbox', async () => {
    let full = true;
    const { clock, post, ids } = routed({ isLocal: true, route: (mail) => mail.settle(full ? lost : taken) });
    const all = Array.from({ length: 20_000 }, (_, index) => `c-${index}`);
    for (const id of all) post(id);
    full = false;
    await clock.advance(50);
    expect(ids()).toEqual(['c-0', ...all]);
  });
});

describe('a command', () => {
  test.each([nobodyHosts('tally/b'), lost, mailboxFull('tally/b'), nodeStopping('tally/b')])(
    'that certainly nobody took is sent for a day, then it is a dead letter: $rejection.code',
    async (refused) => {
      const { clock, dead, outbox, post, sent } = routed({ isLocal: false, route: (mail) => mail.settle(refused) });
      post('A');
      await clock.advance(600_000);
      expect([dead, sent.length > 100]).toEqual([[], true]);
      clock.jump(24 * 3_600_000);
      await clock.advance(5000);
      expect([dead, outbox.isEmpty]).toEqual([[expect.stringMatching(/^A [A-Z_]+ \d+$/)], true]);
    },
  );

  test('that somebody may have taken is sent twelve times, whatever else was said meanwhile', async () => {
    let count = 0;
    const route = (mail: Mail) => mail.settle(count++ % 2 === 0 ? lost : askTimeout('tally/b', 5000));
    const { clock, dead, post } = routed({ isLocal: false, route });
    post('A');
    await clock.advance(300_000);
    expect(dead).toEqual(['A ASK_TIMEOUT 24']);
  });

  test('is given up after twelve tries by a node that is to leave', async () => {
    const { clock, dead, post } = routed({ isLocal: false, hasTime: false, route: (mail) => mail.settle(lost) });
    post('A');
    await clock.advance(60_000);
    expect(dead).toEqual(['A NODE_UNREACHABLE 12']);
  });

  test('that finds too many before it is a dead letter at once', () => {
    const { dead, post } = routed({ isLocal: false });
    for (let count = 0; count < 50_002; count += 1) post(`c-${count}`);
    expect(dead).toEqual(['c-50001 MAILBOX_FULL 0']);
  });
});
