/** What an agent who has the callee makes of the call. */
import { describe, expect, test } from '@jest/globals';
import { agentProtocol } from '#proto/generated/agent.ts';
import type { CallEvent } from '#proto/generated/call.ts';
import { contactProtocol } from '#proto/generated/contact.ts';
import { run, setTimer, tell } from '#runtime/effects.ts';
import { given } from '#test/given.ts';
import {
  ann,
  asked,
  assigned,
  bob,
  call,
  connected,
  heardAgain,
  hungUp,
  me,
  over,
  plan,
  ringing,
  talking,
  wait,
  waiting,
} from './agent-side.fixture.ts';

describe('an agent in a call', () => {
  test('may ask for a card or a number on the keypad: what is pressed is theirs, and nowhere in the journal', () => {
    const asking = given(call, { ...ringing[0], plan: { ...plan, gatherDigits: 4 } }, ...talking.slice(1));
    const pressed = [...'4155550123'].reduce(
      (story, digit) => story.when({ type: 'ReportDigit', digit }, { ...me, nowMs: 2000 }).then(),
      asking.when({ type: 'DescribeCall' }, me),
    );
    const over = pressed
      .when({ type: 'ReportHangup', by: 'callee', reason: 'BYE' }, { nowMs: 9000 })
      .when({ type: 'DeclareLost' });
    expect(over.events).toMatchObject([{ type: 'CallEnded', digits: '' }]);
  });

  test('tells that the callee wants no more calls, once, while they talk or when the call is over', () => {
    const optOut = { type: 'ReportOptOut', agentId: 'ann' } as const;
    const told = (callId: string) =>
      tell(contactProtocol, 'p-7', { type: 'OptOut', callId, campaignId: 'c', means: 'voice' }, 'opt-out');
    const end = { outcome: 'answered', sipStatus: 200, reason: '', ringMs: 998, talkMs: 9000, digits: '' } as const;
    const over: readonly CallEvent[] = [
      { type: 'CallHungUp', by: 'callee', reason: '', atMs: 10_000 },
      { type: 'CallEnded', ...end, atMs: 10_000 },
    ];
    const again = { type: 'TellContact' } as const;
    for (const more of [[], over]) {
      given(call, ...talking, ...more)
        .when(optOut, { ...me, nowMs: 20_000 })
        .then({ type: 'ContactOptedOut', digit: '', agentId: 'ann', atMs: 20_000 })
        // Of a call that is over nobody asks any more: it tells again, in case a crash has lost the first time.
        .thenEffects(told('c.7.1'), ...(more === over ? [setTimer('opted-out', 80_000, again)] : []))
        .when(optOut)
        .then();
    }
    given(call, ...ringing)
      .when(optOut, me)
      .then();
  });

  test('holds the callee, and hangs up; a word of anybody else is none', () => {
    given(call, ...talking)
      .when({ type: 'HoldCustomer', agentId: 'bob', held: true }, me)
      .then()
      .when({ type: 'HoldCustomer', agentId: 'ann', held: true }, { nowMs: 2000 })
      .then({ type: 'CustomerHeld', atMs: 2000 })
      .thenEffects(run('hold', { music: 'waltz.wav' }, 'hold:2000'))
      .when({ type: 'HoldCustomer', agentId: 'ann', held: false }, { nowMs: 2500 })
      .then({ type: 'CustomerRetrieved', atMs: 2500 })
      .thenEffects(run('retrieve', {}, 'retrieve:2500'))
      .when({ type: 'EndByAgent', agentId: 'bob' })
      .then()
      .when({ type: 'EndByAgent', agentId: 'ann' }, { nowMs: 3000 })
      .then(hungUp(3000, 'ended by the agent'));
  });

  test('hands it over without a word: to nobody in particular at once', () => {
    const handing = { agentId: 'ann', toAgentId: '', target: '', warm: false };
    given(call, ...talking)
      .when({ type: 'HandOver', ...handing }, { ...me, nowMs: 5000 })
      .then(
        { type: 'HandOverRequested', ...handing, atMs: 5000 },
        { type: 'AgentLeft', agentId: 'ann', atMs: 5000, reservation: 3 },
        { type: 'HandOverEnded', completed: true, reason: '', atMs: 5000, agentId: '', reservation: 0 },
      )
      .thenEffects(
        over('ann', 5000),
        run('hold', { music: 'waltz.wav' }, 'wait:2'),
        asked(2, 5000, '', 'ann'),
        wait(2, 65_000),
      );
  });

  test('hands it over without a word: to another agent as soon as that one is there, and keeps it otherwise', () => {
    const handing = { agentId: 'ann', toAgentId: 'bob', target: '', warm: false };
    const asking = given(call, ...talking)
      .when({ type: 'HandOver', ...handing }, { ...me, nowMs: 5000 })
      .then({ type: 'HandOverRequested', ...handing, atMs: 5000 })
      .thenEffects(
        run('hold', { music: 'waltz.wav' }, 'hold:5000'),
        run('consult', { toAgentId: 'bob', campaignId: 'c' }, 'consult:5000'),
      );
    asking
      .when({ type: 'FinishHandOver', agentId: 'ann', completed: true }, { nowMs: 5005 })
      .then()
      .when({ type: 'ConnectAgent', ...bob, consult: true }, { nowMs: 5010 })
      .then({ type: 'AgentAssigned', ...bob, consult: true, atMs: 5010 })
      .when({ type: 'ReportBridge', agentId: 'bob', failure: '' }, { nowMs: 5020 })
      .then(
        { type: 'AgentConnected', agentId: 'bob', waitedMs: 0, atMs: 5020 },
        { type: 'AgentLeft', agentId: 'ann', atMs: 5020, reservation: 3 },
        { type: 'HandOverEnded', completed: true, reason: '', atMs: 5020, agentId: '', reservation: 0 },
      )
      .when({ type: 'ConnectAgent', ...bob, consult: false }, { nowMs: 5030 })
      .then({ type: 'AgentAssigned', ...bob, consult: false, atMs: 5030 });
    const reason = 'refused (AGENT_NOT_READY)';
    asking
      .when({ type: 'ReportAgentGone', agentId: 'bob', reason, reservation: 0 }, { nowMs: 5010 })
      .then({ type: 'HandOverEnded', completed: false, reason, atMs: 5010, agentId: '', reservation: 0 })
      .thenEffects(run('bridge-back', { legId: ann.legId }, 'back:5010'), heardAgain(5010));
  });

  test('has a leg that leads to a phone on another node, from its end there until the agent is out of the call', () => {
    const linkId = 'link:c.7.1:ann:3';
    const side = { address: '192.0.2.9', port: 20_000, codecs: ['PCMU'] };
    const report = { type: 'ReportLink', agentId: 'ann', linkId, failure: '' } as const;
    const linking = given(call, ...waiting, assigned);
    linking
      .when({ ...report, reservation: 2, side }, { ...me, nowMs: 1020 })
      .then()
      .when({ type: 'ReportLink', agentId: 'ann', linkId, reservation: 3, failure: 'PORTS_EXHAUSTED' })
      .then({ type: 'AgentLost', agentId: 'ann', reason: 'PORTS_EXHAUSTED', atMs: 1020, reservation: 3 });
    const linked = linking
      .when({ ...report, reservation: 3, side }, { ...me, nowMs: 1020 })
      .then({ type: 'AgentLinked', agentId: 'ann', reservation: 3, linkId, side, atMs: 1020 })
      .thenEffects(run('bridge-link', { agentId: 'ann', linkId, side }, `bridge-link:${linkId}`))
      .when({ ...report, reservation: 3, side })
      .then()
      .when({ type: 'ReportBridge', agentId: 'ann', failure: '' }, { nowMs: 1040 })
      .then(connected);
    const asking = linked
      .when({ type: 'HandOver', agentId: 'ann', toAgentId: 'bob', target: '', warm: true }, { nowMs: 5000 })
      .when({ type: 'ConnectAgent', ...bob, consult: true }, { nowMs: 5010 })
      .thenEffects(run('bridge', { ...bob, withLeg: linkId }, 'bridge:bob:5010'));
    asking
      .when({ type: 'FinishHandOver', agentId: 'ann', completed: false }, { nowMs: 6000 })
      .thenEffects(over('bob', 6000), run('bridge-back', { legId: linkId }, 'back:6000'), heardAgain(6000));
    linked
      .when({ type: 'ReportAgentGone', agentId: 'ann', reason: 'phone', reservation: 3 }, { nowMs: 6000 })
      .thenEffects(
        over('ann', 6000),
        run('close-link', { linkId }, `close-link:${linkId}:6000`),
        run('hold', { music: 'waltz.wav' }, 'wait:2'),
        asked(2, 6000, '', 'ann'),
        wait(2, 66_000),
      );
  });

  test('talks to the next one first, who then has the callee', () => {
    const handing = { agentId: 'ann', toAgentId: 'bob', target: '', warm: true };
    const consulting = given(call, ...talking)
      .when({ type: 'HandOver', ...handing }, { ...me, nowMs: 5000 })
      .then({ type: 'HandOverRequested', ...handing, atMs: 5000 })
      .thenEffects(
        run('hold', { music: 'waltz.wav' }, 'hold:5000'),
        run('consult', { toAgentId: 'bob', campaignId: 'c' }, 'consult:5000'),
      )
      .when({ type: 'FinishHandOver', agentId: 'bob', completed: true })
      .then()
      .when({ type: 'ConnectAgent', ...bob, consult: true }, { nowMs: 5010 })
      .then({ type: 'AgentAssigned', ...bob, consult: true, atMs: 5010 })
      .thenEffects(run('bridge', { ...bob, withLeg: ann.legId }, 'bridge:bob:5010'))
      .when({ type: 'ReportBridge', agentId: 'bob', failure: '' }, { nowMs: 5020 })
      .then({ type: 'AgentConnected', agentId: 'bob', waitedMs: 0, atMs: 5020 })
      .thenEffects(
        tell(agentProtocol, 'bob', { type: 'ReportConnected', callId: 'c.7.1', reservation: 5 }, 'connected:bob:5020'),
      );
    consulting
      .when({ type: 'FinishHandOver', agentId: 'ann', completed: true }, { nowMs: 6000 })
      .then(
        { type: 'AgentLeft', agentId: 'ann', atMs: 6000, reservation: 3 },
        { type: 'HandOverEnded', completed: true, reason: '', atMs: 6000, agentId: '', reservation: 0 },
      )
      .thenEffects(
        over('ann', 6000),
        run('hold', { music: 'waltz.wav' }, 'wait:2'),
        asked(2, 6000, 'bob', 'ann'),
        wait(2, 66_000),
      );
    consulting
      .when({ type: 'FinishHandOver', agentId: 'ann', completed: false }, { nowMs: 6000 })
      .then({ type: 'HandOverEnded', completed: false, reason: '', atMs: 6000, agentId: 'bob', reservation: 5 })
      .thenEffects(over('bob', 6000), run('bridge-back', { legId: ann.legId }, 'back:6000'), heardAgain(6000));
    consulting
      .when({ type: 'ReportAgentGone', agentId: 'ann', reason: 'phone', reservation: 3 }, { nowMs: 6000 })
      .then(
        { type: 'AgentLost', agentId: 'ann', reason: 'phone', atMs: 6000, reservation: 3 },
        { type: 'HandOverEnded', completed: false, reason: 'phone', atMs: 6000, agentId: 'bob', reservation: 5 },
      );
    consulting
      .when({ type: 'ReportHangup', by: 'callee', reason: 'BYE' }, { nowMs: 6000 })
      .thenEffects(run('close-media', {}, 'close-media'), over('ann', 'CallHungUp'), over('bob', 'CallHungUp'));
  });

  test('keeps the callee where the next one is not to be had', () => {
    const handing = { agentId: 'ann', toAgentId: 'bob', target: '', warm: true };
    given(call, ...talking, { type: 'HandOverRequested', ...handing, atMs: 5000 })
      .when(
        { type: 'ReportAgentGone', agentId: 'bob', reason: 'refused (AGENT_NOT_READY)', reservation: 5 },
        { ...me, nowMs: 5010 },
      )
      .then({
        ...{
          type: 'HandOverEnded',
          completed: false,
          reason: 'refused (AGENT_NOT_READY)',
          atMs: 5010,
          agentId: '',
          reservation: 0,
        },
      })
      .thenEffects(run('bridge-back', { legId: ann.legId }, 'back:5010'), heardAgain(5010))
      .when({ type: 'ConnectAgent', ...bob, consult: true }, { nowMs: 5020 })
      .then({ type: 'AgentDeclined', agentId: 'bob', reason: 'the call has an agent', atMs: 5020, reservation: 5 });
  });

  test('hands it out of the house, or keeps it where that fails', () => {
    const handing = { agentId: 'ann', toAgentId: '', target: 'billing', warm: false };
    const asking = given(call, ...talking)
      .when({ type: 'HandOver', ...handing }, { ...me, nowMs: 5000 })
      .then({ type: 'HandOverRequested', ...handing, atMs: 5000 })
      .thenEffects(run('transfer', { target: 'billing', uri: 'sip:billing@pbx' }, 'transfer:5000'));
    asking
      .when({ type: 'ReportTransfer', failure: '' }, { nowMs: 5100 })
      .then(
        { type: 'AgentLeft', agentId: 'ann', atMs: 5100, reservation: 3 },
        { type: 'HandOverEnded', completed: true, reason: '', atMs: 5100, agentId: '', reservation: 0 },
      )
      .thenEffects(over('ann', 5100));
    asking
      .when({ type: 'ReportTransfer', failure: 'TRUNK_UNKNOWN' }, { nowMs: 5100 })
      .then({
        type: 'HandOverEnded',
        completed: false,
        reason: 'TRUNK_UNKNOWN',
        atMs: 5100,
        agentId: '',
        reservation: 0,
      })
      .thenEffects(run('bridge-back', { legId: ann.legId }, 'back:5100'), heardAgain(5100));
  });

  test('who hands it out of the house and is gone meanwhile takes nobody from the target that answers', () => {
    const handing = { agentId: 'ann', toAgentId: '', target: 'billing', warm: false };
    const ended = { type: 'HandOverEnded', atMs: 9000, agentId: '', reservation: 0 } as const;
    const passing = given(call, ...talking, { type: 'HandOverRequested', ...handing, atMs: 5000 })
      .when({ type: 'ReportAgentGone', agentId: 'ann', reason: 'phone', reservation: 3 }, { ...me, nowMs: 6000 })
      .then({ type: 'AgentLost', agentId: 'ann', reason: 'phone', atMs: 6000, reservation: 3 })
      .thenEffects(over('ann', 6000), run('hold', { music: 'waltz.wav' }, 'hold:6000'));
    expect(passing.resumed).toEqual([run('find', {}, 'find')]);
    passing
      .when({ type: 'ConnectAgent', ...bob, consult: false }, { nowMs: 7000 })
      .then({ type: 'AgentDeclined', agentId: 'bob', reason: 'the call has an agent', atMs: 7000, reservation: 5 });
    passing
      .when({ type: 'ReportTransfer', failure: '' }, { nowMs: 9000 })
      .then({ ...ended, completed: true, reason: '' })
      .thenEffects();
    // Only where the target does not answer somebody else is looked for.
    passing
      .when({ type: 'ReportTransfer', failure: 'TRANSFER_FAILED' }, { nowMs: 9000 })
      .then({ ...ended, completed: false, reason: 'TRANSFER_FAILED', waits: true })
      .thenEffects(run('hold', { music: 'waltz.wav' }, 'wait:2'), asked(2, 9000, '', 'ann'), wait(2, 69_000))
      .when({ type: 'ConnectAgent', ...bob, consult: false })
      .then({ type: 'AgentAssigned', ...bob, consult: false, atMs: 9000 });
  });

  test('that is over and who has not heard so hears it with whatever they want next', () => {
    const closing = [...talking, { type: 'CallHungUp', by: 'callee', reason: 'BYE', atMs: 8000 }] as const;
    const over = given(call, ...closing).when({ type: 'DeclareLost' }, { ...me, nowMs: 8010 });
    for (const word of [
      { type: 'HoldCustomer', agentId: 'ann', held: true },
      { type: 'HandOver', agentId: 'ann', toAgentId: 'bob', target: '', warm: false },
      { type: 'FinishHandOver', agentId: 'ann', completed: true },
      { type: 'EndByAgent', agentId: 'ann' },
    ] as const) {
      for (const story of [given(call, ...closing), over]) {
        story
          .when(word, { ...me, nowMs: 9000 })
          .then({ type: 'AgentDeclined', agentId: 'ann', reason: 'the call is over', atMs: 9000, reservation: 0 })
          .thenEffects(
            tell(agentProtocol, 'ann', { type: 'ReportCallOver', callId: 'c.7.1', reservation: 0 }, 'decline:ann:9000'),
          );
      }
    }
    over
      .when({ type: 'ConnectAgent', ...bob, consult: false }, { nowMs: 9000 })
      .thenEffects(
        tell(agentProtocol, 'bob', { type: 'ReportCallOver', callId: 'c.7.1', reservation: 5 }, 'decline:bob:9000'),
      );
  });
});
