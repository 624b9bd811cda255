/**
 * What a contact's history says as far as the law asks for it. Kept by the contact, and rebuilt by an audit; bounded,
 * because no rule looks back further than `longestWindowMs`.
 */
import type { ContactEvent, PermitGranted } from '#proto/generated/contact.ts';

/** No rule may look back further: what is older is forgotten. */
export const longestWindowMs = 31 * 86_400_000;
/** More attempts than that within the longest window are not told apart: the oldest are forgotten. */
const mostAttempts = 500;

/**
 * Whoever is put on a list while a call is on its way has been dialed already: between the last look and the INVITE are
 * milliseconds, and a call that waits longer than this for its INVITE is not dialed at all.
 */
export const onItsWayMs = 5000;

/** A call that was permitted. It counts as an attempt from the last time on that it asked, dialed or not. */
export interface LedgerAttempt {
  readonly callId: string;
  readonly campaignId: string;
  /** Empty: none was named. */
  readonly debt: string;
  readonly atMs: number;
}

/** A call that was permitted, and of whose end nobody has heard. */
export interface OpenCall {
  readonly callId: string;
  /** By then it must be over. */
  readonly untilMs: number;
}

export interface Ledger {
  /** The oldest first. */
  readonly attempts: readonly LedgerAttempt[];
  /** Calls that are under way, as far as is known. */
  readonly open: readonly OpenCall[];
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
  return { attempts: [], open: [], conversations: [], abandonedAtMs: 0, consents: [], lists: [] };
}

/** What an event of a contact adds; events that the law does not ask for change nothing. */
export function entered(ledger: Ledger, event: ContactEvent): Ledger {
  switch (event.type) {
    case 'PermitGranted': {
      const { callId, campaignId, atMs, standing } = event;
      const attempt = { callId, campaignId, debt: standing.debt ?? '', atMs };
      const others = recent(ledger.attempts, atMs).filter((one) => one.callId !== callId);
      return { ...ledger, attempts: [...others, attempt].slice(-mostAttempts), open: opened(ledger.open, event) };
    }
    case 'AttemptReleased':
      return { ...closed(ledger, event), attempts: ledger.attempts.filter(({ callId }) => callId !== event.callId) };
    case 'AttemptOver':
      return closed(ledger, event);
    case 'ConversationRecorded': {
      const { callId, campaignId, debt = '', atMs } = event;
      const isSame = (one: LedgerAttempt) => one.campaignId === campaignId && one.debt === debt;
      const others = recent(ledger.conversations, atMs).filter((one) => !isSame(one));
      // What is told late is not what happened last.
      const lastMs = Math.max(atMs, ...ledger.conversations.filter(isSame).map((one) => one.atMs));
      return { ...closed(ledger, event), conversations: [...others, { callId, campaignId, debt, atMs: lastMs }] };
    }
    case 'AbandonRecorded':
      return { ...closed(ledger, event), abandonedAtMs: Math.max(ledger.abandonedAtMs, event.atMs) };
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

/** Whether another call to the contact is under way. */
export function isEngaged({ open }: Ledger, callId: string, nowMs: number): boolean {
  return open.some((one) => one.callId !== callId && isAwaited(one, nowMs));
}

/** How long a call that must be over is waited for: it is asked then, and a node that was lost is replaced by another. */
const lateMs = 600_000;

function isAwaited({ untilMs }: OpenCall, nowMs: number): boolean {
  return nowMs < untilMs + lateMs;
}

function opened(open: readonly OpenCall[], { callId, untilMs, atMs }: PermitGranted): readonly OpenCall[] {
  const others = open.filter((one) => one.callId !== callId && isAwaited(one, atMs));
  return untilMs === undefined ? others : [...others, { callId, untilMs }];
}

function closed(ledger: Ledger, { callId }: { readonly callId: string }): Ledger {
  return { ...ledger, open: ledger.open.filter((one) => one.callId !== callId) };
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
