import { describe, expect, test } from '@jest/globals';
import type { CampaignEvent } from '#proto/generated/campaign.ts';
import { choose, evolveRouting, nobody, type Routing } from './routing.ts';

const anyone = { skills: [], language: '', sticky: false };
const loans = { skills: [{ name: 'loans', level: 2 }], language: 'de', sticky: false };
const ready = (agentId: string, sinceMs: number, level = 0, languages = ['en']): CampaignEvent => ({
  ...{ type: 'AgentBecameReady', agentId, sinceMs, languages, atMs: sinceMs },
  skills: level > 0 ? [{ name: 'loans', level }] : [],
});
const wants = (callId: string, sinceMs: number, agentId = '', notAgentId = '', wait = 1): CampaignEvent => ({
  ...{ type: 'AgentRequested', callId, sinceMs, wait, agentId, notAgentId, atMs: sinceMs },
});
const chosen = (callId: string, agentId: string): CampaignEvent => ({
  ...{ type: 'AgentChosen', callId, agentId, reason: 'idle-longest', atMs: 50 },
});
const contactOf = (callId: string) => `p-${callId}`;
const seen = (...events: CampaignEvent[]): Routing =>
  events.reduce((routing, event) => evolveRouting(routing, event, contactOf), nobody);
const free = () => false;

describe('an answer finds its agent', () => {
  test('who waited longest comes first, and gets the longest idle', () => {
    const routing = seen(ready('ann', 20), ready('bob', 10), wants('c.2.1', 31), wants('c.1.1', 30));
    expect(choose(routing, anyone, contactOf, free)).toEqual({
      ...{ callId: 'c.1.1', agentId: 'bob', reason: 'idle-longest' },
    });
    const next = evolveRouting(routing, chosen('c.1.1', 'bob'), contactOf);
    expect(choose(next, anyone, contactOf, free)).toEqual({ callId: 'c.2.1', agentId: 'ann', reason: 'idle-longest' });
    expect(choose(evolveRouting(next, chosen('c.2.1', 'ann'), contactOf), anyone, contactOf, free)).toBeUndefined();
  });

  test('who cannot do it is not asked, and the best fitting comes before the longest idle', () => {
    const routing = seen(
      ready('ann', 1, 1, ['de']),
      ready('bob', 2, 5, ['en']),
      ready('cid', 30, 3, ['de', 'en']),
      ready('dan', 20, 2, ['de']),
      wants('c.1.1', 40),
    );
    expect(choose(routing, loans, contactOf, free)?.agentId).toBe('cid');
    expect(choose(routing, { ...loans, language: 'fr' }, contactOf, free)).toBeUndefined();
    expect(choose(routing, loans, contactOf, (agentId) => agentId === 'cid')?.agentId).toBe('dan');
  });

  test('sticks to the agent who spoke with the contact last, where the campaign wants that', () => {
    const spoke: CampaignEvent = { type: 'CallConnected', callId: 'c.1.1', agentId: 'ann', atMs: 5 };
    const routing = seen(spoke, ready('ann', 20), ready('bob', 10), wants('c.1.1', 30));
    const sticky = { ...anyone, sticky: true };
    expect(choose(routing, sticky, contactOf, free)).toEqual({ callId: 'c.1.1', agentId: 'ann', reason: 'sticky' });
    expect(choose(routing, anyone, contactOf, free)?.agentId).toBe('bob');
    const away: CampaignEvent = { type: 'AgentWentAway', agentId: 'ann', reason: 'lunch', atMs: 31 };
    expect(choose(evolveRouting(routing, away, contactOf), sticky, contactOf, free)?.agentId).toBe('bob');
  });

  test('who is named is asked whatever is believed, and after a refusal anybody else', () => {
    const routing = seen(ready('ann', 20), wants('c.1.1', 30, 'zoe'));
    expect(choose(routing, anyone, contactOf, free)).toEqual({ callId: 'c.1.1', agentId: 'zoe', reason: 'named' });
    const refused: CampaignEvent = {
      ...{ type: 'AgentRefused', callId: 'c.1.1', agentId: 'zoe', code: 'AGENT_NOT_READY', atMs: 51 },
    };
    const again = [chosen('c.1.1', 'zoe'), refused].reduce((r, event) => evolveRouting(r, event, contactOf), routing);
    expect(choose(again, anyone, contactOf, free)?.agentId).toBe('ann');
  });

  test('who has just left the call is not asked again, and another callee does not wait for it', () => {
    const routing = seen(ready('ann', 20), wants('c.1.1', 30, '', 'ann', 2), wants('c.2.1', 35));
    expect(choose(routing, anyone, contactOf, free)).toMatchObject({ callId: 'c.2.1', agentId: 'ann' });
  });

  test('who left a callee, or refused one, is asked when it has become ready since then', () => {
    const refused: CampaignEvent = {
      ...{ type: 'AgentRefused', callId: 'c.1.1', agentId: 'bob', code: 'AGENT_NOT_READY', atMs: 51 },
    };
    const asked = (event: CampaignEvent) =>
      choose(seen(wants('c.1.1', 30, 'bob', 'ann', 2), chosen('c.1.1', 'bob'), refused, event), anyone, contactOf, free)
        ?.agentId;
    expect([asked(ready('ann', 31)), asked(ready('bob', 52))]).toEqual(['ann', 'bob']);
    // Ready before that, it was asked, and its phone could not be brought to them.
    expect([asked(ready('ann', 30)), asked(ready('bob', 51))]).toEqual([undefined, undefined]);
  });

  test('nobody waits any more who is abandoned or gone', () => {
    const routing = seen(ready('ann', 20), wants('c.1.1', 30), wants('c.2.1', 31));
    const abandoned: CampaignEvent = { type: 'CallAbandoned', callId: 'c.1.1', atMs: 40 };
    const ended: CampaignEvent = {
      ...{ type: 'AttemptEnded', callId: 'c.2.1', row: 2, attempt: 1, outcome: 'answered', atMs: 41 },
    };
    const left = [abandoned, ended].reduce((r, event) => evolveRouting(r, event, contactOf), routing);
    expect(left.waiting).toEqual({});
    expect(choose(left, anyone, contactOf, free)).toBeUndefined();
  });

  test('remembers the contacts it spoke with last, and no more than so many', () => {
    const spoke = (row: number): CampaignEvent => ({
      ...{ type: 'CallConnected', callId: `c.${row}.1`, agentId: 'ann', atMs: row },
    });
    let routing = nobody;
    for (let row = 1; row <= 1001; row += 1) routing = evolveRouting(routing, spoke(row), contactOf);
    expect(Object.keys(routing.spoke)).toHaveLength(1000);
    expect(routing.spoke['p-c.1.1']).toBeUndefined();
    expect(routing.spoke['p-c.1001.1']).toBe('ann');
  });
});
