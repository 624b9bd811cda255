/** An agent's call. */
import { describe, expect, test } from '@jest/globals';
import { callProtocol } from '#proto/generated/call.ts';
import { campaignProtocol } from '#proto/generated/campaign.ts';
import { clearTimer, run, setTimer, tell } from '#runtime/effects.ts';
import { given } from '#test/given.ts';
import {
  agent,
  away,
  connected,
  ended,
  legId,
  me,
  ready,
  reserved,
  signedIn,
  strict,
  takesTurn,
  timers,
  toCall,
  turn,
  wrapUp,
} from './agent.fixture.ts';

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
