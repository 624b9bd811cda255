/** Every kind of rule there is: what it allows and what it refuses before a call, and what an audit finds afterwards. */
import { describe, expect, test } from '@jest/globals';
import type { Law, Limit } from '#proto/generated/law.ts';
import { LawStory, type Told } from '#test/law-story.ts';
import { counted, countsFor, isOver } from './abandon-limits.ts';
import { type Attempting, verdictOn } from './evaluate.ts';
import { emptyLedger, type Ledger } from './ledger.ts';
import { type DialSettings, faultsOf } from './settings.ts';

/** Wednesday; 10:00 in New York. */
const now = Date.parse('2026-06-10T14:00:00Z');
const dayMs = 86_400_000;
const talked: Told = { atMs: now, connectedMs: 500 };
const unanswered: Told = { atMs: now, outcome: 'no-answer', sipStatus: 487 };
const abandoned: Told = { atMs: now, outcome: 'abandoned', abandonedMs: 2000, talkMs: 12_000 };

/** What is known of the contact, and what is to be dialed. */
type Attempt = Partial<Ledger> & Partial<Attempting> & { readonly atMs?: number };

interface Kind {
  readonly limit: Limit;
  /** Each attempt is looked at. */
  readonly attempts?: {
    readonly allowed: Attempt;
    readonly refused: Attempt;
    /** Since when it would be allowed; absent: never. */
    readonly untilMs?: number;
  };
  readonly settings?: { readonly allowed: Partial<DialSettings>; readonly refused: Partial<DialSettings> };
  /** Who was answered and abandoned in one window: over its limit dialing slows. */
  readonly pace?: { readonly allowed: readonly [number, number]; readonly refused: readonly [number, number] };
  readonly kept: readonly Told[];
  readonly broken: readonly Told[];
}

const past = (atMs: number, more = {}) => ({ callId: 'c.0.1', campaignId: 'c', debt: '', atMs, ...more });
const plan = { ringTimeoutMs: 25_000, needsAgent: true, connectDeadlineMs: 2000, safeHarbour: 'm', optOutDigit: '9' };
const agents = (maxAbandonRate: number) => ({ plan, agents: { maxAbandonRate } });
const others = (count: number): readonly Told[] =>
  Array.from({ length: count }, (_, index) => ({ ...talked, contactId: `q-${index}` }));

const kinds: Readonly<Record<Limit['type'], Kind>> = {
  AbandonWindow: {
    limit: { type: 'AbandonWindow', most: 0.05, windowMs: dayMs, zone: '' },
    pace: { allowed: [20, 1], refused: [19, 1] },
    settings: { allowed: agents(0.05), refused: agents(0.06) },
    kept: [...others(19), abandoned],
    broken: [...others(18), abandoned],
  },
  CallingHours: {
    limit: {
      type: 'CallingHours',
      open: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '10:00', to: '21:00' }],
      marginMs: 0,
    },
    attempts: { allowed: {}, refused: { atMs: now - 1 }, untilMs: now },
    kept: [talked],
    broken: [{ ...talked, atMs: now - 1 }],
  },
  Holidays: {
    limit: { type: 'Holidays', dates: ['06-09'] },
    attempts: { allowed: {}, refused: { atMs: now - dayMs }, untilMs: Date.parse('2026-06-10T04:00:00Z') },
    kept: [talked],
    broken: [{ ...talked, atMs: now - dayMs }],
  },
  Attempts: {
    limit: { type: 'Attempts', most: 1, windowMs: dayMs, per: 'contact' },
    attempts: {
      allowed: { attempts: [past(now - dayMs)] },
      refused: { attempts: [past(now - dayMs + 1)] },
      untilMs: now + 1,
    },
    kept: [{ ...talked, atMs: now - dayMs }, talked],
    broken: [{ ...talked, atMs: now - dayMs + 1 }, talked],
  },
  AfterConversation: {
    limit: { type: 'AfterConversation', waitMs: dayMs, per: 'debt' },
    attempts: {
      allowed: { debt: 'd-1', conversations: [past(now - dayMs, { debt: 'd-1' }), past(now, { debt: 'd-2' })] },
      refused: { debt: 'd-1', conversations: [past(now - dayMs + 1, { debt: 'd-1' })] },
      untilMs: now + 1,
    },
    // 65 s after it was dialed the talk was over.
    kept: [{ ...talked, atMs: now - dayMs - 65_000 }, talked],
    broken: [{ ...talked, atMs: now - dayMs - 64_999 }, talked],
  },
  AfterAbandon: {
    limit: { type: 'AfterAbandon', waitMs: dayMs },
    attempts: {
      allowed: { abandonedAtMs: now - 1, agentWaits: true },
      refused: { abandonedAtMs: now - dayMs + 1 },
      untilMs: now + 1,
    },
    kept: [abandoned, { ...talked, atMs: now + 60_000, agentId: 'ann' }],
    broken: [abandoned, { ...talked, atMs: now + 60_000 }],
  },
  Consent: {
    limit: { type: 'Consent', recordedOnly: true, anyCampaign: false },
    attempts: { allowed: { consents: ['c'], recorded: true }, refused: { consents: ['d'], recorded: true } },
    kept: [talked],
    broken: [{ ...talked, plan: { needsAgent: false } }],
  },
  DoNotCall: {
    limit: { type: 'DoNotCall', lists: [] },
    attempts: {
      allowed: { lists: [{ list: 'global', campaignId: 'd' }] },
      refused: { lists: [{ list: 'global', campaignId: '' }] },
    },
    kept: [talked],
    broken: [{ ...abandoned, optsOut: 'digit' }],
  },
  CallerIdentity: {
    limit: { type: 'CallerIdentity' },
    attempts: { allowed: {}, refused: { showsNumber: false } },
    kept: [talked],
    broken: [{ ...talked, permit: { showsNumber: false } }],
  },
  MinimumRing: {
    limit: { type: 'MinimumRing', ringMs: 15_000 },
    settings: {
      allowed: { plan: { ...plan, ringTimeoutMs: 20_000 } },
      refused: { plan: { ...plan, ringTimeoutMs: 19_999 } },
    },
    kept: [{ ...unanswered, ringMs: 15_000 }],
    broken: [{ ...unanswered, ringMs: 14_999 }],
  },
  ConnectDeadline: {
    limit: { type: 'ConnectDeadline', waitMs: 2000 },
    settings: { allowed: { plan }, refused: { plan: { ...plan, connectDeadlineMs: 2001 } } },
    // A quarter of a second is for clocks and threads.
    kept: [{ ...talked, connectedMs: 2250 }],
    broken: [{ ...talked, connectedMs: 2251 }],
  },
  SafeHarbour: {
    limit: { type: 'SafeHarbour', optOut: true },
    settings: { allowed: { plan }, refused: { plan: { ...plan, optOutDigit: '' } } },
    kept: [abandoned],
    broken: [{ ...abandoned, message: 'cut' }],
  },
};

const source = { citation: 'a test', url: 'https://example.org', note: '' };
const lawOf = (limit: Limit): Law => {
  return { profile: 't', fingerprint: 'f-1', rules: [{ id: 't.rule', source, limit }] };
};
const each = Object.entries(kinds);
const having = (key: 'attempts' | 'settings' | 'pace') => each.filter(([, kind]) => kind[key] !== undefined);

describe('a rule of the kind', () => {
  test.each(having('attempts'))('%s allows an attempt and refuses another', (_type, { limit, attempts }) => {
    const verdict = (attempt: Attempt = {}) => {
      const { atMs = now, ...known } = attempt;
      const attempting: Attempting = {
        ...{ callId: 'c.1.1', campaignId: 'c', zones: ['America/New_York'], debt: '' },
        ...{ showsNumber: true, recorded: false, agentWaits: false, ...known },
      };
      return verdictOn(lawOf(limit), { ...emptyLedger(), ...known }, attempting, atMs);
    };
    expect(verdict(attempts?.allowed)).toBeUndefined();
    const untilMs = attempts?.untilMs;
    expect(verdict(attempts?.refused)).toEqual({
      ruleId: 't.rule',
      ...(untilMs === undefined ? {} : { retryAtMs: untilMs }),
    });
    if (untilMs !== undefined) expect(verdict({ ...attempts?.refused, atMs: untilMs })).toBeUndefined();
  });

  test.each(having('settings'))('%s allows settings and refuses others', (_type, { limit, settings }) => {
    expect(faultsOf(lawOf(limit), { plan, ...settings?.allowed })).toEqual([]);
    expect(faultsOf(lawOf(limit), { plan, ...settings?.refused })).toEqual([expect.stringContaining('(t.rule)')]);
  });

  test.each(having('pace'))('%s lets dialing go on, and slows it', (_type, { limit, pace }) => {
    const slowed = ([answered, lost]: readonly [number, number] = [0, 0]) => {
      const [fresh] = countsFor(lawOf(limit), [], { answered: 0, abandoned: 0 });
      if (!fresh) throw new Error('the rule has a window');
      const all = [...Array(answered).fill('answered'), ...Array(lost).fill('abandoned')];
      return isOver(
        all.reduce((count, what) => counted(count, what, now, now), fresh),
        now,
        now,
      );
    };
    expect([slowed(pace?.allowed), slowed(pace?.refused)]).toEqual([false, true]);
  });

  test.each(each)('%s is found kept, and broken', (_type, { limit, kept, broken }) => {
    const story = (told: readonly Told[]) => told.reduce((so, each) => so.dials(each), new LawStory(lawOf(limit)));
    expect(story(kept).broken()).toEqual({});
    expect(Object.keys(story(broken).broken())).toEqual(['t.rule']);
  });

  test.each(each)('%s is looked at before a call, whichever way', (_type, { attempts, settings, pace }) => {
    expect([attempts, settings, pace].some((way) => way !== undefined)).toBe(true);
  });
});
