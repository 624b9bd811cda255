/** Trunks and campaigns of a node that was held for lost and lives. */

import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { campaignActor } from '#actors/campaign/campaign.actor.ts';
import { trunkActor } from '#actors/trunk/trunk.actor.ts';
import { callProtocol } from '#proto/generated/call.ts';
import { campaignProtocol } from '#proto/generated/campaign.ts';
import { trunkProtocol } from '#proto/generated/trunk.ts';
import { anyLaw } from '#test/any-law.ts';
import { activeOn, type ClusterNode, idOn, lossMs, TestCluster } from '#test/cluster-kit.ts';

const both = ['node-a', 'node-b'];
let cluster: TestCluster;
beforeEach(() => {
  cluster = new TestCluster();
});
afterEach(() => cluster.stop());

test('a trunk that was full grants the channel that was released meanwhile', async () => {
  const telephony = { ping: async () => ({ ok: true, sipStatus: 200, roundTripMs: 1 }) } as never;
  const join = (name: string) =>
    cluster.join(name, [trunkActor({ telephony, clock: cluster.clock })], { protocols: [trunkProtocol, callProtocol] });
  const [a, b] = [await join('node-a'), await join('node-b')];
  const id = idOn('node-a', both, 'trunk');
  const ask = ({ runtime }: ClusterNode, command: object) => runtime.ask(trunkProtocol, id, command as never);
  const settings = { uri: 'sip:x', maxChannels: 1, callsPerSecond: 50, leaseMs: 330_000 };
  await ask(a, { type: 'ConfigureTrunk', ...settings });
  expect(await ask(b, { type: 'ReserveChannel', callId: 'c1' })).toMatchObject({ ok: true });
  const mend = cluster.part(a, b);
  await cluster.clock.advance(lossMs);
  expect(await ask(b, { type: 'ReleaseChannel', callId: 'c1' })).toMatchObject({ ok: true });
  mend();
  await cluster.clock.advance(lossMs);
  expect(await ask(b, { type: 'ReserveChannel', callId: 'c2' })).toMatchObject({ ok: true });
});

test('a campaign that was resumed meanwhile goes on', async () => {
  const claims: string[] = [];
  const join = (name: string) => {
    const leads = {
      claim: async () => {
        claims.push(name);
        return [{ row: claims.length, contactId: 'c', mask: 'm', attempt: 1 }];
      },
      settle: async () => undefined,
      schedule: async () => undefined,
      nextDue: async () => undefined,
    } as never;
    const lists = { load: async () => ({ rows: 100, added: 100, known: 0, refused: 0 }) } as never;
    const actors = [campaignActor({ leads, lists, clock: cluster.clock })];
    return cluster.join(name, actors, { protocols: [campaignProtocol, callProtocol] });
  };
  const [a, b] = [await join('node-a'), await join('node-b')];
  const id = idOn('node-a', both, 'campaign');
  const ask = ({ runtime }: ClusterNode, command: object) => runtime.ask(campaignProtocol, id, command as never);
  const plan = {
    prompt: '',
    gatherDigits: 0,
    gatherTimeoutMs: 0,
    ringTimeoutMs: 30_000,
    maxTalkMs: 1000,
    record: false,
    silenceTimeoutMs: 0,
  };
  const settings = { trunkId: 't', plan, maxCalls: 100, callsPerSecond: 1, leaseMs: 330_000, law: anyLaw };
  await ask(a, { type: 'ConfigureCampaign', settings });
  await ask(a, { type: 'LoadList', path: 'x' });
  await cluster.clock.advance(1000);
  await ask(a, { type: 'StartCampaign' });
  await ask(a, { type: 'PauseCampaign', by: 'ann', reason: 'r' });
  const mend = cluster.part(a, b);
  await cluster.clock.advance(lossMs);
  expect(await ask(b, { type: 'ResumeCampaign', by: 'ann' })).toMatchObject({ ok: true });
  mend();
  await cluster.clock.advance(lossMs);
  expect([activeOn(a), activeOn(b)]).toEqual([expect.arrayContaining([`campaign/${id}`]), []]);
  const before = claims.length;
  await cluster.clock.advance(10_000);
  expect(claims.slice(before)).toContain('node-a');
  expect(await ask(b, { type: 'DescribeCampaign' })).toMatchObject({ reply: { phase: 'running' } });
});
