import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Outcome } from '#proto/generated/call.ts';
import type { FollowUp, Lead, LeadPolicy, PastAttempt } from '#proto/generated/campaign.ts';
import { callbackOf, faultOf, followUpOf, skippedOf } from './retry.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const rule = (outcome: Outcome, afterMs: number, max = 0) => ({ outcome, afterMs, max });
const policy: LeadPolicy = {
  order: 'list',
  retry: [rule('busy', 5 * minute), rule('no-answer', 2 * hour, 2)],
  maxAttempts: 5,
  maxAttemptsPerDay: 0,
};

const lead = (history: readonly PastAttempt[] = [], more: Partial<Lead> = {}): Lead => ({
  row: 1,
  contactId: 'p-1',
  mask: '****',
  attempt: history.length + 1,
  ...(history.length > 0 ? { history: { attempts: history } } : {}),
  ...more,
});
const past = (attempt: number, outcome: Outcome, atMs: number): PastAttempt => ({ attempt, outcome, atMs });
const next = (outcome: Outcome, of = lead(), atMs = 1000, rules: LeadPolicy | undefined = policy) =>
  followUpOf(rules, { lead: of, outcome, atMs });

describe('an attempt that is over', () => {
  test('is followed by another one after the time of its rule', () => {
    expect(next('busy')).toEqual({
      ...{ row: 1, attempt: 1, reason: 'retry', outcome: 'busy' },
      ...{ endedAtMs: 1000, dueAtMs: 1000 + 5 * minute },
    });
    expect(next('no-answer')).toMatchObject({ dueAtMs: 1000 + 2 * hour });
  });

  test.each(['answered', 'rejected', 'unreachable', 'failed', 'unknown', 'canceled', 'refused'] as const)(
    'is the last one where no rule names it: %s',
    (outcome) => {
      expect(next(outcome)).toBeUndefined();
    },
  );

  test.each(['answered', 'unknown', 'canceled'] as const)('is the last one whatever the rules say: %s', (outcome) => {
    expect(next(outcome, lead(), 0, { ...policy, retry: [rule(outcome, 0)] })).toBeUndefined();
  });

  test('is the last one of a campaign without rules, and of one with rules that says nothing of more attempts', () => {
    expect(followUpOf(undefined, { lead: lead(), outcome: 'busy', atMs: 0 })).toBeUndefined();
    expect(next('busy', lead(), 0, { ...policy, maxAttempts: 0 })).toBeUndefined();
  });

  test('is the last one when there were as many as may be, in all or of its outcome', () => {
    const busy = [1, 2, 3].map((attempt) => past(attempt, 'busy', attempt));
    expect(next('busy', lead(busy))).toMatchObject({ attempt: 4 });
    expect(next('busy', lead([...busy, past(4, 'busy', 4)]))).toBeUndefined();
    const silent = [past(1, 'no-answer', 1)];
    expect(next('no-answer', lead(silent))).toMatchObject({ attempt: 2 });
    expect(next('no-answer', lead([...silent, past(2, 'no-answer', 2)]))).toBeUndefined();
    expect(next('busy', lead([...silent, past(2, 'no-answer', 2)]))).toMatchObject({ attempt: 3 });
  });

  test('waits until there are no more than allowed within 24 hours', () => {
    const twice = { ...policy, maxAttemptsPerDay: 2 };
    expect(next('busy', lead([]), hour, twice)).toMatchObject({ dueAtMs: hour + 5 * minute });
    const second = lead([past(1, 'busy', hour)]);
    expect(next('busy', second, 2 * hour, twice)).toMatchObject({ dueAtMs: hour + day });
    expect(next('busy', second, hour + day, twice)).toMatchObject({ dueAtMs: hour + day + 5 * minute });
  });
});

describe('an attempt that was refused by the law', () => {
  const refused = (retryAtMs: number | undefined, of = lead(), rules: LeadPolicy | undefined = undefined) =>
    followUpOf(rules, { lead: of, outcome: 'refused', atMs: 1000, retryAtMs });

  test('is made at the time that the law gave, and never where it gave none', () => {
    expect(refused(9000)).toMatchObject({ reason: 'refused', dueAtMs: 9000 });
    expect(refused(undefined)).toBeUndefined();
  });

  test('is not asked for again at once, whatever the law says', () => {
    expect(refused(1000)).toMatchObject({ dueAtMs: 2000 });
  });

  test('is still the callback that it was', () => {
    const promised = lead([], { callbackAtMs: 500, agentId: 'ann' });
    expect(refused(hour, promised)).toMatchObject({
      reason: 'callback',
      agentId: 'ann',
      anyoneAtMs: hour + 15 * minute,
    });
  });
});

describe('an attempt that was abandoned', () => {
  test('is made again at once, by a human, however many there may be, and does not count', () => {
    const followUp = followUpOf(undefined, { lead: lead(), outcome: 'abandoned', atMs: 1000 });
    expect(followUp).toMatchObject({ reason: 'abandoned', dueAtMs: 1000, humanOnly: true });
    const two = { ...policy, maxAttempts: 2 };
    const again = lead([past(1, 'abandoned', 1)], { humanOnly: true });
    expect(next('busy', again, 0, two)).toMatchObject({ humanOnly: true });
    expect(next('busy', lead([past(1, 'busy', 1)]), 0, two)).toBeUndefined();
  });
});

describe('a callback', () => {
  test('is made at its time, and by anyone a quarter of an hour after it', () => {
    const promise = { row: 3, attempt: 2, dueAtMs: hour };
    const followUp = { ...promise, reason: 'callback', outcome: 'answered', endedAtMs: 7 };
    expect(callbackOf(promise, 7)).toEqual(followUp);
    const owned = { ...promise, agentId: 'ann' };
    expect(callbackOf(owned, 7)).toEqual({ ...followUp, agentId: 'ann', anyoneAtMs: hour + 15 * minute });
    expect(callbackOf({ ...owned, anyoneAtMs: 2 * hour }, 7)).toMatchObject({ anyoneAtMs: 2 * hour });
  });

  const promised = (tries: readonly Outcome[] = [], more: Partial<Lead> = {}) =>
    lead(
      (['no-answer', 'answered', ...tries] as const).map((outcome, index) => past(index + 1, outcome, index)),
      { callbackAtMs: 500, agentId: 'ann', ...more },
    );
  const own = (dueAtMs: number) => ({ reason: 'callback', dueAtMs, agentId: 'ann', anyoneAtMs: dueAtMs + 15 * minute });

  test.each(['busy', 'no-answer', 'failed', 'unreachable'] as const)(
    'that reaches nobody is one again, soon, and of the same agent: %s',
    (outcome) => {
      expect(followUpOf(undefined, { lead: promised(), outcome, atMs: hour })).toMatchObject(own(hour + 5 * minute));
      expect(next(outcome, promised([], { humanOnly: true }))).toMatchObject({ reason: 'callback', humanOnly: true });
    },
  );

  test('goes by the rule of its outcome as to when, and is not counted with the attempts before the promise', () => {
    const rules = { ...policy, maxAttempts: 2 };
    expect(next('no-answer', promised(), 0, rules)).toMatchObject(own(2 * hour));
    const rejecting = { ...rules, retry: [rule('rejected', hour, 1)] };
    expect(next('rejected', promised(), 0, rejecting)).toMatchObject(own(hour));
    expect(next('rejected', promised(['rejected']), 0, rejecting)).toBeUndefined();
    expect(next('rejected', promised())).toBeUndefined();
  });

  test('that reaches nobody again and again is a lead as any other in the end', () => {
    const busy = (count: number) => promised(Array.from({ length: count }, () => 'busy' as const));
    expect(next('busy', busy(2))).toMatchObject({ reason: 'callback' });
    expect(next('busy', busy(3), 0, { ...policy, maxAttempts: 9 })).toMatchObject({ reason: 'retry' });
    expect(followUpOf(undefined, { lead: busy(3), outcome: 'busy', atMs: 0 })).toBeUndefined();
    expect(next('unreachable', promised(['unreachable']))).toBeUndefined();
    expect(next('answered', promised())).toBeUndefined();
  });
});

describe('a contact that an agent skips', () => {
  test('is shown later where somebody was promised a call, or is for humans only', () => {
    const due = { attempt: 1, outcome: 'canceled', endedAtMs: 1000, dueAtMs: 1000 + 5 * minute };
    expect(skippedOf(lead(), 1000)).toBeUndefined();
    expect(skippedOf(lead([], { humanOnly: true }), 1000)).toEqual({
      ...{ row: 1, ...due, reason: 'abandoned', humanOnly: true },
    });
    expect(skippedOf(lead([], { callbackAtMs: 500, agentId: 'ann' }), 1000)).toEqual({
      ...{ row: 1, ...due, reason: 'callback', agentId: 'ann', anyoneAtMs: 1000 + 20 * minute },
    });
    expect(skippedOf(lead([], { humanOnly: true, attempt: 100 }), 1000)).toBeUndefined();
  });
});

describe('rules', () => {
  test('name an outcome once, and none that is never retried by a rule', () => {
    expect(faultOf(policy)).toBeUndefined();
    expect(faultOf({ ...policy, retry: [rule('unknown', 1)] })).toContain('unknown');
    expect(faultOf({ ...policy, retry: [rule('busy', 1), rule('busy', 2)] })).toContain('busy');
  });

  test('are bounded: attempts, times between them, and what a filter asks for', () => {
    const where = (segments: readonly string[]) => ({ languages: [], timezones: [], segments: [...segments] });
    expect(faultOf({ ...policy, where: where(['gold']), maxAttempts: 100 })).toBeUndefined();
    expect(faultOf({ ...policy, maxAttempts: 101 })).toContain('100 attempts');
    expect(faultOf({ ...policy, retry: [{ ...rule('busy', 1), afterMs: 999 }] })).toContain('a second');
    expect(faultOf({ ...policy, where: where(Array(501).fill('gold')) })).toContain('500 values');
    expect(faultOf({ ...policy, where: where(['x'.repeat(101)]) })).toContain('100 characters');
  });

  test('whatever becomes of the attempts, there are never more than allowed, in all and within 24 hours', () => {
    const outcomes = fc.array(fc.constantFrom<Outcome>('busy', 'no-answer', 'failed', 'answered', 'unknown'), {
      minLength: 20,
      maxLength: 20,
    });
    fc.assert(
      fc.property(outcomes, fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 4 }), (all, most, aDay) => {
        const rules = { ...policy, maxAttempts: most, maxAttemptsPerDay: aDay };
        const times: number[] = [];
        let history: PastAttempt[] = [];
        let followUp: FollowUp | undefined;
        let atMs = 0;
        do {
          const outcome = all[times.length] ?? 'busy';
          const current = lead(history);
          times.push(atMs);
          followUp = next(outcome, current, atMs, rules);
          history = [...history, past(current.attempt, outcome, atMs)];
          atMs = followUp?.dueAtMs ?? atMs;
        } while (followUp);
        expect(times.length).toBeLessThanOrEqual(most);
        for (const [at, time] of times.entries()) {
          expect(time - (times[at - aDay] ?? Number.NEGATIVE_INFINITY)).toBeGreaterThanOrEqual(day);
        }
      }),
      { seed: 4, numRuns: 300 },
    );
  });
});
