/** Agents whose phones are on one node and customers whose calls are on another: real processes, a real bus, real RTP. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { wavHeaderBytes } from '#adapters/rtp/wav.ts';
import { type AgentEvent, agentEvent } from '#proto/generated/agent.ts';
import { type CallEvent, callEvent } from '#proto/generated/call.ts';
import { type CampaignEvent, campaignEvent } from '#proto/generated/campaign.ts';
import { type Closing, closeAll } from '#scripts/node/closing.ts';
import { loudest } from '#test/loudest.ts';
import { type ClusterFloor, historiesOf, openClusterFloor, until } from './cluster-floor.ts';

const minute = 60_000;
const campaignId = 'linked';
/** Voicemails talk for as long as it takes to be heard; a few are busy, or out. */
const people = '88868888788';
const opened: Closing[] = [];
const errors: unknown[] = [];
let floor: ClusterFloor;
/** Whose phone is on another node than that of the agent whom they attend. */
let bossId: string;
let agents: ReadonlyMap<string, readonly AgentEvent[]>;
let calls: ReadonlyMap<string, readonly CallEvent[]>;
let campaign: readonly CampaignEvent[];

beforeAll(async () => {
  floor = await openClusterFloor({ campaignId, mode: 'progressive', agentsEach: 2, people }, opened);
  await floor.openShift((error) => errors.push(error));
  bossId = await floor.openSupervision();
  expect(await floor.start()).toMatchObject({ ok: true });
  await until('the campaign ends', async () => (await floor.described())?.phase === 'ended');
  // The last of them have said what became of their talks.
  await until('the agents are free', async () =>
    (await Promise.all(floor.agentIds.map(floor.phaseOf))).every((phase) => phase === 'ready' || phase === 'break'),
  );
  const { journal } = floor.desk;
  agents = await historiesOf(journal, 'agent', agentEvent);
  calls = await historiesOf(journal, 'call', callEvent);
  campaign = (await historiesOf(journal, 'campaign', campaignEvent)).get(campaignId) ?? [];
}, 3 * minute);
afterAll(() => closeAll(opened), minute);

const talks = () =>
  [...calls].flatMap(([callId, events]) => {
    const on = events.find((event) => event.type === 'AgentConnected');
    const isLinked = events.some(({ type }) => type === 'AgentLinked');
    return on ? [{ callId, agentId: on.agentId, isLinked }] : [];
  });
const nodeOf = (agentId: string) => agents.get(agentId)?.find((event) => event.type === 'PhoneAnswered')?.nodeId;
const rowOf = (callId: string) => Number(callId.split('.')[1]);

describe('a campaign over three nodes with agents on two', () => {
  test('comes to its end without an error, with the outcome that each person has brought about', () => {
    expect(errors).toEqual([]);
    const outcomes = { 6: 'busy', 7: 'no-answer', 8: 'answered' } as const;
    const expected = [...people].map((digit, index) => [index + 1, outcomes[digit as '6']]);
    const ended = campaign.flatMap((event) => (event.type === 'AttemptEnded' ? [[event.row, event.outcome]] : []));
    expect(ended.sort(([a], [b]) => Number(a) - Number(b))).toEqual(expected);
    expect(calls.size).toBe(people.length);
  });

  test('brings customers to agents of the other node, in both directions', () => {
    expect(talks().length).toBe([...people].filter((digit) => digit === '8').length);
    const linked = talks().filter(({ isLinked }) => isLinked);
    expect(new Set(linked.map(({ agentId }) => nodeOf(agentId)))).toEqual(new Set(['node-2', 'node-3']));
    expect(linked.length).toBeLessThan(talks().length);
  });

  test('lets both sides of each talk hear the other', () => {
    const deaf = talks().flatMap(({ callId, agentId, isLinked }) => {
      const customer = floor.heardBy('carrier', floor.numbers[rowOf(callId) - 1] ?? '');
      const phone = duringTalk(agentId, callId);
      const heard = { customer: customer ? loudest(customer, 0) > 1000 : false, agent: loudest(phone, 0) > 1000 };
      return heard.customer && heard.agent ? [] : [{ callId, agentId, isLinked, ...heard }];
    });
    expect(deaf).toEqual([]);
  });

  test('lets a supervisor listen to an agent of the other node', () => {
    const types = agents.get(bossId)?.map(({ type }) => type);
    expect(types).toContain('MonitorLinked');
    expect(types?.at(-1)).toBe('MonitorLinked');
    expect(loudest(floor.heardBy('agents', bossId) ?? Buffer.alloc(0), 0)).toBeGreaterThan(1000);
  });

  test('has each agent in one call at a time, and hears what became of each talk', () => {
    for (const agentId of floor.agentIds) {
      const events = agents.get(agentId) ?? [];
      const inCall = events.flatMap((event) =>
        'callId' in event && !['PhoneLinkRequested', 'SignedOut'].includes(event.type)
          ? [`${event.type} ${event.callId}`]
          : [],
      );
      const ids = talks().flatMap(({ callId }) => (inCall.includes(`AgentReserved ${callId}`) ? [callId] : []));
      const whole = (callId: string) =>
        ['AgentReserved', 'AgentConnected', 'TalkEnded', 'CallDisposed'].map((type) => `${type} ${callId}`);
      expect([...inCall].sort()).toEqual(ids.flatMap(whole).sort());
      // In this order, and nothing of another call in between.
      expect(inCall).toEqual(
        inCall.flatMap((word) => (word.startsWith('AgentReserved ') ? whole(word.slice(14)) : [])),
      );
    }
    const disposed = campaign.flatMap((event) => (event.type === 'AttemptDisposed' ? [event.callId] : []));
    expect(disposed.sort()).toEqual(
      talks()
        .map(({ callId }) => callId)
        .sort(),
    );
  });

  test('has its channels back, its chains whole, and its law kept, as an audit of the cluster proves', async () => {
    expect(await floor.channelsInUse()).toBe(0);
    expect(await floor.callboard('verify')).toMatchObject({ code: 0, stdout: expect.stringMatching(/every chain/) });
    const audit = await floor.callboard('audit', campaignId, '--json');
    expect(audit).toMatchObject({ code: 0, stderr: '' });
    const report = JSON.parse(audit.stdout);
    expect(report).toMatchObject({ kept: true, attempts: people.length, dialed: people.length, refused: {} });
    const answers = report.rules.find(({ id }: { id: string }) => id === 'practice.connect');
    expect(answers.checked).toBe(talks().length);
  });
});

/** What the phone of the agent heard and said during the talk: its recording goes on for the whole shift. */
function duringTalk(agentId: string, callId: string): Buffer {
  const file = floor.heardBy('agents', agentId) ?? Buffer.alloc(0);
  const events = agents.get(agentId) ?? [];
  const atMs = (type: AgentEvent['type'], of?: string) =>
    events.flatMap((event) =>
      event.type === type && (!of || ('callId' in event && event.callId === of)) && 'atMs' in event ? [event.atMs] : [],
    )[0] ?? 0;
  const sinceMs = atMs('PhoneAnswered');
  // Two channels of 16 bit, 8 kHz.
  const byteAt = (ms: number) => wavHeaderBytes + Math.max(0, ms - sinceMs) * 32;
  const part = file.subarray(byteAt(atMs('AgentConnected', callId)), byteAt(atMs('TalkEnded', callId)));
  return Buffer.concat([file.subarray(0, wavHeaderBytes), part]);
}
