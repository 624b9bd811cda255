/** What the pacer makes of the campaign's events. */
import { describe, expect, test } from '@jest/globals';
import {
  type AgentFigures,
  type AgentWork,
  type CampaignCommand,
  type CampaignEvent,
  type CampaignReply,
  type CampaignSettings,
  campaignProtocol,
  type PacingMode,
} from '#proto/generated/campaign.ts';
import type { Law } from '#proto/generated/law.ts';
import { anyLaw } from '#test/any-law.ts';
import { given } from '#test/given.ts';
import { decide } from './decide.ts';
import { totals } from './pacing/last-day.ts';
import { isWakeful, react, resume } from './react.ts';
import { type CampaignState, evolve, initial, pacerOf } from './state.ts';

const campaign = { protocol: campaignProtocol, initial, decide, evolve, react, resume, isWakeful };
const source = { citation: 'a test', url: 'https://example.org', note: '' };
const windowed = { type: 'AbandonWindow', most: 0.03, windowMs: 2_592_000_000, zone: '' } as const;
const law: Law = { ...anyLaw, rules: [{ id: 'test.abandoned', source, limit: windowed }] };

const plan = {
  ...{ prompt: '', gatherDigits: 0, gatherTimeoutMs: 0, ringTimeoutMs: 15_000, maxTalkMs: 120_000, record: true },
  ...{ needsAgent: true, connectDeadlineMs: 2000 },
};
const wrapUp = { dispositions: [], required: false, longestMs: 30_000, defaultDisposition: '' };
const work = (mode: PacingMode): AgentWork => ({
  ...{ mode, powerRatio: 2, maxAbandonRate: 0.03, skills: [], language: '', sticky: false },
  ...{ previewMs: 20_000, previewDials: true, wrapUp },
});
const settings = (mode: PacingMode): CampaignSettings => ({
  ...{ trunkId: 't', plan, maxCalls: 50, callsPerSecond: 100, leaseMs: 60_000, law, agents: work(mode) },
});
const running = (mode: PacingMode) =>
  [
    { type: 'CampaignConfigured', settings: settings(mode) },
    { type: 'ListLoaded', path: 'l.csv', rows: 99, added: 99, known: 0, refused: 0 },
    { type: 'CampaignStarted', atMs: 1000 },
  ] as const satisfies readonly CampaignEvent[];
const ready = (agentId: string, sinceMs: number) =>
  ({ type: 'AgentBecameReady', agentId, sinceMs, skills: [], languages: [], atMs: sinceMs }) satisfies CampaignEvent;
const lead = (row: number) => ({ row, contactId: `p-${row}`, mask: '+1 202 *** **45', attempt: 1 });
const begun = (row: number, atMs: number): CampaignEvent => ({
  ...{ type: 'AttemptsStarted', claimId: `c.${row}`, attempts: [{ callId: `c.${row}.1`, lead: lead(row) }], atMs },
});
const ended = (row: number, atMs: number, how: Pick<CampaignEvent & { type: 'AttemptEnded' }, 'outcome' | 'refusal'>) =>
  ({ type: 'AttemptEnded', callId: `c.${row}.1`, row, attempt: 1, atMs, ...how }) satisfies CampaignEvent;
const asked = (row: number, sinceMs: number, wait = 1): CampaignEvent => ({
  ...{ type: 'AgentRequested', callId: `c.${row}.1`, sinceMs, wait, agentId: '', notAgentId: '', atMs: sinceMs },
});
/** What the windows, the figures and the read model say. */
const counted = (state: CampaignState) => {
  const { window, limits } = pacerOf(state);
  return {
    window: totals(window, 9000).abandoned,
    law: limits.map(({ abandoned }) => abandoned),
    book: state.book.abandoned,
    spent: (pacerOf(state).state as { readonly budget: { readonly shift: { readonly abandoned: number } } }).budget
      .shift.abandoned,
  };
};
type Given = Pick<ReturnType<typeof given<CampaignState, CampaignCommand, CampaignEvent, CampaignReply>>, 'when'>;
const me = { actorId: 'c' };
const none = { window: 0, law: [0], book: 0, spent: 0 };
const once = { window: 1, law: [1], book: 1, spent: 1 };
const seen = (mode: PacingMode, ...events: readonly CampaignEvent[]): CampaignState =>
  [...running(mode), ...events].reduce(evolve, initial());

describe('the pacer', () => {
  test('learns nothing of attempts that were never dialed, but that their lines are free', () => {
    const rows = Array.from({ length: 40 }, (_, index) => index + 1);
    const never = rows.flatMap((row) => [
      begun(row, 2000 + row),
      ended(
        row,
        2060 + row,
        [
          { outcome: 'refused' },
          { outcome: 'canceled', refusal: 'PREVIEW_SKIPPED' },
          { outcome: 'failed', refusal: 'ACTOR_KIND_UNKNOWN' },
        ][row % 3] as { outcome: 'refused' },
      ),
    ]);
    const learned = (state: CampaignState) => (pacerOf(state).state as { readonly learned: object }).learned;
    const after = seen('predictive', ready('ann', 1100), ...never);
    expect(learned(after)).toEqual(learned(seen('predictive', ready('ann', 1100))));
    const failed = seen('predictive', ready('ann', 1100), begun(1, 2000), ended(1, 2060, { outcome: 'failed' }));
    expect(learned(failed)).not.toEqual(learned(after));
  });

  test('counts as abandoned, once, who met an agent after the deadline', () => {
    const waiting = given(campaign, ...running('predictive'), begun(1, 2000), asked(1, 4000));
    const connected = (agentId: string, atMs: number) =>
      ({ type: 'ReportConnected', callId: 'c.1.1', agentId, atMs }) as const;
    const inTime = waiting.when(connected('ann', 6000), { ...me, nowMs: 6500 });
    inTime.then({ type: 'CallConnected', callId: 'c.1.1', agentId: 'ann', atMs: 6500 });
    expect(counted(inTime.state)).toEqual(none);
    // One who did not come was asked first: the callee has waited since the answer all the same.
    const late = given(campaign, ...running('predictive'), begun(1, 2000), asked(1, 4000), asked(1, 5000, 2)).when(
      connected('ann', 6001),
      { ...me, nowMs: 6010 },
    );
    late.then({ type: 'CallConnected', callId: 'c.1.1', agentId: 'ann', atMs: 6010, late: true });
    expect(counted(late.state)).toEqual(once);
    const again = late
      .when({ type: 'RequestAgent', callId: 'c.1.1', sinceMs: 7000, wait: 3, agentId: '', notAgentId: 'ann' })
      .when(connected('bob', 9500), { nowMs: 9500 })
      .then({ type: 'CallConnected', callId: 'c.1.1', agentId: 'bob', atMs: 9500 })
      .when({ type: 'ReportAttempt', callId: 'c.1.1', outcome: 'unknown', atMs: 9900 }, { nowMs: 9900 })
      .then(ended(1, 9900, { outcome: 'unknown' }));
    expect(counted(again.state)).toEqual(once);
  });

  test('counts as abandoned, once, who answered and was lost, or hung up after the deadline, and never met an agent', () => {
    const waiting = given(campaign, ...running('predictive'), begun(1, 2000), asked(1, 4000));
    const over = (outcome: 'unknown' | 'answered', atMs: number, from: Given = waiting) =>
      from.when({ type: 'ReportAttempt', callId: 'c.1.1', outcome, atMs }, { ...me, nowMs: 9000 });
    const lost = over('unknown', 4500).then({ ...ended(1, 9000, { outcome: 'unknown' }), abandoned: true });
    expect(counted(lost.state)).toEqual(once);
    over('answered', 6251).then({ ...ended(1, 9000, { outcome: 'answered' }), abandoned: true });
    expect(counted(over('answered', 6250).then(ended(1, 9000, { outcome: 'answered' })).state)).toEqual(none);
    const said = waiting.when({ type: 'ReportAbandoned', callId: 'c.1.1', atMs: 6000 }, { ...me, nowMs: 6001 });
    expect(counted(over('unknown', 7000, said).then(ended(1, 9000, { outcome: 'unknown' })).state)).toEqual(once);
    const rang = given(campaign, ...running('predictive'), begun(1, 2000));
    over('unknown', 4500, rang).then(ended(1, 9000, { outcome: 'unknown' }));
  });

  test('dials for nobody who looks at a contact, or waits for the call to it', () => {
    const team = ['ann', 'bob', 'cid', 'dan'];
    const forHumans = [1, 2].map((row) => ({ ...lead(row), humanOnly: true }));
    const free = given(campaign, ...running('power'), ...team.map((agentId, index) => ready(agentId, 1100 + index)));
    const asked = free.when({ type: 'Pace' }, { ...me, nowMs: 1200 });
    expect(asked.events).toMatchObject([{ type: 'LeadsRequested', count: 8 }]);
    const shown = asked.when({ type: 'AssignLeads', claimId: 'c.1', leads: forHumans, nextAtMs: 9 }, { nowMs: 1210 });
    const due = shown.when({ type: 'WakeForLeads' }, { nowMs: 1220 });
    const reasonsOf = (from: Given) => {
      const [event] = from.when({ type: 'Pace' }, { ...me, nowMs: 1300 }).events;
      if (event?.type !== 'LeadsRequested') return [];
      const word = (name: string) => event.reasons?.given.find((reason) => reason.name === name)?.amount;
      return [event.count, word('ready'), word('open')];
    };
    // Two lines for each of the two who are free.
    expect(reasonsOf(due)).toEqual([4, 2, 0]);
    expect(due.when({ type: 'DescribeCampaign' }).reply).toMatchObject({ agents: { ready: 2 } });
    const accepted = due.when({ type: 'ReportPreview', callId: 'c.1.1', agentId: 'ann', accepted: true });
    expect(reasonsOf(accepted)).toEqual([4, 2, 0]);
    const failed = accepted.when({ type: 'ReportAttempt', callId: 'c.1.1', outcome: 'busy' });
    expect(reasonsOf(failed)).toEqual([4, 2, 0]);
    const back = { type: 'ReportAgentReady', agentId: 'ann', sinceMs: 1100, skills: [], languages: [] } as const;
    expect(reasonsOf(failed.when(back))).toEqual([6, 3, 0]);
  });

  test('dials for nobody who cannot do the work', () => {
    const loans = {
      ...settings('progressive'),
      agents: { ...work('progressive'), skills: [{ name: 'loans', level: 2 }] },
    };
    const started = [{ type: 'CampaignConfigured', settings: loans }, ...running('progressive').slice(1)] as const;
    const able = { ...ready('bob', 1101), skills: [{ name: 'loans', level: 2 }] };
    given(campaign, ...started, ready('ann', 1100))
      .when({ type: 'Pace' }, { ...me, nowMs: 1200 })
      .then();
    const { events } = given(campaign, ...started, ready('ann', 1100), able).when(
      { type: 'Pace' },
      { ...me, nowMs: 1200 },
    );
    expect(events).toMatchObject([{ type: 'LeadsRequested', count: 1 }]);
  });

  test('claims a contact for each agent who is to see it first, and none for nobody', () => {
    const shown = given(campaign, ...running('preview'), ready('ann', 1100))
      .when({ type: 'Pace' }, { ...me, nowMs: 1200 })
      .when({ type: 'AssignLeads', claimId: 'c.1', leads: [lead(1)] }, { nowMs: 1210 });
    const unseen = shown.when({
      type: 'ReportPreview',
      callId: 'c.1.1',
      agentId: 'ann',
      accepted: false,
      unseen: true,
    });
    unseen.when({ type: 'Pace' }).then();
    const bob = { type: 'ReportAgentReady', agentId: 'bob', sinceMs: 1300, skills: [], languages: [] } as const;
    const two = unseen.when(bob, { nowMs: 1300 });
    two.when({ type: 'Pace' }).then();
    expect(two.when({ ...bob, agentId: 'cid' }).when({ type: 'Pace' }).events).toMatchObject([{ count: 1 }]);
  });

  test('names the rule that holds it back, and what is counted in its window', () => {
    const dayMs = 86_400_000;
    const abandoned: CampaignEvent = { type: 'CallAbandoned', callId: 'c.1.1', atMs: 6000 };
    const events = [begun(1, 2000), asked(1, 4000), abandoned, ended(1, 9000, { outcome: 'abandoned' })];
    const heldAt = (nowMs: number, law_: Law = law) => {
      const [configured, ...others] = running('power');
      const from = { ...configured, settings: { ...configured.settings, law: law_ } };
      const described = given(campaign, from, ...others, ...events).when(
        { type: 'DescribeCampaign' },
        { ...me, nowMs },
      );
      const figures = described.reply as unknown as { readonly agents: AgentFigures };
      const named = figures.agents.reasons.filter(({ name }) => name.startsWith('held'));
      return Object.fromEntries(named.map(({ name, word, amount }) => [name, word ?? amount]));
    };
    const counts = { heldAnswered: 1, heldAbandoned: 1, heldLimit: 0.03 };
    expect(heldAt(3 * dayMs)).toEqual({ held: 'test.abandoned', ...counts });
    expect(heldAt(31 * dayMs)).toEqual({});
    expect(heldAt(9000, anyLaw)).toEqual({ held: 'the last 24 hours', ...counts });
    expect(heldAt(3 * dayMs, anyLaw)).toEqual({});
  });
});
