/** What a person wants to see of a running campaign, folded from the journal: pure but for the decoding. */

import type { StoredEntry } from '#ports/journal.ts';
import { attemptOf } from '#proto/call-name.ts';
import { type CallEnded, type CallEvent, callEvent, type Outcome } from '#proto/generated/call.ts';
import { type CampaignEvent, campaignEvent } from '#proto/generated/campaign.ts';
import { commit } from '#proto/generated/envelope.ts';

/** An attempt that is over. */
export interface EndedAttempt extends Omit<CallEnded, 'atMs'> {
  readonly callId: string;
  readonly row: number;
  readonly mask: string;
}

export interface Progress {
  readonly leads: number;
  readonly phases: {
    readonly routing: number;
    readonly dialing: number;
    readonly ringing: number;
    readonly talking: number;
  };
  readonly outcomes: ReadonlyMap<Outcome, number>;
  /** How often each answer was pressed; '' is none. */
  readonly digits: ReadonlyMap<string, number>;
  readonly ended: number;
  /** running, paused, ended … as the campaign's last event says. */
  readonly phase: string;
  readonly reason: string;
}

type LivePhase = keyof Progress['phases'];

export interface ProgressView {
  /** Takes entries of the journal in order; those of others are passed over. */
  apply(entries: readonly StoredEntry[]): void;
  current(): Progress;
}

/** Follows one campaign; `onEnded` hears each attempt that is over. */
export function followCampaign(campaignId: string, onEnded: (attempt: EndedAttempt) => void): ProgressView {
  const live = new Map<string, { phase: LivePhase; row: number; mask: string }>();
  const outcomes = new Map<Outcome, number>();
  const digits = new Map<string, number>();
  let leads = 0;
  let ended = 0;
  let phase = 'draft';
  let reason = '';

  function callChanged(callId: string, event: CallEvent): void {
    const attempt = live.get(callId);
    switch (event.type) {
      case 'CallRequested':
        live.set(callId, { phase: 'routing', row: event.row, mask: event.mask });
        break;
      case 'CallDialed':
        if (attempt) attempt.phase = 'dialing';
        break;
      case 'CallRang':
        if (attempt) attempt.phase = 'ringing';
        break;
      case 'CallAnswered':
        if (attempt) attempt.phase = 'talking';
        break;
      case 'CallEnded':
        live.delete(callId);
        ended += 1;
        outcomes.set(event.outcome, (outcomes.get(event.outcome) ?? 0) + 1);
        if (event.outcome === 'answered') digits.set(event.digits, (digits.get(event.digits) ?? 0) + 1);
        onEnded({ ...event, callId, row: attempt?.row ?? 0, mask: attempt?.mask ?? '' });
        break;
    }
  }

  function campaignChanged(event: CampaignEvent): void {
    switch (event.type) {
      case 'ListLoaded':
        leads += event.added;
        if (phase === 'draft' || (phase === 'ended' && event.added > 0)) phase = 'ready';
        break;
      case 'LeadsDue':
        if (phase === 'ended') phase = 'ready';
        break;
      case 'ListFailed':
        reason = event.failure;
        break;
      case 'CampaignStarted':
      case 'CampaignResumed':
        phase = 'running';
        reason = '';
        break;
      case 'CampaignPaused':
        phase = 'paused';
        reason = event.reason;
        break;
      case 'CampaignStopped':
        phase = 'stopping';
        break;
      case 'CampaignEnded':
        phase = 'ended';
        break;
    }
  }

  return {
    apply(entries) {
      for (const { stream, bytes } of entries) {
        if (stream === `campaign/${campaignId}`) {
          for (const event of commit.decode(bytes).events) campaignChanged(campaignEvent.decode(event));
        } else if (stream.startsWith('call/') && attemptOf(stream.slice('call/'.length))?.campaignId === campaignId) {
          const callId = stream.slice('call/'.length);
          for (const event of commit.decode(bytes).events) callChanged(callId, callEvent.decode(event));
        }
      }
    },
    current() {
      const phases = { routing: 0, dialing: 0, ringing: 0, talking: 0 };
      for (const attempt of live.values()) phases[attempt.phase] += 1;
      return { leads, phases, outcomes, digits, ended, phase, reason };
    },
  };
}
