/** An agent's shift, and what comes between the calls. */
import { describe, expect, test } from '@jest/globals';
import { campaignProtocol } from '#proto/generated/campaign.ts';
import { run, tell } from '#runtime/effects.ts';
import { given } from '#test/given.ts';
import {
  agent,
  away,
  connected,
  elsewhere,
  ended,
  legId,
  me,
  profile,
  ready,
  reserved,
  signedIn,
  strict,
  takesTurn,
  timers,
  toCall,
  turn,
} from './agent.fixture.ts';
import { anchored, deposed, react } from './react.ts';

describe("an agent's shift", () => {
  test('begins with the phone, whose leg is held until its end', () => {
    given(agent)
      .when({ type: 'ConfigureAgent', profile }, me)
      .then({ type: 'AgentConfigured', profile })
      .when({ type: 'SignIn' }, { nowMs: 1 })
      .then({ type: 'SignInRequested', shift: 1, legId, atMs: 1 })
      .thenEffects(run('dial-phone', { legId, uri: profile.phoneUri }, `phone:${legId}`))
      .when({ type: 'ReportPhoneAnswer', legId, nodeId: 'n' }, { nowMs: 2 })
      .then({ type: 'PhoneAnswered', legId, nodeId: 'n', atMs: 2 }, { type: 'AgentBecameReady', atMs: 2 })
      .thenEffects(...timers, ...takesTurn('c', 'd', 2))
      .when({ type: 'SignOut' }, { nowMs: 9 })
      .then({ type: 'SignedOut', legId, reason: '', callId: '', atMs: 9 })
      .thenEffects(
        run('drop-phone', { legId }, `drop:${legId}`),
        away('c', 'signed off', 9),
        away('d', 'signed off', 9),
        ...timers,
      )
      .when({ type: 'SignIn' }, { nowMs: 10 })
      .then({ type: 'SignInRequested', shift: 2, legId: 'agent:ann:2', atMs: 10 });
  });

  test('does not begin where the phone does not answer', () => {
    given(agent, signedIn[0], signedIn[1])
      .when({ type: 'ReportPhoneGone', legId, reason: 'busy' }, { ...me, nowMs: 3 })
      .then({ type: 'SignedOut', legId, reason: 'busy', callId: '', atMs: 3 })
      .when({ type: 'ReportPhoneAnswer', legId, nodeId: 'n' })
      .then()
      .when({ type: 'DescribeAgent' })
      .thenReply({
        ...{ type: 'AgentDescribed', phase: 'offline', reason: 'busy', sinceMs: 3, callId: '', campaignId: '' },
        ...{ legId: '', nodeId: '', muted: false, owesDisposition: false, profile, contactId: '', mask: '' },
      });
  });

  test('is nothing for somebody nobody knows, and a telephone number is no address of a phone', () => {
    given(agent).when({ type: 'SignIn' }).thenRejected('AGENT_UNKNOWN');
    for (const phoneUri of ['sip:+8613800001234@gw', 'sip:13800001234@gw', 'tel:ann', 'sip:a b@c']) {
      given(agent)
        .when({ type: 'ConfigureAgent', profile: { ...profile, phoneUri } })
        .thenRejected('AGENT_SETTINGS');
    }
    const unskilled = { ...profile, skills: [{ name: 'loans', level: 0 }] };
    given(agent).when({ type: 'ConfigureAgent', profile: unskilled }).thenRejected('AGENT_SETTINGS');
    given(agent, signedIn[0]).when({ type: 'ConfigureAgent', profile }).then();
  });

  test('ends with the phone: its call looks for somebody else, and what can be said of the talk is said', () => {
    given(agent, ...signedIn, reserved, connected)
      .when({ type: 'ReportPhoneGone', legId: 'agent:ann:0', reason: 'old news' }, { ...me, nowMs: 90 })
      .then()
      .when({ type: 'ReportPhoneGone', legId, reason: 'the phone hung up' }, { nowMs: 100 })
      .then(
        ended,
        {
          ...{ type: 'CallDisposed', callId: 'c.1.1', campaignId: 'c', disposition: 'no interest', byDefault: true },
          atMs: 100,
        },
        { type: 'SignedOut', legId, reason: 'the phone hung up', callId: 'c.1.1', atMs: 100 },
      );
  });

  test('of a crashed node is over: the leg is looked for when the agent is woken', () => {
    const story = given(agent, ...signedIn, reserved);
    expect(story.wakeful).toBe(true);
    expect(anchored(story.state)).toBe(true);
    expect(story.resumed[0]).toEqual(run('find-phone', { legId }, 'find'));
    story
      .when({ type: 'ReportPhoneGone', legId, reason: 'the node that held the phone ended' }, { ...me, nowMs: 30 })
      .then({
        ...{ type: 'SignedOut', legId, reason: 'the node that held the phone ended', callId: 'c.1.1', atMs: 30 },
      })
      .thenEffects(
        run('drop-phone', { legId }, `drop:${legId}`),
        away('c', 'the node that held the phone ended', 30),
        away('d', 'the node that held the phone ended', 30),
        toCall(
          { type: 'ReportAgentGone', agentId: 'ann', reason: 'the phone of the agent is gone', reservation: 0 },
          'gone:c.1.1:30',
        ),
        ...timers,
      );
    expect(given(agent).wakeful).toBe(false);
    expect(deposed()).toEqual([run('drop-all', {}, 'deposed')]);
  });

  test('goes on with other campaigns and other skills, which hear of it at once', () => {
    const other = { ...profile, skills: [], campaigns: ['d', 'e'] };
    const left = tell(
      campaignProtocol,
      'c',
      { type: 'ReportAgentAway', agentId: 'ann', reason: 'works for other campaigns' },
      'left:c:2',
    );
    const ready = (campaignId: string) =>
      tell(
        campaignProtocol,
        campaignId,
        { type: 'ReportAgentReady', agentId: 'ann', sinceMs: 2, skills: [], languages: ['en'] },
        `ready:${campaignId}:configured:2`,
      );
    given(agent, ...signedIn)
      .when({ type: 'ConfigureAgent', profile: other }, me)
      .thenEffects(left, ready('d'), turn('d', 2));
    // The new ones hear of whoever is not ready when it is.
    given(agent, ...signedIn, reserved)
      .when({ type: 'ConfigureAgent', profile: other }, me)
      .thenEffects(left);
    given(agent, signedIn[0]).when({ type: 'ConfigureAgent', profile: other }, me).thenEffects();
  });

  test('tells its campaigns again that it is ready, or on a break, when it is woken', () => {
    expect(react(given(agent, ...signedIn).state, signedIn[3], 'ann').slice(timers.length + 1)).toEqual(
      given(agent, ...signedIn)
        .when({ type: 'DescribeAgent' }, me)
        .resumed.slice(1),
    );
    const pause = { type: 'BreakBegan', reason: 'lunch', atMs: 7 } as const;
    const { resumed } = given(agent, ...signedIn, pause).when({ type: 'DescribeAgent' }, me);
    expect(resumed).toEqual([run('find-phone', { legId }, 'find'), away('c', 'lunch', 7), away('d', 'lunch', 7)]);
  });
});

describe("an agent's wrap-up", () => {
  test('ends by itself, with the word that the campaign has for it', () => {
    given(agent, ...signedIn, reserved, connected, ended)
      .when({ type: 'EndWrapUp', callId: 'c.1.1' }, { ...me, nowMs: 30_100 })
      .then(
        {
          ...{ type: 'CallDisposed', callId: 'c.1.1', campaignId: 'c', disposition: 'no interest', byDefault: true },
          atMs: 30_100,
        },
        { type: 'AgentBecameReady', atMs: 30_100 },
      );
    given(agent, ...signedIn, reserved, connected, ended)
      .when({ type: 'EndWrapUp', callId: 'c.0.1' })
      .then();
  });

  test('waits for the disposition where one is required, and goes on as soon as it is named', () => {
    const owing = given(agent, ...signedIn, { ...reserved, wrapUp: strict }, connected, ended);
    owing.when({ type: 'EndWrapUp', callId: 'c.1.1' }, me).then();
    owing.when({ type: 'BecomeReady' }).thenRejected('DISPOSITION_MISSING');
    owing.when({ type: 'TakeBreak', reason: 'lunch' }).thenRejected('DISPOSITION_MISSING');
    owing.when({ type: 'DisposeCall', disposition: 'sale' }).thenRejected('DISPOSITION_UNKNOWN');
    const disposed = owing.when({ type: 'DisposeCall', disposition: 'sale/new' }, { ...me, nowMs: 40_000 });
    expect(disposed.events).toMatchObject([
      { type: 'CallDisposed', disposition: 'sale/new', byDefault: false },
      { type: 'AgentBecameReady', atMs: 40_000 },
    ]);
    owing
      .when({ type: 'DisposeCall', disposition: 'sale/new' }, { ...me, nowMs: 200 })
      .when({ type: 'DisposeCall', disposition: 'callback' })
      .then()
      .when({ type: 'TakeBreak', reason: 'lunch' }, { nowMs: 300 })
      .then({ type: 'BreakBegan', reason: 'lunch', atMs: 300 });
  });

  test('is followed by the break or the end of the shift that was asked for in the call', () => {
    given(agent, ...signedIn, reserved, connected)
      .when({ type: 'TakeBreak', reason: 'lunch' }, me)
      .then({ type: 'BreakRequested', reason: 'lunch' })
      .when({ type: 'ReportCallOver', callId: 'c.1.1', reservation: 1 }, { nowMs: 100 })
      .then(ended)
      .when({ type: 'EndWrapUp', callId: 'c.1.1' }, { nowMs: 200 })
      .then(
        {
          ...{ type: 'CallDisposed', callId: 'c.1.1', campaignId: 'c', disposition: 'no interest', byDefault: true },
          atMs: 200,
        },
        { type: 'BreakBegan', reason: 'lunch', atMs: 200 },
      )
      .thenEffects(
        tell(
          campaignProtocol,
          'c',
          { type: 'ReportDisposition', callId: 'c.1.1', agentId: 'ann', disposition: 'no interest' },
          'disposition:c.1.1:200',
        ),
        ...timers,
        away('c', 'lunch', 200),
        away('d', 'lunch', 200),
      )
      .when({ type: 'BecomeReady' }, { nowMs: 300 })
      .then({ type: 'AgentBecameReady', atMs: 300 });
    given(agent, ...signedIn, reserved)
      .when({ type: 'SignOut' }, me)
      .then({ type: 'SignOutRequested' })
      .when({ type: 'SignOut' })
      .then()
      .when({ type: 'ReleaseAgent', callId: 'c.1.1', reason: 'hung up', reservation: 0 }, { nowMs: 30 })
      .then(
        { type: 'ReservationEnded', callId: 'c.1.1', campaignId: 'c', reason: 'hung up', atMs: 30 },
        { type: 'SignedOut', legId, reason: '', callId: '', atMs: 30 },
      );
  });
});

describe('an agent of several campaigns', () => {
  const release = (campaignId: string, atMs: number) =>
    tell(
      campaignProtocol,
      campaignId,
      { type: 'RequestRelease', agentId: 'ann', sinceMs: 2 },
      `release:${campaignId}:${atMs}`,
    );

  test('is ready in one of them at a time, and in the next one when that has no use for it', () => {
    given(agent, ...signedIn)
      .when({ type: 'EndTurn', campaignId: 'd' }, { ...me, nowMs: 3000 })
      .then()
      .when({ type: 'EndTurn', campaignId: 'c' }, { nowMs: 3002 })
      .then({ type: 'ReleaseAsked', campaignId: 'c', atMs: 3002 })
      .thenEffects(release('c', 3002), turn('c', 3002))
      .when({ type: 'PassTurn', campaignId: 'c' }, { nowMs: 3010 })
      .then({ type: 'TurnPassed', campaignId: 'd', atMs: 3010 })
      .thenEffects(ready('d', 2, 3010), turn('d', 3010))
      .when({ type: 'PassTurn', campaignId: 'c' })
      .then()
      .when({ type: 'PassTurn', campaignId: 'd' }, { nowMs: 6010 })
      .then({ type: 'TurnPassed', campaignId: 'c', atMs: 6010 })
      .thenEffects(ready('c', 2, 6010), turn('c', 6010, 6000));
  });

  test('is moved ever more seldom while none has a use for it, up to half a minute', () => {
    const lengths: number[] = [];
    let story = given(agent, ...signedIn).when({ type: 'DescribeAgent' }, { ...me, nowMs: 1000 });
    for (let passed = 0; passed < 10; passed += 1) {
      story = story.when({ type: 'PassTurn', campaignId: passed % 2 === 0 ? 'c' : 'd' }, { nowMs: 1000 });
      for (const effect of story.effects) if (effect.type === 'set-timer') lengths.push(effect.atMs - 1000);
    }
    expect(lengths).toEqual([3000, 6000, 6000, 12_000, 12_000, 24_000, 24_000, 30_000, 30_000, 30_000]);
    // Whoever had something to do begins anew.
    const { state } = story.when({ type: 'TakeBreak', reason: 'tea' }).when({ type: 'BecomeReady' });
    expect(state.passed).toBe(0);
  });

  test('is with the one that it asks for a contact, whose turn ever it was', () => {
    given(agent, ...signedIn)
      .when({ type: 'RequestLead', campaignId: 'd' }, { ...me, nowMs: 11 })
      .thenEffects(
        ...[away('c', elsewhere, 11), ready('d', 2, 11), turn('d', 11)],
        tell(campaignProtocol, 'd', { type: 'RequestLead', agentId: 'ann' }, 'lead:11'),
      );
  });

  test('passes nothing on while it has a call, and never where it has one campaign only', () => {
    const single = { ...profile, campaigns: ['c'] };
    const alone = [{ type: 'AgentConfigured', profile: single }, ...signedIn.slice(1)] as const;
    for (const events of [[...signedIn, reserved], alone]) {
      given(agent, ...events)
        .when({ type: 'EndTurn', campaignId: 'c' }, { ...me, nowMs: 3002 })
        .then()
        .when({ type: 'PassTurn', campaignId: 'c' })
        .then();
    }
    expect(react(given(agent, ...alone).state, signedIn[3], 'ann')).toEqual([...timers, ready('c', 2)]);
  });
});
