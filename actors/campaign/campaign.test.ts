import { describe, expect, test } from '@jest/globals';
import type { Outcome } from '#proto/generated/call.ts';
import { type CampaignEvent, campaignProtocol } from '#proto/generated/campaign.ts';
import { run, startTicking, stopTicking } from '#runtime/effects.ts';
import { anyLaw } from '#test/any-law.ts';
import { given } from '#test/given.ts';
import { decide } from './decide.ts';
import { isWakeful, react, resume } from './react.ts';
import { evolve, initial } from './state.ts';

const campaign = { protocol: campaignProtocol, initial, decide, evolve, react, resume, isWakeful };
const plan = {
  prompt: 'hello.wav',
  gatherDigits: 1,
  gatherTimeoutMs: 4000,
  ringTimeoutMs: 15_000,
  maxTalkMs: 120_000,
  record: true,
};
const settings = { trunkId: 't', plan, maxCalls: 2, callsPerSecond: 10, leaseMs: 60_000, law: anyLaw };
const lead = (row: number) => ({ row, contactId: `p-${row}`, mask: '+1 202 *** **45', attempt: 1 });
const attempt = (row: number) => ({ callId: `c.${row}.1`, lead: lead(row) });
const configured: CampaignEvent = { type: 'CampaignConfigured', settings };
const requested: CampaignEvent = { type: 'ListRequested', path: 'l.csv' };
const loaded: CampaignEvent = { type: 'ListLoaded', path: 'l.csv', rows: 3, added: 3, known: 0, refused: 0 };
const started: CampaignEvent = { type: 'CampaignStarted', atMs: 1000 };
const running = [configured, requested, loaded, started] as const;
const claimed: CampaignEvent = { type: 'LeadsRequested', claimId: 'c.1', count: 2, atMs: 1200 };
const dialing: CampaignEvent = {
  type: 'AttemptsStarted',
  claimId: 'c.1',
  attempts: [attempt(1), attempt(2)],
  atMs: 1210,
};
const ended = (row: number, outcome: Outcome, atMs: number) =>
  ({
    type: 'AttemptEnded',
    callId: `c.${row}.1`,
    row,
    attempt: 1,
    outcome,
    atMs,
  }) satisfies CampaignEvent;
const placed = (rows: readonly number[], key: string, intent = 'dial', trunkId = 't') =>
  run('place-calls', { attempts: rows.map(attempt), trunkId, plan, intent, fingerprint: 'any-1' }, key);
const me = { actorId: 'c' };
const ticking = [
  startTicking('pace', 200, { type: 'Pace' as const }),
  startTicking('attempts', 10_000, { type: 'CheckAttempts' as const }),
];

describe('a campaign whose calls crash', () => {
  const crash = (row: number) => ({ type: 'ReportCrash', callId: `c.${row}.1`, code: 'ACTOR_CRASHED' }) as const;
  const crashed = (row: number, atMs: number): CampaignEvent => ({
    type: 'CallCrashed',
    callId: `c.${row}.1`,
    code: 'ACTOR_CRASHED',
    atMs,
  });

  test('pauses at the third within a minute, with the reason, and counts anew when it is resumed', () => {
    given(campaign, ...running, crashed(1, 1000), crashed(2, 30_000))
      .when(crash(3), { nowMs: 60_000 })
      .then(crashed(3, 60_000), {
        type: 'CampaignPaused',
        by: 'supervisor',
        reason: '3 calls crashed within a minute (ACTOR_CRASHED): see the dead letters, then resume',
      })
      .thenEffects(stopTicking('pace'))
      .when(crash(4), { nowMs: 60_001 })
      .then()
      .when({ type: 'ResumeCampaign', by: 'wang' })
      .then({ type: 'CampaignResumed', by: 'wang' })
      .when(crash(4), { nowMs: 60_002 })
      .then(crashed(4, 60_002));
  });

  test('goes on where they are rare', () => {
    const story = given(campaign, ...running, crashed(1, 1000), crashed(2, 30_000)).when(crash(3), { nowMs: 61_000 });
    story.then(crashed(3, 61_000));
    expect(story.state).toMatchObject({ phase: 'running', crashedAtMs: [30_000, 61_000] });
  });
});

describe('a campaign', () => {
  test('is configured, loads its list and starts', () => {
    given(campaign)
      .when({ type: 'StartCampaign' })
      .thenRejected('CAMPAIGN_NOT_READY')
      .when({ type: 'ConfigureCampaign', settings })
      .then(configured)
      .when({ type: 'ConfigureCampaign', settings })
      .then()
      .when({ type: 'LoadList', path: 'l.csv' })
      .then(requested)
      .thenEffects(run('load-list', { path: 'l.csv' }, 'load:1'))
      .when({ type: 'LoadList', path: 'l.csv' })
      .then()
      .when({ type: 'ReportList', path: 'l.csv', rows: 3, added: 3, known: 0, refused: 0, failure: '' })
      .then(loaded)
      .when({ type: 'StartCampaign' }, { nowMs: 1000 })
      .then(started)
      .thenEffects(...ticking);
  });

  test('says why its list could not be read', () => {
    given(campaign, configured, requested)
      .when({ type: 'ReportList', path: 'l.csv', rows: 0, added: 0, known: 0, refused: 0, failure: 'No such file.' })
      .then({ type: 'ListFailed', path: 'l.csv', failure: 'No such file.' })
      .when({ type: 'StartCampaign' })
      .thenRejected('CAMPAIGN_NOT_READY');
  });

  test('refuses settings under which nothing could be dialed', () => {
    given(campaign)
      .when({ type: 'ConfigureCampaign', settings: { ...settings, maxCalls: 0 } })
      .thenRejected('CAMPAIGN_SETTINGS')
      .when({ type: 'ConfigureCampaign', settings: { ...settings, trunkId: '' } })
      .thenRejected('CAMPAIGN_SETTINGS');
  });

  test("hands no call to a telephone number: settings are events, and a number would be a person's", () => {
    const handing = (uri: string) => {
      const targets = [
        { name: 'billing', uri: 'sip:billing@pbx.example:5080' },
        { name: 'home', uri },
      ];
      const transfers = { ...settings, plan: { ...plan, transfers: { targets } } };
      return given(campaign).when({ type: 'ConfigureCampaign', settings: transfers }, me);
    };
    for (const uri of ['sip:+12025550123@gw', 'sip:2025550123@gw', 'tel:+12025550123', 'home']) {
      const { rejection } = handing(uri).thenRejected('CAMPAIGN_SETTINGS');
      expect(rejection?.message).toMatch(/home/);
      expect(rejection?.message).not.toMatch(/555/);
    }
    expect(handing('sip:home@gw').rejection).toBeUndefined();
  });

  test('claims what the pacer allows, one claim at a time', () => {
    given(campaign, ...running)
      .when({ type: 'Pace' }, { ...me, nowMs: 1200 })
      .then(claimed)
      .thenEffects(run('claim', { begun: [], followUps: [], claimId: 'c.1', count: 2, leaseMs: 60_000 }, 'claim:c.1'))
      .when({ type: 'Pace' }, { nowMs: 9000 })
      .then();
  });

  test('makes each claimed lead an attempt whose call has a name of its own', () => {
    given(campaign, ...running, claimed)
      .when({ type: 'AssignLeads', claimId: 'c.1', leads: [lead(1), lead(2)] }, { ...me, nowMs: 1210 })
      .then(dialing)
      .thenEffects(placed([1, 2], 'place:c.1'))
      .when({ type: 'AssignLeads', claimId: 'c.1', leads: [lead(1), lead(2)] }, { nowMs: 1220 })
      .then()
      .when({ type: 'Pace' }, { nowMs: 99_000 })
      .then();
  });

  test('counts each outcome once and ends with its last', () => {
    given(campaign, ...running, claimed, dialing)
      .when({ type: 'ReportAttempt', callId: 'c.1.1', outcome: 'busy' }, { ...me, nowMs: 2000 })
      .then(ended(1, 'busy', 2000))
      .when({ type: 'ReportAttempt', callId: 'c.1.1', outcome: 'busy' })
      .then()
      .when({ type: 'Pace' }, { nowMs: 2200 })
      .then({ type: 'LeadsRequested', claimId: 'c.2', count: 1, atMs: 2200 })
      .thenEffects(
        run(
          'claim',
          { begun: [lead(1), lead(2)], followUps: [], claimId: 'c.2', count: 1, leaseMs: 60_000 },
          'claim:c.2',
        ),
      )
      .when({ type: 'AssignLeads', claimId: 'c.2', leads: [] }, { nowMs: 2210 })
      .then({ type: 'AttemptsStarted', claimId: 'c.2', attempts: [], atMs: 2210 })
      .thenEffects()
      .when({ type: 'ReportAttempt', callId: 'c.2.1', outcome: 'answered' }, { nowMs: 3000 })
      .then(ended(2, 'answered', 3000), { type: 'CampaignEnded', atMs: 3000 })
      .thenEffects(stopTicking('pace'), stopTicking('attempts'))
      .when({ type: 'DescribeCampaign' })
      .thenReply({
        type: 'CampaignDescribed',
        phase: 'ended',
        leads: 3,
        refused: 0,
        liveCalls: 0,
        attempts: 2,
        outcomes: [
          { outcome: 'busy', count: 1 },
          { outcome: 'answered', count: 1 },
        ],
        reason: '',
        loading: false,
        settings,
      });
  });

  test('keeps why a call could not be placed', () => {
    given(campaign, ...running, claimed, dialing)
      .when({ type: 'ReportAttempt', callId: 'c.1.1', outcome: 'failed', refusal: 'ACTOR_CRASHED' }, { nowMs: 2000 })
      .then({ ...ended(1, 'failed', 2000), refusal: 'ACTOR_CRASHED' });
  });

  test('without a lead ends at once', () => {
    given(campaign, ...running, claimed)
      .when({ type: 'AssignLeads', claimId: 'c.1', leads: [] }, { ...me, nowMs: 1210 })
      .then(
        { type: 'AttemptsStarted', claimId: 'c.1', attempts: [], atMs: 1210 },
        { type: 'CampaignEnded', atMs: 1210 },
      );
  });

  test('that is paused starts nothing, lets live calls end, and goes on when it is resumed', () => {
    given(campaign, ...running, claimed, dialing)
      .when({ type: 'PauseCampaign', by: 'wang', reason: 'lunch' }, me)
      .then({ type: 'CampaignPaused', by: 'wang', reason: 'lunch' })
      .thenEffects(stopTicking('pace'), placed([1, 2], 'tell:3', 'wait'))
      .when({ type: 'Pace' }, { nowMs: 99_000 })
      .then()
      .when({ type: 'ReportAttempt', callId: 'c.1.1', outcome: 'busy' }, { nowMs: 2000 })
      .then(ended(1, 'busy', 2000))
      .when({ type: 'ResumeCampaign', by: 'wang' })
      .then({ type: 'CampaignResumed', by: 'wang' })
      .thenEffects(...ticking, placed([2], 'tell:4'));
  });

  test('that has nothing left when it is resumed is over', () => {
    const last: CampaignEvent = { type: 'AttemptsStarted', claimId: 'c.1', attempts: [attempt(1)], atMs: 1210 };
    const paused: CampaignEvent = { type: 'CampaignPaused', by: 'wang', reason: '' };
    given(campaign, ...running, claimed, last, paused, ended(1, 'busy', 2000))
      .when({ type: 'ResumeCampaign', by: 'wang' }, { ...me, nowMs: 5000 })
      .then({ type: 'CampaignResumed', by: 'wang' }, { type: 'CampaignEnded', atMs: 5000 });
  });

  test('that is stopped ends with its last live call, for good', () => {
    given(campaign, ...running, claimed, dialing, ended(1, 'busy', 2000))
      .when({ type: 'StopCampaign', by: 'wang' }, me)
      .then({ type: 'CampaignStopped', by: 'wang' })
      .thenEffects(stopTicking('pace'), placed([2], 'tell:3', 'withdraw'))
      .when({ type: 'ReportAttempt', callId: 'c.2.1', outcome: 'answered' }, { nowMs: 3000 })
      .then(ended(2, 'answered', 3000), { type: 'CampaignEnded', atMs: 3000 })
      .when({ type: 'StartCampaign' })
      .thenRejected('CAMPAIGN_STOPPED')
      .when({ type: 'LoadList', path: 'l.csv' })
      .thenRejected('CAMPAIGN_STOPPED');
  });

  test('that is paused while leads are claimed starts them when it is resumed', () => {
    const paused: CampaignEvent = { type: 'CampaignPaused', by: 'wang', reason: '' };
    const assign = { type: 'AssignLeads', claimId: 'c.1', leads: [lead(1), lead(2)] } as const;
    expect(given(campaign, ...running, claimed, paused).wakeful).toBe(false);
    given(campaign, ...running, claimed, paused)
      .when(assign, me)
      .then()
      .when({ type: 'ResumeCampaign', by: 'wang' })
      .then({ type: 'CampaignResumed', by: 'wang' })
      .thenEffects(
        ...ticking,
        run('claim', { begun: [], followUps: [], claimId: 'c.1', count: 2, leaseMs: 60_000 }, 'claim:c.1'),
      )
      .when(assign, { nowMs: 1210 })
      .then(dialing)
      .thenEffects(placed([1, 2], 'place:c.1'));
  });

  test.each(['running', 'paused'])('that is stopped while leads are claimed ends, and starts none (%s)', (phase) => {
    const paused: CampaignEvent[] = phase === 'paused' ? [{ type: 'CampaignPaused', by: 'wang', reason: '' }] : [];
    given(campaign, ...running, claimed, ...paused)
      .when({ type: 'StopCampaign', by: 'wang' }, { ...me, nowMs: 1205 })
      .then({ type: 'CampaignStopped', by: 'wang' }, { type: 'CampaignEnded', atMs: 1205 })
      .when({ type: 'AssignLeads', claimId: 'c.1', leads: [lead(1), lead(2)] }, { nowMs: 1210 })
      .then();
  });

  test('tells calls that were not dialed yet when its trunk or its plan has changed', () => {
    const other = { ...settings, trunkId: 'other' };
    const paused: CampaignEvent = { type: 'CampaignPaused', by: 'wang', reason: '' };
    given(campaign, ...running, claimed, dialing, ended(1, 'busy', 2000), paused)
      .when({ type: 'ConfigureCampaign', settings: other }, me)
      .then({ type: 'CampaignConfigured', settings: other })
      .thenEffects(placed([2], 'tell:4', 'wait', 'other'))
      .when({ type: 'ResumeCampaign', by: 'wang' })
      .thenEffects(...ticking, placed([2], 'tell:5', 'dial', 'other'));
    const stopping: CampaignEvent = { type: 'CampaignStopped', by: 'wang' };
    expect(given(campaign, ...running, claimed, dialing, stopping).resumed).toContainEqual(
      placed([1, 2], 'resume:2', 'withdraw'),
    );
  });

  test('on trial begins one attempt, and no other before it has other settings', () => {
    const trial = { ...settings, trial: true };
    const onTrial: CampaignEvent = { type: 'CampaignConfigured', settings: trial };
    const one: CampaignEvent = { type: 'LeadsRequested', claimId: 'c.1', count: 1, atMs: 1200 };
    const begun: CampaignEvent = { type: 'AttemptsStarted', claimId: 'c.1', attempts: [attempt(1)], atMs: 1210 };
    given(campaign, ...running, onTrial)
      .when({ type: 'Pace' }, { ...me, nowMs: 1200 })
      .then(one);
    given(campaign, ...running, onTrial, one, begun, ended(1, 'busy', 2000))
      .when({ type: 'Pace' }, { ...me, nowMs: 99_000 })
      .then()
      .when({ type: 'ConfigureCampaign', settings })
      .then(configured)
      .when({ type: 'Pace' })
      .then({ type: 'LeadsRequested', claimId: 'c.2', count: 2, atMs: 99_000 });
    given(campaign, ...running, claimed, dialing, ended(1, 'busy', 2000), onTrial)
      .when({ type: 'Pace' }, { ...me, nowMs: 99_000 })
      .then();
  });

  test('that is over cannot be steered', () => {
    const over: CampaignEvent = { type: 'CampaignEnded', atMs: 3000 };
    given(campaign, ...running, over)
      .when({ type: 'PauseCampaign', by: 'wang', reason: '' })
      .thenRejected('CAMPAIGN_ENDED')
      .when({ type: 'ResumeCampaign', by: 'wang' })
      .thenRejected('CAMPAIGN_ENDED')
      .when({ type: 'StopCampaign', by: 'wang' })
      .thenRejected('CAMPAIGN_ENDED')
      .when({ type: 'StartCampaign' })
      .then();
  });

  test('goes on when its list has grown', () => {
    const over: CampaignEvent = { type: 'CampaignEnded', atMs: 3000 };
    given(campaign, ...running, over, requested)
      .when({ type: 'ReportList', path: 'l.csv', rows: 4, added: 1, known: 3, changed: 2, refused: 0, failure: '' })
      .then({ ...loaded, rows: 4, added: 1, known: 3, changed: 2 })
      .when({ type: 'StartCampaign' }, { nowMs: 1000 })
      .then(started);
  });

  test('looks after attempts that have been silent for their lease', () => {
    given(campaign, ...running, claimed, dialing)
      .when({ type: 'CheckAttempts' }, { ...me, nowMs: 61_209 })
      .then()
      .when({ type: 'CheckAttempts' }, { nowMs: 61_210 })
      .then({ type: 'AttemptsOverdue', callIds: ['c.1.1', 'c.2.1'], atMs: 61_210 })
      .thenEffects(placed([1, 2], 'look-after:61210'))
      .when({ type: 'CheckAttempts' }, { nowMs: 61_300 })
      .then();
  });

  test('asks for everything outstanding again when it is woken, under the old names', () => {
    expect(given(campaign, ...running, claimed).resumed).toEqual([
      run('claim', { begun: [], followUps: [], claimId: 'c.1', count: 2, leaseMs: 60_000 }, 'claim:c.1'),
      ...ticking,
    ]);
    expect(given(campaign, ...running, claimed, dialing, ended(1, 'busy', 2000)).resumed).toEqual([
      placed([2], 'resume:2'),
      ...ticking,
    ]);
    expect(given(campaign, configured, requested).resumed).toContainEqual(
      run('load-list', { path: 'l.csv' }, 'load:1'),
    );
    expect(given(campaign, configured, requested, loaded).wakeful).toBe(false);
    expect(given(campaign, ...running).wakeful).toBe(true);
  });
});
