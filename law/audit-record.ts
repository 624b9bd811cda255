/**
 * What a journal says of the attempts to people, written down as an audit needs it: from the calls' own events, and not
 * from what was said when they were permitted. Fed with every event, in the order of each stream.
 */
import type { CallEvent, CallPlan } from '#proto/generated/call.ts';
import type { CampaignEvent } from '#proto/generated/campaign.ts';
import type { ContactEvent } from '#proto/generated/contact.ts';
import type { Law } from '#proto/generated/law.ts';
import { zonesOfMask } from './number-zones.ts';

/** An event, as it can be found again. */
export interface EventRef {
  /** kind/id */
  readonly stream: string;
  readonly version: number;
  readonly type: string;
  /** Milliseconds since 1970. */
  readonly atMs: number;
}

/** One attempt. What has not happened is absent. */
export interface AuditedCall {
  readonly callId: string;
  readonly campaignId: string;
  readonly contactId: string;
  plan: CallPlan;
  /** Fingerprint of the rules; empty: none. */
  law: string;
  /** Empty: none was named. */
  debt: string;
  /** As the call was told. */
  zones: readonly string[];
  /** An agent had asked for this very call, and was there before it was dialed. */
  agentWaited: boolean;
  dialed?: EventRef;
  rangAtMs?: number;
  answered?: EventRef;
  /** The first agent was heard. */
  connected?: EventRef;
  abandoned?: EventRef;
  /** An agent who was there says that a machine had answered. */
  byMachine: boolean;
  /** Whether what was played was heard to its end. */
  prompt?: { readonly completed: boolean };
  optedOut?: EventRef;
  /** The callee hung up, or the network was gone. */
  leftByCallee: boolean;
  refusedBy?: string;
  ended?: EventRef & { readonly outcome: string; readonly sipStatus: number; readonly talkMs: number };
}

/** What a contact's history says of whether it may be called. */
export interface ContactFact {
  readonly ref: EventRef;
  readonly event: ContactEvent;
}

export interface AuditRecord {
  readonly campaignId: string;
  /** Of all campaigns, by id. */
  readonly calls: ReadonlyMap<string, AuditedCall>;
  /** By contact. */
  readonly contacts: ReadonlyMap<string, readonly ContactFact[]>;
  /** That the campaign was given, by fingerprint, in order. */
  readonly laws: ReadonlyMap<string, Law>;
  /** Where each call's contact may be, by the list or the number. */
  readonly zones: ReadonlyMap<string, readonly string[]>;
  /** When the campaign's first attempt began; 0: none has. */
  readonly beganAtMs: number;
  /** Events of the campaign itself. */
  readonly events: number;
}

export interface AuditRecorder extends AuditRecord {
  add(stream: string, version: number, event: CallEvent | CampaignEvent | ContactEvent, commitAtMs: number): void;
}

/** Kinds of actors whose events are wanted. */
export const auditedKinds = ['call', 'campaign', 'contact'] as const;

/** For one campaign. Calls of others are kept too: whom they reached is not to be reached again so soon by this one. */
export function auditRecorder(campaignId: string): AuditRecorder {
  const calls = new Map<string, AuditedCall>();
  const contacts = new Map<string, ContactFact[]>();
  const laws = new Map<string, Law>();
  const zones = new Map<string, readonly string[]>();
  const plans = new Map<string, CallPlan>();
  /** Streams come one after the other: a campaign may speak of calls that come later. */
  const machines = new Set<string>();
  let beganAtMs = 0;
  let events = 0;

  /** A million calls have a few plans. */
  function shared(plan: CallPlan): CallPlan {
    const key = JSON.stringify(plan);
    const known = plans.get(key) ?? plan;
    plans.set(key, known);
    return known;
  }

  function ofCampaign(event: CampaignEvent): void {
    events += 1;
    if (event.type === 'CampaignConfigured' && event.settings.law) {
      laws.set(event.settings.law.fingerprint, event.settings.law);
    }
    if (event.type === 'AttemptDisposed' && event.machine) {
      machines.add(event.callId);
      const call = calls.get(event.callId);
      if (call) call.byMachine = true;
    }
    if (event.type !== 'AttemptsStarted') return;
    for (const { callId, lead } of event.attempts) {
      beganAtMs ||= event.atMs;
      const { timezone, mask, standing } = lead;
      const listed = standing?.zones ?? [];
      zones.set(callId, timezone ? [timezone] : listed.length > 0 ? listed : zonesOfMask(mask));
    }
  }

  function ofCall(callId: string, event: CallEvent, ref: EventRef): void {
    if (event.type === 'CallRequested') {
      const { campaignId: of, contactId, plan, law, agentId } = event;
      calls.set(callId, {
        ...{ callId, campaignId: of, contactId, plan: shared(plan), agentWaited: Boolean(agentId) },
        ...{ law: law?.fingerprint ?? '', debt: law?.standing.debt ?? '', zones: law?.standing.zones ?? [] },
        leftByCallee: false,
        byMachine: machines.has(callId),
      });
      return;
    }
    const call = calls.get(callId);
    if (call) follow(call, event, ref, shared);
  }

  return {
    campaignId,
    calls,
    contacts,
    laws,
    zones,
    get beganAtMs() {
      return beganAtMs;
    },
    get events() {
      return events;
    },
    add(stream, version, event, commitAtMs) {
      const at = stream.indexOf('/');
      const [kind, id] = [stream.slice(0, at), stream.slice(at + 1)];
      const atMs = 'atMs' in event ? event.atMs : commitAtMs;
      const ref: EventRef = { stream, version, type: event.type, atMs };
      if (kind === 'call') ofCall(id, event as CallEvent, ref);
      if (kind === 'campaign' && id === campaignId) ofCampaign(event as CampaignEvent);
      if (kind === 'contact' && !isReading(event.type)) {
        const facts = contacts.get(id) ?? [];
        facts.push({ ref, event: event as ContactEvent });
        contacts.set(id, facts);
      }
    },
  };
}

/** What says nothing of whether somebody may be called. */
function isReading(type: string): boolean {
  return type === 'NumberRead' || type === 'NoteKept' || type === 'NotesRead';
}

function follow(call: AuditedCall, event: CallEvent, ref: EventRef, shared: (plan: CallPlan) => CallPlan): void {
  switch (event.type) {
    case 'CallRerouted':
      call.plan = shared(event.plan);
      if (event.law) call.law = event.law.fingerprint;
      break;
    case 'CallRefused':
      call.refusedBy = event.ruleId;
      break;
    case 'CallDialed':
      call.dialed = ref;
      break;
    case 'CallRang':
      call.rangAtMs ??= event.atMs;
      break;
    case 'CallAnswered':
      call.answered = ref;
      break;
    case 'AgentConnected':
      call.connected ??= ref;
      break;
    case 'CallAbandoned':
      call.abandoned = ref;
      break;
    case 'PromptEnded':
      call.prompt = { completed: event.completed };
      break;
    case 'ContactOptedOut':
      call.optedOut = ref;
      break;
    case 'CallHungUp':
      call.leftByCallee = event.by === 'callee';
      break;
    case 'CallEnded': {
      const { outcome, sipStatus, talkMs } = event;
      call.ended = { ...ref, outcome, sipStatus, talkMs };
      break;
    }
    default:
  }
}
