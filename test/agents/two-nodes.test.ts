/** A customer on one node and agents on another: legs on both lead to each other, as long as the talk lasts. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Tagged } from '#proto/codec.ts';
import type { agentProtocol } from '#proto/generated/agent.ts';
import { type ClusterNode, idOn, lossMs, TestCluster } from '#test/cluster-kit.ts';
import { far, listsOf, nodeOf, protocols, settingsOf, trunk } from './floor-kit.ts';

const names = ['here', 'there'] as const;
/** A campaign whose first call is on the one node, and an agent of each. */
const campaignId = idOn('here', names, 'call', (id) => `${id}.1.1`);
const callId = `${campaignId}.1.1`;
const near = idOn('here', names, 'agent');
const [away, other] = [0, 1]
  .map((nth) => idOn('there', names, 'agent', (id) => `a${nth}-${id}`))
  .map((id, nth) => `a${nth}-${id}`) as [string, string];

let cluster: TestCluster;
let here: ClusterNode & ReturnType<typeof nodeOf>;
let there: ClusterNode & ReturnType<typeof nodeOf>;

async function ask(kind: string, id: string, command: Tagged & Readonly<Record<string, unknown>>) {
  const protocol = protocols.find((each) => each.kind === kind) as typeof agentProtocol;
  const answer = await cluster.meanwhile(here.runtime.ask(protocol, id, command as never), 50);
  await cluster.clock.advance(50);
  return answer as { readonly ok: boolean; readonly reply?: Readonly<Record<string, unknown>> };
}
const phaseOf = async (agentId: string) => (await ask('agent', agentId, { type: 'DescribeAgent' })).reply?.phase;
/** Legs of a node that lead to the other one. */
const links = ({ media }: typeof here) => [...media.legs.values()].filter(({ legId }) => legId.startsWith('link:'));
const leg = (agentId: string) => `agent:${agentId}:1`;
const link = (agentId: string, reservation: number) => `link:${callId}:${agentId}:${reservation}`;

async function join(name: string, lists: ReturnType<typeof listsOf>) {
  const node = nodeOf(name, cluster.clock, lists);
  await node.network.configureTrunk({ trunkId: 't', uri: trunk.uri });
  return { ...(await cluster.join(name, node.actors, { protocols })), ...node };
}

/** The first lead is called, and these agents are ready. */
async function begin(...agents: string[]): Promise<void> {
  await ask('trunk', 't', trunk);
  await ask('campaign', campaignId, { type: 'ConfigureCampaign', settings: settingsOf() });
  await ask('campaign', campaignId, { type: 'LoadList', path: 'l.csv' });
  for (const agentId of agents) {
    const profile = { phoneUri: `sip:${agentId}@pbx`, skills: [], languages: [], campaigns: [campaignId] };
    await ask('agent', agentId, { type: 'ConfigureAgent', profile });
    await ask('agent', agentId, { type: 'SignIn' });
  }
  await ask('campaign', campaignId, { type: 'StartCampaign' });
  await cluster.clock.advance(1000);
  here.network.happens(callId, { type: 'answered', sipStatus: 200, media: far });
  await cluster.clock.advance(200);
}

beforeEach(async () => {
  cluster = new TestCluster();
  const lists = listsOf(1, campaignId);
  here = await join('here', lists);
  there = await join('there', lists);
  // The two give different ports then.
  await there.media.open('another', {}, () => undefined);
});
afterEach(() => cluster.stop());

test('they are linked: each end leads to the other, and is closed with the talk', async () => {
  await begin(away);
  expect(await phaseOf(away)).toBe('talking');
  expect(here.media.done).toEqual([`bridge ${callId} ${link(away, 1)}`]);
  expect(there.media.done).toEqual([`bridge ${link(away, 1)} ${leg(away)}`]);
  const [[one], [two]] = [links(here), links(there)];
  expect([one?.remote?.port, two?.remote?.port]).toEqual([two?.side.port, one?.side.port]);
  expect(one?.side.port).not.toBe(two?.side.port);
  here.network.happens(callId, { type: 'hung-up', by: 'callee', reason: 'BYE' });
  await cluster.clock.advance(200);
  expect(await phaseOf(away)).toBe('wrapping');
  expect([links(here), links(there)]).toEqual([[], []]);
  expect([...there.media.legs.keys()]).toContain(leg(away));
});

test('the customer waits while the agent asks one of the other node, and goes over to that one', async () => {
  await begin(near, away);
  expect([await phaseOf(near), await phaseOf(away)]).toEqual(['talking', 'ready']);
  await ask('agent', near, { type: 'TransferCall', agentId: away, target: '', warm: true });
  expect(here.media.done.slice(1)).toEqual([`hold ${callId}`, `bridge ${leg(near)} ${link(away, 1)}`]);
  expect(await phaseOf(away)).toBe('talking');
  await ask('agent', near, { type: 'CompleteTransfer' });
  await cluster.clock.advance(200);
  expect(here.media.done.at(-1)).toBe(`bridge ${callId} ${link(away, 2)}`);
  expect(there.media.done.at(-1)).toBe(`bridge ${link(away, 2)} ${leg(away)}`);
  expect([links(here).length, links(there).length]).toEqual([1, 1]);
  expect([await phaseOf(near), await phaseOf(away)]).toEqual(['wrapping', 'talking']);
});

test('an agent of the other node asks another one there, and takes the customer back', async () => {
  await begin(away, other);
  await ask('agent', away, { type: 'TransferCall', agentId: other, target: '', warm: true });
  expect(here.media.done.at(-1)).toBe(`bridge ${link(away, 1)} ${link(other, 1)}`);
  expect([await phaseOf(away), await phaseOf(other)]).toEqual(['talking', 'talking']);
  await ask('agent', away, { type: 'CancelTransfer' });
  await cluster.clock.advance(200);
  expect(here.media.done.at(-1)).toBe(`bridge ${callId} ${link(away, 1)}`);
  expect(await phaseOf(other)).toBe('ready');
  expect([links(here), links(there)].map((open) => open.map(({ legId }) => legId))).toEqual([
    [link(away, 1)],
    [link(away, 1)],
  ]);
});

test('a link that dies is as a phone that is gone: somebody else takes the customer', async () => {
  await begin(away, near);
  there.media.lose(link(away, 1));
  await cluster.clock.advance(200);
  expect(here.media.done.slice(1)).toEqual([`hold ${callId}`, `bridge ${callId} ${leg(near)}`]);
  expect([await phaseOf(away), await phaseOf(near)]).toEqual(['wrapping', 'talking']);
  expect([links(here), links(there)]).toEqual([[], []]);
});

test('a phone that hangs up takes its link with it', async () => {
  await begin(away, near);
  there.phones.putDown(leg(away));
  await cluster.clock.advance(200);
  expect([await phaseOf(away), await phaseOf(near)]).toEqual(['offline', 'talking']);
  expect([links(here), links(there)]).toEqual([[], []]);
});

describe('a supervisor whose phone is on another node', () => {
  const monitor = (agentId: string, mode: string) => ask('agent', near, { type: 'StartMonitoring', agentId, mode });
  /** Legs of a node that are there for a supervisor. */
  const attending = ({ media }: typeof here) =>
    [...media.legs.values()].filter(({ legId }) => legId.startsWith('attend:'));
  const ends = () => [attending(here), attending(there)] as const;

  beforeEach(async () => {
    await begin(away, other);
    const profile = { phoneUri: `sip:${near}@pbx`, skills: [], languages: [], campaigns: [] };
    await ask('agent', near, { type: 'ConfigureAgent', profile });
    await ask('agent', near, { type: 'SignIn' });
  });

  test('listens, whispers and joins over one link, and leaves', async () => {
    expect(await monitor(away, 'listen')).toMatchObject({ ok: true });
    const [[one], [two]] = ends();
    expect([one?.remote?.port, two?.remote?.port]).toEqual([two?.side.port, one?.side.port]);
    expect(here.media.done.at(-1)).toBe(`bridge ${leg(near)} ${one?.legId}`);
    expect(there.media.done.at(-1)).toBe(`listen ${two?.legId} ${leg(away)}`);
    for (const mode of ['whisper', 'join']) {
      await monitor(away, mode);
      expect(there.media.done.at(-1)).toBe(`${mode} ${two?.legId} ${leg(away)}`);
    }
    expect(ends().map(({ length }) => length)).toEqual([1, 1]);
    await ask('agent', near, { type: 'StopMonitoring' });
    await cluster.clock.advance(200);
    expect(ends()).toEqual([[], []]);
    expect([await phaseOf(near), await phaseOf(away)]).toEqual(['break', 'talking']);
  });

  test('goes over to another agent, and the first one is left alone', async () => {
    await monitor(away, 'listen');
    await monitor(other, 'listen');
    await cluster.clock.advance(200);
    expect(ends().map(({ length }) => length)).toEqual([1, 1]);
    expect(there.media.done.at(-1)).toBe(`listen ${attending(there)[0]?.legId} ${leg(other)}`);
    expect(await phaseOf(near)).toBe('monitoring');
  });

  test('attends nobody any more when that phone is gone, or the link', async () => {
    await monitor(away, 'listen');
    there.phones.putDown(leg(away));
    await cluster.clock.advance(200);
    expect([ends(), await phaseOf(near)]).toEqual([[[], []], 'break']);
    for (const node of [here, there]) {
      await monitor(other, 'listen');
      expect(await phaseOf(near)).toBe('monitoring');
      node.media.lose(attending(node)[0]?.legId ?? '');
      await cluster.clock.advance(200);
      expect([ends(), await phaseOf(near)]).toEqual([[[], []], 'break']);
    }
  });

  test('who hangs up takes the link along, and cannot attend who is not there', async () => {
    await monitor(away, 'listen');
    here.phones.putDown(leg(near));
    await cluster.clock.advance(200);
    expect([ends(), await phaseOf(near)]).toEqual([[[], []], 'offline']);
    await ask('agent', near, { type: 'SignIn' });
    await ask('agent', other, { type: 'SignOut' });
    await monitor(other, 'listen');
    await cluster.clock.advance(200);
    expect([ends(), await phaseOf(near)]).toEqual([[[], []], 'break']);
  });

  test('is free when the node of that phone dies', async () => {
    await monitor(away, 'listen');
    cluster.kill(there);
    await cluster.clock.advance(lossMs + 2000);
    expect([attending(here), await phaseOf(near), await phaseOf(away)]).toEqual([[], 'break', 'offline']);
  });
});
