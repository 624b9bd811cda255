/** Whether a contact may be called, and what it says to that: the law's side of its decisions. */
import { verdictOn } from '#law/evaluate.ts';
import { onItsWayMs, optOutList } from '#law/ledger.ts';
import type {
  ContactCommand,
  ContactEvent,
  ContactReply,
  OptOut,
  ReportAttemptOutcome,
  RequestPermit,
} from '#proto/generated/contact.ts';
import { accept, acceptWith, type Decision } from '#runtime/decision.ts';
import type { ContactState } from './state.ts';

type Decided = Decision<ContactEvent, ContactReply>;
export type LawCommand = Exclude<
  ContactCommand,
  { type: 'RecordReading' | 'RecordNote' | 'RecordNotesReading' | 'RecordErasure' | 'DescribeContact' }
>;

export function lawful(state: ContactState, command: LawCommand, atMs: number): Decided {
  const { lists, consents } = state.ledger;
  switch (command.type) {
    case 'RequestPermit':
      return permit(state, command, atMs);
    case 'ReportAttemptOutcome':
      return outcome(state, command, atMs);
    case 'OptOut':
      return optOut(state, command, atMs);
    case 'DoubtCall': {
      const { callId } = command;
      return isOpen(state.ledger, callId) ? accept({ type: 'CallDoubted', callId, atMs }) : accept();
    }
    case 'GrantConsent': {
      const { campaignId, by, evidence } = command;
      if (consents.includes(campaignId)) return accept();
      return accept({ type: 'ConsentGranted', campaignId, by, evidence, atMs });
    }
    case 'RevokeConsent': {
      const { campaignId, by } = command;
      if (consents.length === 0) return accept();
      return accept({ type: 'ConsentRevoked', campaignId, by, atMs });
    }
    case 'ForbidCalls': {
      const { list, campaignId, by } = command;
      if (isOn(lists, command)) return accept();
      return accept({ type: 'CallsForbidden', list, campaignId, by, atMs });
    }
    case 'AllowCalls': {
      const { list, campaignId, by } = command;
      return isOn(lists, command) ? accept({ type: 'CallsAllowed', list, campaignId, by, atMs }) : accept();
    }
  }
}

/**
 * A call that was permitted before and asks again, after a crash or when its campaign goes on, is looked at again and counted
 * once: from now on, where the permit is not that of a call that is on its way.
 */
function permit(state: ContactState, request: RequestPermit, atMs: number): Decided {
  const { callId, campaignId, law, standing, showsNumber, recorded, agentWaits, lastsMs } = request;
  const { zones, debt = '' } = standing;
  const attempting = { callId, campaignId, zones, debt, showsNumber, recorded, agentWaits };
  const verdict = verdictOn(law, state.ledger, attempting, atMs);
  if (!verdict) {
    const granted: ContactReply = { type: 'PermitAnswered', granted: true, ruleId: '' };
    const counted = state.ledger.attempts.find((attempt) => attempt.callId === callId);
    if (counted && atMs <= counted.atMs + onItsWayMs) return acceptWith(granted);
    const named = { callId, campaignId, law: law.fingerprint };
    return acceptWith(granted, {
      type: 'PermitGranted',
      ...{ ...named, standing, showsNumber, recorded, agentWaits, atMs },
      ...(lastsMs === undefined ? {} : { untilMs: atMs + lastsMs }),
    });
  }
  const { ruleId, retryAtMs } = verdict;
  const retry = retryAtMs === undefined ? {} : { retryAtMs };
  const refused: ContactReply = { type: 'PermitAnswered', granted: false, ruleId, ...retry };
  if (state.refusal?.callId === callId && state.refusal.ruleId === ruleId) return acceptWith(refused);
  return acceptWith(refused, {
    type: 'PermitRefused',
    ...{ callId, campaignId, law: law.fingerprint, ruleId, ...retry, atMs },
  });
}

/** The attempt was counted when it was permitted: all but its end, an answer or that it was never dialed is known. */
function outcome({ ledger }: ContactState, report: ReportAttemptOutcome, nowMs: number): Decided {
  const { callId, campaignId, dialed, talkMs, debt, atMs } = report;
  if (!dialed) {
    const isCounted = ledger.attempts.some((attempt) => attempt.callId === callId);
    return isCounted ? accept({ type: 'AttemptReleased', callId, atMs: nowMs }) : accept();
  }
  if (report.outcome === 'abandoned') return accept({ type: 'AbandonRecorded', callId, campaignId, atMs });
  if (talkMs === 0) return isOpen(ledger, callId) ? accept({ type: 'AttemptOver', callId, atMs: nowMs }) : accept();
  const about = debt === undefined ? {} : { debt };
  return accept({ type: 'ConversationRecorded', callId, campaignId, ...about, atMs });
}

/** For good and for all campaigns: who says so in one call does not want another from somebody else of us. */
function optOut({ ledger }: ContactState, { callId, means }: OptOut, atMs: number): Decided {
  const listed = { list: optOutList, campaignId: '' };
  const by = `call/${callId}`;
  if (!isOn(ledger.lists, listed)) return accept({ type: 'CallsForbidden', ...listed, by, means, atMs });
  // Somebody of us has put it there, and what was agreed to still stood.
  return ledger.consents.length > 0 ? accept({ type: 'ConsentRevoked', campaignId: '', by, atMs }) : accept();
}

function isOpen({ open }: ContactState['ledger'], callId: string): boolean {
  return open.some((one) => one.callId === callId);
}

function isOn(
  lists: ContactState['ledger']['lists'],
  { list, campaignId }: { readonly list: string; readonly campaignId: string },
): boolean {
  return lists.some((one) => one.list === list && one.campaignId === campaignId);
}
