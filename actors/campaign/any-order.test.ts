/** Whatever is said to a campaign, in whatever order and however late: what it dials by is never overstepped. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { exceeds, windowOf } from '#law/abandon-limits.ts';
import type { AgentWork, CampaignCommand, CampaignEvent, PacingMode } from '#proto/generated/campaign.ts';
import type { AbandonWindow, Law } from '#proto/generated/law.ts';
import { decide } from './decide.ts';
import { type CampaignState, evolve, initial, liveCount } from './state.ts';

const hourMs = 3_600_000;
const maxAbandonRate = 0.05;
/** Longer than the day that the settings go by. */
const limit: AbandonWindow = { most: 0.05, windowMs: 72 * hourMs, zone: '' };
const source = { citation: 'a test', url: 'https://example.org', note: '' };
const law: Law = {
  profile: 't',
  fingerprint: 'f-1',
  rules: [{ id: 't.abandoned', source, limit: { type: 'AbandonWindow', ...limit } }],
};
const plan = {
  ...{ prompt: '', gatherDigits: 0, gatherTimeoutMs: 0, ringTimeoutMs: 15_000, maxTalkMs: 120_000, record: false },
  ...{ needsAgent: true, connectDeadlineMs: 2000, safeHarbour: 'sorry.wav', optOutDigit: '9' },
};
const wrapUp = { dispositions: [], required: false, longestMs: 5000, defaultDisposition: '' };
const settings = (mode: PacingMode, maxCalls: number) => {
  const work: AgentWork = {
    ...{ mode, powerRatio: 3, maxAbandonRate, skills: [], language: '', sticky: false },
    ...{ previewMs: 3000, previewDials: true, wrapUp },
  };
  const agents = mode === 'unspecified' ? {} : { agents: work };
  return { trunkId: 't', plan, maxCalls, callsPerSecond: 100, leaseMs: 60_000, law, ...agents };
};

const kinds = [
  ...['pace', 'pace', 'assign', 'assign', 'ring', 'answer', 'answer', 'connect', 'abandon', 'end', 'ready', 'ready'],
  ...['away', 'refuse', 'accept', 'skip', 'unseen', 'click', 'wait', 'wait', 'long-wait', 'settings', 'pause'],
] as const;
type Kind = (typeof kinds)[number];
const step = fc.record({ kind: fc.constantFrom(...kinds), pick: fc.nat(10_000) });
const steps = fc.array(step, { minLength: 50, maxLength: 300, size: 'max' });
const modes = fc.constantFrom<PacingMode>(
  ...(['unspecified', 'manual', 'preview', 'progressive', 'power', 'adaptive', 'predictive'] as const),
);
const names = ['ann', 'bob', 'cid', 'dan', 'eve'];

/** A campaign alone: whoever talks to it says anything at any time, also of calls that are over. */
class Alone {
  state: CampaignState = initial();
  nowMs = Date.parse('2026-06-10T12:00:00Z');
  readonly events: CampaignEvent[] = [];
  readonly #mode: PacingMode;
  #rows = 0;

  constructor(mode: PacingMode) {
    this.#mode = mode;
    this.tell({ type: 'ConfigureCampaign', settings: settings(mode, 4) });
    this.tell({ type: 'LoadList', path: 'l' });
    this.tell({ type: 'ReportList', path: 'l', rows: 9, added: 9, known: 0, refused: 0, failure: '' });
    this.tell({ type: 'StartCampaign' });
  }

  tell(command: CampaignCommand): readonly CampaignEvent[] {
    const meta = { actorId: 'c', commandId: 'x', correlationId: 'x', sender: 'test', nowMs: this.nowMs };
    const decision = decide(this.state, command, meta);
    const events = 'events' in decision ? decision.events : [];
    this.state = events.reduce(evolve, this.state);
    this.events.push(...events);
    return events;
  }

  act(kind: Kind, pick: number): readonly CampaignEvent[] {
    const command = this.#said(kind, pick);
    return command ? this.tell(command) : [];
  }

  #said(kind: Kind, pick: number): CampaignCommand | undefined {
    const agentId = names[pick % names.length] ?? '';
    // Of a call that was live some time ago too.
    const row = this.#rows - (pick % 8);
    const callId = `c.${row}.1`;
    const { claim, routing, book } = this.state;
    switch (kind) {
      case 'pace':
        return { type: 'Pace' };
      case 'assign': {
        const claimId = claim && pick % 5 > 0 ? claim.claimId : `c.${this.state.claims}`;
        const count = pick % 7 === 0 ? 0 : (claim?.count ?? 0);
        const leads = Array.from({ length: count }, () => {
          this.#rows += 1;
          return { row: this.#rows, contactId: `p-${this.#rows}`, mask: '', attempt: 1 };
        });
        return { type: 'AssignLeads', claimId, leads, nextAtMs: this.nowMs + 1000 };
      }
      case 'ring':
        return { type: 'ReportRinging', callId };
      case 'answer':
        return { type: 'RequestAgent', callId, sinceMs: this.nowMs, wait: 1 + (pick % 2), agentId: '', notAgentId: '' };
      case 'connect':
        return { type: 'ReportConnected', callId, agentId, atMs: this.nowMs };
      case 'abandon':
        return { type: 'ReportAbandoned', callId, atMs: this.nowMs };
      case 'end':
        return {
          type: 'ReportAttempt',
          callId,
          outcome: (['busy', 'answered', 'abandoned'] as const)[pick % 3] ?? 'busy',
        };
      case 'ready':
        return { type: 'ReportAgentReady', agentId, sinceMs: this.nowMs, skills: [], languages: [] };
      case 'away':
        return { type: 'ReportAgentAway', agentId, reason: 'tea' };
      case 'refuse': {
        const [asked, chosen] = Object.entries(routing.chosen)[0] ?? [];
        return chosen && { type: 'ReportRefusal', callId: asked ?? '', agentId: chosen.agentId, code: 'BUSY' };
      }
      case 'accept':
      case 'skip':
      case 'unseen': {
        const offers = Object.entries(book.offers);
        const [offered, offer] = offers[pick % Math.max(1, offers.length)] ?? [];
        const accepted = kind === 'accept';
        const said = { type: 'ReportPreview', callId: offered ?? '', accepted } as const;
        return offer && { ...said, agentId: offer.agentId, ...(kind === 'unseen' ? { unseen: true } : {}) };
      }
      case 'click':
        return { type: 'RequestLead', agentId };
      case 'wait':
      case 'long-wait':
        this.nowMs += kind === 'wait' ? 1 + (pick % 3000) : (pick % 30) * hourMs;
        return { type: 'WakeForLeads' };
      case 'settings':
        return { type: 'ConfigureCampaign', settings: settings(this.#mode, 1 + (pick % 6)) };
      case 'pause':
        return this.state.phase === 'paused'
          ? { type: 'ResumeCampaign', by: 'wang' }
          : { type: 'PauseCampaign', by: 'wang', reason: '' };
    }
  }
}

/** The same cases in every run. */
const seeded = { seed: 20_261_126, numRuns: 300 };

/** Counted again from the events, for who is over a limit, and who is ready. */
function recount(events: readonly CampaignEvent[], nowMs: number) {
  const began = events.find((event) => event.type === 'AttemptsStarted' && event.attempts.length > 0);
  const beganAtMs = began?.type === 'AttemptsStarted' ? began.atMs : 0;
  const within = (atMs: number) => ({
    day: Math.floor(atMs / hourMs) > Math.floor(nowMs / hourMs) - 24,
    law: windowOf(limit, beganAtMs, atMs) === windowOf(limit, beganAtMs, nowMs),
  });
  const count = { day: { answered: 0, abandoned: 0 }, law: { answered: 0, abandoned: 0 } };
  const add = (what: 'answered' | 'abandoned', atMs: number) => {
    const { day, law } = within(atMs);
    if (day) count.day[what] += 1;
    if (law) count.law[what] += 1;
  };
  for (const event of events) {
    if (event.type === 'AgentRequested' && event.wait === 1) add('answered', event.atMs);
    if (event.type === 'CallAbandoned') add('abandoned', event.atMs);
  }
  const isOver =
    exceeds(maxAbandonRate, count.day.answered, count.day.abandoned) ||
    exceeds(limit.most, count.law.answered, count.law.abandoned);
  return { isOver, ...whoIsThere(events) };
}

function whoIsThere(events: readonly CampaignEvent[]) {
  const ready = new Set<string>();
  const live = new Set<string>();
  const talking = new Map<string, string>();
  const harboured = new Set<string>();
  for (const event of events) {
    switch (event.type) {
      case 'AgentBecameReady':
        ready.add(event.agentId);
        talking.delete(event.agentId);
        break;
      case 'AgentWentAway':
        ready.delete(event.agentId);
        talking.delete(event.agentId);
        break;
      case 'AgentChosen':
        ready.delete(event.agentId);
        break;
      case 'CallConnected':
        ready.delete(event.agentId);
        talking.set(event.agentId, event.callId);
        break;
      case 'AttemptsStarted':
        for (const { callId } of event.attempts) live.add(callId);
        break;
      case 'CallAbandoned':
        harboured.add(event.callId);
        break;
      case 'AttemptEnded':
        live.delete(event.callId);
        break;
    }
  }
  const held = new Set([...talking.values(), ...harboured]);
  return { ready: ready.size, open: [...live].filter((callId) => !held.has(callId)).length };
}

describe('whatever is said to a campaign', () => {
  test('it never has more attempts in progress than lines', () => {
    const busy: Record<string, number> = {};
    fc.assert(
      fc.property(modes, steps, (mode, story) => {
        const campaign = new Alone(mode);
        // Lines that are taken away are taken from what is claimed afterwards.
        let most = 4;
        for (const { kind, pick } of story) {
          const before = liveCount(campaign.state);
          for (const event of campaign.act(kind, pick)) {
            if (event.type !== 'LeadsRequested') continue;
            most = campaign.state.settings?.maxCalls ?? 0;
            expect(before + event.count).toBeLessThanOrEqual(most);
            busy[mode] = (busy[mode] ?? 0) + 1;
          }
          expect(liveCount(campaign.state)).toBeLessThanOrEqual(Math.max(most, before));
        }
      }),
      seeded,
    );
    // Each policy dialed, else it would be a test of nothing.
    expect(Object.keys(busy)).toHaveLength(7);
  });

  test('over a limit of abandoned calls it dials no more than a line for each ready agent', () => {
    const agents = modes.filter((mode) => mode !== 'unspecified' && mode !== 'manual');
    let slowed = 0;
    fc.assert(
      fc.property(agents, steps, (mode, story) => {
        const campaign = new Alone(mode);
        for (const { kind, pick } of story) {
          const { isOver, ready, open } = recount(campaign.events, campaign.nowMs);
          const requested = campaign.act(kind, pick).find(({ type }) => type === 'LeadsRequested');
          if (!isOver || requested?.type !== 'LeadsRequested') continue;
          slowed += 1;
          expect(requested.count + open).toBeLessThanOrEqual(ready);
        }
      }),
      seeded,
    );
    expect(slowed).toBeGreaterThan(50);
  });
});
