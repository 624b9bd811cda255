/** Answers of machines, as agents tell them. */
import { expect, test } from '@jest/globals';
import { type AgentWork, type CampaignEvent, campaignProtocol } from '#proto/generated/campaign.ts';
import { anyLaw } from '#test/any-law.ts';
import { given } from '#test/given.ts';
import { decide } from './decide.ts';
import type { PacingConfig } from './pacing/policy.ts';
import { isWakeful, react, resume } from './react.ts';
import { type CampaignState, evolve, initial, pacerOf } from './state.ts';

const campaign = { protocol: campaignProtocol, initial, decide, evolve, react, resume, isWakeful };
const plan = {
  ...{ prompt: '', gatherDigits: 0, gatherTimeoutMs: 0, ringTimeoutMs: 15_000, maxTalkMs: 120_000, record: true },
  ...{ needsAgent: true, connectDeadlineMs: 2000 },
};
const agents: AgentWork = {
  ...{ mode: 'predictive', powerRatio: 1, maxAbandonRate: 0.03, skills: [], language: '', sticky: false },
  ...{ previewMs: 0, previewDials: false, machines: { dispositions: ['machine'] } },
  wrapUp: { dispositions: ['sale', 'machine'], required: false, longestMs: 0, defaultDisposition: '' },
};
const settings = { trunkId: 't', plan, maxCalls: 10, callsPerSecond: 10, leaseMs: 60_000, law: anyLaw, agents };
const lead = (row: number) => ({ row, contactId: `p-${row}`, mask: '+1 202 *** **45', attempt: 1 });
const talked = (row: number, atMs: number): readonly CampaignEvent[] => [
  { type: 'AttemptsStarted', claimId: `c.${row}`, attempts: [{ callId: `c.${row}.1`, lead: lead(row) }], atMs },
  {
    ...{ type: 'AgentRequested', callId: `c.${row}.1`, sinceMs: atMs, wait: 1, agentId: '', notAgentId: '' },
    atMs,
  },
  { type: 'AttemptEnded', callId: `c.${row}.1`, row, attempt: 1, outcome: 'answered', atMs: atMs + 1000 },
];
const story: readonly CampaignEvent[] = [
  { type: 'CampaignConfigured', settings },
  { type: 'ListLoaded', path: 'l.csv', rows: 9, added: 9, known: 0, refused: 0 },
  { type: 'CampaignStarted', atMs: 1000 },
  ...talked(1, 2000),
  ...talked(2, 3000),
];
const says = (row: number, disposition: string) =>
  ({ type: 'ReportDisposition', callId: `c.${row}.1`, agentId: 'ann', disposition }) as const;
const limitOf = (state: CampaignState) => (pacerOf(state).state as { readonly config: PacingConfig }).config;

test('what an agent says was a machine is no answer, and the policy goes by the share of people', () => {
  const before = story.reduce(evolve, initial());
  const said = given(campaign, ...story).when(says(1, 'machine'), { actorId: 'c', nowMs: 4000 });
  said.then({
    type: 'AttemptDisposed',
    callId: 'c.1.1',
    row: 1,
    agentId: 'ann',
    disposition: 'machine',
    machine: true,
    atMs: 4000,
  });
  const after = said.events.reduce(evolve, before);
  expect([limitOf(before).maxAbandonRate, limitOf(after).maxAbandonRate]).toEqual([0.03, 0.015]);
  expect([before.book.answered, after.book.answered]).toEqual([2, 1]);
  const again = evolve(after, { type: 'CampaignConfigured', settings: { ...settings, maxCalls: 20 } });
  expect(limitOf(again)).toMatchObject({ maxAbandonRate: 0.015, maxLines: 20 });
});

test('any other word of an agent leaves the answer what it was', () => {
  given(campaign, ...story)
    .when(says(1, 'sale'), { actorId: 'c', nowMs: 4000 })
    .then({ type: 'AttemptDisposed', callId: 'c.1.1', row: 1, agentId: 'ann', disposition: 'sale', atMs: 4000 });
});
