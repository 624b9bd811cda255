import { describe, expect, test } from '@jest/globals';
import { agentProtocol } from '#proto/generated/agent.ts';
import { type CallEvent, callProtocol } from '#proto/generated/call.ts';
import { campaignProtocol } from '#proto/generated/campaign.ts';
import { contactProtocol } from '#proto/generated/contact.ts';
import { clearTimer, run, setTimer, tell } from '#runtime/effects.ts';
import { given } from '#test/given.ts';
import { decide } from './decide.ts';
import { isWakeful, react, resume } from './react.ts';
import { evolve, initial } from './state.ts';

const call = { protocol: callProtocol, initial, decide, evolve, react, resume, isWakeful };
const me = { actorId: 'c.7.1' };
const plan = {
  ...{ prompt: '', gatherDigits: 0, gatherTimeoutMs: 0, ringTimeoutMs: 15_000, maxTalkMs: 120_000, record: true },
  ...{ needsAgent: true, connectDeadlineMs: 2000, safeHarbour: 'sorry.wav', optOutDigit: '9', holdMusic: 'waltz.wav' },
  transfers: { targets: [{ name: 'billing', uri: 'sip:billing@pbx' }] },
};
const request = { campaignId: 'c', row: 7, contactId: 'p-7', mask: '+1 202 *** **45', trunkId: 't', plan };
const ringing = [
  { type: 'CallRequested', ...request, atMs: 1 },
  { type: 'RouteTaken', trunkId: 't' },
  { type: 'CallDialed', atMs: 2 },
  { type: 'CallRang', sipStatus: 180, atMs: 3 },
] as const satisfies readonly CallEvent[];
const answered = { type: 'CallAnswered', sipStatus: 200, atMs: 1000 } as const satisfies CallEvent;
const waiting = [...ringing, answered] as const;
const ann = { agentId: 'ann', legId: 'agent:ann:1', nodeId: 'n', reservation: 3 };
const bob = { agentId: 'bob', legId: 'agent:bob:4', nodeId: 'n', reservation: 5 };
const numbers: Readonly<Record<string, number>> = { ann: 3, bob: 5 };
const assigned = { type: 'AgentAssigned', ...ann, consult: false, atMs: 1010 } as const satisfies CallEvent;
const connected = { type: 'AgentConnected', agentId: 'ann', waitedMs: 40, atMs: 1040 } as const satisfies CallEvent;
const talking = [...waiting, assigned, connected] as const;
const asked = (wait: number, sinceMs: number, agentId = '', notAgentId = '') =>
  tell(
    campaignProtocol,
    'c',
    { type: 'RequestAgent', callId: 'c.7.1', sinceMs, wait, agentId, notAgentId },
    `agent:${wait}`,
  );
const wait = (number: number, untilMs: number) =>
  setTimer('wait', untilMs, { type: 'GiveUpWaiting' as const, wait: number });
const connecting = (number: number, untilMs: number) =>
  setTimer('wait', untilMs, { type: 'GiveUpWaiting' as const, wait: number, connecting: true });
const over = (agentId: string, atMs: number | string, reservation = numbers[agentId] ?? 0) =>
  tell(agentProtocol, agentId, { type: 'ReportCallOver', callId: 'c.7.1', reservation }, `over:${agentId}:${atMs}`);
/** Ann has the callee again. */
const heardAgain = (atMs: number) =>
  tell(agentProtocol, 'ann', { type: 'ReportConnected', callId: 'c.7.1', reservation: 3 }, `back:ann:${atMs}`);
const hungUp = (atMs: number, reason: string) =>
  ({ type: 'HangupRequested', party: 'callboard', by: '', reason, atMs }) as const;
const toCampaign = (command: Parameters<typeof campaignProtocol.command.encode>[0], key: string) =>
  tell(campaignProtocol, 'c', command, key);

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
