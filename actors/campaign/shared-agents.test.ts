/** Agents who work for several campaigns, of which one at a time dials for them. */
import { describe, expect, test } from '@jest/globals';
import { agentProtocol } from '#proto/generated/agent.ts';
import { type AgentWork, type CampaignEvent, campaignProtocol } from '#proto/generated/campaign.ts';
import { tell } from '#runtime/effects.ts';
import { anyLaw } from '#test/any-law.ts';
import { given } from '#test/given.ts';
import { decide } from './decide.ts';
import { isWakeful, react, resume } from './react.ts';
import { evolve, initial, pacerOf } from './state.ts';

const campaign = { protocol: campaignProtocol, initial, decide, evolve, react, resume, isWakeful };
const plan = {
  ...{ prompt: '', gatherDigits: 0, gatherTimeoutMs: 0, ringTimeoutMs: 15_000, maxTalkMs: 120_000, record: true },
  ...{ needsAgent: true, connectDeadlineMs: 2000 },
};
const agents: AgentWork = {
  ...{ mode: 'progressive', powerRatio: 2, maxAbandonRate: 0.03, skills: [], language: '', sticky: false },
  ...{ previewMs: 20_000, previewDials: true },
  wrapUp: { dispositions: [], required: false, longestMs: 30_000, defaultDisposition: '' },
};
const settings = { trunkId: 't', plan, maxCalls: 10, callsPerSecond: 10, leaseMs: 60_000, law: anyLaw, agents };
const lead = (row: number) => ({ row, contactId: `p-${row}`, mask: '+1 202 *** **45', attempt: 1 });
const running = [
  { type: 'CampaignConfigured', settings },
  { type: 'ListLoaded', path: 'l.csv', rows: 9, added: 9, known: 0, refused: 0 },
  { type: 'CampaignStarted', atMs: 1000 },
  { type: 'AgentBecameReady', agentId: 'ann', sinceMs: 1100, skills: [], languages: [], atMs: 1100 },
] as const satisfies readonly CampaignEvent[];
/** The list has nothing more: the claim gave fewer than it was to. */
const exhausted: readonly CampaignEvent[] = [
  { type: 'LeadsRequested', claimId: 'c.1', count: 2, atMs: 1200 },
  { type: 'AttemptsStarted', claimId: 'c.1', attempts: [], nextAtMs: 99_999_999, atMs: 1210 },
];
const dialing = (atMs: number): readonly CampaignEvent[] => [
  { type: 'LeadsRequested', claimId: 'c.1', count: 2, atMs },
  {
    ...{ type: 'AttemptsStarted', claimId: 'c.1', attempts: [{ callId: 'c.1.1', lead: lead(1) }], atMs },
    nextAtMs: 99_999_999,
  },
];
const paused: CampaignEvent = { type: 'CampaignPaused', by: 'wang', reason: 'lunch' };
const asks = { type: 'RequestRelease', agentId: 'ann', sinceMs: 1100 } as const;
const lent = (atMs: number): CampaignEvent => ({ type: 'AgentLent', agentId: 'ann', atMs });
const me = { actorId: 'c' };

describe('an agent whom another campaign might dial for', () => {
  test('is let go of where there is nothing to dial, and the agent hears of it', () => {
    for (const events of [[...running, paused], [...running, ...exhausted], running.slice(0, 3)]) {
      const story = given(campaign, ...events)
        .when(asks, { ...me, nowMs: 4100 })
        .then(lent(4100));
      expect(story.effects).toContainEqual(
        tell(agentProtocol, 'ann', { type: 'PassTurn', campaignId: 'c' }, 'lent:ann:4100'),
      );
      expect(story.state.routing.ready).toEqual({});
      const { team } = pacerOf(story.state).state as { readonly team: { readonly ready: ReadonlySet<string> } };
      expect([...team.ready]).toEqual([]);
    }
  });

  test('stays where it is dialed for, until it has waited in vain for a minute', () => {
    given(campaign, ...running)
      .when(asks, { ...me, nowMs: 61_099 })
      .then()
      .when(asks, { nowMs: 61_100 })
      .then(lent(61_100));
  });

  test('stays as long as a line may be answered for it, and no longer', () => {
    const story = given(campaign, ...running, ...dialing(70_000), paused);
    story.when(asks, { ...me, nowMs: 99_999 }).then();
    // After so long it was never dialed: it waits for its trunk, or for the campaign to go on.
    story.when(asks, { ...me, nowMs: 100_000 }).then(lent(100_000));
    story
      .when({ type: 'ReportAttempt', callId: 'c.1.1', outcome: 'busy' }, { ...me, nowMs: 72_000 })
      .when(asks)
      .then(lent(72_000));
    const bob = { type: 'ReportAgentReady', agentId: 'bob', sinceMs: 70_001, skills: [], languages: [] } as const;
    story
      .when(bob, { ...me, nowMs: 71_000 })
      .when(asks)
      .then(lent(71_000));
  });

  test('stays where it is asked for, or looks at a contact', () => {
    const asked: CampaignEvent = {
      ...{ type: 'AgentRequested', callId: 'c.1.1', sinceMs: 80_000, wait: 1, agentId: '', notAgentId: '' },
      atMs: 80_000,
    };
    const chosen: CampaignEvent = {
      ...{ type: 'AgentChosen', callId: 'c.1.1', agentId: 'ann', reason: 'idle-longest', atMs: 80_000 },
    };
    given(campaign, ...running, ...dialing(70_000), asked, chosen)
      .when(asks, { ...me, nowMs: 200_000 })
      .then();
    const offered: CampaignEvent = { type: 'PreviewOffered', callId: 'c.1.1', agentId: 'ann', atMs: 80_000 };
    given(campaign, ...running, ...dialing(70_000), offered)
      .when(asks, { ...me, nowMs: 200_000 })
      .then();
  });

  test('is away here while it is elsewhere, and that is news once', () => {
    const away = { type: 'ReportAgentAway', agentId: 'ann', reason: 'works for another campaign' } as const;
    given(campaign, ...running)
      .when(away, { ...me, nowMs: 2000 })
      .then({ type: 'AgentWentAway', agentId: 'ann', reason: 'works for another campaign', atMs: 2000 })
      .when(away)
      .then();
  });

  test('who refuses is not ready to the policy either, unless it was asked by name', () => {
    const named = (agentId: string): CampaignEvent => ({
      ...{ type: 'AgentRequested', callId: 'c.1.1', sinceMs: 80_000, wait: 1, agentId, notAgentId: '', atMs: 80_000 },
    });
    const chosen: CampaignEvent = {
      ...{ type: 'AgentChosen', callId: 'c.1.1', agentId: 'ann', reason: 'idle-longest', atMs: 80_000 },
    };
    const refused: CampaignEvent = {
      ...{ type: 'AgentRefused', callId: 'c.1.1', agentId: 'ann', code: 'AGENT_NOT_READY', atMs: 80_010 },
    };
    const readyAfter = (agentId: string) => {
      const { state } = given(campaign, ...running, ...dialing(70_000), named(agentId), chosen, refused);
      return (pacerOf(state).state as { readonly team: { readonly ready: ReadonlySet<string> } }).team.ready.size;
    };
    expect([readyAfter(''), readyAfter('ann')]).toEqual([0, 1]);
  });
});
