/**
 * What a contact's history says as far as the law asks for it. Kept by the contact, and rebuilt by an audit; bounded,
 * because no rule looks back further than `longestWindowMs`.
 */
import type { ContactEvent } from '#proto/generated/contact.ts';

/** No rule may look back further: what is older is forgotten. */
export const longestWindowMs = 31 * 86_400_000;
/** More attempts than that within the longest window are not told apart: the oldest are forgotten. */
const mostAttempts = 500;

/** A call that was permitted. It counts as an attempt from then on, dialed or not. */
export interface LedgerAttempt {
  readonly callId: string;
  readonly campaignId: string;
  /** Empty: none was named. */
  readonly debt: string;
  readonly atMs: number;
}

export interface Ledger {
  /** The oldest first. */
  readonly attempts: readonly LedgerAttempt[];
  /** The last one about each debt in each campaign; `atMs` is its end. */
  readonly conversations: readonly LedgerAttempt[];
  /** When the contact was abandoned last; 0: never. */
  readonly abandonedAtMs: number;
  /** Campaigns that the contact agreed to; empty is all. */
  readonly consents: readonly string[];
  /** Lists that the contact is on, each for a campaign; empty is all. */
  readonly lists: readonly { readonly list: string; readonly campaignId: string }[];
}

/** The list of those who said so themselves. */
export const optOutList = 'opt-out';

export function emptyLedger(): Ledger {
  return { attempts: [], conversations: [], abandonedAtMs: 0, consents: [], lists: [] };
}

/** What an event of a contact adds; events that the law does not ask for change nothing. */
export function entered(ledger: Ledger, event: ContactEvent): Ledger {
  switch (event.type) {
    case 'PermitGranted': {
      const { callId, campaignId, atMs, standing } = event;
      const attempt = { callId, campaignId, debt: standing.debt ?? '', atMs };
      return { ...ledger, attempts: [...recent(ledger.attempts, atMs), attempt].slice(-mostAttempts) };
    }
    case 'AttemptReleased':
      return { ...ledger, attempts: ledger.attempts.filter(({ callId }) => callId !== event.callId) };
    case 'ConversationRecorded': {
      const { callId, campaignId, debt = '', atMs } = event;
      const others = recent(ledger.conversations, atMs).filter(
        (one) => one.campaignId !== campaignId || one.debt !== debt,
      );
      return { ...ledger, conversations: [...others, { callId, campaignId, debt, atMs }] };
    }
    case 'AbandonRecorded':
      return { ...ledger, abandonedAtMs: event.atMs };
    case 'ConsentGranted':
      return ledger.consents.includes(event.campaignId)
        ? ledger
        : { ...ledger, consents: [...ledger.consents, event.campaignId] };
    case 'ConsentRevoked':
      return { ...ledger, consents: remaining(ledger.consents, event.campaignId) };
    case 'CallsForbidden': {
      const { list, campaignId } = event;
      const forbidden = { ...ledger, lists: [...without(ledger.lists, event), { list, campaignId }] };
      return event.means === undefined ? forbidden : { ...forbidden, consents: remaining(ledger.consents, campaignId) };
    }
    case 'CallsAllowed':
      return { ...ledger, lists: without(ledger.lists, event) };
    default:
      return ledger;
  }
}

/** As far back as any rule looks. */
function recent(attempts: readonly LedgerAttempt[], nowMs: number): readonly LedgerAttempt[] {
  return attempts.filter(({ atMs }) => atMs > nowMs - longestWindowMs);
}

/** Whoever agrees no more to anything agrees to nothing; to be left alone by one campaign ends what was said of all. */
function remaining(consents: readonly string[], revoked: string): readonly string[] {
  return revoked === '' ? [] : consents.filter((campaignId) => campaignId !== revoked && campaignId !== '');
}

type Listed = Ledger['lists'][number];

function without(lists: readonly Listed[], { list, campaignId }: Listed): readonly Listed[] {
  return lists.filter((one) => one.list !== list || one.campaignId !== campaignId);
}
