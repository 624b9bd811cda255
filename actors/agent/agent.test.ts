import { describe, expect, test } from '@jest/globals';
import { type AgentEvent, agentProtocol } from '#proto/generated/agent.ts';
import { callProtocol } from '#proto/generated/call.ts';
import { campaignProtocol } from '#proto/generated/campaign.ts';
import { clearTimer, run, setTimer, tell } from '#runtime/effects.ts';
import { given } from '#test/given.ts';
import { decide } from './decide.ts';
import { anchored, deposed, isWakeful, react, resume } from './react.ts';
import { evolve, initial } from './state.ts';

const agent = { protocol: agentProtocol, initial, decide, evolve, react, resume, isWakeful };
const me = { actorId: 'ann' };
const legId = 'agent:ann:1';
const profile = {
  phoneUri: 'sip:ann@127.0.0.1:5090',
  skills: [{ name: 'loans', level: 3 }],
  languages: ['en'],
  campaigns: ['c', 'd'],
};
const wrapUp = {
  dispositions: ['sale/new', 'callback', 'no interest'],
  required: false,
  longestMs: 30_000,
  defaultDisposition: 'no interest',
};
const strict = { ...wrapUp, required: true, defaultDisposition: '' };
const signedIn = [
  { type: 'AgentConfigured', profile },
  { type: 'SignInRequested', shift: 1, legId, atMs: 1 },
  { type: 'PhoneAnswered', legId, nodeId: 'n', atMs: 2 },
  { type: 'AgentBecameReady', atMs: 2 },
] as const satisfies readonly AgentEvent[];
const reserved = {
  type: 'AgentReserved',
  callId: 'c.1.1',
  campaignId: 'c',
  wrapUp,
  consult: false,
  reservation: 1,
  atMs: 10,
} as const satisfies AgentEvent;
const connected = { type: 'AgentConnected', callId: 'c.1.1', atMs: 20 } as const satisfies AgentEvent;
const ended = { type: 'TalkEnded', callId: 'c.1.1', talkMs: 80, atMs: 100 } as const satisfies AgentEvent;
const ready = (campaignId: string, sinceMs: number, atMs = sinceMs) =>
  tell(
    campaignProtocol,
    campaignId,
    { type: 'ReportAgentReady', agentId: 'ann', sinceMs, skills: profile.skills, languages: ['en'] },
    `ready:${campaignId}:${atMs}`,
  );
const away = (campaignId: string, reason: string, atMs: number) =>
  tell(campaignProtocol, campaignId, { type: 'ReportAgentAway', agentId: 'ann', reason }, `away:${campaignId}:${atMs}`);
const toCall = (command: Parameters<typeof callProtocol.command.encode>[0], key: string) =>
  tell(callProtocol, 'c.1.1', command, key);
const timers = ['reservation', 'wrap-up', 'preview', 'turn'].map((key) => clearTimer(key));
/** Of several campaigns one has the agent to itself for a while. */
const turn = (campaignId: string, fromMs: number, lastsMs = 3000) =>
  setTimer('turn', fromMs + lastsMs, { type: 'EndTurn' as const, campaignId });
const elsewhere = 'works for another campaign';
const takesTurn = (campaignId: string, other: string, atMs: number) => [
  ...[away(other, elsewhere, atMs), ready(campaignId, atMs), turn(campaignId, atMs)],
];

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

describe("an agent's call", () => {
  test('goes from the reservation to the end of the wrap-up', () => {
    given(agent, ...signedIn)
      .when({ type: 'ReserveAgent', callId: 'c.1.1', campaignId: 'c', wrapUp }, { ...me, nowMs: 10 })
      .then(reserved)
      .thenEffects(
        away('d', 'reserved', 10),
        toCall(
          { type: 'ConnectAgent', agentId: 'ann', legId, nodeId: 'n', consult: false, reservation: 1 },
          'connect:c.1.1:1',
        ),
        setTimer('reservation', 10_010, { type: 'EndReservation', callId: 'c.1.1' }),
      )
      .when({ type: 'ReportConnected', callId: 'c.1.1', reservation: 1 }, { nowMs: 20 })
      .then(connected)
      .thenEffects(clearTimer('reservation'))
      .when({ type: 'ReportCallOver', callId: 'c.1.1', reservation: 1 }, { nowMs: 100 })
      .then(ended)
      .thenEffects(setTimer('wrap-up', 30_100, { type: 'EndWrapUp', callId: 'c.1.1' }))
      .when({ type: 'DisposeCall', disposition: 'callback', callbackAtMs: 5000, callbackToMe: true }, { nowMs: 120 })
      .then({
        ...{ type: 'CallDisposed', callId: 'c.1.1', campaignId: 'c', disposition: 'callback', byDefault: false },
        ...{ callbackAtMs: 5000, callbackToMe: true, atMs: 120 },
      })
      .thenEffects(
        tell(
          campaignProtocol,
          'c',
          {
            ...{ type: 'ReportDisposition', callId: 'c.1.1', agentId: 'ann', disposition: 'callback' },
            ...{ callbackAtMs: 5000, callbackAgentId: 'ann' },
          },
          'disposition:c.1.1:120',
        ),
      )
      .when({ type: 'BecomeReady' }, { nowMs: 130 })
      .then({ type: 'AgentBecameReady', atMs: 130 })
      .thenEffects(...timers, ...takesTurn('d', 'c', 130));
  });

  test('tells its call that the customer wants no more calls: by a wish, or by what became of the talk', () => {
    const told = toCall({ type: 'ReportOptOut', agentId: 'ann' }, 'opt-out:c.1.1');
    const optedOut = (atMs: number) => ({ type: 'CustomerOptedOut', callId: 'c.1.1', atMs }) as const;
    given(agent, ...signedIn, reserved)
      .when({ type: 'OptOutCustomer' }, me)
      .thenRejected('AGENT_NO_CALL');
    for (const more of [[], [ended]]) {
      const wished = given(agent, ...signedIn, reserved, connected, ...more)
        .when({ type: 'OptOutCustomer', by: 'wang' }, { ...me, nowMs: 120 })
        .then({ ...optedOut(120), by: 'wang' })
        .thenEffects(told)
        .when({ type: 'OptOutCustomer' })
        .then();
      expect(wished.resumed).toContainEqual(told);
    }
    const disposed = { type: 'CallDisposed', callId: 'c.1.1', campaignId: 'c', byDefault: false } as const;
    for (const [disposition, ends] of [
      ['opt-out', true],
      ['opt-out/moved', true],
      ['opt-outing', false],
    ] as const) {
      const free = { ...reserved, wrapUp: { ...wrapUp, dispositions: [] } };
      given(agent, ...signedIn, free, connected, ended)
        .when({ type: 'DisposeCall', disposition }, { ...me, nowMs: 130 })
        .then({ ...disposed, disposition, atMs: 130 }, ...(ends ? [optedOut(130)] : []));
    }
  });

  test('is written about while it lasts and until the next one, each note once, by its id alone', () => {
    const note = { callId: 'c.1.1', contactId: 'p-1', noteId: 'n-1' };
    given(agent, ...signedIn, reserved)
      .when({ type: 'NoteCall', ...note }, me)
      .thenRejected('AGENT_NO_CALL');
    const held = { type: 'CallHeld', callId: 'c.1.1', atMs: 30 } as const;
    for (const more of [[], [held], [ended]]) {
      given(agent, ...signedIn, reserved, connected, ...more)
        .when({ type: 'NoteCall', ...note, by: 'wang' }, { ...me, nowMs: 120 })
        .then({ type: 'CallNoted', ...note, by: 'wang', atMs: 120 })
        .thenEffects()
        .when({ type: 'NoteCall', ...note, by: 'wang' })
        .then()
        .when({ type: 'NoteCall', ...note, noteId: 'n-2' }, { nowMs: 130 })
        .then({ type: 'CallNoted', ...note, noteId: 'n-2', atMs: 130 })
        .when({ type: 'NoteCall', ...note, noteId: 'n-3', callId: 'c.2.1' })
        .thenRejected('AGENT_NO_CALL');
    }
    given(agent, ...signedIn, reserved, connected, ended, { type: 'AgentBecameReady', atMs: 110 })
      .when({ type: 'NoteCall', ...note }, me)
      .thenRejected('AGENT_NO_CALL');
  });

  test('on another node has a leg beside the phone, for as long as the agent is in it', () => {
    const link = {
      ...{ callId: 'c.1.1', reservation: 1, linkId: 'link:c.1.1:ann:1' },
      side: { address: '192.0.2.9', port: 20_000, codecs: ['PCMU'], dtmfPayloadType: 101 },
    };
    const closed = (atMs: number) => run('close-link', { linkId: link.linkId }, `close-link:link:c.1.1:ann:1:${atMs}`);
    const linked = given(agent, ...signedIn, reserved)
      .when({ type: 'LinkPhone', ...link }, { ...me, nowMs: 15 })
      .then({ type: 'PhoneLinkRequested', ...link, atMs: 15 })
      .thenEffects(run('link-phone', { legId, ...link }, 'link:link:c.1.1:ann:1:15'));
    linked
      .when({ type: 'ReleaseAgent', callId: 'c.1.1', reason: 'over', reservation: 1 }, { nowMs: 18 })
      .thenEffects(...timers, closed(18), ready('c', 2, 18), turn('c', 18));
    linked
      .when({ type: 'ReportConnected', callId: 'c.1.1', reservation: 1 }, { nowMs: 20 })
      .when({ type: 'ReportCallOver', callId: 'c.1.1', reservation: 1 }, { nowMs: 100 })
      .thenEffects(closed(100), setTimer('wrap-up', 30_100, { type: 'EndWrapUp', callId: 'c.1.1' }))
      .when({ type: 'LinkPhone', ...link })
      .thenRejected('AGENT_NO_CALL');
    given(agent, ...signedIn, reserved)
      .when({ type: 'LinkPhone', ...link, reservation: 2 })
      .thenRejected('AGENT_NO_CALL');
  });

  test('is one at most: whoever else asks is refused', () => {
    const other = { type: 'ReserveAgent', callId: 'd.9.1', campaignId: 'd', wrapUp } as const;
    for (const events of [[reserved], [reserved, connected], [reserved, connected, ended]] as const) {
      given(agent, ...signedIn, ...events)
        .when(other)
        .thenRejected('AGENT_NOT_READY')
        .when({ type: 'ReportConnected', callId: 'd.9.1', reservation: 1 }, { ...me, nowMs: 30 })
        .then({ type: 'ConnectionRefused', callId: 'd.9.1', reservation: 1, atMs: 30 });
    }
    given(agent, ...signedIn, reserved)
      .when({ type: 'ReserveAgent', callId: 'c.1.1', campaignId: 'c', wrapUp })
      .then();
    given(agent, ...signedIn, reserved)
      .when({ type: 'ReportConnected', callId: 'd.9.1', reservation: 1 }, { ...me, nowMs: 30 })
      .thenEffects(
        tell(
          callProtocol,
          'd.9.1',
          {
            ...{ type: 'ReportAgentGone', agentId: 'ann' },
            ...{ reason: 'the agent is not reserved for the call any more', reservation: 1 },
          },
          'gone:d.9.1:30',
        ),
      );
  });

  test('that comes to nothing does not cost the agent its turn', () => {
    for (const command of [
      { type: 'ReleaseAgent', callId: 'c.1.1', reason: 'hung up', reservation: 0 },
      { type: 'ReportCallOver', callId: 'c.1.1', reservation: 1 },
    ] as const) {
      const over = given(agent, ...signedIn, reserved).when(command, { ...me, nowMs: 40 });
      expect(over.events).toMatchObject([{ type: 'ReservationEnded', callId: 'c.1.1', campaignId: 'c', atMs: 40 }]);
      over.thenEffects(...timers, ready('c', 2, 40), turn('c', 40));
      expect(over.state.phase).toBe('ready');
    }
    given(agent, ...signedIn, reserved)
      .when({ type: 'ReleaseAgent', callId: 'c.7.1', reason: 'hung up', reservation: 0 })
      .then();
  });

  test('that is silent is asked to let go, and the agent is its own until it has', () => {
    const doubted = given(agent, ...signedIn, reserved).when(
      { type: 'EndReservation', callId: 'c.1.1' },
      { ...me, nowMs: 10_010 },
    );
    doubted
      .then({ type: 'ReservationDoubted', callId: 'c.1.1', reservation: 1, atMs: 10_010 })
      .thenEffects(
        toCall(
          { type: 'ReportAgentGone', agentId: 'ann', reason: 'the call was silent for too long', reservation: 1 },
          'gone:c.1.1:10010',
        ),
        setTimer('reservation', 20_010, { type: 'EndReservation', callId: 'c.1.1' }),
      );
    expect(doubted.state.phase).toBe('reserved');
    // A word of another reservation is none of this one.
    for (const type of ['ReleaseAgent', 'ReportCallOver'] as const) {
      doubted.when({ type, callId: 'c.1.1', reason: '', reservation: 7 }).then();
    }
    doubted.when({ type: 'ReportConnected', callId: 'c.1.1', reservation: 7 }, { nowMs: 10_011 }).then({
      ...{ type: 'ConnectionRefused', callId: 'c.1.1', reservation: 7, atMs: 10_011 },
    });
  });

  test('can be held, muted and ended, and only then', () => {
    given(agent, ...signedIn, reserved, connected)
      .when({ type: 'HoldCall' }, { ...me, nowMs: 30 })
      .then({ type: 'CallHeld', callId: 'c.1.1', atMs: 30 })
      .thenEffects(toCall({ type: 'HoldCustomer', agentId: 'ann', held: true }, 'hold:30'))
      .when({ type: 'HoldCall' })
      .then()
      .when({ type: 'RetrieveCall' }, { nowMs: 31 })
      .then({ type: 'CallRetrieved', callId: 'c.1.1', atMs: 31 })
      .thenEffects(toCall({ type: 'HoldCustomer', agentId: 'ann', held: false }, 'hold:31'))
      .when({ type: 'MuteMicrophone', muted: true }, { nowMs: 32 })
      .then({ type: 'MicrophoneMuted', muted: true, atMs: 32 })
      .thenEffects(run('mute', { legId, muted: true }, 'mute:32'))
      .when({ type: 'EndCall' }, { nowMs: 33 })
      .then({ type: 'CallEndRequested', callId: 'c.1.1', atMs: 33 })
      .thenEffects(toCall({ type: 'EndByAgent', agentId: 'ann' }, 'end:33'))
      .when({ type: 'ReportCallOver', callId: 'c.1.1', reservation: 1 }, { nowMs: 40 })
      .then({ type: 'MicrophoneMuted', muted: false, atMs: 40 }, { ...ended, talkMs: 20, atMs: 40 });
    for (const command of [
      { type: 'HoldCall' },
      { type: 'MuteMicrophone', muted: true },
      { type: 'EndCall' },
      { type: 'TransferCall', agentId: 'bob', target: '', warm: false },
      { type: 'DisposeCall', disposition: 'callback' },
    ] as const) {
      given(agent, ...signedIn)
        .when(command)
        .thenRejected('AGENT_NO_CALL');
    }
  });

  test('can be handed over, with a word before or without', () => {
    const talking = given(agent, ...signedIn, reserved, connected);
    const asked = { type: 'TransferCall', agentId: 'bob', target: '', warm: true } as const;
    const handing = { agentId: 'bob', target: '', warm: true };
    talking
      .when(asked, { ...me, nowMs: 30 })
      .then({ type: 'TransferRequested', callId: 'c.1.1', ...handing, atMs: 30 })
      .thenEffects(toCall({ type: 'HandOver', agentId: 'ann', toAgentId: 'bob', target: '', warm: true }, 'hand:30'))
      .when({ ...asked, agentId: 'cid' })
      .thenRejected('AGENT_NOT_READY')
      .when({ type: 'CompleteTransfer' }, { nowMs: 40 })
      .then({ type: 'TransferCompleted', callId: 'c.1.1', atMs: 40 })
      .thenEffects(toCall({ type: 'FinishHandOver', agentId: 'ann', completed: true }, 'handed:40'))
      .when({ type: 'CancelTransfer' })
      .then();
    for (const wrong of [
      { agentId: '', target: '', warm: true },
      { agentId: 'bob', target: 'billing', warm: false },
      { agentId: 'ann', target: '', warm: false },
      { agentId: '', target: 'billing', warm: true },
    ]) {
      talking.when({ type: 'TransferCall', ...wrong }, me).thenRejected('TRANSFER_TARGET');
    }
  });

  test('that is held for another agent who does not come is not on hold any more', () => {
    const asked = { type: 'TransferCall', agentId: 'bob', target: '', warm: true } as const;
    const holding = given(agent, ...signedIn, reserved, connected).when({ type: 'HoldCall' }, { ...me, nowMs: 30 });
    const heardAgain = holding
      .when(asked, { nowMs: 40 })
      .when({ type: 'ReportConnected', callId: 'c.1.1', reservation: 1 }, { nowMs: 50 })
      .then({ type: 'TransferCanceled', callId: 'c.1.1', atMs: 50 });
    expect(heardAgain.state.phase).toBe('talking');
    heardAgain
      .when({ ...asked, agentId: 'cid' }, { nowMs: 60 })
      .then({ type: 'TransferRequested', callId: 'c.1.1', agentId: 'cid', target: '', warm: true, atMs: 60 });
  });

  test('for which it was only consulted is left without a word to the customer', () => {
    given(agent, ...signedIn, { ...reserved, consult: true }, connected)
      .when({ type: 'EndCall' }, { ...me, nowMs: 30 })
      .then({ type: 'CallEndRequested', callId: 'c.1.1', atMs: 30 })
      .thenEffects(
        toCall(
          { type: 'ReportAgentGone', agentId: 'ann', reason: 'the agent left the consultation', reservation: 1 },
          'gone:c.1.1:30',
        ),
      );
  });

  test('for which it was only consulted leaves nothing to wrap up', () => {
    given(agent, ...signedIn)
      .when(
        { type: 'ReserveAgent', callId: 'c.1.1', campaignId: 'c', wrapUp: strict, consult: true },
        { ...me, nowMs: 10 },
      )
      .then({ ...reserved, wrapUp: strict, consult: true })
      .when({ type: 'ReportConnected', callId: 'c.1.1', reservation: 1 }, { nowMs: 20 })
      .then(connected)
      .when({ type: 'ReportCallOver', callId: 'c.1.1', reservation: 1 }, { nowMs: 100 })
      .then(ended, { type: 'AgentBecameReady', atMs: 100 });
    given(agent, ...signedIn, { ...reserved, consult: true }, connected)
      // The customer is handed over.
      .when({ type: 'ReserveAgent', callId: 'c.1.1', campaignId: 'c', wrapUp }, { ...me, nowMs: 50 })
      .then({ ...reserved, reservation: 2, atMs: 50 })
      .when({ type: 'ReserveAgent', callId: 'c.1.1', campaignId: 'c', wrapUp })
      .then();
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

describe('an agent who sees the contact first', () => {
  const offer = {
    ...{ callId: 'c.1.1', campaignId: 'c', contactId: 'p-1', mask: '+1 202 *** **45' },
    ...{ longestMs: 20_000, dialsInTheEnd: true, wrapUp },
  };
  const answered = (accepted: boolean, timed: boolean, atMs: number) =>
    ({ type: 'PreviewAnswered', callId: 'c.1.1', campaignId: 'c', accepted, timed, atMs }) as const;
  const told = (accepted: boolean, atMs: number) =>
    tell(
      campaignProtocol,
      'c',
      { type: 'ReportPreview', callId: 'c.1.1', agentId: 'ann', accepted },
      `preview:c.1.1:${atMs}`,
    );

  test('accepts, and is reserved from then until the call is over', () => {
    given(agent, ...signedIn)
      .when({ type: 'OfferPreview', ...offer }, { ...me, nowMs: 10 })
      .then({ type: 'PreviewOffered', ...offer, atMs: 10 })
      .thenEffects(away('d', 'previewing', 10), setTimer('preview', 20_010, { type: 'EndPreview', callId: 'c.1.1' }))
      .when({ type: 'ReserveAgent', callId: 'd.2.1', campaignId: 'd', wrapUp })
      .thenRejected('AGENT_NOT_READY')
      .when({ type: 'AnswerPreview', accepted: true }, { nowMs: 15 })
      .then(answered(true, false, 15))
      .thenEffects(
        clearTimer('preview'),
        told(true, 15),
        setTimer('reservation', 300_015, { type: 'EndReservation', callId: 'c.1.1' }),
      )
      .when({ type: 'ReserveAgent', callId: 'd.2.1', campaignId: 'd', wrapUp })
      .thenRejected('AGENT_NOT_READY')
      // Somebody has answered: now the call is brought to the agent.
      .when({ type: 'ReserveAgent', callId: 'c.1.1', campaignId: 'c', wrapUp }, { nowMs: 10_000 })
      .then({ ...reserved, reservation: 2, atMs: 10_000 })
      .when({ type: 'ReportConnected', callId: 'c.1.1', reservation: 2 }, { nowMs: 10_020 })
      .then({ ...connected, atMs: 10_020 });
  });

  test('skips, or lets the time decide', () => {
    const looking = given(agent, ...signedIn, { type: 'PreviewOffered', ...offer, atMs: 10 });
    looking
      .when({ type: 'AnswerPreview', accepted: false }, { ...me, nowMs: 15 })
      .then(answered(false, false, 15), { type: 'AgentBecameReady', atMs: 15 })
      .when({ type: 'AnswerPreview', accepted: true })
      .thenRejected('AGENT_NO_CALL');
    looking
      .when(
        { type: 'ReleaseAgent', callId: 'c.1.1', reason: 'the contact is not dialed', reservation: 0 },
        { ...me, nowMs: 16 },
      )
      .then(answered(false, true, 16), { type: 'AgentBecameReady', atMs: 16 });
    looking.when({ type: 'EndPreview', callId: 'c.1.1' }, { ...me, nowMs: 20_010 }).then(answered(true, true, 20_010));
    given(agent, ...signedIn, { type: 'PreviewOffered', ...offer, dialsInTheEnd: false, atMs: 10 })
      .when({ type: 'EndPreview', callId: 'c.1.1' }, { ...me, nowMs: 20_010 })
      .then(
        { type: 'PreviewDeclined', callId: 'c.1.1', campaignId: 'c', atMs: 20_010 },
        { type: 'BreakBegan', reason: 'a contact was not looked at', atMs: 20_010 },
      );
    looking
      .when({ type: 'TakeBreak', reason: 'tea' }, { ...me, nowMs: 15 })
      .then(
        { type: 'PreviewDeclined', callId: 'c.1.1', campaignId: 'c', atMs: 15 },
        { type: 'BreakBegan', reason: 'tea', atMs: 15 },
      );
    looking.when({ type: 'ReportPhoneGone', legId, reason: 'the phone hung up' }, { ...me, nowMs: 15 }).then(
      { type: 'PreviewDeclined', callId: 'c.1.1', campaignId: 'c', atMs: 15 },
      {
        ...{ type: 'SignedOut', legId, reason: 'the phone hung up', callId: '', atMs: 15 },
      },
    );
  });

  test('is not shown one while busy, and asks for one by a click', () => {
    given(agent, ...signedIn, reserved)
      .when({ type: 'OfferPreview', ...offer, callId: 'c.2.1' }, { ...me, nowMs: 11 })
      .then({ type: 'PreviewDeclined', callId: 'c.2.1', campaignId: 'c', atMs: 11 })
      .when({ type: 'RequestLead', campaignId: 'c' })
      .thenRejected('AGENT_NOT_READY');
    given(agent, ...signedIn)
      .when({ type: 'RequestLead', campaignId: 'c' }, { ...me, nowMs: 11 })
      .then({ type: 'LeadRequested', campaignId: 'c', atMs: 11 })
      .thenEffects(
        ...[away('d', elsewhere, 11), ready('c', 2, 11), turn('c', 11)],
        tell(campaignProtocol, 'c', { type: 'RequestLead', agentId: 'ann' }, 'lead:11'),
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

const side = { address: '192.0.2.7', port: 4000, codecs: ['PCMU'] };

describe('an agent who is attended from another node', () => {
  const link = { supervisorId: 'boss', linkId: 'attend:agent:boss:1:5' };
  const wanted = { type: 'AttendPhone', ...link, mode: 'whisper', side } as const;
  const came = { type: 'PhoneAttended', ...link, mode: 'whisper', side, atMs: 10 } as const;
  const told = (reason: string) =>
    tell(
      agentProtocol,
      'boss',
      { type: 'ReportMonitorFailure', agentId: 'ann', linkId: link.linkId, reason },
      `left:${link.linkId}`,
    );

  test('has a leg beside the phone until the supervisor leaves', () => {
    given(agent, ...signedIn)
      .when(wanted, { nowMs: 10 })
      .then(came)
      .thenEffects(run('attend', { legId, ...link, mode: 'whisper', side }, `attend:${link.linkId}:10`))
      .when({ type: 'LeavePhone', ...link, linkId: 'attend:agent:boss:1:4' })
      .then()
      .when({ type: 'LeavePhone', ...link }, { ...me, nowMs: 20 })
      .then({ type: 'PhoneLeft', ...link, atMs: 20 })
      .thenEffects(
        run('leave', { supervisorId: 'boss' }, `leave:${link.linkId}`),
        told('the phone is not attended any more'),
      )
      .when({ type: 'LeavePhone', ...link })
      .then();
  });

  test('says so when the phone is gone, and has none to attend then', () => {
    given(agent, ...signedIn, came)
      .when({ type: 'SignOut' }, { ...me, nowMs: 20 })
      .then({ type: 'SignedOut', legId, reason: '', callId: '', atMs: 20 })
      .thenEffects(
        run('drop-phone', { legId }, `drop:${legId}`),
        away('c', 'signed off', 20),
        away('d', 'signed off', 20),
        told('the phone of the agent is gone'),
        ...timers,
      )
      .when(wanted, me)
      .thenRejected('AGENT_NOT_READY');
  });
});

describe('a supervisor', () => {
  test('attends the calls of another, and takes none meanwhile', () => {
    given(agent, ...signedIn)
      .when({ type: 'StartMonitoring', agentId: 'bob', mode: 'whisper' }, { ...me, nowMs: 10 })
      .then({ type: 'MonitoringBegan', agentId: 'bob', mode: 'whisper', atMs: 10 })
      .thenEffects(
        away('c', 'supervising', 10),
        away('d', 'supervising', 10),
        run('monitor', { legId, agentId: 'bob', mode: 'whisper', linkId: 'attend:agent:ann:1:10' }, 'monitor:10'),
      )
      .when({ type: 'ReserveAgent', callId: 'c.1.1', campaignId: 'c', wrapUp })
      .thenRejected('AGENT_NOT_READY')
      .when({ type: 'ReportMonitorFailure', agentId: 'cid', reason: 'old news', linkId: '' })
      .then()
      .when({ type: 'ReportMonitorFailure', agentId: 'bob', reason: 'old news', linkId: 'attend:agent:ann:1:9' })
      .then()
      .when({ type: 'BecomeReady' }, { nowMs: 20 })
      .then({ type: 'MonitoringEnded', reason: 'supervising', atMs: 20 }, { type: 'AgentBecameReady', atMs: 20 })
      .thenEffects(
        run('stop-monitoring', { legId }, 'unmonitor:20'),
        tell(
          agentProtocol,
          'bob',
          { type: 'LeavePhone', supervisorId: 'ann', linkId: 'attend:agent:ann:1:10' },
          'leave:attend:agent:ann:1:10',
        ),
        ...timers,
        ...takesTurn('d', 'c', 20),
      );
  });

  const listening = { type: 'MonitoringBegan', agentId: 'bob', mode: 'listen', atMs: 10 } as const;
  const linkId = 'attend:agent:ann:1:10';
  const attended = { type: 'ReportPhoneAttended', agentId: 'bob', linkId, side } as const;

  test('of another node is linked with the phone, and keeps the link in another mode', () => {
    given(agent, ...signedIn, listening)
      .when(attended, { nowMs: 11 })
      .then({ type: 'MonitorLinked', agentId: 'bob', linkId, side, atMs: 11 })
      .thenEffects(run('monitor-link', { legId, linkId, side }, `monitor-link:${linkId}:11`))
      .when({ type: 'StartMonitoring', agentId: 'bob', mode: 'join' }, { ...me, nowMs: 12 })
      .then({ type: 'MonitoringBegan', agentId: 'bob', mode: 'join', atMs: 12 })
      .thenEffects(
        away('c', 'supervising', 12),
        away('d', 'supervising', 12),
        run('monitor', { legId, agentId: 'bob', mode: 'join', linkId }, 'monitor:12'),
      );
  });

  test('who attends another one leaves the first, and takes no link that comes too late', () => {
    given(agent, ...signedIn, listening)
      .when({ type: 'StartMonitoring', agentId: 'cid', mode: 'listen' }, { ...me, nowMs: 12 })
      .then(
        { type: 'MonitoringEnded', reason: 'supervising', atMs: 12 },
        { type: 'MonitoringBegan', agentId: 'cid', mode: 'listen', atMs: 12 },
      )
      .when(attended, me)
      .thenRejected('AGENT_NO_CALL');
  });

  test('whose phone is gone attends nobody any more', () => {
    given(agent, ...signedIn, listening)
      .when({ type: 'ReportPhoneGone', legId, reason: 'the phone hung up' }, { nowMs: 12 })
      .then(
        { type: 'MonitoringEnded', reason: 'supervising', atMs: 12 },
        { type: 'SignedOut', legId, reason: 'the phone hung up', callId: '', atMs: 12 },
      );
  });

  test('attends nobody while talking, and not itself', () => {
    const start = { type: 'StartMonitoring', agentId: 'bob', mode: 'listen' } as const;
    given(agent, ...signedIn, reserved, connected)
      .when(start)
      .thenRejected('AGENT_NOT_READY');
    given(agent, ...signedIn)
      .when({ ...start, agentId: 'ann' }, me)
      .thenRejected('AGENT_SETTINGS');
  });
});
