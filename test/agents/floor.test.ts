/** Campaign, calls, trunk and agents on a real runtime: what happens between an answer and the next one. */
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Tagged } from '#proto/codec.ts';
import { type Floor, openFloor } from './floor-kit.ts';

let floor: Floor;
afterEach(() => floor.close());

const said = (command: Tagged & Readonly<Record<string, unknown>>): Tagged => command;
const outcomes = () =>
  floor
    .events('call')
    .flatMap((event) => (event.type === 'CallEnded' ? [(event as never as { outcome: string }).outcome] : []));

describe('an answer', () => {
  test('goes to the longest idle; the agent wraps up, and gets the next', async () => {
    floor = await openFloor(['ann', 'bob'], 3);
    expect(floor.network.dialed.map(({ callId }) => callId)).toEqual(['c.1.1', 'c.2.1']);
    await floor.answer('c.1.1');
    expect(floor.media.done).toEqual(['bridge c.1.1 agent:ann:1']);
    expect([await floor.phaseOf('ann'), await floor.phaseOf('bob')]).toEqual(['talking', 'ready']);
    await floor.hangUp('c.1.1');
    expect(await floor.phaseOf('ann')).toBe('wrapping');
    await floor.ask('agent', 'ann', said({ type: 'DisposeCall', disposition: 'sale' }));
    await floor.ask('agent', 'ann', { type: 'BecomeReady' });
    expect(await floor.phaseOf('ann')).toBe('ready');
    await floor.clock.advance(400);
    expect(floor.network.dialed.map(({ callId }) => callId)).toEqual(['c.1.1', 'c.2.1', 'c.3.1']);
    expect(floor.events('campaign')).toContainEqual(
      expect.objectContaining({
        type: 'AttemptDisposed',
        callId: 'c.1.1',
        row: 1,
        agentId: 'ann',
        disposition: 'sale',
      }),
    );
    // Who has waited longest comes first, though ann is free too.
    await floor.answer('c.2.1');
    expect(floor.media.done.at(-1)).toBe('bridge c.2.1 agent:bob:1');
    const { reply } = await floor.ask('campaign', 'c', { type: 'DescribeCampaign' });
    expect(reply?.agents).toMatchObject({ ready: 1, talking: 1, answered: 2, abandoned: 0 });
  });

  test('that finds nobody in time hears the message, may opt out, and counts as abandoned', async () => {
    floor = await openFloor(['ann'], 3);
    await floor.ask('agent', 'ann', said({ type: 'TakeBreak', reason: 'tea' }));
    await floor.answer('c.1.1');
    await floor.clock.advance(1750);
    expect(floor.media.legs.get('c.1.1')?.played).toEqual([]);
    await floor.clock.advance(100);
    expect(floor.media.legs.get('c.1.1')?.played).toEqual(['sorry.wav']);
    floor.media.press('c.1.1', '9');
    await floor.clock.advance(50);
    expect(outcomes()).toEqual(['abandoned']);
    expect(floor.events('call').map(({ type }) => type)).toContain('ContactOptedOut');
    expect(floor.events('contact').map(({ type }) => type)).toEqual([
      ...['PermitGranted', 'CallsForbidden', 'AbandonRecorded'],
    ]);
    const { reply } = await floor.ask('campaign', 'c', { type: 'DescribeCampaign' });
    expect(reply?.agents).toMatchObject({ ready: 0, answered: 1, abandoned: 1 });
    expect(reply?.outcomes).toEqual([{ outcome: 'abandoned', count: 1 }]);
  });

  test('whose agent loses the phone goes to the next one who is free', async () => {
    floor = await openFloor(['ann', 'bob'], 2);
    await floor.answer('c.1.1');
    floor.phones.putDown('agent:ann:1');
    await floor.clock.advance(50);
    expect(floor.media.done).toEqual(['bridge c.1.1 agent:ann:1', 'hold c.1.1', 'bridge c.1.1 agent:bob:1']);
    expect([await floor.phaseOf('ann'), await floor.phaseOf('bob')]).toEqual(['offline', 'talking']);
    expect(floor.media.legs.has('agent:ann:1')).toBe(false);
  });
});

describe('an agent', () => {
  test('holds, mutes, retrieves and hangs up', async () => {
    floor = await openFloor(['ann'], 1);
    await floor.answer('c.1.1');
    for (const type of ['HoldCall', 'RetrieveCall'] as const) await floor.ask('agent', 'ann', { type });
    await floor.ask('agent', 'ann', said({ type: 'MuteMicrophone', muted: true }));
    await floor.ask('agent', 'ann', { type: 'EndCall' });
    expect(floor.media.done.slice(1)).toEqual([
      ...['hold c.1.1', 'retrieve c.1.1', 'mute agent:ann:1', 'unmute agent:ann:1'],
    ]);
    expect(floor.network.hungUp).toEqual(['c.1.1']);
    expect(await floor.phaseOf('ann')).toBe('wrapping');
    await floor.clock.advance(5000);
    expect(await floor.phaseOf('ann')).toBe('ready');
    expect(floor.events('agent').filter(({ type }) => type === 'CallDisposed')).toMatchObject([
      { disposition: 'none', byDefault: true },
    ]);
  });

  test('asks another one first, and hands the callee over', async () => {
    floor = await openFloor(['ann', 'bob'], 1);
    await floor.answer('c.1.1');
    await floor.ask('agent', 'ann', said({ type: 'TransferCall', agentId: 'bob', target: '', warm: true }));
    expect(floor.media.done.slice(1)).toEqual(['hold c.1.1', 'bridge agent:ann:1 agent:bob:1']);
    expect([await floor.phaseOf('ann'), await floor.phaseOf('bob')]).toEqual(['talking', 'talking']);
    await floor.ask('agent', 'ann', { type: 'CompleteTransfer' });
    expect(floor.media.done.at(-1)).toBe('bridge c.1.1 agent:bob:1');
    expect([await floor.phaseOf('ann'), await floor.phaseOf('bob')]).toEqual(['wrapping', 'talking']);
    await floor.hangUp('c.1.1');
    expect(await floor.phaseOf('bob')).toBe('wrapping');
  });

  test('hands the callee out of the house', async () => {
    floor = await openFloor(['ann'], 1);
    await floor.answer('c.1.1');
    await floor.ask('agent', 'ann', said({ type: 'TransferCall', agentId: '', target: 'billing', warm: false }));
    expect(floor.transferred).toEqual(['c.1.1 sip:billing@pbx']);
    expect(await floor.phaseOf('ann')).toBe('wrapping');
    await floor.hangUp('c.1.1');
    expect(outcomes()).toEqual(['answered']);
  });

  test('is attended by a supervisor, whose phone does nothing else meanwhile', async () => {
    floor = await openFloor(['ann', 'boss'], 1);
    await floor.answer('c.1.1');
    await floor.ask('agent', 'boss', said({ type: 'StartMonitoring', agentId: 'ann', mode: 'whisper' }));
    expect(floor.media.done.at(-1)).toBe('whisper agent:boss:1 agent:ann:1');
    await floor.ask('agent', 'boss', { type: 'StopMonitoring' });
    expect(floor.media.done.at(-1)).toBe('unbridge agent:boss:1');
    await floor.ask('agent', 'boss', said({ type: 'StartMonitoring', agentId: 'zoe', mode: 'listen' }));
    expect(await floor.phaseOf('boss')).toBe('break');
  });

  test('who accepts a contact while the campaign is paused gets the call when it goes on', async () => {
    floor = await openFloor(['ann'], 1, { mode: 'preview' });
    await floor.ask('campaign', 'c', said({ type: 'PauseCampaign', by: 'wang', reason: 'lunch' }));
    await floor.ask('agent', 'ann', said({ type: 'AnswerPreview', accepted: true }));
    expect([floor.network.dialed, await floor.phaseOf('ann')]).toEqual([[], 'reserved']);
    await floor.ask('campaign', 'c', said({ type: 'ResumeCampaign', by: 'wang' }));
    expect(floor.network.dialed.map(({ callId }) => callId)).toEqual(['c.1.1']);
    await floor.answer('c.1.1');
    expect(await floor.phaseOf('ann')).toBe('talking');
  });

  test('sees the contact first, and is called only for whom they accept', async () => {
    floor = await openFloor(['ann'], 2, { mode: 'preview' });
    expect([floor.network.dialed, await floor.phaseOf('ann')]).toEqual([[], 'previewing']);
    await floor.ask('agent', 'ann', said({ type: 'AnswerPreview', accepted: false }));
    await floor.clock.advance(400);
    expect([floor.network.dialed, await floor.phaseOf('ann')]).toEqual([[], 'previewing']);
    await floor.ask('agent', 'ann', said({ type: 'AnswerPreview', accepted: true }));
    expect(floor.network.dialed.map(({ callId }) => callId)).toEqual(['c.2.1']);
    expect(await floor.phaseOf('ann')).toBe('reserved');
    await floor.answer('c.2.1');
    expect(floor.media.done).toEqual(['bridge c.2.1 agent:ann:1']);
    expect(await floor.phaseOf('ann')).toBe('talking');
  });
});
