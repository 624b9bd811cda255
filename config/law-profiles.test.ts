import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { type Attempting, verdictOn } from '#law/evaluate.ts';
import { emptyLedger, entered } from '#law/ledger.ts';
import { faultsOf } from '#law/settings.ts';
import type { CallPlan } from '#proto/generated/call.ts';
import type { ContactEvent } from '#proto/generated/contact.ts';
import type { Law } from '#proto/generated/law.ts';
import { LawStory, type Told } from '#test/law-story.ts';
import { loadLawProfiles } from './law-profiles.ts';

const profiles = loadLawProfiles();
const dayMs = 86_400_000;
const hourMs = 3_600_000;

/** How a rule is kept and broken. Live it is kept by a permit, by the settings, or by dialing slower. */
interface Case {
  readonly by: 'permit' | 'settings' | 'pace';
  /** As near to the limit as may be. */
  readonly kept: (story: LawStory) => LawStory;
  readonly broken: (story: LawStory) => LawStory;
  /** Of the events that break it, the last. */
  readonly event: string;
  /** What is asked of the contact before the attempt that breaks it; the same as in the story. */
  readonly asked?: { readonly atMs: number; readonly said?: readonly ContactEvent[] } & Partial<Attempting>;
  readonly plan?: Partial<CallPlan>;
}

const consent: ContactEvent = { type: 'ConsentGranted', campaignId: '', by: 'wang', evidence: 'form 7', atMs: 1 };
const revoked: ContactEvent = { type: 'ConsentRevoked', campaignId: '', by: 'wang', atMs: 2 };
const forbidden: ContactEvent = { type: 'CallsForbidden', list: 'global', campaignId: '', by: 'wang', atMs: 3 };
const allowed: ContactEvent = { type: 'CallsAllowed', list: 'global', campaignId: '', by: 'wang', atMs: 4 };
const recorded = { needsAgent: false };

/** A day on which everything is open: Wednesday, at 11:00 in New York, 16:00 in London. */
const wednesday = Date.parse('2026-06-10T15:00:00Z');
/** Wednesday at 15:00 in Shanghai. */
const chinese: Told = { atMs: Date.parse('2026-06-10T07:00:00Z'), zone: 'Asia/Shanghai', connectedMs: 500 };
const talked: Told = { atMs: wednesday, connectedMs: 500 };
const british: Told = { ...talked, zone: 'Europe/London' };
const abandoned: Told = { ...talked, outcome: 'abandoned', abandonedMs: 2000, talkMs: 12_000 };
const { connectedMs: _, ...nobody } = abandoned;

/** So many who talked and so many who were abandoned, each another person. */
const answers = (story: LawStory, told: Told, good: number, bad: number) => {
  for (let at = 0; at < good + bad; at += 1) {
    const about = { contactId: `q-${told.atMs}-${at}`, atMs: told.atMs + at, zone: told.zone ?? 'America/New_York' };
    story.dials(at < good ? { ...told, ...about } : { ...nobody, ...about });
  }
  return story;
};

const lists = (told: Told, before: readonly ContactEvent[] = []): Case => {
  const saying = (story: LawStory, ...said: readonly ContactEvent[]) =>
    [...before, ...said].reduce((each, event) => each.says(event), story);
  return {
    by: 'permit',
    kept: (story) => saying(story, forbidden, allowed).dials(told),
    broken: (story) => saying(story, forbidden).dials(told),
    event: 'call/c.1.1 CallDialed',
    asked: { atMs: told.atMs, said: [...before, forbidden] },
  };
};
const agreed = (told: Told): Case => ({
  by: 'permit',
  kept: (story) => story.says(consent).dials(told),
  broken: (story) => story.says(consent).says(revoked).dials(told),
  event: 'call/c.1.1 CallDialed',
  asked: { atMs: told.atMs, said: [consent, revoked], recorded: true },
});
const shown = (told: Told, before: readonly ContactEvent[] = []): Case => {
  const saying = (story: LawStory) => before.reduce((each, event) => each.says(event), story);
  return {
    by: 'permit',
    kept: (story) => saying(story).dials(told),
    broken: (story) => saying(story).dials({ ...told, permit: { showsNumber: false } }),
    event: 'call/c.1.1 CallDialed',
    asked: { atMs: told.atMs, said: before, showsNumber: false },
  };
};
/** Local times by UTC. */
const hours = (told: Told, keptAt: string, brokenAt: string, before: readonly ContactEvent[] = []): Case => {
  const saying = (story: LawStory) => before.reduce((each, event) => each.says(event), story);
  return {
    by: 'permit',
    kept: (story) => saying(story).dials({ ...told, atMs: Date.parse(keptAt) }),
    broken: (story) => saying(story).dials({ ...told, atMs: Date.parse(brokenAt) }),
    event: 'call/c.1.1 CallDialed',
    asked: { atMs: Date.parse(brokenAt), said: before },
  };
};
/** Three of a hundred answers may be abandoned, of 99 they are too many. */
const windows = (told: Told, keptSpread: (story: LawStory) => LawStory): Case => ({
  by: 'pace',
  kept: keptSpread,
  broken: (story) => answers(story, told, 96, 3),
  event: 'call/c.99.1 CallAbandoned',
});
const soon = (told: Told): Case => ({
  by: 'settings',
  kept: (story) => answers(story.dials({ ...told, contactId: 'p-2', connectedMs: 2000 }), told, 99, 3),
  broken: (story) => answers(story, told, 99, 0).dials({ ...told, contactId: 'p-2', connectedMs: 9000 }),
  event: 'call/c.100.1 AgentConnected',
  plan: { connectDeadlineMs: 2001 },
});
const rings = (told: Told): Case => {
  const unanswered = { ...told, outcome: 'no-answer', sipStatus: 487 } as const;
  return {
    by: 'settings',
    kept: (story) =>
      story.dials({ ...unanswered, ringMs: 15_000 }).dials({ ...unanswered, contactId: 'p-2', sipStatus: 480 }),
    broken: (story) => story.dials({ ...unanswered, ringMs: 14_900 }),
    event: 'call/c.1.1 CallEnded',
    plan: { ringTimeoutMs: 19_999 },
  };
};
const message = (told: Told): Case => ({
  by: 'settings',
  kept: (story) =>
    answers(story, told, 97, 2).dials({ ...nobody, zone: told.zone ?? 'America/New_York', message: 'left' }),
  broken: (story) =>
    answers(story, told, 99, 0).dials({ ...nobody, zone: told.zone ?? 'America/New_York', message: 'cut' }),
  event: 'call/c.100.1 CallAbandoned',
  plan: { safeHarbour: '' },
});

/** A case for each rule of each profile: a rule without one fails the first test. */
const cases: Readonly<Record<string, Case>> = {
  'us-ftc.do-not-call': lists(talked),
  'us-ftc.recorded-consent': agreed({ ...talked, plan: recorded }),
  'us-ftc.caller-id': shown(talked),
  'us-ftc.hours': hours(talked, '2026-06-11T00:58:00Z', '2026-06-11T01:00:00Z'),
  'us-ftc.abandoned': windows(talked, (story) =>
    answers(answers(story, talked, 97, 3), { ...talked, atMs: wednesday + 30 * dayMs }, 97, 3),
  ),
  'us-ftc.connect': soon(talked),
  'us-ftc.ring': rings(talked),
  'us-ftc.safe-harbour': message(talked),

  'us-reg-f.do-not-call': lists(talked),
  'us-reg-f.recorded-consent': agreed({ ...talked, plan: recorded }),
  'us-reg-f.hours': hours(talked, '2026-06-10T12:00:00Z', '2026-06-10T11:59:00Z'),
  'us-reg-f.seven-in-seven': {
    by: 'permit',
    // The eighth, when the first of seven is just seven days old.
    kept: (story) => busy(story, 7).dials({ ...talked, atMs: wednesday + 7 * dayMs, debt: 'd-1' }),
    broken: (story) => busy(story, 7).dials({ ...talked, atMs: wednesday + 7 * dayMs - 1, debt: 'd-1' }),
    event: 'call/c.8.1 CallDialed',
    asked: { atMs: wednesday + 7 * dayMs - 1, debt: 'd-1' },
  },
  'us-reg-f.after-conversation': {
    by: 'permit',
    // The talk ended 65 s after it was dialed.
    kept: (story) => story.dials(talked).dials({ ...talked, atMs: wednesday + 7 * dayMs + 65_000 }),
    broken: (story) => story.dials(talked).dials({ ...talked, atMs: wednesday + 7 * dayMs + 64_999 }),
    event: 'call/c.2.1 CallDialed',
    asked: {
      atMs: wednesday + 7 * dayMs + 64_999,
      said: [{ type: 'ConversationRecorded', callId: 'c.1.1', campaignId: 'c', atMs: wednesday + 65_000 }],
    },
  },

  'uk.do-not-call': lists(british),
  'uk.recorded-consent': agreed({ ...british, plan: recorded }),
  'uk.caller-id': shown(british),
  'uk.hours': hours(british, '2026-06-13T18:58:00Z', '2026-06-13T19:00:00Z'),
  'uk.abandoned': windows(british, (story) =>
    answers(answers(story, british, 97, 3), { ...british, atMs: wednesday + dayMs }, 97, 3),
  ),
  'uk.after-abandoned': {
    by: 'permit',
    // 17 s after it was dialed the call was over.
    kept: (story) =>
      answers(story, british, 99, 0)
        .dials({ ...nobody, zone: 'Europe/London' })
        .dials({ ...british, atMs: wednesday + 24 * hourMs, agentId: 'ann' })
        .dials({ ...british, atMs: wednesday + 72 * hourMs + 17_000 }),
    broken: (story) =>
      answers(story, british, 99, 0)
        .dials({ ...nobody, zone: 'Europe/London' })
        .dials({ ...british, atMs: wednesday + 72 * hourMs + 16_999 }),
    event: 'call/c.101.1 CallDialed',
    asked: {
      atMs: wednesday + 72 * hourMs + 16_999,
      said: [{ type: 'AbandonRecorded', callId: 'c.100.1', campaignId: 'c', atMs: wednesday + 17_000 }],
    },
  },
  'uk.connect': soon(british),
  'uk.ring': rings(british),
  'uk.safe-harbour': message(british),

  'cn.do-not-call': lists(chinese, [consent]),
  'cn.consent': agreed(chinese),
  'cn.caller-id': shown(chinese, [consent]),
  'cn.hours': hours(chinese, '2026-06-10T03:58:00Z', '2026-06-10T04:00:00Z', [consent]),

  'practice.do-not-call': lists(talked),
  'practice.abandoned': windows(talked, (story) => answers(story, talked, 97, 3)),
  'practice.connect': soon(talked),
};

/** Seven attempts that nobody took, an hour apart, about one debt. */
function busy(story: LawStory, count: number): LawStory {
  for (let at = 0; at < count; at += 1) {
    story.dials({ ...talked, atMs: wednesday + at * hourMs, debt: 'd-1', outcome: 'busy', sipStatus: 486 });
  }
  return story;
}

const rules = [...profiles.values()].flatMap(({ law }) => law.rules.map(({ id }) => [id, law] as const));
const asking: Attempting = {
  ...{ callId: 'c.999.1', campaignId: 'c', zones: ['America/New_York'], debt: '' },
  ...{ showsNumber: true, recorded: false, agentWaits: false },
};

describe('the law profiles', () => {
  test('have a case for each rule, and no case is of a rule that is gone', () => {
    expect(rules.map(([id]) => id).sort()).toEqual(Object.keys(cases).sort());
  });

  test.each(rules)('%s is found kept where it was, and the event is named that broke it', (id, law) => {
    const { kept, broken, event } = cases[id] as Case;
    expect(kept(new LawStory(law)).broken()).toEqual({});
    const found = broken(new LawStory(law)).broken();
    expect(found[id]?.at(-1)).toBe(event);
  });

  test.each(rules.filter(([id]) => cases[id]?.by === 'permit'))('%s refuses the attempt', (id, law) => {
    const { asked, broken } = cases[id] as Case;
    const { atMs = 0, said, ...about } = asked ?? {};
    // Attempts of the story but the last, which is the one that is asked for.
    const story = broken(new LawStory(law));
    const facts = (story.record.contacts.get('p-1') ?? []).map(({ event }) => event);
    const counted = facts.filter((event) => event.type === 'PermitGranted').slice(0, -1);
    const ledger = [...(said ?? []), ...counted].reduce(entered, emptyLedger());
    const zones = story.record.zones.get('c.1.1') ?? [];
    expect(verdictOn(law, ledger, { ...asking, zones, ...about }, atMs)?.ruleId).toBe(id);
  });

  test.each(rules.filter(([id]) => cases[id]?.by === 'settings'))('%s refuses the settings', (id, law) => {
    const good = {
      ringTimeoutMs: 20_000,
      needsAgent: true,
      connectDeadlineMs: 2000,
      safeHarbour: 'm',
      optOutDigit: '9',
    };
    expect(faultsOf(law, { plan: good })).toEqual([]);
    expect(faultsOf(law, { plan: { ...good, ...cases[id]?.plan } })).toEqual([expect.stringContaining(`(${id})`)]);
  });
});

describe('a folder of profiles', () => {
  const source = { citation: 'a law', url: 'https://example.org' };
  const rule = { id: 'mine.rest', source, limit: { type: 'Holidays', dates: ['01-01'] } };
  const loaded = (profile: unknown, file = 'mine.json') => {
    const folder = mkdtempSync(join(tmpdir(), 'callboard-law-'));
    try {
      writeFileSync(join(folder, file), typeof profile === 'string' ? profile : JSON.stringify(profile));
      return loadLawProfiles(folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
  const refused = (profile: unknown, file?: string): string => {
    try {
      loaded(profile, file);
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  };

  test('of one is read, and the same rules have the same fingerprint', () => {
    expect(refused({ profile: 'mine', title: 'Mine', rules: [rule] })).toBe('');
    const [one, other] = [loadLawProfiles(), loadLawProfiles()];
    expect(one.get('uk')?.law.fingerprint).toBe(other.get('uk')?.law.fingerprint);
    expect(new Set([...one.values()].map(({ law }: { law: Law }) => law.fingerprint)).size).toBe(one.size);
  });

  test('has another fingerprint where a rule says something else, not where its source is told otherwise', () => {
    const fingerprint = (changed: object) =>
      loaded({ profile: 'mine', title: 'M', rules: [{ ...rule, ...changed }] }).get('mine')?.law.fingerprint;
    const cited = { citation: 'a law, 2nd ed.', url: 'https://example.org/2', note: 'the day is ours' };
    expect(fingerprint({ source: cited })).toBe(fingerprint({}));
    expect(fingerprint({ limit: { type: 'Holidays', dates: ['01-02'] } })).not.toBe(fingerprint({}));
    expect(fingerprint({ id: 'mine.new-year' })).not.toBe(fingerprint({}));
  });

  test.each([
    ['what is no JSON', '{', 'is not JSON'],
    [
      'a rule that names no source',
      { profile: 'mine', title: 'M', rules: [{ ...rule, source: undefined }] },
      'rules.0.source',
    ],
    [
      'a limit that nobody knows',
      { profile: 'mine', title: 'M', rules: [{ ...rule, limit: { type: 'Moon' } }] },
      'rules.0.limit',
    ],
    ['two rules of one name', { profile: 'mine', title: 'M', rules: [rule, rule] }, 'rules.1.id'],
    [
      'a rule of another profile',
      { profile: 'mine', title: 'M', rules: [{ ...rule, id: 'uk.rest' }] },
      'must begin with mine.',
    ],
    [
      'a name that is not the file’s',
      { profile: 'yours', title: 'M', rules: [{ ...rule, id: 'yours.rest' }] },
      'must be mine',
    ],
    [
      'a window that contacts do not remember',
      {
        profile: 'mine',
        title: 'M',
        rules: [{ ...rule, limit: { type: 'Attempts', most: 1, window: '32 d', per: 'contact' } }],
      },
      'at most 31 d',
    ],
  ])('with %s is refused, and the place is named', (_what, profile, place) => {
    expect(refused(profile)).toContain(place);
  });
});
