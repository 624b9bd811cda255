/** The contact that an agent sees before it is called. */
import { describe, test } from '@jest/globals';
import { campaignProtocol } from '#proto/generated/campaign.ts';
import { clearTimer, setTimer, tell } from '#runtime/effects.ts';
import { given } from '#test/given.ts';
import {
  agent,
  away,
  connected,
  elsewhere,
  legId,
  me,
  ready,
  reserved,
  signedIn,
  turn,
  wrapUp,
} from './agent.fixture.ts';

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
