import { describe, expect, test } from '@jest/globals';
import { type CampaignEvent, campaignProtocol, type FollowUp, type LeadPolicy } from '#proto/generated/campaign.ts';
import { clearTimer, run, setTimer, startTicking, stopTicking } from '#runtime/effects.ts';
import { anyLaw } from '#test/any-law.ts';
import { given } from '#test/given.ts';
import { decide } from './decide.ts';
import { isWakeful, react, resume } from './react.ts';
import { evolve, initial } from './state.ts';

const campaign = { protocol: campaignProtocol, initial, decide, evolve, react, resume, isWakeful };
const plan = {
  ...{ prompt: 'hello.wav', gatherDigits: 0, gatherTimeoutMs: 0 },
  ...{ ringTimeoutMs: 15_000, maxTalkMs: 120_000, record: true },
};
const leads: LeadPolicy = {
  order: 'list',
  retry: [{ outcome: 'busy', afterMs: 300_000, max: 0 }],
  maxAttempts: 3,
  maxAttemptsPerDay: 0,
};
const settings = { trunkId: 't', plan, maxCalls: 2, callsPerSecond: 10, leaseMs: 60_000, leads, law: anyLaw };
const lead = (row: number, attempt = 1) => ({ row, contactId: `p-${row}`, mask: '****', attempt });
const attempt = (row: number) => ({ callId: `c.${row}.1`, lead: lead(row) });
const configured: CampaignEvent = { type: 'CampaignConfigured', settings };
const running: readonly CampaignEvent[] = [
  configured,
  { type: 'ListRequested', path: 'l.csv' },
  { type: 'ListLoaded', path: 'l.csv', rows: 3, added: 3, known: 0, refused: 0 },
  { type: 'CampaignStarted', atMs: 1000 },
  { type: 'LeadsRequested', claimId: 'c.1', count: 2, atMs: 1000 },
];
/** One of two: the list is used up. */
const last: CampaignEvent = { type: 'AttemptsStarted', claimId: 'c.1', attempts: [attempt(1)], atMs: 1000 };
const busy: CampaignEvent = {
  ...{ type: 'AttemptEnded', callId: 'c.1.1', row: 1, attempt: 1, outcome: 'busy', atMs: 2500 },
};
const followUp: FollowUp = {
  ...{ row: 1, attempt: 1, dueAtMs: 302_500, reason: 'retry', outcome: 'busy', endedAtMs: 2500 },
};
const scheduled: CampaignEvent = { type: 'LeadScheduled', followUp, atMs: 2500 };
const due: CampaignEvent = { type: 'LeadsDue', atMs: 303_000 };
const me = { actorId: 'c' };
const pace = startTicking('pace', 200, { type: 'Pace' as const });
const attempts = startTicking('attempts', 10_000, { type: 'CheckAttempts' as const });
const wakeAt = (atMs: number) => setTimer('leads-due', atMs, { type: 'WakeForLeads' as const });

describe('a campaign whose leads are called again', () => {
  test('waits for the time by a durable timer, and asks nobody meanwhile', () => {
    const story = given(campaign, ...running, last)
      .when({ type: 'ReportAttempt', callId: 'c.1.1', outcome: 'busy' }, { ...me, nowMs: 2500 })
      .then(busy, scheduled)
      .thenEffects(stopTicking('pace'), stopTicking('attempts'), wakeAt(303_000));
    expect(story.state).toMatchObject({ phase: 'running' });
    expect(story.wakeful).toBe(true);
    expect(story.resumed).toEqual([]);
    story.when({ type: 'Pace' }, { nowMs: 900_000 }).then();
    const asked = given(campaign, ...running, last, busy, scheduled).when({ type: 'DescribeCampaign' }, me);
    expect(asked.reply).toMatchObject({ phase: 'running', nextDueAtMs: 302_500 });
  });

  test('claims them then, and tells the list of them with that claim', () => {
    given(campaign, ...running, last, busy, scheduled)
      .when({ type: 'WakeForLeads' }, { ...me, nowMs: 303_000 })
      .then(due)
      .thenEffects(pace, attempts)
      .when({ type: 'WakeForLeads' }, { nowMs: 303_000 })
      .then()
      .when({ type: 'Pace' }, { nowMs: 303_100 })
      .then({ type: 'LeadsRequested', claimId: 'c.2', count: 2, atMs: 303_100 })
      .thenEffects(
        run(
          'claim',
          { begun: [lead(1)], followUps: [followUp], claimId: 'c.2', count: 2, leaseMs: 60_000 },
          'claim:c.2',
        ),
      )
      .when({ type: 'AssignLeads', claimId: 'c.2', leads: [lead(1, 2)] }, { nowMs: 303_110 })
      .when({ type: 'ReportAttempt', callId: 'c.1.2', outcome: 'answered' }, { nowMs: 400_000 })
      .then(
        { type: 'AttemptEnded', callId: 'c.1.2', row: 1, attempt: 2, outcome: 'answered', atMs: 400_000 },
        { type: 'CampaignEnded', atMs: 400_000 },
      );
  });

  test('repeats a claim after a crash with what the list was to be told, and keeps what came after it', () => {
    const claimed: CampaignEvent = { type: 'LeadsRequested', claimId: 'c.2', count: 1, atMs: 303_100 };
    const later = { ...followUp, row: 2 };
    const story = given(campaign, ...running, last, busy, scheduled, due, claimed, {
      type: 'LeadScheduled',
      followUp: later,
      atMs: 303_101,
    });
    expect(story.resumed[0]).toMatchObject({ input: { followUps: [followUp] } });
    expect(story.state).toMatchObject({ followUps: [later] });
    story
      .when({ type: 'AssignLeads', claimId: 'c.2', leads: [], nextAtMs: 999_999 }, { ...me, nowMs: 303_200 })
      .then({ type: 'AttemptsStarted', claimId: 'c.2', attempts: [], atMs: 303_200, nextAtMs: 999_999 })
      .thenEffects(stopTicking('pace'), stopTicking('attempts'), wakeAt(303_000));
  });

  test('waits for what the list has for later', () => {
    given(campaign, ...running)
      .when({ type: 'AssignLeads', claimId: 'c.1', leads: [], nextAtMs: 70_001 }, { ...me, nowMs: 1000 })
      .then({ type: 'AttemptsStarted', claimId: 'c.1', attempts: [], atMs: 1000, nextAtMs: 70_001 })
      .thenEffects(stopTicking('pace'), stopTicking('attempts'), wakeAt(71_000));
  });

  test('goes on looking after live attempts while it waits, until the last one is over', () => {
    const two: CampaignEvent = { ...last, attempts: [attempt(1), attempt(2)] };
    given(campaign, ...running.slice(0, -1), { ...claimOf(3) }, two)
      .when({ type: 'ReportAttempt', callId: 'c.1.1', outcome: 'busy' }, { ...me, nowMs: 2500 })
      .then(busy, scheduled)
      .thenEffects(stopTicking('pace'), wakeAt(303_000))
      .when({ type: 'ReportAttempt', callId: 'c.2.1', outcome: 'answered' }, { nowMs: 3000 })
      .then({ type: 'AttemptEnded', callId: 'c.2.1', row: 2, attempt: 1, outcome: 'answered', atMs: 3000 })
      .thenEffects(stopTicking('attempts'));
  });

  test('goes on at once when its list grows, or when it wants others', () => {
    given(campaign, ...running, last, busy, scheduled, { type: 'ListRequested', path: 'm.csv' })
      .when(
        { type: 'ReportList', path: 'm.csv', rows: 1, added: 1, known: 0, refused: 0, failure: '' },
        { nowMs: 9000 },
      )
      .then(
        { type: 'ListLoaded', path: 'm.csv', rows: 1, added: 1, known: 0, refused: 0 },
        { type: 'LeadsDue', atMs: 9000 },
      )
      .thenEffects(pace, attempts);
    // Leads of another time zone or segment may be wanted now.
    const corrected = { path: 'm.csv', rows: 1, added: 0, known: 1, refused: 0, changed: 1 };
    given(campaign, ...running, last, busy, scheduled, { type: 'ListRequested', path: 'm.csv' })
      .when({ type: 'ReportList', ...corrected, failure: '' }, { nowMs: 9000 })
      .then({ type: 'ListLoaded', ...corrected }, { type: 'LeadsDue', atMs: 9000 });
    const where = { languages: ['es'], timezones: [], segments: [] };
    const other = { ...settings, leads: { ...leads, where, order: 'newest' } } as const;
    given(campaign, ...running, last, busy, scheduled)
      .when({ type: 'ConfigureCampaign', settings: other }, { ...me, nowMs: 9000 })
      .then({ type: 'CampaignConfigured', settings: other }, { type: 'LeadsDue', atMs: 9000 })
      .thenEffects(pace, attempts)
      .when({ type: 'Pace' })
      .thenEffects(
        run(
          'claim',
          {
            ...{ begun: [lead(1)], followUps: [followUp], claimId: 'c.2', count: 2, leaseMs: 60_000 },
            ...{ where, order: 'newest' },
          },
          'claim:c.2',
        ),
      );
  });

  test('that is over begins again when it wants others, and only then', () => {
    const over = given(campaign, ...running, { ...last, attempts: [] }, { type: 'CampaignEnded', atMs: 2000 });
    over.when({ type: 'StartCampaign' }).then();
    const where = { languages: ['es'], timezones: [], segments: [] };
    const other = { ...settings, leads: { ...leads, where } };
    over
      .when({ type: 'ConfigureCampaign', settings: other }, { nowMs: 9000 })
      .then({ type: 'CampaignConfigured', settings: other }, { type: 'LeadsDue', atMs: 9000 })
      .thenEffects()
      .when({ type: 'StartCampaign' })
      .then({ type: 'CampaignStarted', atMs: 9000 })
      .thenEffects(pace, attempts);
  });

  test('that is paused when the time comes goes on when it is resumed', () => {
    given(campaign, ...running, last, busy, scheduled, { type: 'CampaignPaused', by: 'wang', reason: '' })
      .when({ type: 'WakeForLeads' }, { nowMs: 303_000 })
      .then(due)
      .thenEffects()
      .when({ type: 'ResumeCampaign', by: 'wang' })
      .thenEffects(pace, attempts);
  });

  test('that is resumed before the time comes waits on', () => {
    given(campaign, ...running, last, busy, scheduled, { type: 'CampaignPaused', by: 'wang', reason: '' })
      .when({ type: 'ResumeCampaign', by: 'wang' })
      .then({ type: 'CampaignResumed', by: 'wang' })
      .thenEffects();
  });

  test('that is stopped waits no more, and calls nobody again', () => {
    given(campaign, ...running, last, busy, scheduled)
      .when({ type: 'StopCampaign', by: 'wang' }, { nowMs: 5000 })
      .then({ type: 'CampaignStopped', by: 'wang' }, { type: 'CampaignEnded', atMs: 5000 })
      .thenEffects(stopTicking('pace'), clearTimer('leads-due'), stopTicking('pace'), stopTicking('attempts'));
    given(campaign, ...running, last, { type: 'CampaignStopped', by: 'wang' })
      .when({ type: 'ReportAttempt', callId: 'c.1.1', outcome: 'busy' }, { nowMs: 2500 })
      .then(busy, { type: 'CampaignEnded', atMs: 2500 });
  });

  test('refuses rules that cannot be followed', () => {
    const retry = [{ outcome: 'unknown', afterMs: 1, max: 0 }] as const;
    given(campaign)
      .when({ type: 'ConfigureCampaign', settings: { ...settings, leads: { ...leads, retry } } })
      .thenRejected('CAMPAIGN_SETTINGS');
  });
});

describe('an attempt that the law has refused', () => {
  test('is made when the law allows it', () => {
    given(campaign, ...running, last)
      .when({ type: 'ReportAttempt', callId: 'c.1.1', outcome: 'refused', retryAtMs: 50_000 }, { ...me, nowMs: 2500 })
      .then(
        { ...busy, outcome: 'refused' },
        { ...scheduled, followUp: { ...followUp, reason: 'refused', outcome: 'refused', dueAtMs: 50_000 } },
      );
  });
});

describe('a callback', () => {
  const promise = { type: 'ScheduleCallback', row: 1, attempt: 1, dueAtMs: 60_000, agentId: 'ann' } as const;
  const promised: FollowUp = {
    ...{ row: 1, attempt: 1, dueAtMs: 60_000, reason: 'callback', outcome: 'answered', endedAtMs: 4000 },
    ...{ agentId: 'ann', anyoneAtMs: 960_000 },
  };
  const answered: CampaignEvent = { ...busy, outcome: 'answered' };

  test('begins a campaign again that was over', () => {
    given(campaign, ...running, last, answered, { type: 'CampaignEnded', atMs: 2500 })
      .when(promise, { nowMs: 4000 })
      .then({ type: 'CampaignStarted', atMs: 4000 }, { type: 'LeadScheduled', followUp: promised, atMs: 4000 })
      .thenEffects(pace, attempts, stopTicking('pace'), stopTicking('attempts'), wakeAt(60_000));
  });

  test('takes the place of a retry, and of a promise that was made before', () => {
    const story = given(campaign, ...running, last, busy, scheduled)
      .when(promise, { nowMs: 4000 })
      .when({ ...promise, dueAtMs: 90_000 }, { nowMs: 4000 });
    expect(story.state).toMatchObject({ followUps: [{ dueAtMs: 90_000, reason: 'callback' }] });
  });

  test('is refused by a campaign that was stopped for good', () => {
    given(campaign, ...running, { type: 'CampaignStopped', by: 'wang' })
      .when(promise)
      .thenRejected('CAMPAIGN_STOPPED');
  });
});

function claimOf(count: number): CampaignEvent {
  return { type: 'LeadsRequested', claimId: 'c.1', count, atMs: 1000 };
}
