import { describe, expect, test } from '@jest/globals';
import { createMetrics } from './metrics.ts';

function given(actors: { kind: string; mailboxDepth: number }[] = []) {
  const clock = { nowMs: 1000 };
  const metrics = createMetrics({ nodeId: 'node-1', version: '0.1.0', actors: () => actors, now: () => clock.nowMs });
  const lines = async (name: string) =>
    (await metrics.text()).split('\n').filter((line) => line.startsWith(name) && !/ 0$/.test(line));
  return { ...metrics, clock, actors, lines };
}

const commit = (ref: string, ...events: { type: string }[]) => ({
  kind: ref.split('/')[0] ?? '',
  ref,
  commits: [{ version: 1, correlationId: 'c', events }],
  startMs: 1000,
});

describe('metrics', () => {
  test('count actors and their mail when somebody looks', async () => {
    const { actors, lines } = given();
    actors.push(
      { kind: 'call', mailboxDepth: 2 },
      { kind: 'call', mailboxDepth: 5 },
      { kind: 'trunk', mailboxDepth: 0 },
    );
    expect(await lines('callboard_actors')).toEqual([
      'callboard_actors_in_memory{kind="call"} 2',
      'callboard_actors_in_memory{kind="trunk"} 1',
    ]);
    expect(await lines('callboard_mailbox_depth{')).toEqual(['callboard_mailbox_depth{kind="call"} 7']);
    expect(await lines('callboard_mailbox_depth_max')).toEqual(['callboard_mailbox_depth_max{kind="call"} 5']);
    actors.length = 0;
    expect(await lines('callboard_actors')).toEqual([]);
  });

  test('follow calls through their phases, and count what was dialed and what came of it', async () => {
    const { observer, lines } = given();
    observer.commitsDurable?.(commit('call/a', { type: 'CallRequested' }));
    observer.commitsDurable?.(commit('call/b', { type: 'CallRequested' }, { type: 'CallDialed' }));
    observer.commitsDurable?.(commit('call/b', { type: 'CallAnswered' }));
    observer.commitsDurable?.(commit('call/b', { type: 'DigitPressed' }));
    observer.commitsDurable?.(commit('campaign/c', { type: 'CallDialed' }));
    expect(await lines('callboard_calls')).toEqual([
      'callboard_calls{phase="routing"} 1',
      'callboard_calls{phase="talking"} 1',
      'callboard_calls_dialed_total 1',
    ]);
    const ended = { type: 'CallEnded', outcome: 'answered' };
    observer.commitsDurable?.(commit('call/b', { type: 'CallHungUp' }, ended));
    observer.actorLeft?.({ kind: 'call', ref: 'call/a' });
    expect(await lines('callboard_calls{')).toEqual([]);
    expect(await lines('callboard_call_outcomes')).toEqual(['callboard_call_outcomes_total{outcome="answered"} 1']);
  });

  test('measure in seconds what takes time', async () => {
    const { observer, clock, lines } = given();
    clock.nowMs = 1004;
    observer.commitsDurable?.({ ...commit('trunk/a'), startMs: 1000 });
    const cause = { kind: 'call', ref: 'call/a', correlationId: 'c', causationId: '' };
    observer.effectRun?.({ ...cause, executor: 'dial', outcome: 'retried', startMs: 1002 });
    observer.commandDelivered?.({ ...cause, node: 'node-2', code: 'ASK_TIMEOUT', startMs: 1000 });
    expect(await lines('callboard_commit_duration_seconds_sum')).toEqual([
      'callboard_commit_duration_seconds_sum{kind="trunk"} 0.004',
    ]);
    expect(await lines('callboard_effect_duration_seconds_sum')).toEqual([
      'callboard_effect_duration_seconds_sum{kind="call",executor="dial"} 0.002',
    ]);
    expect(await lines('callboard_effect_failures')).toHaveLength(1);
    expect(await lines('callboard_delivery_failures')).toEqual([
      'callboard_delivery_failures_total{node="node-2",code="ASK_TIMEOUT"} 1',
    ]);
  });

  test('count what failed by its code, and no more values than a label may have', async () => {
    const { observer, lines } = given();
    const failed = { kind: 'call', code: 'MAILBOX_FULL' };
    observer.askFailed?.(failed);
    observer.mailboxRefused?.(failed);
    observer.commandDied?.(failed);
    observer.envelopeRefused?.(failed);
    observer.commitFailed?.(failed);
    const counted = ['ask_failures', 'mailbox_refusals', 'dead_letters', 'commit_failures'];
    for (const name of counted) {
      expect(await lines(`callboard_${name}`)).toEqual([`callboard_${name}_total{kind="call",code="MAILBOX_FULL"} 1`]);
    }
    expect(await lines('callboard_envelopes')).toEqual(['callboard_envelopes_refused_total{code="MAILBOX_FULL"} 1']);
    for (let each = 0; each < 1000; each += 1) observer.askFailed?.({ kind: 'call', code: `CODE_${each}` });
    const series = await lines('callboard_ask_failures');
    expect(series.length).toBeLessThan(100);
    expect(series.at(-1)).toMatch(/code="other"} 937$/);
  });

  test('hold the lag that a reader of the journal tells, the node and the process', async () => {
    const { journalLag, lines } = given();
    journalLag('calls')(2.5);
    expect(await lines('callboard_journal_lag')).toEqual(['callboard_journal_lag_seconds{reader="calls"} 2.5']);
    expect(await lines('callboard_node_info')).toEqual(['callboard_node_info{node="node-1",version="0.1.0"} 1']);
    expect(await lines('process_resident_memory_bytes')).toHaveLength(1);
  });

  test('have names and labels as Prometheus wants them, and none that names a person or a call', async () => {
    const { observer, names, text } = given([{ kind: 'call', mailboxDepth: 1 }]);
    const cause = { kind: 'call', ref: 'call/secret-1', correlationId: 'secret-2', causationId: 'call/secret-1@1' };
    observer.effectRun?.({ ...cause, executor: 'dial', outcome: 'crashed', startMs: 0 });
    observer.commandDelivered?.({ ...cause, node: 'node-2', code: 'ASK_TIMEOUT', startMs: 0 });
    const command = { commandId: 'secret-3', commandType: 'PlaceCall', outcome: 'accepted', code: '' } as const;
    observer.commandDecided?.({ ...cause, ...command, version: 1, startMs: 0 });
    observer.commitsDurable?.(commit('call/secret-1', { type: 'CallDialed' }));
    for (const name of names()) expect(name).toMatch(/^(callboard|process|nodejs)_[a-z0-9_]+$/);
    expect(await text()).not.toContain('secret');
  });
});
