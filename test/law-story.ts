/** A campaign's days as its journal would have them, told attempt by attempt: for what is recomputed from a journal. */
import { audit } from '#law/audit.ts';
import { type AuditRecord, auditRecorder } from '#law/audit-record.ts';
import type { CallEvent, CallPlan, Outcome } from '#proto/generated/call.ts';
import type { CampaignEvent } from '#proto/generated/campaign.ts';
import type { ContactEvent } from '#proto/generated/contact.ts';
import type { Law } from '#proto/generated/law.ts';

/** One attempt, from the moment that it is dialed; times after that in milliseconds. */
export interface Told {
  readonly atMs: number;
  readonly contactId?: string;
  readonly campaignId?: string;
  readonly zone?: string;
  readonly debt?: string;
  readonly plan?: Partial<CallPlan>;
  /** An agent wanted this very call. */
  readonly agentId?: string;
  readonly ringMs?: number;
  readonly outcome?: Outcome;
  readonly sipStatus?: number;
  /** From the answer. */
  readonly connectedMs?: number;
  readonly abandonedMs?: number;
  readonly talkMs?: number;
  readonly message?: 'heard' | 'cut' | 'left';
  readonly optsOut?: 'digit' | 'voice';
  /** What the agent said became of it: a machine had answered. */
  readonly machine?: boolean;
  /** Absent: there was one. */
  readonly permit?: false | { readonly showsNumber: boolean };
}

const plan: CallPlan = {
  ...{ prompt: '', gatherDigits: 0, gatherTimeoutMs: 0, ringTimeoutMs: 25_000, maxTalkMs: 600_000, record: false },
  ...{ needsAgent: true, connectDeadlineMs: 2000, safeHarbour: 'sorry.wav', optOutDigit: '9' },
};

export class LawStory {
  readonly record: AuditRecord;
  /** All that happened, in order. */
  readonly entries: { readonly stream: string; readonly event: CallEvent | CampaignEvent | ContactEvent }[] = [];
  #law: Law;
  readonly #recorder = auditRecorder('c');
  readonly #versions = new Map<string, number>();
  #rows = 0;

  constructor(law: Law) {
    this.#law = law;
    this.record = this.#recorder;
    this.goesUnder(law);
  }

  /** What is dialed from now on is dialed under this law. */
  goesUnder(law: Law): this {
    this.#law = law;
    const settings = { trunkId: 't', plan, maxCalls: 9, callsPerSecond: 9, leaseMs: 60_000, law };
    this.#add('campaign/c', { type: 'CampaignConfigured', settings }, 0);
    return this;
  }

  /** Something that the contact, or somebody for it, has said. */
  says(event: ContactEvent, contactId = 'p-1'): this {
    this.#add(`contact/${contactId}`, event, 0);
    return this;
  }

  dials(told: Told): this {
    const { atMs, contactId = 'p-1', campaignId = 'c', zone = 'America/New_York', debt, permit, agentId = '' } = told;
    this.#rows += 1;
    const row = this.#rows;
    const callId = `${campaignId}.${row}.1`;
    const stream = `call/${callId}`;
    const standing = { zones: [zone], ...(debt === undefined ? {} : { debt }) };
    const law = { fingerprint: this.#law.fingerprint, standing };
    const lead = { row, contactId, mask: '+1 202 **** 45', attempt: 1, timezone: zone };
    this.#add(
      `campaign/${campaignId}`,
      { type: 'AttemptsStarted', claimId: `c.${row}`, attempts: [{ callId, lead }], atMs },
      atMs,
    );
    this.#add(
      stream,
      {
        ...{ type: 'CallRequested', campaignId, row, contactId, mask: lead.mask, trunkId: 't' },
        ...{ plan: { ...plan, ...told.plan }, law, atMs, ...(agentId ? { agentId } : {}) },
      } as CallEvent,
      atMs,
    );
    if (permit !== false) {
      const { showsNumber } = permit ?? { showsNumber: true };
      const granted = { callId, campaignId, law: law.fingerprint, standing, showsNumber };
      this.says({ type: 'PermitGranted', ...granted, recorded: false, agentWaits: agentId !== '', atMs }, contactId);
    }
    this.#add(stream, { type: 'CallDialed', atMs }, atMs);
    for (const event of becameOf(told)) this.#add(stream, event, atMs);
    if (told.machine) {
      const disposed = { callId, row, agentId: 'ann', disposition: 'machine', machine: true, atMs } as const;
      this.#add(`campaign/${campaignId}`, { type: 'AttemptDisposed', ...disposed }, atMs);
    }
    return this;
  }

  /** Ids of the rules that were broken, each with the events that broke it. */
  broken(): Readonly<Record<string, readonly string[]>> {
    const rules = audit(this.record).rules.filter(({ kept }) => !kept);
    const named = rules.map(({ id, breaches }) => {
      return [id, breaches.map(({ event }) => `${event.stream} ${event.type}`)] as const;
    });
    return Object.fromEntries(named);
  }

  #add(stream: string, event: CallEvent | CampaignEvent | ContactEvent, atMs: number): void {
    const version = (this.#versions.get(stream) ?? 0) + 1;
    this.#versions.set(stream, version);
    this.#recorder.add(stream, version, event, atMs);
    this.entries.push({ stream, event });
  }
}

/** What became of an attempt that was dialed. */
function becameOf(told: Told): readonly CallEvent[] {
  const { atMs, ringMs = 5000, outcome = 'answered', sipStatus = 200, talkMs = 60_000 } = told;
  const answeredAtMs = atMs + ringMs;
  const events: CallEvent[] = [{ type: 'CallRang', sipStatus: 180, atMs }];
  const end = { outcome, sipStatus, reason: '', digits: '' };
  // Of a call that a crash has ended after the answer, the talk is told.
  const isLost = outcome === 'unknown' && told.talkMs !== undefined;
  if (outcome !== 'answered' && outcome !== 'abandoned' && !isLost) {
    return [...events, { type: 'CallEnded', ...end, ringMs, talkMs: 0, atMs: answeredAtMs }];
  }
  events.push({ type: 'CallAnswered', sipStatus: 200, atMs: answeredAtMs });
  const { connectedMs, abandonedMs, message = 'heard' } = told;
  if (connectedMs !== undefined) {
    const connected = { type: 'AgentConnected', agentId: 'ann', waitedMs: connectedMs } as const;
    events.push({ ...connected, atMs: answeredAtMs + connectedMs });
  }
  if (abandonedMs !== undefined) {
    events.push({ type: 'CallAbandoned', waitedMs: abandonedMs, atMs: answeredAtMs + abandonedMs });
    if (message !== 'left')
      events.push({ type: 'PromptEnded', completed: message === 'heard', atMs: answeredAtMs + 9000 });
  }
  const endMs = answeredAtMs + talkMs;
  if (told.optsOut === 'digit') events.push({ type: 'ContactOptedOut', digit: '9', atMs: endMs });
  if (isLost) events.push({ type: 'CallLost', atMs: endMs });
  else events.push({ type: 'CallHungUp', by: message === 'left' ? 'callee' : 'callboard', reason: '', atMs: endMs });
  events.push({ type: 'CallEnded', ...end, ringMs, talkMs, atMs: endMs });
  // The agent may tell of it when the call is over.
  if (told.optsOut === 'voice') {
    events.push({ type: 'ContactOptedOut', digit: '', agentId: 'ann', atMs: endMs + 1000 });
  }
  return events;
}
