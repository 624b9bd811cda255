/** Leads that are called again, on a real runtime with a real list: by rules, and because an agent has promised it. */
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Tagged } from '#proto/codec.ts';
import type { LeadPolicy } from '#proto/generated/campaign.ts';
import { type Floor, openFloor } from './floor-kit.ts';

let floor: Floor;
afterEach(() => floor.close());

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const policy: LeadPolicy = {
  order: 'list',
  retry: [
    { outcome: 'busy', afterMs: 5 * minuteMs, max: 0 },
    { outcome: 'no-answer', afterMs: 2 * hourMs, max: 0 },
  ],
  maxAttempts: 5,
  maxAttemptsPerDay: 2,
};

const said = (command: Tagged & Readonly<Record<string, unknown>>): Tagged => command;
const dialed = () => floor.network.dialed.map(({ callId }) => callId);
const phase = async () => (await floor.ask('campaign', 'c', { type: 'DescribeCampaign' })).reply?.phase;

async function busy(callId: string): Promise<void> {
  floor.network.happens(callId, { type: 'failed', cause: 'busy', sipStatus: 486, reason: 'Busy Here' });
  await floor.clock.advance(1000);
}

async function noAnswer(callId: string): Promise<void> {
  floor.network.happens(callId, { type: 'failed', cause: 'no-answer', sipStatus: 0, reason: 'it rang for too long' });
  await floor.clock.advance(1000);
}

describe('a campaign with rules', () => {
  test('calls who was busy after five minutes, and who did not answer after two hours', async () => {
    floor = await openFloor(['ann', 'bob'], 2, {}, policy);
    expect(dialed()).toEqual(['c.1.1', 'c.2.1']);
    await busy('c.1.1');
    await noAnswer('c.2.1');
    await floor.clock.advance(4 * minuteMs);
    expect(dialed()).toEqual(['c.1.1', 'c.2.1']);
    await floor.clock.advance(minuteMs);
    expect(dialed()).toEqual(['c.1.1', 'c.2.1', 'c.1.2']);
    await floor.answer('c.1.2');
    await floor.hangUp('c.1.2');
    await floor.clock.advance(hourMs + 50 * minuteMs);
    expect(dialed()).toHaveLength(3);
    await floor.clock.advance(10 * minuteMs);
    expect(dialed()).toEqual(['c.1.1', 'c.2.1', 'c.1.2', 'c.2.2']);
    await floor.answer('c.2.2');
    await floor.hangUp('c.2.2');
    expect(await phase()).toBe('ended');
  });

  test('calls nobody more often than allowed within a day', async () => {
    floor = await openFloor(['ann'], 1, {}, policy);
    await busy('c.1.1');
    await floor.clock.advance(5 * minuteMs);
    expect(dialed()).toEqual(['c.1.1', 'c.1.2']);
    await busy('c.1.2');
    await floor.clock.advance(6 * minuteMs);
    expect(dialed()).toHaveLength(2);
    const told = floor.events('campaign').map((event) => event as Tagged & Partial<{ atMs: number; followUp: object }>);
    const ended = told.filter(({ type }) => type === 'AttemptEnded');
    const scheduled = told.filter(({ type }) => type === 'LeadScheduled');
    const dayLater = (ended[0]?.atMs ?? 0) + 24 * hourMs;
    expect(scheduled.at(-1)?.followUp).toMatchObject({ attempt: 2, dueAtMs: dayLater, reason: 'retry' });
    expect(await phase()).toBe('running');
  });

  test('is over with its last call where nothing is to be called again', async () => {
    floor = await openFloor(['ann'], 1);
    await busy('c.1.1');
    expect(await phase()).toBe('ended');
  });
});

describe('a callback that an agent has promised', () => {
  async function promise(callId: string, inMs: number, toMe: boolean): Promise<void> {
    await floor.answer(callId);
    await floor.hangUp(callId);
    const callbackAtMs = floor.clock.now() + inMs;
    const agentId = floor.media.done.at(-1)?.split(' ').at(-1)?.split(':')[1] ?? '';
    await floor.ask(
      'agent',
      agentId,
      said({ type: 'DisposeCall', disposition: 'none', callbackAtMs, callbackToMe: toMe }),
    );
    await floor.ask('agent', agentId, { type: 'BecomeReady' });
  }

  test('comes before all others once it is due, and not before', async () => {
    floor = await openFloor(['ann'], 5);
    await promise('c.1.1', 10 * minuteMs, false);
    await floor.clock.advance(1000);
    expect(dialed()).toEqual(['c.1.1', 'c.2.1']);
    await busy('c.2.1');
    expect(dialed()).toEqual(['c.1.1', 'c.2.1', 'c.3.1']);
    await floor.answer('c.3.1');
    await floor.clock.advance(9 * minuteMs + 55_000);
    await floor.hangUp('c.3.1');
    await floor.clock.advance(10_000);
    await floor.ask('agent', 'ann', { type: 'BecomeReady' });
    await floor.clock.advance(1000);
    expect(dialed()).toEqual(['c.1.1', 'c.2.1', 'c.3.1', 'c.1.2']);
    await busy('c.1.2');
    expect(dialed()).toEqual(['c.1.1', 'c.2.1', 'c.3.1', 'c.1.2', 'c.4.1']);
  });

  test('is for the agent who promised it, though another one is idle for longer', async () => {
    floor = await openFloor(['ann', 'bob'], 1);
    expect(dialed()).toEqual(['c.1.1']);
    await promise('c.1.1', 10 * minuteMs, true);
    await floor.clock.advance(10 * minuteMs + 1000);
    expect([await floor.phaseOf('ann'), await floor.phaseOf('bob')]).toEqual(['previewing', 'ready']);
    await floor.ask('agent', 'ann', said({ type: 'AnswerPreview', accepted: true }));
    await floor.clock.advance(1000);
    expect(dialed()).toEqual(['c.1.1', 'c.1.2']);
    await floor.answer('c.1.2');
    expect(floor.media.done.at(-1)).toBe('bridge c.1.2 agent:ann:1');
  });

  test('begins a campaign again that was over', async () => {
    floor = await openFloor(['ann', 'bob'], 1);
    await floor.answer('c.1.1');
    await floor.hangUp('c.1.1');
    await floor.clock.advance(1000);
    expect(await phase()).toBe('ended');
    const callbackAtMs = floor.clock.now() + 10 * minuteMs;
    await floor.ask('agent', 'ann', said({ type: 'DisposeCall', disposition: 'none', callbackAtMs }));
    await floor.ask('agent', 'ann', { type: 'BecomeReady' });
    expect(await phase()).toBe('running');
    await floor.clock.advance(10 * minuteMs + 1000);
    expect(dialed()).toEqual(['c.1.1', 'c.1.2']);
  });
});
