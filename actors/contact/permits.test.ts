import { describe, test } from '@jest/globals';
import { callProtocol } from '#proto/generated/call.ts';
import { contactProtocol } from '#proto/generated/contact.ts';
import type { Law } from '#proto/generated/law.ts';
import { clearTimer, setTimer, tell } from '#runtime/effects.ts';
import { given } from '#test/given.ts';
import { decide } from './decide.ts';
import { isWakeful, react, resume } from './react.ts';
import { evolve, initial } from './state.ts';

const contact = { protocol: contactProtocol, initial, decide, evolve, react, resume, isWakeful };

const source = { citation: 'a test', url: 'https://example.org', note: '' };
const law: Law = {
  profile: 'test',
  fingerprint: 'f-1',
  rules: [
    { id: 'test.lists', source, limit: { type: 'DoNotCall', lists: [] } },
    { id: 'test.attempts', source, limit: { type: 'Attempts', most: 2, windowMs: 1000, per: 'contact' } },
    { id: 'test.wait', source, limit: { type: 'AfterConversation', waitMs: 5000, per: 'debt' } },
    { id: 'test.abandoned', source, limit: { type: 'AfterAbandon', waitMs: 9000 } },
  ],
};
const standing = { zones: ['Asia/Shanghai'] };
const ask = (callId: string, more = {}) =>
  ({
    type: 'RequestPermit',
    ...{ callId, campaignId: 'c', law, standing, showsNumber: true, recorded: true, agentWaits: false, ...more },
  }) as const;
const granted = (callId: string, atMs: number, more = {}) =>
  ({
    type: 'PermitGranted',
    ...{ callId, campaignId: 'c', law: 'f-1', standing, showsNumber: true, recorded: true, agentWaits: false, atMs },
    ...more,
  }) as const;
const refused = (callId: string, ruleId: string, atMs: number, retryAtMs?: number) =>
  ({
    type: 'PermitRefused',
    ...{ callId, campaignId: 'c', law: 'f-1', ruleId, atMs },
    ...(retryAtMs === undefined ? {} : { retryAtMs }),
  }) as const;
const yes = { type: 'PermitAnswered', granted: true, ruleId: '' } as const;
const no = (ruleId: string, retryAtMs?: number) =>
  ({ type: 'PermitAnswered', granted: false, ruleId, ...(retryAtMs === undefined ? {} : { retryAtMs }) }) as const;
const ended = { type: 'ReportAttemptOutcome', callId: 'c.1.1', campaignId: 'c', dialed: true, atMs: 4000 } as const;

describe('whether a contact may be called', () => {
  test('is counted once for each call, however often it asks', () => {
    given(contact)
      .when(ask('c.1.1'), { nowMs: 100 })
      .then(granted('c.1.1', 100))
      .thenReply(yes)
      .when(ask('c.1.1'), { nowMs: 150 })
      .then()
      .thenReply(yes)
      .when(ask('c.1.2'), { nowMs: 200 })
      .then(granted('c.1.2', 200))
      .when(ask('d.9.1'), { nowMs: 300 })
      .then(refused('d.9.1', 'test.attempts', 300, 1100))
      .thenReply(no('test.attempts', 1100))
      .when(ask('d.9.1'), { nowMs: 310 })
      .then()
      .thenReply(no('test.attempts', 1100))
      .when(ask('d.9.1'), { nowMs: 1100 })
      .then(granted('d.9.1', 1100));
  });

  test('counts a permit whose call was never heard of again, but not one that was certainly not dialed', () => {
    given(contact, granted('c.1.1', 100), granted('c.1.2', 200))
      .when(ask('c.1.3'), { nowMs: 300 })
      .then(refused('c.1.3', 'test.attempts', 300, 1100))
      .when({ ...ended, callId: 'c.1.2', outcome: 'canceled', dialed: false, talkMs: 0 }, { nowMs: 320 })
      .then({ type: 'AttemptReleased', callId: 'c.1.2', atMs: 320 })
      .when({ ...ended, callId: 'c.1.2', outcome: 'canceled', dialed: false, talkMs: 0 }, { nowMs: 330 })
      .then()
      .when(ask('c.1.3'), { nowMs: 400 })
      .then(granted('c.1.3', 400));
  });

  test('is counted when it was asked for last: a permit may be used days after it was first given', () => {
    const later = given(contact, granted('c.1.1', 100), granted('c.1.2', 6000))
      .when(ask('c.1.1'), { nowMs: 5100 })
      .then()
      .thenReply(yes)
      .when(ask('c.1.1'), { nowMs: 6200 })
      .then(granted('c.1.1', 6200))
      .thenReply(yes);
    later.when(ask('d.1.1'), { nowMs: 6300 }).then(refused('d.1.1', 'test.attempts', 6300, 7000));
    later.when(ask('d.1.1'), { nowMs: 7000 }).then(granted('d.1.1', 7000));
  });

  test('waits after a conversation about the same debt, or perhaps the same, whichever campaign had it', () => {
    const aboutRent = { standing: { ...standing, debt: 'd-1' } };
    const aboutCar = { standing: { ...standing, debt: 'd-2' } };
    given(contact)
      .when({ ...ended, outcome: 'answered', talkMs: 900, debt: 'd-1' })
      .then({ type: 'ConversationRecorded', callId: 'c.1.1', campaignId: 'c', debt: 'd-1', atMs: 4000 })
      .when(ask('e.1.1', aboutRent), { nowMs: 5000 })
      .then(refused('e.1.1', 'test.wait', 5000, 9000))
      .when(ask('e.2.1'), { nowMs: 5000 })
      .then(refused('e.2.1', 'test.wait', 5000, 9000))
      .when(ask('e.1.1', aboutCar), { nowMs: 5000 })
      .then(granted('e.1.1', 5000, aboutCar))
      .when(ask('e.1.2', aboutRent), { nowMs: 9000 })
      .then(granted('e.1.2', 9000, aboutRent));
  });

  test('waits after it was abandoned, unless an agent is there already', () => {
    given(contact)
      .when({ ...ended, outcome: 'abandoned', talkMs: 3000 })
      .then({ type: 'AbandonRecorded', callId: 'c.1.1', campaignId: 'c', atMs: 4000 })
      .when(ask('c.1.2'), { nowMs: 5000 })
      .then(refused('c.1.2', 'test.abandoned', 5000, 13_000))
      .when(ask('c.1.3', { agentWaits: true }), { nowMs: 5000 })
      .then(granted('c.1.3', 5000, { agentWaits: true }));
  });

  describe('while another call to it is under way', () => {
    const free: Law = { ...law, rules: [] };
    const open = (callId: string, atMs: number, untilMs: number) => granted(callId, atMs, { untilMs });
    const asking = (callId: string) => ask(callId, { law: free, lastsMs: 5000 });

    test('is never so, whichever law and campaign: it is looked at again a minute later', () => {
      given(contact)
        .when(asking('c.1.1'), { nowMs: 100 })
        .then(open('c.1.1', 100, 5100))
        .thenEffects(setTimer('call:c.1.1', 5100, { type: 'DoubtCall' as const, callId: 'c.1.1' }))
        .when(asking('d.1.1'), { nowMs: 101 })
        .then(refused('d.1.1', 'contact-engaged', 101, 60_101))
        .thenReply(no('contact-engaged', 60_101))
        .when(asking('c.1.1'), { nowMs: 102 })
        .then()
        .thenReply(yes);
    });

    test.each([
      ['nobody answered', { outcome: 'busy', talkMs: 0 }, { type: 'AttemptOver', callId: 'c.1.1', atMs: 4100 }],
      [
        'it was talked to',
        { outcome: 'answered', talkMs: 9 },
        { type: 'ConversationRecorded', callId: 'c.1.1', campaignId: 'c', atMs: 4000 },
      ],
      [
        'it was abandoned',
        { outcome: 'abandoned', talkMs: 9 },
        { type: 'AbandonRecorded', callId: 'c.1.1', campaignId: 'c', atMs: 4000 },
      ],
      [
        'it was not dialed',
        { outcome: 'refused', dialed: false, talkMs: 0 },
        { type: 'AttemptReleased', callId: 'c.1.1', atMs: 4100 },
      ],
    ] as const)('is so again once that is over: %s', (_how, end, over) => {
      given(contact, open('c.1.1', 100, 5100))
        .when({ ...ended, ...end }, { nowMs: 4100 })
        .then(over)
        .thenEffects(clearTimer('call:c.1.1'))
        .when(asking('d.1.1'), { nowMs: 4200 })
        .then(granted('d.1.1', 4200, { untilMs: 9200 }));
    });

    test('asks it what became of it where nobody has told, and waits for that, but not for ever', () => {
      const doubted = given(contact, open('c.1.1', 100, 5100))
        .when({ type: 'DoubtCall', callId: 'c.1.1' }, { nowMs: 5100 })
        .then({ type: 'CallDoubted', callId: 'c.1.1', atMs: 5100 })
        .thenEffects(tell(callProtocol, 'c.1.1', { type: 'TellContact' }, 'doubt:c.1.1:5100'));
      doubted.when(asking('d.1.1'), { nowMs: 605_099 }).thenReply(no('contact-engaged', 665_099));
      doubted.when(asking('d.1.1'), { nowMs: 605_100 }).thenReply(yes);
      doubted
        .when({ ...ended, outcome: 'busy', talkMs: 0 })
        .when({ type: 'DoubtCall', callId: 'c.1.1' })
        .then();
    });

    test('says first what will not change: who opted out in that call is never called', () => {
      given(contact, open('c.1.1', 100, 5100))
        .when({ type: 'OptOut', callId: 'c.1.1', campaignId: 'c', means: 'digit' }, { nowMs: 200 })
        .when(ask('d.1.1'), { nowMs: 300 })
        .thenReply(no('test.lists'));
    });
  });

  test('is not so again because an older call is heard of last', () => {
    given(
      contact,
      { type: 'AbandonRecorded', callId: 'c.1.2', campaignId: 'c', atMs: 9000 },
      { type: 'ConversationRecorded', callId: 'c.1.2', campaignId: 'c', atMs: 9000 },
    )
      .when({ ...ended, outcome: 'abandoned', talkMs: 3000 })
      .when({ ...ended, outcome: 'answered', talkMs: 3000 })
      .when(ask('c.1.3', { agentWaits: true }), { nowMs: 13_999 })
      .thenReply(no('test.wait', 14_000))
      .when(ask('c.1.3'), { nowMs: 14_000 })
      .thenReply(no('test.abandoned', 18_000));
  });

  test('a call of an older version that nobody answered changes nothing', () => {
    given(contact, granted('c.1.1', 100))
      .when({ ...ended, outcome: 'busy', talkMs: 0 })
      .then()
      .when({ type: 'DescribeContact' })
      .thenReply({
        type: 'ContactDescribed',
        readings: 0,
        erased: false,
        lists: [],
        consents: [],
        recentAttempts: 1,
        notes: 0,
      });
  });

  test('is never so once it opted out, in whichever campaign, and its consent is gone', () => {
    const listed = { type: 'CallsForbidden', list: 'opt-out', campaignId: '', by: 'call/c.1.1' } as const;
    given(contact)
      .when({ type: 'GrantConsent', campaignId: 'd', by: 'wang', evidence: 'form 7' }, { nowMs: 1 })
      .then({ type: 'ConsentGranted', campaignId: 'd', by: 'wang', evidence: 'form 7', atMs: 1 })
      .when({ type: 'OptOut', callId: 'c.1.1', campaignId: 'c', means: 'digit' }, { nowMs: 5 })
      .then({ ...listed, means: 'digit', atMs: 5 })
      .when({ type: 'OptOut', callId: 'c.1.1', campaignId: 'c', means: 'voice' })
      .then()
      .when(ask('d.1.1', { campaignId: 'd' }), { nowMs: 9 })
      .then({ ...refused('d.1.1', 'test.lists', 9), campaignId: 'd' })
      .thenReply(no('test.lists'))
      .when({ type: 'DescribeContact' })
      .thenReply({
        ...{ type: 'ContactDescribed', readings: 0, erased: false },
        ...{ lists: ['opt-out'], consents: [], recentAttempts: 0, notes: 0 },
      });
  });

  test('is never so once it told an agent that it wants no more calls', () => {
    given(contact, { type: 'ConsentGranted', campaignId: '', by: 'wang', evidence: 'form 7', atMs: 1 })
      .when({ type: 'OptOut', callId: 'c.1.1', campaignId: 'c', means: 'voice' }, { nowMs: 5 })
      .then({
        ...{ type: 'CallsForbidden', list: 'opt-out', campaignId: '', by: 'call/c.1.1' },
        ...{ means: 'voice', atMs: 5 },
      })
      .when({ type: 'DescribeContact' })
      .thenReply({
        ...{ type: 'ContactDescribed', readings: 0, erased: false },
        ...{ lists: ['opt-out'], consents: [], recentAttempts: 0, notes: 0 },
      });
  });

  test('is agreed to no more where it opts out of what we had put on the list already', () => {
    given(
      contact,
      { type: 'ConsentGranted', campaignId: '', by: 'wang', evidence: 'form 7', atMs: 1 },
      { type: 'CallsForbidden', list: 'opt-out', campaignId: '', by: 'wang', atMs: 2 },
    )
      .when({ type: 'OptOut', callId: 'c.1.1', campaignId: 'c', means: 'voice' }, { nowMs: 5 })
      .then({ type: 'ConsentRevoked', campaignId: '', by: 'call/c.1.1', atMs: 5 })
      .when({ type: 'OptOut', callId: 'c.1.1', campaignId: 'c', means: 'voice' })
      .then();
  });

  test('is put on a list and taken off it, once each', () => {
    const list = { list: 'global', campaignId: '', by: 'wang' };
    given(contact)
      .when({ type: 'ForbidCalls', ...list }, { nowMs: 1 })
      .then({ type: 'CallsForbidden', ...list, atMs: 1 })
      .when({ type: 'ForbidCalls', ...list })
      .then()
      .when({ type: 'AllowCalls', ...list, list: 'other' })
      .then()
      .when({ type: 'AllowCalls', ...list }, { nowMs: 2 })
      .then({ type: 'CallsAllowed', ...list, atMs: 2 })
      .when(ask('c.1.1'), { nowMs: 3 })
      .then(granted('c.1.1', 3));
  });

  test('consent is granted once and revoked once', () => {
    given(contact)
      .when({ type: 'RevokeConsent', campaignId: '', by: 'wang' })
      .then()
      .when({ type: 'GrantConsent', campaignId: '', by: 'wang', evidence: 'form 7' }, { nowMs: 1 })
      .then({ type: 'ConsentGranted', campaignId: '', by: 'wang', evidence: 'form 7', atMs: 1 })
      .when({ type: 'GrantConsent', campaignId: '', by: 'wang', evidence: 'form 7' })
      .then()
      .when({ type: 'RevokeConsent', campaignId: 'c', by: 'wang' }, { nowMs: 2 })
      .then({ type: 'ConsentRevoked', campaignId: 'c', by: 'wang', atMs: 2 });
  });

  test('an erased contact is not called', () => {
    given(contact, { type: 'ContactErased', by: 'wang', atMs: 1 }).when(ask('c.1.1')).thenRejected('CONTACT_ERASED');
  });
});
