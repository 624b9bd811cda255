/** Two nodes that each hold the other for lost: no call is ever dialed twice, and lines of calls declared lost go. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { DialRequest, TelephonyListener } from '#ports/telephony.ts';
import { type CallEvent, callEvent, callProtocol } from '#proto/generated/call.ts';
import { type CampaignEvent, campaignProtocol } from '#proto/generated/campaign.ts';
import { commit } from '#proto/generated/envelope.ts';
import { type TrunkCommand, type TrunkEvent, type TrunkReply, trunkProtocol } from '#proto/generated/trunk.ts';
import { defineActor } from '#runtime/actor.ts';
import { accept, answer } from '#runtime/decision.ts';
import { activeOn, type ClusterNode, idOn, lossMs, TestCluster } from '#test/cluster-kit.ts';
import { FakeMedia } from '#test/fakes/fake-media.ts';
import { callActor } from './call.actor.ts';

const both = ['node-a', 'node-b'];
const plan = {
  prompt: '',
  gatherDigits: 1,
  gatherTimeoutMs: 9000,
  ringTimeoutMs: 60_000,
  maxTalkMs: 9000,
  record: false,
};
const request = { campaignId: 'c', row: 1, contactId: 'p', mask: '', trunkId: 't', plan, intent: 'dial' } as const;

const settings = {
  react: () => [],
  resume: () => [],
  isWakeful: () => false,
  executors: {},
  supervision: { strategy: 'restart', intensity: 3, periodMs: 60_000, backoff: { minMs: 100, maxMs: 1000 } },
  snapshots: { everyCommits: 1000, schema: 1 },
  passivateAfterMs: 60_000,
  mailboxLimit: 1000,
} as const;
/** Has a channel for everybody. */
const trunk = defineActor<null, TrunkCommand, TrunkEvent, TrunkReply>({
  ...settings,
  protocol: trunkProtocol,
  initial: () => null,
  decide: (_state, _command, { actorId }) => answer({ type: 'RouteGranted', trunkId: actorId }),
  evolve: () => null,
});
/** Hears everything and does nothing. */
const campaign = defineActor({
  ...settings,
  protocol: campaignProtocol,
  initial: () => null,
  decide: () => accept<CampaignEvent>(),
  evolve: () => null,
});

interface CallNode extends ClusterNode {
  readonly dialed: DialRequest[];
  readonly hungUp: string[];
  readonly media: FakeMedia;
  /** From now on calls may be dialed. */
  open(): void;
  network(callId: string): TelephonyListener;
}

let cluster: TestCluster;
beforeEach(() => {
  cluster = new TestCluster();
});
afterEach(() => cluster.stop());

async function join(name: string): Promise<CallNode> {
  const gate = Promise.withResolvers<boolean>();
  let isOpen = false;
  const listeners = new Map<string, TelephonyListener>();
  const dialed: DialRequest[] = [];
  const hungUp: string[] = [];
  const media = new FakeMedia();
  const call = callActor({
    clock: cluster.clock,
    hasTrunk: () => true,
    showsNumber: () => true,
    gate: { admits: () => isOpen, admit: () => gate.promise, closed: new AbortController().signal },
    dataFolder: '/nowhere',
    media,
    vault: { read: async () => ({ number: '+12025550101', name: '', attributes: {} }) },
    telephony: {
      dial: async (dial, listener) => {
        dialed.push(dial);
        listeners.set(dial.callId, listener);
      },
      hangUp: async (callId) => void hungUp.push(callId),
    },
  });
  const node = await cluster.join(name, [call, trunk, campaign]);
  return {
    ...node,
    dialed,
    hungUp,
    media,
    open: () => {
      isOpen = true;
      gate.resolve(true);
    },
    network: (callId) => listeners.get(callId) ?? (() => undefined),
  };
}

function eventsOf(callId: string): readonly CallEvent['type'][] {
  const entries = cluster.data.streams.get(`call/${callId}`) ?? [];
  return entries.flatMap(({ bytes }) => commit.decode(bytes).events.map((event) => callEvent.decode(event).type));
}

const callsOf = (node: ClusterNode) => activeOn(node).filter((ref) => ref.startsWith('call/'));
const phaseOf = async ({ runtime }: ClusterNode, id: string) => {
  const described = await runtime.ask(callProtocol, id, { type: 'DescribeCall' });
  return described.ok ? described.reply : described;
};

describe('a call that two nodes have', () => {
  test.each(['neither', 'node-a', 'node-b'])('is dialed by one of them: %s is slow to write', async (slow) => {
    const [a, b] = [await join('node-a'), await join('node-b')];
    const id = idOn('node-a', both, 'call');
    await a.runtime.ask(callProtocol, id, { type: 'PlaceCall', ...request });
    cluster.part(a, b);
    await cluster.clock.advance(lossMs);
    expect([callsOf(a), callsOf(b)]).toEqual([[`call/${id}`], [`call/${id}`]]);
    for (const node of [a, b]) if (node.name === slow) node.journal.hold();
    a.open();
    b.open();
    await cluster.clock.advance(500);
    for (const node of [a, b]) node.journal.release();
    await cluster.clock.advance(2000);
    expect([...a.dialed, ...b.dialed]).toHaveLength(1);
    expect(eventsOf(id).filter((type) => type === 'CallDialed')).toHaveLength(1);
  });

  test('that is declared lost elsewhere lets go of its line as soon as it is to say something', async () => {
    const [a, b] = [await join('node-a'), await join('node-b')];
    a.open();
    const id = idOn('node-a', both, 'call');
    await a.runtime.ask(callProtocol, id, { type: 'PlaceCall', ...request });
    await cluster.clock.settle();
    expect([a.dialed.length, a.media.legs.size]).toEqual([1, 1]);
    cluster.part(a, b);
    await cluster.clock.advance(lossMs);
    expect(await phaseOf(b, id)).toMatchObject({ phase: 'ended', outcome: 'unknown' });
    expect(a.hungUp).toEqual([]);
    a.network(id)({ type: 'ringing', sipStatus: 180 });
    await cluster.clock.settle();
    expect([a.hungUp, a.media.legs.size, b.dialed]).toEqual([[id], 0, []]);
    expect(await phaseOf(a, id)).toMatchObject({ phase: 'ended', outcome: 'unknown' });
  });

  test('or as soon as the two hear of each other again', async () => {
    const [a, b] = [await join('node-a'), await join('node-b')];
    a.open();
    const id = idOn('node-a', both, 'call');
    await a.runtime.ask(callProtocol, id, { type: 'PlaceCall', ...request });
    const mend = cluster.part(a, b);
    await cluster.clock.advance(lossMs);
    mend();
    await cluster.clock.advance(lossMs);
    expect([a.hungUp, a.media.legs.size, a.dialed.length, b.dialed]).toEqual([[id], 0, 1, []]);
  });
});

test('a live call stays on its node when its place is elsewhere, and ends there', async () => {
  const a = await join('node-a');
  a.open();
  const id = idOn('node-b', both, 'call');
  await a.runtime.ask(callProtocol, id, { type: 'PlaceCall', ...request });
  const b = await join('node-b');
  a.network(id)({ type: 'ringing', sipStatus: 180 });
  await cluster.clock.settle();
  expect(await phaseOf(b, id)).toMatchObject({ phase: 'ringing' });
  expect([callsOf(a), callsOf(b)]).toEqual([[`call/${id}`], []]);
  await b.runtime.ask(callProtocol, id, { type: 'HangUp', by: 'wang' });
  expect(a.hungUp).toEqual([id]);
  a.network(id)({ type: 'failed', cause: 'canceled', sipStatus: 487, reason: '' });
  await cluster.clock.settle();
  expect(await phaseOf(b, id)).toMatchObject({ phase: 'ended', outcome: 'canceled' });
  expect(b.hungUp).toEqual([]);
});
