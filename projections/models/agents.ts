/** Every agent: where they stand now, and what their shifts came to. */
import { defineProjection, type EventMeta } from '#projections/projection.ts';
import { type AgentEvent, agentEvent } from '#proto/generated/agent.ts';

export interface AgentDocument {
  /** offline, signing-in, ready, previewing, reserved, talking, holding, wrapping, break or monitoring. */
  readonly phase: string;
  /** Of the break, or why the phone is gone. */
  readonly reason: string;
  readonly sinceMs: number;
  /** The call of now, or the one that is wrapped up; empty: none. */
  readonly callId: string;
  readonly campaignId: string;
  /** Times that the agent has signed in. */
  readonly shifts: number;
  /** Talks that are over, and how long they were together. */
  readonly talks: number;
  readonly talkMs: number;
  /** How long the agent waited for calls, talks aside, ms. */
  readonly readyMs: number;
  readonly wrapUpMs: number;
  readonly breakMs: number;
  /** From the phone's answer to its end, shifts that are over, ms. */
  readonly shiftMs: number;
  readonly shiftBeganAtMs: number;
  /** Calls that were held. */
  readonly holds: number;
  readonly transfers: number;
  /** How many talks came to what. */
  readonly dispositions: Readonly<Record<string, number>>;
}

const initial: AgentDocument = {
  ...{ phase: 'offline', reason: '', sinceMs: 0, callId: '', campaignId: '', shifts: 0, talks: 0, talkMs: 0 },
  ...{ readyMs: 0, wrapUpMs: 0, breakMs: 0, shiftMs: 0, shiftBeganAtMs: 0, holds: 0, transfers: 0, dispositions: {} },
};

/** The document after an event. */
export function apply(document: AgentDocument = initial, event: AgentEvent, _meta: EventMeta): AgentDocument {
  switch (event.type) {
    case 'SignInRequested':
      return enter({ ...document, shifts: event.shift }, 'signing-in', event.atMs);
    case 'PhoneAnswered':
      return { ...document, shiftBeganAtMs: event.atMs };
    case 'AgentBecameReady':
      return enter({ ...document, callId: '', campaignId: '' }, 'ready', event.atMs);
    case 'ReservationEnded':
      return enter({ ...document, callId: '', campaignId: '' }, 'ready', event.atMs);
    case 'BreakBegan':
      return enter({ ...document, callId: '', campaignId: '' }, 'break', event.atMs, event.reason);
    case 'MonitoringBegan':
      return enter(document, 'monitoring', event.atMs);
    case 'MonitoringEnded':
      return enter(document, 'break', event.atMs, event.reason);
    case 'SignedOut':
      return signedOut(document, event.reason, event.atMs);
    case 'AgentReserved': {
      const { callId, campaignId, atMs } = event;
      return enter({ ...document, callId, campaignId }, 'reserved', atMs);
    }
    case 'PreviewOffered': {
      const { callId, campaignId, atMs } = event;
      return enter({ ...document, callId, campaignId }, 'previewing', atMs);
    }
    case 'PreviewAnswered':
      return event.accepted ? enter(document, 'reserved', event.atMs) : document;
    case 'AgentConnected':
      return enter(document, 'talking', event.atMs);
    case 'CallHeld':
      return enter({ ...document, holds: document.holds + 1 }, 'holding', event.atMs);
    case 'CallRetrieved':
      return enter(document, 'talking', event.atMs);
    case 'TransferRequested':
      return { ...document, transfers: document.transfers + 1 };
    case 'TalkEnded': {
      const { talks, talkMs } = document;
      return enter({ ...document, talks: talks + 1, talkMs: talkMs + event.talkMs }, 'wrapping', event.atMs);
    }
    case 'CallDisposed': {
      const { disposition } = event;
      const dispositions = { ...document.dispositions, [disposition]: (document.dispositions[disposition] ?? 0) + 1 };
      return { ...document, dispositions };
    }
    default:
      return document;
  }
}

/** What the phase that ends adds up to. */
const sums: Readonly<Record<string, 'readyMs' | 'wrapUpMs' | 'breakMs'>> = {
  ready: 'readyMs',
  wrapping: 'wrapUpMs',
  break: 'breakMs',
};

function enter(document: AgentDocument, phase: string, atMs: number, reason = ''): AgentDocument {
  const sum = sums[document.phase];
  const spentMs = Math.max(0, atMs - document.sinceMs);
  return { ...document, ...(sum ? { [sum]: document[sum] + spentMs } : {}), phase, reason, sinceMs: atMs };
}

function signedOut(document: AgentDocument, reason: string, atMs: number): AgentDocument {
  const { shiftBeganAtMs, shiftMs } = document;
  const worked = shiftBeganAtMs > 0 ? Math.max(0, atMs - shiftBeganAtMs) : 0;
  const over = { callId: '', campaignId: '', shiftBeganAtMs: 0, shiftMs: shiftMs + worked };
  return enter({ ...document, ...over }, 'offline', atMs, reason);
}

export const agents = defineProjection<AgentDocument, AgentEvent>({
  name: 'agents',
  schema: 1,
  kind: 'agent',
  event: agentEvent,
  fields: {
    ...{ phase: 'text', reason: 'text', sinceMs: 'number', callId: 'text', campaignId: 'text', shifts: 'number' },
    ...{ talks: 'number', talkMs: 'number', readyMs: 'number', wrapUpMs: 'number', breakMs: 'number' },
    ...{ shiftMs: 'number', shiftBeganAtMs: 'number', holds: 'number', transfers: 'number', dispositions: 'counts' },
  },
  indexes: ['phase', 'campaignId'],
  apply,
});
