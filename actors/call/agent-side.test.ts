/** A call from its answer until an agent is heard, or nobody is. */
import { describe, expect, test } from '@jest/globals';
import { agentProtocol } from '#proto/generated/agent.ts';
import type { CallEvent } from '#proto/generated/call.ts';
import { contactProtocol } from '#proto/generated/contact.ts';
import { clearTimer, run, setTimer, tell } from '#runtime/effects.ts';
import { given } from '#test/given.ts';
import {
  ann,
  answered,
  asked,
  assigned,
  bob,
  call,
  connected,
  connecting,
  hungUp,
  me,
  over,
  plan,
  request,
  ringing,
  talking,
  toCampaign,
  wait,
  waiting,
} from './agent-side.fixture.ts';

describe('a call that is for an agent', () => {
  test('tells the campaign that it rings, and asks for an agent as soon as it is answered', () => {
    given(call, ...ringing.slice(0, 3))
      .when({ type: 'ReportRinging', sipStatus: 180 }, { ...me, nowMs: 3 })
      .thenEffects(toCampaign({ type: 'ReportRinging', callId: 'c.7.1' }, 'ringing'))
      .when({ type: 'ReportAnswer', sipStatus: 200 }, { nowMs: 1000 })
      .then(answered)
      .thenEffects(
        asked(1, 1000),
        wait(1, 2850),
        setTimer('talk', 121_000, { type: 'EndTalk' }),
        setTimer('ending', 181_000, { type: 'DeclareLost' }),
      );
  });

  test('is connected, and who has waited how long is known', () => {
    given(call, ...waiting)
      .when({ type: 'ConnectAgent', ...ann, consult: false }, { ...me, nowMs: 1010 })
      .then(assigned)
      .thenEffects(run('bridge', ann, 'bridge:ann:1010'), connecting(1, 3100))
      .when({ type: 'ConnectAgent', ...ann, consult: false })
      .then()
      .when({ type: 'ReportBridge', agentId: 'ann', failure: '' }, { nowMs: 1040 })
      .then(connected)
      .thenEffects(
        tell(agentProtocol, 'ann', { type: 'ReportConnected', callId: 'c.7.1', reservation: 3 }, 'connected:ann:1040'),
        toCampaign({ type: 'ReportConnected', callId: 'c.7.1', agentId: 'ann', atMs: 1040 }, 'connected:1040'),
        clearTimer('wait'),
      )
      .when({ type: 'GiveUpWaiting', wait: 1 }, { nowMs: 3000 })
      .then()
      .when({ type: 'ReportHangup', by: 'callee', reason: 'BYE' }, { nowMs: 9000 })
      .then({ type: 'CallHungUp', by: 'callee', reason: 'BYE', atMs: 9000 })
      .thenEffects(run('close-media', {}, 'close-media'), over('ann', 'CallHungUp'));
  });

  test('tells the campaign when it ended, for who has waited too long counts', () => {
    const hungUp = { type: 'CallHungUp', by: 'callee', reason: 'BYE', atMs: 2900 } as const;
    const over = given(call, ...waiting, hungUp).when({ type: 'DeclareLost' }, { ...me, nowMs: 9100 });
    const report = { type: 'ReportAttempt', callId: 'c.7.1', outcome: 'answered', atMs: 2900 } as const;
    expect(over.effects).toContainEqual(toCampaign(report, 'report'));
  });

  test('takes one agent: whoever else comes is let go of', () => {
    for (const events of [
      [],
      [...talking],
      [...waiting, { type: 'CallAbandoned', waitedMs: 2000, atMs: 3000 }],
    ] as const) {
      const late = given(call, ...events).when(
        { type: 'ConnectAgent', ...bob, consult: false },
        { ...me, nowMs: 4000 },
      );
      expect(late.events).toMatchObject([{ type: 'AgentDeclined', agentId: 'bob', atMs: 4000, reservation: 5 }]);
      expect(late.effects).toMatchObject([
        { type: 'tell', id: 'bob', command: { type: 'ReleaseAgent', callId: 'c.7.1' }, key: 'decline:bob:4000' },
      ]);
    }
  });

  test('whose agent cannot be reached asks for another, and has not more time for it', () => {
    given(call, ...waiting, assigned)
      .when({ type: 'ReportBridge', agentId: 'ann', failure: 'MEDIA_UNAVAILABLE' }, { ...me, nowMs: 1040 })
      .then({ type: 'AgentLost', agentId: 'ann', reason: 'MEDIA_UNAVAILABLE', atMs: 1040, reservation: 3 })
      .thenEffects(over('ann', 1040), asked(2, 1000, '', 'ann'), wait(2, 2850));
  });

  test('whose agent is gone keeps the callee on hold, and ends where nobody comes', () => {
    given(call, ...talking)
      // Whoever is not in the call waits for its word that they are not.
      .when(
        { type: 'ReportAgentGone', agentId: 'bob', reason: 'not of this call', reservation: 5 },
        { ...me, nowMs: 4999 },
      )
      .then({
        ...{ type: 'AgentDeclined', agentId: 'bob', reason: 'the call has another agent, or none', atMs: 4999 },
        reservation: 5,
      })
      .when({ type: 'ReportAgentGone', agentId: 'ann', reason: 'phone', reservation: 3 }, { nowMs: 5000 })
      .then({ type: 'AgentLost', agentId: 'ann', reason: 'phone', atMs: 5000, reservation: 3 })
      .thenEffects(
        over('ann', 5000),
        run('hold', { music: 'waltz.wav' }, 'wait:2'),
        asked(2, 5000, '', 'ann'),
        wait(2, 65_000),
      )
      .when({ type: 'GiveUpWaiting', wait: 1 })
      .then()
      .when({ type: 'GiveUpWaiting', wait: 2 }, { nowMs: 65_000 })
      .then(hungUp(65_000, 'no agent was free'));
  });

  test('that an agent wants after a preview asks for that one, and frees it when it comes to nothing', () => {
    const placed = { ...ringing[0], agentId: 'ann' } as const;
    given(call)
      .when({ type: 'PlaceCall', ...request, intent: 'dial', agentId: 'ann' }, { ...me, nowMs: 1 })
      .then(placed);
    const story = given(call, placed, ...ringing.slice(1));
    expect(story.when({ type: 'ReportAnswer', sipStatus: 200 }, { ...me, nowMs: 1000 }).effects[0]).toEqual(
      asked(1, 1000, 'ann'),
    );
    story
      .when({ type: 'ReportFailure', outcome: 'busy', sipStatus: 486, reason: 'Busy Here' }, { ...me, nowMs: 900 })
      .thenEffects(run('close-media', {}, 'close-media'), over('ann', 'CallFailed', 0));
  });

  test('goes on where a crash cut it short', () => {
    expect(given(call, ...waiting).when({ type: 'DescribeCall' }, me).resumed).toEqual([
      run('find', {}, 'find'),
      asked(1, 1000),
      wait(1, 2850),
    ]);
    expect(given(call, ...waiting, assigned).when({ type: 'DescribeCall' }, me).resumed).toEqual([
      run('find', {}, 'find'),
      run('bridge', ann, 'bridge:ann:1010'),
    ]);
    expect(given(call, ...talking).resumed).toEqual([run('find', {}, 'find')]);
  });
});

describe('a call that nobody is free for', () => {
  const abandoned = { type: 'CallAbandoned', waitedMs: 2000, atMs: 3000 } as const satisfies CallEvent;
  const late = {
    ...{ type: 'AgentLost', agentId: 'ann', reason: 'not heard in time', atMs: 3100, reservation: 3 },
  } as const satisfies CallEvent;

  test('says so, counts as abandoned, and ends', () => {
    given(call, ...waiting)
      .when({ type: 'GiveUpWaiting', wait: 1 }, { ...me, nowMs: 3000 })
      .then(abandoned)
      .thenEffects(
        toCampaign({ type: 'ReportAbandoned', callId: 'c.7.1', atMs: 3000 }, 'abandoned'),
        run('play', { prompt: 'sorry.wav' }, 'safe-harbour'),
      )
      .when({ type: 'ReportPromptEnd', completed: true }, { nowMs: 9000 })
      .then({ type: 'PromptEnded', completed: true, atMs: 9000 })
      .thenEffects(setTimer('gather', 12_000, { type: 'EndGather' }))
      .when({ type: 'EndGather' }, { nowMs: 12_000 })
      .then(hungUp(12_000, 'no agent was free in time'))
      .when({ type: 'ReportHangup', by: 'callboard', reason: 'BYE' }, { nowMs: 12_010 })
      .when({ type: 'DeclareLost' }, { nowMs: 12_020 })
      .then({
        ...{ type: 'CallEnded', outcome: 'abandoned', sipStatus: 200, reason: 'no agent was free in time' },
        ...{ ringMs: 998, talkMs: 11_010, digits: '', atMs: 12_010 },
      });
  });

  test('ends after the message where no digit is offered, though the plan would gather some', () => {
    const { optOutDigit: _, ...others } = plan;
    const asking = { ...ringing[0], plan: { ...others, gatherDigits: 3 } };
    given(call, asking, ...waiting.slice(1), abandoned)
      .when({ type: 'ReportPromptEnd', completed: true }, { ...me, nowMs: 9000 })
      .then({ type: 'PromptEnded', completed: true, atMs: 9000 }, hungUp(9000, 'prompt ended'));
  });

  test('lets the callee end all calls by a digit, and no other digit does', () => {
    given(call, ...waiting, abandoned)
      .when({ type: 'ReportDigit', digit: '1' }, { ...me, nowMs: 3500 })
      .then()
      .when({ type: 'ReportDigit', digit: '9' }, { nowMs: 4000 })
      .then(
        { type: 'DigitPressed', digit: '9', atMs: 4000 },
        { type: 'ContactOptedOut', digit: '9', atMs: 4000 },
        hungUp(4000, 'opted out'),
      )
      .thenEffects(
        tell(contactProtocol, 'p-7', { type: 'OptOut', callId: 'c.7.1', campaignId: 'c', means: 'digit' }, 'opt-out'),
        run('hang-up', {}, 'hang-up:4000'),
        setTimer('ending', 64_000, { type: 'DeclareLost' }),
      );
    given(call, ...waiting)
      .when({ type: 'ReportDigit', digit: '9' }, { ...me, nowMs: 1500 })
      .then();
  });

  test('ends at once where the campaign has no message', () => {
    const { safeHarbour: _, ...silent } = plan;
    const muted = [{ ...ringing[0], plan: silent }, ...ringing.slice(1), answered] as const;
    given(call, ...muted)
      .when({ type: 'GiveUpWaiting', wait: 1 }, { ...me, nowMs: 3000 })
      .then(abandoned, hungUp(3000, 'no agent was free in time'));
    given(call, ...muted, assigned)
      .when({ type: 'GiveUpWaiting', wait: 1, connecting: true }, { ...me, nowMs: 3100 })
      .then({ ...abandoned, waitedMs: 2100, atMs: 3100 }, late, hungUp(3100, 'no agent was free in time'));
  });

  test('is one too whose agent was found and is not heard: a bridge has a quarter of a second after the deadline', () => {
    const silent = given(call, ...waiting)
      .when({ type: 'ConnectAgent', ...ann, consult: false }, { ...me, nowMs: 1010 })
      .when({ type: 'GiveUpWaiting', wait: 1 }, { nowMs: 3000 })
      .then();
    silent
      .when({ type: 'GiveUpWaiting', wait: 1, connecting: true }, { nowMs: 3100 })
      .then({ ...abandoned, waitedMs: 2100, atMs: 3100 }, late)
      .thenEffects(
        toCampaign({ type: 'ReportAbandoned', callId: 'c.7.1', atMs: 3100 }, 'abandoned'),
        run('play', { prompt: 'sorry.wav' }, 'safe-harbour'),
        over('ann', 3100),
      )
      // Nobody else is asked for, and who comes now comes too late.
      .when({ type: 'ReportBridge', agentId: 'ann', failure: '' })
      .then()
      .when({ type: 'ConnectAgent', ...bob, consult: false })
      .then({ type: 'AgentDeclined', agentId: 'bob', reason: 'nobody was free in time', atMs: 3100, reservation: 5 });
    silent
      .when({ type: 'ReportBridge', agentId: 'ann', failure: '' }, { nowMs: 3100 })
      .when({ type: 'GiveUpWaiting', wait: 1, connecting: true }, { nowMs: 3100 })
      .then();
    // Found at the last moment, or after it where the timer was late.
    given(call, ...waiting)
      .when({ type: 'ConnectAgent', ...ann, consult: false }, { ...me, nowMs: 3400 })
      .thenEffects(run('bridge', { ...ann }, 'bridge:ann:3400'), connecting(1, 3650));
    // Who has been talked to already hears music until the agent says that it is gone.
    given(call, ...talking, { type: 'AgentLost', agentId: 'ann', reason: 'phone', atMs: 5000, reservation: 3 })
      .when({ type: 'ConnectAgent', ...bob, consult: false }, { ...me, nowMs: 6000 })
      .thenEffects(run('bridge', bob, 'bridge:bob:6000'));
  });
});
