import { describe, expect, test } from '@jest/globals';
import type { CallCommand } from '#proto/generated/call.ts';
import type { Answered } from '#runtime/actor.ts';
import { ManualClock } from '#test/fakes/manual-clock.ts';
import { type Gate, routeSearches, type Searcher, type SeekRoute } from './route-search.ts';

const granted: Answered<never> = { ok: true, version: 1 };
const full: Answered<never> = { ok: false, rejection: { code: 'TRUNK_FULL', message: '', retryAfterMs: 400 } };
const permit = {
  ...{ campaignId: 'c', contactId: 'p-1', fingerprint: 'f-1', standing: { zones: ['UTC'] } },
  ...{ recorded: true, agentWaits: false, lastsMs: 60_000 },
};
const route = { trunkId: 't', notBeforeMs: 0, knownCode: 'TRUNK_FULL' };

/** A gate that a test turns, and a trunk that answers what it is told to. */
function searching() {
  const clock = new ManualClock();
  const closing = new AbortController();
  const waiting: ((admitted: boolean) => void)[] = [];
  const state = { open: true, answer: full, asked: [] as string[], beforeAnswer: () => {} };
  const gate: Gate = {
    closed: closing.signal,
    admits: () => state.open,
    admit: () => (state.open ? Promise.resolve(true) : new Promise((resolve) => waiting.push(resolve))),
  };
  const searches = routeSearches({
    clock,
    gate,
    hasTrunk: (trunkId) => trunkId !== 'unknown',
    showsNumber: () => true,
  });
  const law = { profile: 't', fingerprint: 'f-1', rules: [] };
  const answers: Readonly<Record<string, () => Answered<unknown>>> = {
    ReserveChannel: () => state.answer,
    DescribeCampaign: () => ({ ...granted, reply: { settings: { law } } }),
    RequestPermit: () => ({ ...granted, reply: { type: 'PermitAnswered', granted: true, ruleId: '' } }),
  };
  const ask = async (_protocol: unknown, id: string, command: { type: string }) => {
    state.asked.push(`${command.type} ${id}`);
    state.beforeAnswer();
    return answers[command.type]?.() ?? granted;
  };
  const leaving = new AbortController();
  const searcher = { actorId: 'c.1.1', ask, left: leaving.signal } as unknown as Searcher;
  const found: (CallCommand | undefined)[] = [];
  return {
    clock,
    state,
    searches,
    found,
    leave: () => leaving.abort(),
    givePermitBack: () => searches.givePermitBack(permit, searcher),
    seek: (search: SeekRoute = route) => void searches.seek(search, searcher).then((command) => found.push(command)),
    open() {
      state.open = true;
      for (const resolve of waiting.splice(0)) resolve(true);
    },
  };
}

describe('the search for a channel', () => {
  test('asks again while there is none, and tells news only', async () => {
    const { clock, state, found, seek } = searching();
    seek();
    await clock.advance(1100);
    expect([state.asked.length, found]).toEqual([3, []]);
    state.answer = granted;
    await clock.advance(500);
    expect(found).toEqual([{ type: 'TakeRoute', trunkId: 't' }]);
  });

  test('ends where the call goes on elsewhere, and gives no channel back that the call has there', async () => {
    const { clock, state, found, seek, leave } = searching();
    state.answer = granted;
    state.beforeAnswer = leave;
    seek();
    await clock.settle();
    expect([state.asked, found]).toEqual([['ReserveChannel t'], [undefined]]);
  });

  test('ends there also while the gate is shut', async () => {
    const { clock, state, found, seek, leave } = searching();
    state.open = false;
    seek();
    await clock.settle();
    leave();
    await clock.settle();
    expect([state.asked, found]).toEqual([[], [undefined]]);
  });

  test('asks nobody while the gate is shut, also when it was open before', async () => {
    const { clock, state, found, seek, open } = searching();
    seek();
    await clock.settle();
    state.open = false;
    await clock.advance(10_000);
    expect(state.asked).toEqual(['ReserveChannel t']);
    state.answer = granted;
    open();
    await clock.settle();
    expect(found).toEqual([{ type: 'TakeRoute', trunkId: 't' }]);
  });

  test('gives back a channel that comes after the gate was shut', async () => {
    const { clock, state, found, seek } = searching();
    state.answer = granted;
    state.beforeAnswer = () => {
      state.open = false;
    };
    seek();
    await clock.settle();
    expect([state.asked, found]).toEqual([['ReserveChannel t', 'ReleaseChannel t'], []]);
  });

  test('is over when it is told to stop, and gives back what still comes', async () => {
    const { clock, state, found, searches, seek } = searching();
    seek();
    await clock.settle();
    searches.stop('c.1.1');
    await clock.advance(10_000);
    expect([state.asked.length, found]).toEqual([1, [undefined]]);
    state.answer = granted;
    state.beforeAnswer = () => searches.stop('c.1.1');
    seek();
    await clock.settle();
    expect(state.asked.slice(1)).toEqual(['ReserveChannel t', 'ReleaseChannel t']);
  });

  test('gives back a permit too that comes when nobody is to be dialed by it any more', async () => {
    const { clock, state, found, searches, seek } = searching();
    state.answer = granted;
    state.beforeAnswer = () => {
      if (state.asked.at(-1) === 'RequestPermit p-1') searches.stop('c.1.1');
    };
    seek({ ...route, permit });
    await clock.settle();
    expect(state.asked).toEqual([
      ...['ReserveChannel t', 'DescribeCampaign c', 'RequestPermit p-1'],
      ...['ReleaseChannel t', 'ReportAttemptOutcome p-1'],
    ]);
    expect(found).toEqual([undefined]);
  });

  test('asks for a permit when an earlier one has been given back, and not before', async () => {
    const { clock, state, found, givePermitBack, seek } = searching();
    state.answer = granted;
    void givePermitBack();
    seek({ ...route, permit });
    await clock.settle();
    expect(state.asked).toEqual([
      'ReportAttemptOutcome p-1',
      ...['ReserveChannel t', 'DescribeCampaign c', 'RequestPermit p-1'],
    ]);
    expect(found).toEqual([{ type: 'TakeRoute', trunkId: 't', permitted: true }]);
  });

  test('is one at a time for a call: the newest', async () => {
    const { clock, state, found, seek } = searching();
    seek();
    await clock.settle();
    seek({ ...route, trunkId: 'other' });
    state.answer = granted;
    await clock.advance(1000);
    expect(state.asked).toEqual(['ReserveChannel t', 'ReserveChannel other']);
    expect(found).toEqual([undefined, { type: 'TakeRoute', trunkId: 'other' }]);
  });

  test('does not ask a trunk that this node knows nothing of', async () => {
    const { clock, state, found, seek } = searching();
    seek({ ...route, trunkId: 'unknown' });
    await clock.settle();
    expect(state.asked).toEqual([]);
    expect(found).toEqual([expect.objectContaining({ type: 'AwaitRoute', code: 'TRUNK_UNKNOWN' })]);
  });
});
