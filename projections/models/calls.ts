/** Every attempt, from its request to its outcome. */

import { defineProjection, type EventMeta } from '#projections/projection.ts';
import { type CallEvent, callEvent, type Outcome, type Party } from '#proto/generated/call.ts';

export interface CallDocument {
  readonly campaignId: string;
  readonly row: number;
  readonly contactId: string;
  /** The number as people may see it. */
  readonly mask: string;
  readonly trunkId: string;
  /** routing, dialing, ringing, talking, closing or ended. */
  readonly phase: string;
  /** unspecified until it ended. */
  readonly outcome: Outcome;
  /** The final response; 0 where none came. */
  readonly sipStatus: number;
  readonly reason: string;
  /** Who ended it; unspecified where nobody answered. */
  readonly endedBy: Party;
  /** Who talked last; empty: nobody. */
  readonly agentId: string;
  /** From the answer to the first agent, ms; 0 where there was none. */
  readonly waitedMs: number;
  /** Keys that were pressed. */
  readonly digits: string;
  readonly requestedAtMs: number;
  /** 0: not yet, or never; so the others. */
  readonly dialedAtMs: number;
  readonly answeredAtMs: number;
  readonly endedAtMs: number;
  readonly ringMs: number;
  readonly talkMs: number;
  /** Path of the WAV below the data folder of the node that held the call; empty: none. */
  readonly recording: string;
  readonly recordedMs: number;
}

const initial: CallDocument = {
  campaignId: '',
  row: 0,
  contactId: '',
  mask: '',
  trunkId: '',
  phase: 'new',
  outcome: 'unspecified',
  sipStatus: 0,
  reason: '',
  endedBy: 'unspecified',
  agentId: '',
  waitedMs: 0,
  digits: '',
  requestedAtMs: 0,
  dialedAtMs: 0,
  answeredAtMs: 0,
  endedAtMs: 0,
  ringMs: 0,
  talkMs: 0,
  recording: '',
  recordedMs: 0,
};

/** The document after an event. */
export function apply(document: CallDocument = initial, event: CallEvent, _meta: EventMeta): CallDocument {
  switch (event.type) {
    case 'CallRequested': {
      const { campaignId, row, contactId, mask, trunkId, atMs } = event;
      return { ...document, campaignId, row, contactId, mask, trunkId, phase: 'routing', requestedAtMs: atMs };
    }
    case 'CallDialed':
      return { ...document, phase: 'dialing', dialedAtMs: event.atMs };
    case 'CallRang':
      return { ...document, phase: 'ringing' };
    case 'CallAnswered':
      return { ...document, phase: 'talking', answeredAtMs: event.atMs };
    case 'DigitPressed':
      return { ...document, digits: document.digits + event.digit };
    case 'AgentConnected':
      return { ...document, agentId: event.agentId, waitedMs: document.agentId ? document.waitedMs : event.waitedMs };
    case 'CallHungUp':
      return { ...document, phase: 'closing', endedBy: event.by };
    case 'CallFailed':
      return { ...document, phase: 'closing' };
    case 'CallEnded': {
      const { outcome, sipStatus, reason, ringMs, talkMs, media, atMs } = event;
      const { recording = '', recordedMs = 0 } = media ?? {};
      return {
        ...document,
        phase: 'ended',
        outcome,
        sipStatus,
        reason,
        ringMs,
        talkMs,
        recording,
        recordedMs,
        endedAtMs: atMs,
      };
    }
    default:
      return document;
  }
}

export const calls = defineProjection<CallDocument, CallEvent>({
  name: 'calls',
  schema: 2,
  kind: 'call',
  event: callEvent,
  fields: {
    campaignId: 'text',
    row: 'number',
    contactId: 'text',
    mask: 'text',
    trunkId: 'text',
    phase: 'text',
    outcome: 'text',
    sipStatus: 'number',
    reason: 'text',
    endedBy: 'text',
    agentId: 'text',
    waitedMs: 'number',
    digits: 'text',
    requestedAtMs: 'number',
    dialedAtMs: 'number',
    answeredAtMs: 'number',
    endedAtMs: 'number',
    ringMs: 'number',
    talkMs: 'number',
    recording: 'text',
    recordedMs: 'number',
  },
  indexes: ['campaignId', 'contactId', 'phase', 'requestedAtMs'],
  apply,
});
