/** A supervisor, and the agent who is attended from another node. */
import { describe, test } from '@jest/globals';
import { agentProtocol } from '#proto/generated/agent.ts';
import { run, tell } from '#runtime/effects.ts';
import { given } from '#test/given.ts';
import { agent, away, connected, legId, me, reserved, signedIn, takesTurn, timers, wrapUp } from './agent.fixture.ts';

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
