import { describe, expect, test } from '@jest/globals';
import { type AgentWork, type CampaignEvent, campaignProtocol } from '#proto/generated/campaign.ts';
import type { Law, Limit } from '#proto/generated/law.ts';
import { run } from '#runtime/effects.ts';
import { anyLaw } from '#test/any-law.ts';
import { given } from '#test/given.ts';
import { decide } from './decide.ts';
import { isWakeful, react, resume } from './react.ts';
import { evolve, initial } from './state.ts';

const campaign = { protocol: campaignProtocol, initial, decide, evolve, react, resume, isWakeful };
const plan = {
  ...{ prompt: 'hello.wav', gatherDigits: 1, gatherTimeoutMs: 4000 },
  ...{ ringTimeoutMs: 15_000, maxTalkMs: 120_000, record: true },
};
const settings = { trunkId: 't', plan, maxCalls: 2, callsPerSecond: 10, leaseMs: 60_000 };
const lawful = { ...settings, law: anyLaw };
const listed = [
  { type: 'ListRequested', path: 'l.csv' },
  { type: 'ListLoaded', path: 'l.csv', rows: 3, added: 3, known: 0, refused: 0 },
] as const satisfies readonly CampaignEvent[];
const dayMs = 86_400_000;
const started = { type: 'CampaignStarted', atMs: 1000 } as const;

describe('a campaign and the law', () => {
  test('does not start without a profile, and journals the rules that it is given', () => {
    given(campaign, { type: 'CampaignConfigured', settings }, ...listed)
      .when({ type: 'StartCampaign' })
      .thenRejected('LAW_PROFILE_MISSING')
      .when({ type: 'ConfigureCampaign', settings: lawful })
      .then({ type: 'CampaignConfigured', settings: lawful })
      .when({ type: 'StartCampaign' }, { nowMs: 1000 })
      .then(started);
  });

  test('that an older version has started without one dials nobody, until it has one', () => {
    given(campaign, { type: 'CampaignConfigured', settings }, ...listed, started)
      .when({ type: 'Pace' }, { nowMs: 2000 })
      .then({ type: 'CampaignPaused', by: 'law', reason: 'it has no law profile' })
      .when({ type: 'ResumeCampaign', by: 'wang' })
      .thenRejected('LAW_PROFILE_MISSING')
      .when({ type: 'ConfigureCampaign', settings: lawful })
      .then({ type: 'CampaignConfigured', settings: lawful })
      .when({ type: 'ResumeCampaign', by: 'wang' })
      .then({ type: 'CampaignResumed', by: 'wang' });
  });

  test('refuses settings that could not keep its rules', () => {
    const source = { citation: 'a test', url: 'https://example.org', note: '' };
    const law = (limit: Limit): Law => ({ ...anyLaw, rules: [{ id: 'test.rule', source, limit }] });
    given(campaign)
      .when({ type: 'ConfigureCampaign', settings: { ...settings, law: law({ type: 'MinimumRing', ringMs: 15_001 }) } })
      .thenRejected('LAW_SETTINGS');
  });

  test('over a limit of its law it dials a line for each ready agent, also after the day of the settings', () => {
    const source = { citation: 'a test', url: 'https://example.org', note: '' };
    const limit = { type: 'AbandonWindow', most: 0.03, windowMs: 30 * dayMs, zone: '' } as const;
    const law = { ...anyLaw, rules: [{ id: 'test.abandoned', source, limit }] };
    const agents: AgentWork = {
      ...{ mode: 'power', powerRatio: 3, maxAbandonRate: 0.03, skills: [], language: '', sticky: false },
      ...{ previewMs: 0, previewDials: false },
      wrapUp: { dispositions: [], required: false, longestMs: 0, defaultDisposition: '' },
    };
    const begun: CampaignEvent[] = [
      { type: 'CampaignConfigured', settings: { ...settings, maxCalls: 20, callsPerSecond: 100, law, agents } },
      ...listed,
      started,
      { type: 'LeadsRequested', claimId: 'c.1', count: 1, atMs: 1200 },
      {
        ...{ type: 'AttemptsStarted', claimId: 'c.1', atMs: 1210 },
        attempts: [{ callId: 'c.1.1', lead: { row: 1, contactId: 'p-1', mask: 'm', attempt: 1 } }],
      },
      { type: 'AgentRequested', callId: 'c.1.1', sinceMs: 1500, wait: 1, agentId: '', notAgentId: '', atMs: 1500 },
    ];
    const abandoned: CampaignEvent[] = [
      { type: 'CallAbandoned', callId: 'c.1.1', atMs: 3500 },
      { type: 'AttemptEnded', callId: 'c.1.1', row: 1, attempt: 1, outcome: 'abandoned', atMs: 5000 },
    ];
    const connected: CampaignEvent[] = [
      { type: 'AttemptEnded', callId: 'c.1.1', row: 1, attempt: 1, outcome: 'answered', atMs: 5000 },
    ];
    const dialed = (how: readonly CampaignEvent[], nowMs: number) => {
      const ready: CampaignEvent = {
        ...{ type: 'AgentBecameReady', agentId: 'ann', sinceMs: nowMs, skills: [], languages: [], atMs: nowMs },
      };
      const { events } = given(campaign, ...begun, ...how, ready).when({ type: 'Pace' }, { nowMs: nowMs + 1000 });
      return events.map((event) => (event.type === 'LeadsRequested' ? event.count : event.type));
    };
    expect(dialed(connected, 3 * dayMs)).toEqual([3]);
    expect(dialed(abandoned, 3 * dayMs)).toEqual([1]);
    expect(dialed(abandoned, 31 * dayMs)).toEqual([3]);
  });

  test('leaves out the leads of places where nobody may be called now, and goes on when the first of them opens', () => {
    const source = { citation: 'a test', url: 'https://example.org', note: '' };
    const open = [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '08:00', to: '21:00' }];
    const hours = { id: 'test.hours', source, limit: { type: 'CallingHours', open, marginMs: 0 } } as const;
    const law = { ...anyLaw, rules: [hours] };
    const nineInNewYork = Date.parse('2026-06-01T13:00:00Z');
    const eightInLosAngeles = nineInNewYork + 2 * 3_600_000;
    const timezone = 'America/Los_Angeles';
    const lead = { row: 1, contactId: 'p-1', mask: 'm', attempt: 1, timezone };
    const claim = (claimId: string, where: object) =>
      run('claim', { begun: [lead], followUps: [], claimId, count: 2, leaseMs: 60_000, ...where }, `claim:${claimId}`);
    const followed = (ruleId: string) =>
      given(
        campaign,
        { type: 'CampaignConfigured', settings: { ...settings, law } },
        ...listed,
        started,
        { type: 'LeadsRequested', claimId: 'c.1', count: 1, atMs: nineInNewYork - 60 },
        {
          ...{ type: 'AttemptsStarted', claimId: 'c.1', attempts: [{ callId: 'c.1.1', lead }] },
          atMs: nineInNewYork - 50,
        },
        { type: 'AttemptEnded', callId: 'c.1.1', row: 1, attempt: 1, outcome: 'refused', ruleId, atMs: nineInNewYork },
      ).when({ type: 'Pace' }, { actorId: 'c', nowMs: nineInNewYork + 200 });
    followed('test.other').thenEffects(claim('c.2', {}));
    const left = followed('test.hours');
    const where = { languages: [], timezones: [], segments: [], closedTimezones: [timezone] };
    left
      .then({
        ...{ type: 'LeadsRequested', claimId: 'c.2', count: 2, atMs: nineInNewYork + 200 },
        closed: { timezones: [timezone] },
      })
      .thenEffects(claim('c.2', { where }));
    expect(left.resumed).toContainEqual(claim('c.2', { where }));
    left
      .when({ type: 'AssignLeads', claimId: 'c.2', leads: [] })
      .then({
        ...{ type: 'AttemptsStarted', claimId: 'c.2', attempts: [], atMs: nineInNewYork + 200 },
        nextAtMs: eightInLosAngeles,
      })
      .when({ type: 'WakeForLeads' }, { nowMs: eightInLosAngeles })
      .then({ type: 'LeadsDue', atMs: eightInLosAngeles })
      .when({ type: 'Pace' })
      .then({ type: 'LeadsRequested', claimId: 'c.3', count: 2, atMs: eightInLosAngeles });
  });

  test('counts refused attempts, and says of each which rule refused it', () => {
    const attempt = { callId: 'c.1.1', lead: { row: 1, contactId: 'p-1', mask: 'm', attempt: 1 } };
    given(
      campaign,
      { type: 'CampaignConfigured', settings: lawful },
      ...listed,
      started,
      { type: 'LeadsRequested', claimId: 'c.1', count: 2, atMs: 1200 },
      { type: 'AttemptsStarted', claimId: 'c.1', attempts: [attempt, { ...attempt, callId: 'c.2.1' }], atMs: 1210 },
    )
      .when({ type: 'ReportAttempt', callId: 'c.1.1', outcome: 'refused', ruleId: 'uk.hours' }, { nowMs: 1300 })
      .then({
        ...{ type: 'AttemptEnded', callId: 'c.1.1', row: 1, attempt: 1, outcome: 'refused', ruleId: 'uk.hours' },
        atMs: 1300,
      })
      .when({ type: 'DescribeCampaign' })
      .thenReply({
        ...{ type: 'CampaignDescribed', phase: 'running', leads: 3, refused: 0, liveCalls: 1, attempts: 2 },
        ...{ outcomes: [{ outcome: 'refused', count: 1 }], reason: '', loading: false, settings: lawful },
      });
  });
});
