/** What the pacer makes of the campaign's events. */
import { describe, expect, test } from '@jest/globals';
import type { AgentWork, CampaignEvent, CampaignSettings, PacingMode } from '#proto/generated/campaign.ts';
import { anyLaw } from '#test/any-law.ts';
import { type CampaignState, evolve, initial, pacerOf } from './state.ts';

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
  ...{ trunkId: 't', plan, maxCalls: 50, callsPerSecond: 100, leaseMs: 60_000, law: anyLaw, agents: work(mode) },
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
});
