/** Every campaign with its progress. */

import { defineProjection, type EventMeta } from '#projections/projection.ts';
import { type CampaignEvent, campaignEvent } from '#proto/generated/campaign.ts';

export interface CampaignDocument {
  /** draft, ready, running, paused, stopping or ended. */
  readonly phase: string;
  /** Why it is paused or its list could not be read; empty otherwise. */
  readonly reason: string;
  /** Whether its list is being read. */
  readonly loading: boolean;
  readonly trunkId: string;
  readonly maxCalls: number;
  readonly callsPerSecond: number;
  readonly leads: number;
  /** Rows of the list that cannot be dialed. */
  readonly refused: number;
  readonly attempts: number;
  readonly liveCalls: number;
  /** How many attempts came to what. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** agentless, manual, preview, progressive, power, adaptive or predictive. */
  readonly mode: string;
  /** Answers that were for an agent, and those of them that found none in time. */
  readonly answered: number;
  readonly abandoned: number;
  /** The first start; 0: not yet. */
  readonly startedAtMs: number;
  /** 0 unless its phase is ended. */
  readonly endedAtMs: number;
  readonly changedAtMs: number;
}

const initial: CampaignDocument = {
  phase: 'draft',
  reason: '',
  loading: false,
  trunkId: '',
  maxCalls: 0,
  callsPerSecond: 0,
  leads: 0,
  refused: 0,
  attempts: 0,
  liveCalls: 0,
  outcomes: {},
  mode: 'agentless',
  answered: 0,
  abandoned: 0,
  startedAtMs: 0,
  endedAtMs: 0,
  changedAtMs: 0,
};

/** The document after an event. */
export function apply(
  document: CampaignDocument = initial,
  event: CampaignEvent,
  { atMs }: Pick<EventMeta, 'atMs'>,
): CampaignDocument {
  return { ...changed(document, event), changedAtMs: atMs };
}

function changed(document: CampaignDocument, event: CampaignEvent): CampaignDocument {
  switch (event.type) {
    case 'CampaignConfigured': {
      const { trunkId, maxCalls, callsPerSecond, agents } = event.settings;
      return { ...document, trunkId, maxCalls, callsPerSecond, mode: agents?.mode ?? 'agentless' };
    }
    case 'ListRequested':
      return { ...document, loading: true, reason: '' };
    case 'ListLoaded': {
      const again = document.phase === 'draft' || (document.phase === 'ended' && event.added > 0);
      return {
        ...document,
        loading: false,
        leads: document.leads + event.added,
        refused: event.refused,
        ...(again ? { phase: 'ready', endedAtMs: 0 } : {}),
      };
    }
    case 'LeadsDue':
      return document.phase === 'ended' ? { ...document, phase: 'ready', endedAtMs: 0 } : document;
    case 'ListFailed':
      return { ...document, loading: false, reason: event.failure };
    case 'CampaignStarted':
      return { ...document, phase: 'running', reason: '', startedAtMs: document.startedAtMs || event.atMs };
    case 'CampaignResumed':
      return { ...document, phase: 'running', reason: '' };
    case 'CampaignPaused':
      return { ...document, phase: 'paused', reason: event.reason };
    case 'CampaignStopped':
      return { ...document, phase: 'stopping' };
    case 'CampaignEnded':
      return { ...document, phase: 'ended', endedAtMs: event.atMs };
    case 'AttemptsStarted': {
      const more = event.attempts.length;
      return { ...document, attempts: document.attempts + more, liveCalls: document.liveCalls + more };
    }
    case 'AttemptEnded': {
      const outcomes = { ...document.outcomes, [event.outcome]: (document.outcomes[event.outcome] ?? 0) + 1 };
      const abandoned = document.abandoned + (event.abandoned ? 1 : 0);
      return { ...document, liveCalls: document.liveCalls - 1, outcomes, abandoned };
    }
    case 'AgentRequested':
      return event.wait === 1 ? { ...document, answered: document.answered + 1 } : document;
    case 'AttemptDisposed':
      return event.machine ? { ...document, answered: document.answered - 1 } : document;
    case 'CallAbandoned':
      return { ...document, abandoned: document.abandoned + 1 };
    case 'CallConnected':
      return event.late ? { ...document, abandoned: document.abandoned + 1 } : document;
    default:
      return document;
  }
}

export const campaigns = defineProjection<CampaignDocument, CampaignEvent>({
  name: 'campaigns',
  schema: 2,
  kind: 'campaign',
  event: campaignEvent,
  fields: {
    phase: 'text',
    reason: 'text',
    loading: 'flag',
    trunkId: 'text',
    maxCalls: 'number',
    callsPerSecond: 'number',
    leads: 'number',
    refused: 'number',
    attempts: 'number',
    liveCalls: 'number',
    outcomes: 'counts',
    mode: 'text',
    answered: 'number',
    abandoned: 'number',
    startedAtMs: 'number',
    endedAtMs: 'number',
    changedAtMs: 'number',
  },
  indexes: ['phase'],
  apply,
});
