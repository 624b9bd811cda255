import { describe, expect, test } from '@jest/globals';
import { type Happened, type RecordedCampaign, recordingOf } from './recorded-campaign.ts';

const noonMs = Date.parse('2026-11-22T12:00:00Z');
const at = (seconds: number) => noonMs + seconds * 1000;
const settings = { maxCalls: 12, callsPerSecond: 3, plan: { ringTimeoutMs: 25_000 } };

const dialed = (second: number): Happened => ({ type: 'CallDialed', atMs: at(second) });
const rang = (second: number): Happened => ({ type: 'CallRang', atMs: at(second) });
const answered = (second: number): Happened => ({ type: 'CallAnswered', atMs: at(second) });
const ended = (second: number, outcome: string, more: Partial<Happened> = {}): Happened => ({
  type: 'CallEnded',
  atMs: at(second),
  outcome,
  ...more,
});

const talked = [
  dialed(0),
  rang(1),
  answered(5),
  { type: 'AgentConnected', agentId: 'ann', atMs: at(6) },
  { type: 'CallHungUp', by: 'callee', atMs: at(66) },
  ended(67, 'answered', { ringMs: 5000, talkMs: 61_000 }),
];
const busy = [dialed(2), ended(3, 'busy', { ringMs: 1000 })];
const lost = [dialed(3), answered(7), { type: 'CallAbandoned', atMs: at(9) }, ended(15, 'abandoned')];
const left = [dialed(4), answered(8), { type: 'CallHungUp', by: 'callee', atMs: at(9) }, ended(9, 'answered')];
const withdrawn = [dialed(5), ended(6, 'canceled')];
const neverDialed = [ended(6, 'failed')];

const floor: Happened[] = [
  { type: 'CampaignConfigured', settings },
  { type: 'AgentBecameReady', agentId: 'ann', atMs: at(-60) },
  { type: 'AgentBecameReady', agentId: 'bob', atMs: at(1) },
  { type: 'CallConnected', callId: 'c.1.1', agentId: 'ann', atMs: at(6) },
  { type: 'AttemptEnded', callId: 'c.1.1', atMs: at(67) },
  { type: 'AgentBecameReady', agentId: 'ann', atMs: at(80) },
  { type: 'AgentWentAway', agentId: 'bob', atMs: at(90) },
];
const campaign: RecordedCampaign = {
  campaignId: 'c',
  events: floor,
  calls: [talked, busy, lost, left, withdrawn, neverDialed, [dialed(100), ended(125, 'no-answer', { ringMs: 25_000 })]],
};

describe('the recording of a campaign', () => {
  test('has its attempts with ring, outcome and talk', () => {
    const none = { talkMs: -1, leftAfterMs: -1 };
    expect(recordingOf(campaign).attempts).toEqual([
      { atMs: at(0), setupMs: 1000, endMs: 5000, cause: '', talkMs: 60_000, leftAfterMs: -1 },
      { atMs: at(2), setupMs: -1, endMs: 1000, cause: 'busy', ...none },
      { atMs: at(3), setupMs: -1, endMs: 4000, cause: '', ...none },
      { atMs: at(4), setupMs: -1, endMs: 4000, cause: '', talkMs: -1, leftAfterMs: 1000 },
      { atMs: at(100), setupMs: -1, endMs: 25_000, cause: 'no-answer', ...none },
    ]);
  });

  test('has its agents from their first to their last sign, and how long they wrapped up', () => {
    const { agents, wraps, fromMs, toMs } = recordingOf(campaign);
    expect([fromMs, toMs]).toEqual([at(0), at(100) + 1]);
    expect(agents).toEqual([
      { id: 'bob', pace: 1, stints: [{ fromMs: at(1), toMs: at(90) }] },
      { id: 'ann', pace: 1, stints: [{ fromMs: at(0), toMs: at(100) + 1 }] },
    ]);
    expect(wraps).toEqual([{ atMs: at(80), wrapMs: 13_000 }]);
  });

  test('has the limits that the campaign had', () => {
    expect(recordingOf(campaign).config).toMatchObject({ maxLines: 12, callsPerSecond: 3, ringTimeoutMs: 25_000 });
  });

  test('is of its last day, or of another that is named', () => {
    const yesterday = talked.map((event) => ({ ...event, atMs: (event.atMs ?? 0) - 86_400_000 }));
    const two = { ...campaign, calls: [yesterday, ...campaign.calls] };
    expect(recordingOf(two).attempts).toHaveLength(5);
    expect(recordingOf(two, { date: '2026-11-21', agents: 2 }).attempts).toHaveLength(1);
    expect(() => recordingOf(two, { date: '2026-11-20' })).toThrow(
      'Campaign c has no attempt on 2026-11-20 that came to an outcome: name another day or campaign.',
    );
  });

  test('of a campaign without agents needs to be told how many, and takes its prompts for talks', () => {
    const prompted = [dialed(0), answered(5), ended(25, 'answered', { talkMs: 20_000 })];
    const alone = { ...campaign, events: floor.slice(0, 1), calls: [prompted] };
    expect(() => recordingOf(alone)).toThrow('Campaign c had no agents on 2026-11-22: say with --agents how many');
    const { agents, attempts } = recordingOf(alone, { agents: 3 });
    expect(agents).toHaveLength(3);
    expect(attempts[0]?.talkMs).toBe(20_000);
  });
});
