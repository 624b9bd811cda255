import { describe, expect, test } from '@jest/globals';
import type { Law, Limit } from '#proto/generated/law.ts';
import { LawStory, type Told } from '#test/law-story.ts';
import { audit } from './audit.ts';

const source = { citation: 'a test', url: 'https://example.org', note: '' };
const law = (...limits: Limit[]): Law => {
  return { profile: 't', fingerprint: 'f-1', rules: limits.map((limit, at) => ({ id: `t.${at}`, source, limit })) };
};
const always: Limit = {
  type: 'CallingHours',
  open: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '08:00', to: '21:00' }],
  marginMs: 60_000,
};
const dayMs = 86_400_000;
/** Christmas Day 2026, 11:00 in New York. */
const christmas = Date.parse('2026-12-25T16:00:00Z');
const talked: Told = { atMs: christmas, connectedMs: 400 };

describe('an audit', () => {
  test('says what it looked at, under which law, and how near it came', () => {
    const story = new LawStory(law(always))
      .dials(talked)
      .dials({ ...talked, atMs: christmas + 5000, contactId: 'p-2' });
    expect(audit(story.record)).toEqual({
      campaignId: 'c',
      profiles: [{ profile: 't', fingerprint: 'f-1' }],
      kept: true,
      attempts: 2,
      dialed: 2,
      refused: {},
      fromMs: christmas,
      toMs: christmas + 5000,
      rules: [
        {
          ...{ id: 't.0', citation: 'a test', kept: true, checked: 2, breaches: [] },
          worst: 'between 11:00 and 11:00, by the clocks there',
        },
        expect.objectContaining({ id: 't.opted-out', kept: true, checked: 2 }),
        expect.objectContaining({ id: 't.permit', kept: true, checked: 2 }),
        expect.objectContaining({ id: 't.engaged', kept: true, checked: 2 }),
      ],
    });
  });

  test('is broken by an attempt that no contact permitted', () => {
    const story = new LawStory(law(always)).dials({ ...talked, permit: false });
    expect(story.broken()).toEqual({ 't.permit': ['call/c.1.1 CallDialed'] });
  });

  test('is broken by what was dialed under rules that the campaign never had', () => {
    const story = new LawStory(law(always)).dials(talked);
    const calls = new Map([...story.record.calls].map(([id, call]) => [id, { ...call, law: '' }]));
    const { rules, kept } = audit({ ...story.record, beganAtMs: christmas, events: 1, calls });
    expect([kept, rules.at(-1)?.id]).toEqual([false, 'callboard.law']);
  });

  test('is broken by a call on a holiday, as it is there', () => {
    const limit: Limit = { type: 'Holidays', dates: ['12-25'] };
    expect(new LawStory(law(limit)).dials(talked).broken()).toEqual({ 't.0': ['call/c.1.1 CallDialed'] });
    // It is the 26th in Auckland.
    expect(new LawStory(law(limit)).dials({ ...talked, zone: 'Pacific/Auckland' }).broken()).toEqual({});
  });

  test('looks at the clock where the list or the number says, whatever the call was told', () => {
    const story = new LawStory(law(always)).dials({ ...talked, zone: 'Asia/Shanghai' });
    expect(story.broken()).toEqual({ 't.0': ['call/c.1.1 CallDialed'] });
    const calls = new Map([...story.record.calls].map(([id, call]) => [id, { ...call, zones: ['America/New_York'] }]));
    const { record } = story;
    expect(audit({ ...record, beganAtMs: christmas, events: 1, calls }).kept).toBe(false);
    const zones = new Map([['c.1.1', []]]);
    const [hours] = audit({ ...record, beganAtMs: christmas, events: 1, zones }).rules;
    expect(hours?.breaches[0]?.why).toBe('nobody knows what time it was there');
  });

  test('counts attempts together as the rule says, those of other campaigns too', () => {
    const attempts = (per: 'contact' | 'campaign'): Limit => ({ type: 'Attempts', most: 1, windowMs: dayMs, per });
    const twice = (limit: Limit) =>
      new LawStory(law(limit)).dials({ ...talked, campaignId: 'd' }).dials({ ...talked, atMs: christmas + 90_000 });
    expect(twice(attempts('contact')).broken()).toEqual({ 't.0': ['call/c.2.1 CallDialed'] });
    expect(twice(attempts('campaign')).broken()).toEqual({});
  });

  test('is broken by a call during another one to the contact, whichever campaign has that', () => {
    // It rings for 5 s, and is talked in for 60 s.
    const during = (afterMs: number) =>
      new LawStory(law()).dials({ ...talked, campaignId: 'd' }).dials({ ...talked, atMs: christmas + afterMs });
    expect(during(1000).broken()).toEqual({ 't.engaged': ['call/c.2.1 CallDialed'] });
    expect(during(64_000).broken()).toEqual({ 't.engaged': ['call/c.2.1 CallDialed'] });
    expect(during(65_000).broken()).toEqual({});
    const { record } = during(1000);
    const calls = new Map([...record.calls].map(([id, { ended: _, ...call }]) => [id, call]));
    expect(audit({ ...record, beganAtMs: christmas, events: 1, calls }).kept).toBe(false);
  });

  test('counts attempts about one debt together, and with those that name none', () => {
    const limit: Limit = { type: 'Attempts', most: 1, windowMs: dayMs, per: 'debt' };
    const about = (...debts: readonly string[]) =>
      debts.reduce(
        (story, debt, at) => story.dials({ ...talked, atMs: christmas + at * 90_000, ...(debt ? { debt } : {}) }),
        new LawStory(law(limit)),
      );
    expect(about('rent', 'car').broken()).toEqual({});
    expect(about('rent', 'car', 'rent').broken()).toEqual({ 't.0': ['call/c.3.1 CallDialed'] });
    for (const unsaid of [about('rent', ''), about('', 'rent'), about('', '')]) {
      expect(unsaid.broken()).toEqual({ 't.0': ['call/c.2.1 CallDialed'] });
    }
  });

  test('is broken by somebody who opted out and is on no list, and not by one who is', () => {
    const limits = law({ type: 'DoNotCall', lists: [] });
    const optingOut: Told = {
      atMs: christmas,
      outcome: 'abandoned',
      abandonedMs: 2000,
      talkMs: 9000,
      optsOut: 'digit',
    };
    expect(new LawStory(limits).dials(optingOut).broken()).toEqual({ 't.0': ['call/c.1.1 ContactOptedOut'] });
    const list = {
      list: 'opt-out',
      campaignId: '',
      by: 'call/c.1.1',
      means: 'digit',
      atMs: christmas + 15_000,
    } as const;
    expect(
      new LawStory(limits)
        .dials(optingOut)
        .says({ type: 'CallsForbidden', ...list })
        .broken(),
    ).toEqual({});
    const telling: Told = { ...talked, optsOut: 'voice' };
    expect(new LawStory(limits).dials(telling).broken()).toEqual({ 't.0': ['call/c.1.1 ContactOptedOut'] });
    const told = { type: 'CallsForbidden', ...list, means: 'voice', atMs: christmas + 90_000 } as const;
    const listed = () => new LawStory(limits).dials(telling).says(told);
    expect(listed().broken()).toEqual({});
    const again = listed().dials({ ...talked, atMs: christmas + dayMs });
    expect(again.broken()).toEqual({ 't.0': ['call/c.2.1 CallDialed'] });
  });

  test('is broken by a call to somebody who opted out, also where no rule names that list or any', () => {
    const out = { type: 'CallsForbidden', list: 'opt-out', campaignId: '', by: 'call/d.1.1', means: 'digit' } as const;
    const dialed = (...limits: Limit[]) =>
      new LawStory(law(...limits)).says({ ...out, atMs: christmas - 60_000 }).dials(talked);
    expect(dialed({ type: 'DoNotCall', lists: ['tps'] }).broken()).toEqual({ 't.0': ['call/c.1.1 CallDialed'] });
    expect(dialed().broken()).toEqual({ 't.opted-out': ['call/c.1.1 CallDialed'] });
    const unheard = new LawStory(law()).dials({ ...talked, abandonedMs: 2000, optsOut: 'digit' });
    expect(unheard.broken()).toEqual({ 't.opted-out': ['call/c.1.1 ContactOptedOut'] });
  });

  test('lets a call be on its way when the contact is put on a list, but not for long', () => {
    const forbidden = { type: 'CallsForbidden', list: 'global', campaignId: '', by: 'wang' } as const;
    const at = (atMs: number) =>
      new LawStory(law({ type: 'DoNotCall', lists: [] }))
        .says({ ...forbidden, atMs })
        .dials(talked)
        .broken();
    expect(at(christmas - 4000)).toEqual({});
    expect(at(christmas - 6000)).toEqual({ 't.0': ['call/c.1.1 CallDialed'] });
  });

  test('counts as abandoned who was cut off by a crash before an agent was heard', () => {
    const window: Limit = { type: 'AbandonWindow', most: 0.03, windowMs: 30 * dayMs, zone: '' };
    const cut: Told = { atMs: christmas, outcome: 'unknown', talkMs: 800 };
    expect(new LawStory(law(window)).dials(cut).broken()).toEqual({ 't.0': ['call/c.1.1 CallEnded'] });
    expect(new LawStory(law(window)).dials({ ...cut, connectedMs: 300 }).broken()).toEqual({});
    expect(new LawStory(law(window)).dials({ ...cut, plan: { needsAgent: false } }).broken()).toEqual({});
    const afterIt = (limit: Limit) =>
      new LawStory(law(limit))
        .dials(cut)
        .dials({ ...talked, atMs: christmas + 60_000 })
        .broken();
    expect(afterIt({ type: 'AfterAbandon', waitMs: dayMs })).toEqual({ 't.0': ['call/c.2.1 CallDialed'] });
    expect(afterIt({ type: 'AfterConversation', waitMs: dayMs, per: 'contact' })).toEqual({});
  });

  test('counts the windows of abandoned calls over all laws that a campaign had, each answer by that of its time', () => {
    const most = (share: number, fingerprint: string): Law => {
      return { ...law({ type: 'AbandonWindow', most: share, windowMs: 30 * dayMs, zone: '' }), fingerprint };
    };
    const [mild, strict] = [most(0.5, 'f-1'), most(0.25, 'f-2')];
    const missed: Told = { ...talked, connectedMs: 2600 };
    const told = (first: readonly Told[], second: readonly Told[]) => {
      const days = [...first, ...second].map((one, at) => ({ ...one, contactId: `p-${at}`, atMs: christmas + at }));
      const story = new LawStory(mild);
      for (const one of days.slice(0, first.length)) story.dials(one);
      story.goesUnder(strict);
      for (const one of days.slice(first.length)) story.dials(one);
      return audit(story.record).rules.flatMap(({ id, kept, worst = '' }) => (id === 't.0' ? [[kept, worst]] : []));
    };
    const half = expect.stringContaining('2 of 4 answers abandoned');
    expect(told([missed, talked], [missed, talked])).toEqual([
      [true, half],
      [false, half],
    ]);
    // What the milder one allowed was no fault, and is none afterwards.
    expect(told([missed, missed], [talked, talked])).toEqual([
      [true, half],
      [true, half],
    ]);
  });

  test('counts an answer as abandoned for which no agent came in time, whatever the call says', () => {
    const limit: Limit = { type: 'AbandonWindow', most: 0.03, windowMs: 30 * dayMs, zone: '' };
    const late = new LawStory(law(limit)).dials({ ...talked, connectedMs: 2600 });
    expect(late.broken()).toEqual({ 't.0': ['call/c.1.1 AgentConnected'] });
    const forgotten = new LawStory(law(limit)).dials({ atMs: christmas, talkMs: 60_000 });
    expect(forgotten.broken()).toEqual({ 't.0': ['call/c.1.1 CallEnded'] });
    const gone = new LawStory(law(limit)).dials({ atMs: christmas, talkMs: 1500, message: 'left' });
    expect(gone.broken()).toEqual({});
  });

  test('counts the share of abandoned among people, not among machines', () => {
    const limit: Limit = { type: 'AbandonWindow', most: 0.5, windowMs: 30 * dayMs, zone: '' };
    const abandoned: Told = { atMs: christmas, outcome: 'abandoned', abandonedMs: 2000, talkMs: 9000 };
    const half = (more: Partial<Told>) =>
      new LawStory(law(limit))
        .dials(abandoned)
        .dials({ ...talked, contactId: 'p-2', ...more })
        .broken();
    expect(half({})).toEqual({});
    expect(half({ machine: true })).toEqual({ 't.0': ['call/c.1.1 CallAbandoned'] });
    // Nobody was there to hear whether that was a machine.
    const both = new LawStory(law(limit)).dials({ ...abandoned, machine: true });
    expect(both.broken()).toEqual({ 't.0': ['call/c.1.1 CallAbandoned'] });
  });
});
