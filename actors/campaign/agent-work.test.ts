import { describe, expect, test } from '@jest/globals';
import { agentProtocol } from '#proto/generated/agent.ts';
import { type AgentWork, type CampaignEvent, campaignProtocol, type PacingMode } from '#proto/generated/campaign.ts';
import { run, tell } from '#runtime/effects.ts';
import { anyLaw } from '#test/any-law.ts';
import { given } from '#test/given.ts';
import { decide } from './decide.ts';
import { isWakeful, react, resume } from './react.ts';
import { evolve, initial } from './state.ts';

const campaign = { protocol: campaignProtocol, initial, decide, evolve, react, resume, isWakeful };
const plan = {
  ...{ prompt: '', gatherDigits: 0, gatherTimeoutMs: 0, ringTimeoutMs: 15_000, maxTalkMs: 120_000, record: true },
  ...{ needsAgent: true, connectDeadlineMs: 2000 },
};
const wrapUp = { dispositions: ['sale'], required: true, longestMs: 30_000, defaultDisposition: '' };
const work = (mode: PacingMode): AgentWork => ({
  ...{ mode, powerRatio: 2, maxAbandonRate: 0.03, skills: [], language: '', sticky: false },
  ...{ previewMs: 20_000, previewDials: true, wrapUp },
});
const settings = (mode: PacingMode) => ({
  ...{ trunkId: 't', plan, maxCalls: 10, callsPerSecond: 10, leaseMs: 60_000, law: anyLaw, agents: work(mode) },
});
const rules = { fingerprint: anyLaw.fingerprint };
const me = { actorId: 'c' };
const lead = (row: number) => ({ row, contactId: `p-${row}`, mask: '+1 202 *** **45', attempt: 1 });
const attempt = (row: number) => ({ callId: `c.${row}.1`, lead: lead(row) });
const running = (mode: PacingMode) =>
  [
    { type: 'CampaignConfigured', settings: settings(mode) },
    { type: 'ListLoaded', path: 'l.csv', rows: 9, added: 9, known: 0, refused: 0 },
    { type: 'CampaignStarted', atMs: 1000 },
  ] as const satisfies readonly CampaignEvent[];
const ready = (agentId: string, sinceMs: number) =>
  ({ type: 'AgentBecameReady', agentId, sinceMs, skills: [], languages: [], atMs: sinceMs }) satisfies CampaignEvent;
const claimed = (number: number, count: number): CampaignEvent => ({
  ...{ type: 'LeadsRequested', claimId: `c.${number}`, count, atMs: 1200 },
});
const dialing = (number: number, ...rows: number[]): CampaignEvent => ({
  ...{ type: 'AttemptsStarted', claimId: `c.${number}`, attempts: rows.map(attempt), atMs: 1210 },
});
const asked = (row: number, sinceMs: number): CampaignEvent => ({
  ...{ type: 'AgentRequested', callId: `c.${row}.1`, sinceMs, wait: 1, agentId: '', notAgentId: '', atMs: sinceMs },
});
const request = (row: number, sinceMs: number) =>
  ({ type: 'RequestAgent', callId: `c.${row}.1`, sinceMs, wait: 1, agentId: '', notAgentId: '' }) as const;
const chosen = (row: number, agentId: string, atMs: number) =>
  ({ type: 'AgentChosen', callId: `c.${row}.1`, agentId, reason: 'idle-longest', atMs }) satisfies CampaignEvent;

describe('a campaign with agents', () => {
  test('dials for those who are ready, and says why so many', () => {
    const paced = given(campaign, ...running('progressive'), ready('ann', 1100), ready('bob', 1101)).when(
      { type: 'Pace' },
      { ...me, nowMs: 1200 },
    );
    expect(paced.events).toMatchObject([{ type: 'LeadsRequested', claimId: 'c.1', count: 2, atMs: 1200 }]);
    const [event] = paced.events;
    const given_ = event?.type === 'LeadsRequested' ? event.reasons?.given : undefined;
    expect(given_).toEqual(
      expect.arrayContaining([
        { name: 'policy', word: 'progressive' },
        { name: 'ready', amount: 2 },
        { name: 'maxLines', amount: 10 },
        { name: 'limit', amount: 0.03 },
      ]),
    );
    given(campaign, ...running('progressive'))
      .when({ type: 'Pace' }, { ...me, nowMs: 1200 })
      .then();
  });

  test('hears once that an agent is ready, and again when it can do something else', () => {
    const said = { type: 'ReportAgentReady', agentId: 'ann', sinceMs: 1100, skills: [], languages: [] } as const;
    given(campaign, ...running('progressive'), ready('ann', 1100))
      .when(said, { ...me, nowMs: 1200 })
      .then()
      .when({ ...said, languages: ['en'] })
      .then({ ...ready('ann', 1100), languages: ['en'], atMs: 1200 });
  });

  test('asks the pacer after each event that it goes by, not only at its ticks', () => {
    const afterwards = (event: string) => tell(campaignProtocol, 'c', { type: 'Pace' }, `pace:${event}`);
    given(campaign, ...running('progressive'))
      .when(
        { type: 'ReportAgentReady', agentId: 'ann', sinceMs: 1100, skills: [], languages: [] },
        { ...me, nowMs: 1200 },
      )
      .thenEffects(afterwards('AgentBecameReady:ann:1200'));
    given(campaign, ...running('progressive'), ready('ann', 1100), claimed(1, 2), dialing(1, 1))
      .when({ type: 'ReportRinging', callId: 'c.1.1' }, { ...me, nowMs: 1300 })
      .thenEffects(afterwards('AttemptRang:c.1.1:1300'));
  });

  test('brings an answer to an agent, who has the last word', () => {
    given(campaign, ...running('progressive'), ready('ann', 1100), ready('bob', 1101), claimed(1, 2), dialing(1, 1, 2))
      .when({ type: 'ReportRinging', callId: 'c.1.1' }, { ...me, nowMs: 1300 })
      .then({ type: 'AttemptRang', callId: 'c.1.1', atMs: 1300 })
      .when(request(1, 2000), { nowMs: 2001 })
      .then({ ...asked(1, 2000), atMs: 2001 } as CampaignEvent, chosen(1, 'ann', 2001))
      .thenEffects(
        tell(campaignProtocol, 'c', { type: 'Pace' }, 'pace:AgentRequested:c.1.1:2001'),
        run('reserve', { callId: 'c.1.1', agentId: 'ann', wrapUp }, 'reserve:c.1.1:ann:2001'),
      )
      .when(request(1, 2000))
      .then()
      .when({ type: 'ReportRefusal', callId: 'c.1.1', agentId: 'ann', code: 'AGENT_NOT_READY' }, { nowMs: 2003 })
      .then(
        { type: 'AgentRefused', callId: 'c.1.1', agentId: 'ann', code: 'AGENT_NOT_READY', atMs: 2003 },
        chosen(1, 'bob', 2003),
      )
      .when({ type: 'ReportConnected', callId: 'c.1.1', agentId: 'bob', atMs: 2040 }, { nowMs: 2041 })
      .then({ type: 'CallConnected', callId: 'c.1.1', agentId: 'bob', atMs: 2041 })
      .when({ type: 'ReportAttempt', callId: 'c.1.1', outcome: 'answered' }, { nowMs: 9000 })
      .then({ type: 'AttemptEnded', callId: 'c.1.1', row: 1, attempt: 1, outcome: 'answered', atMs: 9000 })
      .when({ type: 'DescribeCampaign' }, { nowMs: 9001 })
      .when({
        ...{ type: 'ReportDisposition', callId: 'c.1.1', agentId: 'bob', disposition: 'sale' },
        ...{ callbackAtMs: 99_000, callbackAgentId: 'bob' },
      })
      .then(
        {
          ...{ type: 'AttemptDisposed', callId: 'c.1.1', row: 1, agentId: 'bob', disposition: 'sale' },
          ...{ callbackAtMs: 99_000, callbackAgentId: 'bob', atMs: 9001 },
        },
        {
          type: 'LeadScheduled',
          followUp: {
            ...{ row: 1, attempt: 1, dueAtMs: 99_000, reason: 'callback', outcome: 'answered', endedAtMs: 9001 },
            ...{ agentId: 'bob', anyoneAtMs: 99_000 + 15 * 60_000 },
          },
          atMs: 9001,
        },
      );
  });

  test('lets a callee wait for the next who becomes ready, and forgets one who is abandoned', () => {
    const waiting = given(campaign, ...running('progressive'), claimed(1, 2), dialing(1, 1, 2), asked(1, 2000));
    waiting
      .when(
        { type: 'ReportAgentReady', agentId: 'ann', sinceMs: 2500, skills: [], languages: [] },
        { ...me, nowMs: 2501 },
      )
      .then({ ...ready('ann', 2500), atMs: 2501 }, chosen(1, 'ann', 2501))
      .when({ type: 'ReportAgentReady', agentId: 'bob', sinceMs: 2600, skills: [], languages: [] }, { nowMs: 2601 })
      .then({ ...ready('bob', 2600), atMs: 2601 })
      .when({ type: 'ReportAgentReady', agentId: 'bob', sinceMs: 2600, skills: [], languages: [] })
      .then();
    waiting
      .when({ type: 'ReportAbandoned', callId: 'c.1.1', atMs: 4000 }, { ...me, nowMs: 4001 })
      .then({ type: 'CallAbandoned', callId: 'c.1.1', atMs: 4001 })
      .when({ type: 'ReportAbandoned', callId: 'c.1.1', atMs: 4000 })
      .then()
      .when({ type: 'ReportAgentReady', agentId: 'ann', sinceMs: 4500, skills: [], languages: [] }, { nowMs: 4501 })
      .then({ ...ready('ann', 4500), atMs: 4501 });
  });

  test('asks again after a crash for whom it had chosen', () => {
    const story = given(
      campaign,
      ...running('progressive'),
      claimed(1, 1),
      dialing(1, 1),
      asked(1, 2000),
      ready('ann', 1),
    );
    const { resumed } = story.when({ type: 'ReportRinging', callId: 'c.1.1' }, { ...me, nowMs: 2001 });
    expect(resumed).toContainEqual(
      run('reserve', { callId: 'c.1.1', agentId: 'ann', wrapUp }, 'reserve:c.1.1:ann:2001'),
    );
  });

  test('over its limit of abandoned calls, it dials a line for each ready agent, whatever the policy', () => {
    const answers = Array.from({ length: 10 }, (_, index) => index + 1);
    const story = given(
      campaign,
      ...running('power'),
      claimed(1, 10),
      dialing(1, ...answers),
      ...answers.map((row) => asked(row, 2000)),
      { type: 'CallAbandoned', callId: 'c.1.1', atMs: 4000 },
      ...answers.map(
        (row) =>
          ({
            ...{ type: 'AttemptEnded', callId: `c.${row}.1`, row, attempt: 1, atMs: 5000 },
            outcome: row === 1 ? 'abandoned' : 'answered',
          }) as CampaignEvent,
      ),
      ready('ann', 5001),
    ).when({ type: 'Pace' }, { ...me, nowMs: 5200 });
    expect(story.events).toMatchObject([{ type: 'LeadsRequested', count: 1 }]);
    expect(JSON.stringify(story.events)).toContain('"held"');
  });

  test('describes how its agents are doing', () => {
    const story = given(
      campaign,
      ...running('progressive'),
      ready('ann', 1100),
      ready('bob', 1101),
      claimed(1, 2),
      dialing(1, 1, 2),
      asked(1, 2000),
      chosen(1, 'ann', 2000),
      { type: 'CallConnected', callId: 'c.1.1', agentId: 'ann', atMs: 2010 },
    );
    const figures = (nowMs: number, from: typeof story) =>
      from.when({ type: 'DescribeCampaign' }, { ...me, nowMs }).reply as unknown as { agents: object };
    expect(figures(2100, story).agents).toMatchObject({
      ...{ ready: 1, talking: 1, wrapping: 0, waiting: 0, answered: 1, abandoned: 0, talkMs: 0 },
    });
    const over = story.when({ type: 'ReportAttempt', callId: 'c.1.1', outcome: 'answered' }, { ...me, nowMs: 12_010 });
    expect(figures(12_011, over).agents).toMatchObject({ ready: 1, talking: 0, wrapping: 1, talkMs: 10_000 });
  });
});

describe('a campaign that shows its contacts first', () => {
  const offer = (row: number, agentId: string, key: string) =>
    tell(
      agentProtocol,
      agentId,
      {
        ...{ type: 'OfferPreview', callId: `c.${row}.1`, campaignId: 'c', contactId: `p-${row}` },
        ...{ mask: '+1 202 *** **45', longestMs: 20_000, dialsInTheEnd: true, wrapUp },
      },
      key,
    );
  const offered = (row: number, agentId: string, atMs: number) =>
    ({ type: 'PreviewOffered', callId: `c.${row}.1`, agentId, atMs }) satisfies CampaignEvent;
  const answered = (row: number, agentId: string, accepted: boolean, atMs: number) =>
    ({ type: 'PreviewAnswered', callId: `c.${row}.1`, agentId, accepted, atMs }) satisfies CampaignEvent;
  const shown = given(campaign, ...running('preview'), ready('ann', 1100), claimed(1, 1)).when(
    { type: 'AssignLeads', claimId: 'c.1', leads: [lead(1)] },
    { ...me, nowMs: 1210 },
  );

  test('dials whom the agent accepts, for this agent', () => {
    shown
      .then(offered(1, '', 1210), dialing(1, 1), offered(1, 'ann', 1210))
      .thenEffects(offer(1, 'ann', 'offer:c.1.1:1210'))
      .when({ type: 'ReportPreview', callId: 'c.1.1', agentId: 'bob', accepted: true })
      .then()
      .when({ type: 'ReportPreview', callId: 'c.1.1', agentId: 'ann', accepted: true }, { nowMs: 1500 })
      .then(answered(1, 'ann', true, 1500))
      .thenEffects(
        run(
          'place-calls',
          { attempts: [{ ...attempt(1), agentId: 'ann' }], trunkId: 't', plan, intent: 'dial', ...rules },
          'place:c.1.1',
        ),
      );
  });

  test('does not dial whom the agent skips, and shows whom nobody looked at to another', () => {
    shown
      .when({ type: 'ReportPreview', callId: 'c.1.1', agentId: 'ann', accepted: false }, { nowMs: 1500 })
      .then(answered(1, 'ann', false, 1500), {
        ...{ type: 'AttemptEnded', callId: 'c.1.1', row: 1, attempt: 1, outcome: 'canceled', atMs: 1500 },
        refusal: 'PREVIEW_SKIPPED',
      });
    shown
      .when({ type: 'ReportPreview', callId: 'c.1.1', agentId: 'ann', accepted: false, unseen: true }, { nowMs: 1500 })
      .then(offered(1, '', 1500), { type: 'AgentWentAway', agentId: 'ann', reason: 'busy', atMs: 1500 })
      .when({ type: 'ReportAgentReady', agentId: 'bob', sinceMs: 1600, skills: [], languages: [] }, { nowMs: 1601 })
      .then({ ...ready('bob', 1600), atMs: 1601 }, offered(1, 'bob', 1601));
  });

  test('shows again, some minutes later, whom a call was promised and an agent skips', () => {
    const promised = { ...lead(1), callbackAtMs: 1000, agentId: 'ann' };
    const { events } = given(campaign, ...running('preview'), ready('ann', 1100), claimed(1, 1))
      .when({ type: 'AssignLeads', claimId: 'c.1', leads: [promised] }, { ...me, nowMs: 1210 })
      .when({ type: 'ReportPreview', callId: 'c.1.1', agentId: 'ann', accepted: false }, { nowMs: 1500 });
    expect(events).toMatchObject([
      { type: 'PreviewAnswered', accepted: false },
      { type: 'AttemptEnded', refusal: 'PREVIEW_SKIPPED' },
      { type: 'LeadScheduled', followUp: { reason: 'callback', agentId: 'ann', dueAtMs: 301_500 } },
    ]);
  });

  test('keeps who was accepted while it is paused, and dials when it goes on', () => {
    const place = (intent: string, key: string) =>
      run('place-calls', { attempts: [{ ...attempt(1), agentId: 'ann' }], trunkId: 't', plan, intent, ...rules }, key);
    const resumed = shown
      .when({ type: 'PauseCampaign', by: 'wang', reason: 'lunch' }, { nowMs: 1400 })
      .when({ type: 'ReportPreview', callId: 'c.1.1', agentId: 'ann', accepted: true }, { nowMs: 1500 })
      .then(answered(1, 'ann', true, 1500))
      .thenEffects(place('wait', 'place:c.1.1'))
      .when({ type: 'ResumeCampaign', by: 'wang' }, { nowMs: 1600 })
      .then({ type: 'CampaignResumed', by: 'wang' });
    expect(resumed.effects).toContainEqual(place('dial', 'tell:4'));
  });

  test('asks nobody who looks again after a crash, and lets go of them when it is stopped', () => {
    const { resumed } = shown.when({ type: 'DescribeCampaign' });
    expect(resumed).toContainEqual(offer(1, 'ann', 'offer:c.1.1:resume:1'));
    expect(JSON.stringify(resumed)).not.toContain('place-calls');
    shown.when({ type: 'StopCampaign', by: 'wang' }, { nowMs: 1500 }).then(
      { type: 'CampaignStopped', by: 'wang' },
      answered(1, 'ann', false, 1500),
      {
        ...{ type: 'AttemptEnded', callId: 'c.1.1', row: 1, attempt: 1, outcome: 'canceled', atMs: 1500 },
        refusal: 'CAMPAIGN_STOPPED',
      },
      { type: 'CampaignEnded', atMs: 1500 },
    );
  });

  test('dials by the policy that its mode names, which gives its own reasons', () => {
    const reasonsOf = (mode: PacingMode) => {
      const events = [...running(mode), ready('ann', 1100), ready('bob', 1101)];
      const [event] = given(campaign, ...events).when({ type: 'Pace' }, { ...me, nowMs: 1200 }).events;
      return event?.type === 'LeadsRequested' ? (event.reasons?.given ?? []) : [];
    };
    expect(reasonsOf('predictive')).toEqual(
      expect.arrayContaining([
        { name: 'policy', word: 'predictive' },
        { name: 'expectedAgents', amount: 2 },
        { name: 'credit', amount: 0 },
        // Nobody has answered yet: no risk is taken.
        { name: 'price', amount: 0 },
      ]),
    );
    expect(reasonsOf('progressive').map(({ name }) => name)).not.toContain('price');
    // Two and a half seconds from one placement to the next: so the adaptive dial level is what dials.
    const placed = given(
      campaign,
      ...running('adaptive'),
      ready('ann', 1100),
      claimed(1, 1),
      dialing(1, 1),
      ready('bob', 1220),
    );
    placed.when({ type: 'Pace' }, { ...me, nowMs: 3700 }).then();
    expect(placed.when({ type: 'Pace' }, { ...me, nowMs: 3720 }).events).toMatchObject([
      { type: 'LeadsRequested', count: 1 },
    ]);
  });

  test('shows whom nobody was there for the last time to an agent, whatever the mode, and a callback to who promised it', () => {
    const leads = [lead(1), { ...lead(2), humanOnly: true }, { ...lead(3), agentId: 'bob' }];
    const events: readonly CampaignEvent[] = [...running('predictive'), ready('ann', 1100), ready('bob', 1101)];
    const story = given(campaign, ...events).when({ type: 'Pace' }, { ...me, nowMs: 1200 });
    expect(story.effects).toMatchObject([{ executor: 'claim', input: { human: true, agents: ['ann', 'bob'] } }]);
    const assigned = given(campaign, ...events, claimed(1, 3)).when(
      { type: 'AssignLeads', claimId: 'c.1', leads },
      { ...me, nowMs: 1210 },
    );
    expect(assigned.events.filter(({ type }) => type === 'PreviewOffered')).toEqual([
      ...[offered(2, '', 1210), offered(3, '', 1210), offered(2, 'ann', 1210), offered(3, 'bob', 1210)],
    ]);
    expect(assigned.effects).toContainEqual(
      run('place-calls', { attempts: [attempt(1)], trunkId: 't', plan, intent: 'dial', ...rules }, 'place:c.1'),
    );
  });

  test('that agents ask by a click claims as many as they asked for', () => {
    given(campaign, ...running('manual'), ready('ann', 1100), ready('bob', 1101))
      .when({ type: 'Pace' }, { ...me, nowMs: 1200 })
      .then()
      .when({ type: 'RequestLead', agentId: 'bob' }, { nowMs: 1201 })
      .then({ type: 'LeadWanted', agentId: 'bob', atMs: 1201 })
      .when({ type: 'RequestLead', agentId: 'bob' })
      .then();
    const asking = given(campaign, ...running('manual'), ready('ann', 1100), ready('bob', 1101), {
      type: 'LeadWanted',
      agentId: 'bob',
      atMs: 1201,
    }).when({ type: 'Pace' }, { ...me, nowMs: 1300 });
    expect(asking.events).toMatchObject([{ type: 'LeadsRequested', count: 1 }]);
    asking
      .when({ type: 'AssignLeads', claimId: 'c.1', leads: [lead(1)] }, { nowMs: 1310 })
      .then(offered(1, '', 1310), { ...dialing(1, 1), atMs: 1310 } as CampaignEvent, offered(1, 'bob', 1310))
      .when({ type: 'Pace' }, { nowMs: 1400 })
      .then();
    given(campaign, ...running('predictive'))
      .when({ type: 'RequestLead', agentId: 'bob' })
      .thenRejected('CAMPAIGN_NOT_MANUAL');
  });
});
