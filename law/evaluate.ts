/** May this attempt be dialed now? Every rule is asked; the first that refuses is named. */
import type {
  AfterConversation,
  Attempts,
  CallingHours,
  Holidays,
  Law,
  Limit,
  Rule,
  Scope,
} from '#proto/generated/law.ts';
import { isOpen, nextOpen } from './hours.ts';
import { isEngaged, type Ledger, type LedgerAttempt, optOutList } from './ledger.ts';

/** An attempt that is about to be dialed. */
export interface Attempting {
  readonly callId: string;
  readonly campaignId: string;
  /** IANA names of all places where the contact may be. */
  readonly zones: readonly string[];
  /** Empty: none is named. */
  readonly debt: string;
  readonly showsNumber: boolean;
  /** The voice is recorded or made: no agent talks. */
  readonly recorded: boolean;
  /** An agent is there already. */
  readonly agentWaits: boolean;
}

export interface Verdict {
  readonly ruleId: string;
  /** When it may be tried again, as far as the rules can say; absent: never. */
  readonly retryAtMs?: number;
}

/** What one rule says: nothing, or when it will say nothing; undefined there is never. */
type Objection = { readonly untilMs: number | undefined } | undefined;

/** A rule of ours, where no rule of the law says so: whoever opted out is not called. */
export const optedOutRule = 'contact-opted-out';
/** Another one, whatever the law: nobody is called while another call to them is under way. */
export const engagedRule = 'contact-engaged';
/** When to look again whether that is over. */
const engagedMs = 60_000;

/**
 * The rule that refuses the attempt now, and the first moment that no rule refuses by what is known now; undefined
 * where none does.
 */
export function verdictOn(law: Law, ledger: Ledger, attempting: Attempting, nowMs: number): Verdict | undefined {
  const refusing: (NonNullable<Objection> & { readonly ruleId: string })[] = law.rules.flatMap((rule) => {
    const objection = objectionOf(rule.limit, ledger, attempting, nowMs);
    return objection ? [{ ruleId: rule.id, ...objection }] : [];
  });
  if (isForbidden(ledger.lists, [optOutList], attempting.campaignId)) {
    refusing.push({ ruleId: optedOutRule, untilMs: undefined });
  }
  if (isEngaged(ledger, attempting.callId, nowMs)) refusing.push({ ruleId: engagedRule, untilMs: nowMs + engagedMs });
  // Whoever may never be called is told so, whatever else there is.
  const first = refusing.find(({ untilMs }) => untilMs === undefined) ?? refusing[0];
  if (!first) return undefined;
  const retryAtMs = first.untilMs === undefined ? undefined : retryFrom(law, refusing, attempting.zones);
  return { ruleId: first.ruleId, ...(retryAtMs === undefined ? {} : { retryAtMs }) };
}

/** Once no other rule refuses, the hour must be a permitted one. */
function retryFrom(
  law: Law,
  refusing: readonly { readonly untilMs: number | undefined }[],
  zones: readonly string[],
): number | undefined {
  const earliestMs = Math.max(...refusing.map(({ untilMs }) => untilMs ?? 0));
  const hours = hoursOf(law.rules);
  return hours.length === 0 ? earliestMs : nextOpen(hours, zones, earliestMs);
}

/** The limits that go by the clock. */
export function hoursOf(rules: readonly Rule[]): readonly (CallingHours | Holidays)[] {
  return rules.flatMap(({ limit }) => (limit.type === 'CallingHours' || limit.type === 'Holidays' ? [limit] : []));
}

function objectionOf(limit: Limit, ledger: Ledger, attempting: Attempting, nowMs: number): Objection {
  const never = { untilMs: undefined };
  switch (limit.type) {
    case 'CallingHours':
    case 'Holidays':
      if (isOpen([limit], attempting.zones, nowMs)) return undefined;
      return { untilMs: nextOpen([limit], attempting.zones, nowMs) };
    case 'Attempts':
      return tooMany(limit, ledger.attempts, attempting, nowMs);
    case 'AfterConversation':
      return tooSoon(limit, ledger.conversations, attempting, nowMs);
    case 'AfterAbandon': {
      const untilMs = ledger.abandonedAtMs + limit.waitMs;
      return ledger.abandonedAtMs > 0 && nowMs < untilMs && !attempting.agentWaits ? { untilMs } : undefined;
    }
    case 'Consent':
      if (limit.recordedOnly && !attempting.recorded) return undefined;
      return hasConsent(ledger.consents, attempting.campaignId, limit.anyCampaign) ? undefined : never;
    case 'DoNotCall':
      return isForbidden(ledger.lists, limit.lists, attempting.campaignId) ? never : undefined;
    case 'CallerIdentity':
      return attempting.showsNumber ? undefined : never;
    default:
      // Of the campaign as a whole: settings.ts and audit.ts look at it.
      return undefined;
  }
}

/** The call itself may have been counted already: it asks again after a crash. */
function tooMany(
  limit: Attempts,
  attempts: readonly LedgerAttempt[],
  attempting: Attempting,
  nowMs: number,
): Objection {
  const counted = attempts.filter(
    (one) =>
      one.callId !== attempting.callId && isCounted(limit.per, one, attempting) && one.atMs > nowMs - limit.windowMs,
  );
  // The one that has to be forgotten before there is room.
  const inTheWay = counted[counted.length - limit.most];
  return inTheWay ? { untilMs: inTheWay.atMs + limit.windowMs } : undefined;
}

function tooSoon(
  limit: AfterConversation,
  conversations: readonly LedgerAttempt[],
  attempting: Attempting,
  nowMs: number,
): Objection {
  const untilMs = Math.max(
    0,
    ...conversations.filter((one) => isCounted(limit.per, one, attempting)).map(({ atMs }) => atMs + limit.waitMs),
  );
  return nowMs < untilMs ? { untilMs } : undefined;
}

/** Whether two attempts count together. One that names no debt may be about any. */
export function isCounted(
  per: Scope,
  one: Pick<LedgerAttempt, 'campaignId' | 'debt'>,
  other: Pick<LedgerAttempt, 'campaignId' | 'debt'>,
): boolean {
  switch (per) {
    case 'campaign':
      return one.campaignId === other.campaignId;
    case 'debt':
      return one.debt === other.debt || one.debt === '' || other.debt === '';
    default:
      return true;
  }
}

/** Whether the contact agreed to be called by a campaign; an empty name among the consents is all of them. */
export function hasConsent(consents: readonly string[], campaignId: string, anyCampaign: boolean): boolean {
  return anyCampaign ? consents.length > 0 : consents.includes('') || consents.includes(campaignId);
}

/** Whether the contact is on one of the lists that count; none named: all count. Who opted out is on one in any case. */
export function isForbidden(lists: Ledger['lists'], counting: readonly string[], campaignId: string): boolean {
  return lists.some(
    (one) =>
      (counting.length === 0 || counting.includes(one.list) || one.list === optOutList) &&
      (one.campaignId === '' || one.campaignId === campaignId),
  );
}
