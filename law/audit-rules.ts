/** One rule after the other, over all attempts of a campaign: what was checked, how near it came, and what broke it. */
import type { CallsForbidden, ContactEvent } from '#proto/generated/contact.ts';
import type { CallingHours, Holidays, Limit, Scope } from '#proto/generated/law.ts';
import { abandonedIn, abandonWindows, connected, heardMessage } from './audit-answers.ts';
import type { AuditedCall, AuditRecord, ContactFact, EventRef } from './audit-record.ts';
import { hasConsent, isCounted, isForbidden } from './evaluate.ts';
import { isOpen } from './hours.ts';
import { emptyLedger, entered, type Ledger, onItsWayMs, optOutList } from './ledger.ts';
import { writtenTime } from './local-time.ts';

/** What is looked at for one rule. */
export interface Audited {
  /** The campaign's own that were dialed under the law, the earliest first. */
  readonly dialed: readonly DialedCall[];
  /** All that were dialed, of every campaign, by contact, the earliest first. */
  readonly toContact: ReadonlyMap<string, readonly DialedCall[]>;
  readonly record: AuditRecord;
  /** The campaign's own that were dialed, under whichever law. */
  readonly own: readonly DialedCall[];
  /** How long the answer of a call may wait for an agent before it counts as abandoned, ms: by the law that it was dialed under. */
  deadlineOf(call: DialedCall): number;
}

export type DialedCall = AuditedCall & { readonly dialed: EventRef };

/** An event that breaks a rule. */
export interface Breach {
  readonly event: EventRef;
  readonly why: string;
}

export interface Finding {
  /** How many were looked at: attempts, answers or windows. */
  readonly checked: number;
  /** How near it came to being broken. */
  readonly worst?: string;
  /** In the order in which they happened. */
  readonly breaches: readonly Breach[];
}

export function findingOf(limit: Limit, audited: Audited): Finding {
  switch (limit.type) {
    case 'AbandonWindow':
      return abandonWindows(limit, audited);
    case 'ConnectDeadline':
      return connected(limit, audited);
    case 'SafeHarbour':
      return heardMessage(limit, audited);
    case 'CallingHours':
      // The margin is for phones that ring on; what the law says is when calls may be made.
      return byClock({ ...limit, marginMs: 0 }, audited);
    case 'Holidays':
      return byClock(limit, audited);
    case 'Attempts':
      return attempts(limit, audited);
    case 'AfterConversation':
      return sinceOthers(limit, audited, (call) => {
        const { answered, ended } = call;
        return answered && !abandonedIn(call) && ended && ended.talkMs > 0 ? ended.atMs : undefined;
      });
    case 'AfterAbandon':
      return afterAbandon(limit, audited);
    case 'Consent':
      return each(audited, (call) => {
        if (limit.recordedOnly && call.plan.needsAgent === true) return undefined;
        const { consents } = ledgerOf(call, audited.record, call.dialed.atMs - onItsWayMs);
        const { consents: later } = ledgerOf(call, audited.record, call.dialed.atMs);
        const agreed = [consents, later].some((some) => hasConsent(some, call.campaignId, limit.anyCampaign));
        return agreed ? undefined : 'the contact had not agreed';
      });
    case 'DoNotCall':
      return doNotCall(limit.lists, audited);
    case 'CallerIdentity':
      return each(audited, (call) => {
        const permit = permitOf(call, audited.record);
        if (!permit) return 'nothing says that a number was shown';
        return permit.showsNumber ? undefined : 'no number was shown';
      });
    case 'MinimumRing':
      return rang(limit.ringMs, audited);
  }
}

/** Whether each was permitted before it was dialed: a rule that every profile has. */
export function permitted(audited: Audited): Finding {
  return each(audited, (call) => {
    const permit = permitOf(call, audited.record);
    if (permit && permit.atMs <= call.dialed.atMs + onItsWayMs) return undefined;
    return 'it was dialed without a permit';
  });
}

/** Nodes go by one time, but not to the millisecond: a call that has just ended on another one is no other call. */
const clocksMs = 250;

/** Whether each was dialed while no other call to the contact was under way, of whichever campaign: a rule of ours. */
export function alone(audited: Audited): Finding {
  return each(audited, (call) => {
    const other = othersOf(call, 'contact', audited).find((one) => endOf(one) > call.dialed.atMs + clocksMs);
    return other && `another call to the contact was under way: ${other.dialed.stream}`;
  });
}

/** Of whose end the journal says nothing, it was over when it had to be. */
function endOf({ ended, dialed, plan }: DialedCall): number {
  return ended?.atMs ?? dialed.atMs + plan.ringTimeoutMs + plan.maxTalkMs;
}

function each({ dialed }: Audited, fault: (call: DialedCall) => string | undefined): Finding {
  const breaches = dialed.flatMap((call) => {
    const why = fault(call);
    return why === undefined ? [] : [{ event: call.dialed, why }];
  });
  return { checked: dialed.length, breaches };
}

/** Where the hour begins in a written time. */
const clockAt = 'YYYY-MM-DD '.length;

function byClock(limit: CallingHours | Holidays, audited: Audited): Finding {
  let earliest = '24:00';
  let latest = '';
  const finding = each(audited, (call) => {
    const { atMs } = call.dialed;
    const zones = audited.record.zones.get(call.callId) ?? call.zones;
    for (const zone of zones) {
      const time = writtenTime(zone, atMs).slice(clockAt);
      if (time < earliest) earliest = time;
      if (time > latest) latest = time;
    }
    if (isOpen([limit], zones, atMs)) return undefined;
    const clocks = zones.map((zone) => `${writtenTime(zone, atMs)} in ${zone}`);
    return zones.length === 0 ? 'nobody knows what time it was there' : `it was ${clocks.join(', ')}`;
  });
  return latest === '' ? finding : { ...finding, worst: `between ${earliest} and ${latest}, by the clocks there` };
}

/** Whatever was counted live: here those count that were dialed, and when. */
function attempts(limit: Limit & { type: 'Attempts' }, audited: Audited): Finding {
  let most = 0;
  const finding = each(audited, (call) => {
    const count = othersOf(call, limit.per, audited).filter(
      ({ dialed }) => dialed.atMs > call.dialed.atMs - limit.windowMs,
    ).length;
    most = Math.max(most, count + 1);
    return count + 1 > limit.most ? `it was number ${count + 1} in ${daysOf(limit.windowMs)}` : undefined;
  });
  return most === 0 ? finding : { ...finding, worst: `${most} of ${limit.most} in ${daysOf(limit.windowMs)}` };
}

/** The shortest time since something in an earlier call. */
function sinceOthers(
  { waitMs, per }: { readonly waitMs: number; readonly per: Scope },
  audited: Audited,
  endOf: (call: DialedCall) => number | undefined,
  isExempt: (call: DialedCall) => boolean = () => false,
): Finding {
  let shortest = Number.POSITIVE_INFINITY;
  const finding = each(audited, (call) => {
    if (isExempt(call)) return undefined;
    const ends = othersOf(call, per, audited).flatMap((other) => endOf(other) ?? []);
    const last = Math.max(...ends.filter((atMs) => atMs <= call.dialed.atMs));
    const since = call.dialed.atMs - last;
    shortest = Math.min(shortest, since);
    return since < waitMs ? `it came ${daysOf(since)} after the last, not ${daysOf(waitMs)}` : undefined;
  });
  if (!Number.isFinite(shortest)) return finding;
  return { ...finding, worst: `${daysOf(shortest)} after the last, where it must be ${daysOf(waitMs)}` };
}

function afterAbandon({ waitMs }: { readonly waitMs: number }, audited: Audited): Finding {
  const endOf = (call: DialedCall) => {
    const abandoned = abandonedIn(call);
    return abandoned && (call.ended?.atMs ?? abandoned.atMs);
  };
  return sinceOthers({ waitMs, per: 'contact' }, audited, endOf, ({ agentWaited }) => agentWaited);
}

/** Calls to the same contact before this one that count together with it. */
function othersOf(call: DialedCall, per: Scope, { toContact }: Audited): readonly DialedCall[] {
  const all = toContact.get(call.contactId) ?? [];
  return all.slice(0, all.indexOf(call)).filter((other) => isCounted(per, other, call));
}

/** Whether nobody was dialed who is on one of the lists that count, and everybody who opted out is on one. */
export function doNotCall(lists: readonly string[], audited: Audited): Finding {
  const { record, dialed } = audited;
  const finding = each(audited, (call) => {
    const before = ledgerOf(call, record, call.dialed.atMs - onItsWayMs).lists;
    const then = ledgerOf(call, record, call.dialed.atMs).lists;
    // Whoever was taken off the list meanwhile may be called.
    const both = before.filter((one) => then.some((other) => isSame(one, other)));
    return isForbidden(both, lists, call.campaignId)
      ? 'the contact was on a list of those who are not called'
      : undefined;
  });
  const unheard = dialed.flatMap((call): Breach[] => {
    if (!call.optedOut) return [];
    const facts = factsOf(call, record);
    const isListed = facts.some(({ event }) => event.type === 'CallsForbidden' && isOptOut(event));
    return isListed ? [] : [{ event: call.optedOut, why: 'who opted out is on no list' }];
  });
  return { ...finding, breaches: [...finding.breaches, ...unheard] };
}

function isOptOut({ list, means }: CallsForbidden): boolean {
  return means !== undefined || list === optOutList;
}

function isSame(one: Ledger['lists'][number], other: Ledger['lists'][number]): boolean {
  return one.list === other.list && one.campaignId === other.campaignId;
}

/** Only what we ended ourselves: where the network gives up sooner, nobody asked it to. */
function rang(ringMs: number, audited: Audited): Finding {
  let shortest = Number.POSITIVE_INFINITY;
  let checked = 0;
  const breaches = audited.dialed.flatMap((call): Breach[] => {
    const { ended, rangAtMs, dialed } = call;
    if (ended?.outcome !== 'no-answer' || ended.sipStatus !== requestTerminated) return [];
    checked += 1;
    const rungMs = ended.atMs - (rangAtMs ?? dialed.atMs);
    shortest = Math.min(shortest, rungMs);
    return rungMs < ringMs ? [{ event: ended, why: `it rang for ${secondsOf(rungMs)}, not ${secondsOf(ringMs)}` }] : [];
  });
  const worst = checked === 0 ? {} : { worst: `${secondsOf(shortest)}, where it must be ${secondsOf(ringMs)}` };
  return { checked, ...worst, breaches };
}

/** What an INVITE gets that we canceled (RFC 3261, 15.1.2). */
const requestTerminated = 487;

const willing: readonly ContactEvent['type'][] = ['ConsentGranted', 'ConsentRevoked', 'CallsForbidden', 'CallsAllowed'];

/** What the contact had said until then. */
function ledgerOf(call: AuditedCall, record: AuditRecord, atMs: number): Ledger {
  return factsOf(call, record)
    .filter(({ ref, event }) => ref.atMs <= atMs && willing.includes(event.type))
    .reduce((ledger, { event }) => entered(ledger, event), emptyLedger());
}

function factsOf({ contactId }: AuditedCall, { contacts }: AuditRecord): readonly ContactFact[] {
  return contacts.get(contactId) ?? [];
}

function permitOf(call: AuditedCall, record: AuditRecord) {
  const granted = factsOf(call, record).flatMap(({ event }) => {
    return event.type === 'PermitGranted' && event.callId === call.callId ? [event] : [];
  });
  return granted.at(-1);
}

/** As people say it: 90 s, 5 h, 7.2 d. */
export function daysOf(ms: number): string {
  if (ms < 3_600_000) return secondsOf(ms);
  return ms < 86_400_000 ? `${round(ms / 3_600_000)} h` : `${round(ms / 86_400_000)} d`;
}

export function secondsOf(ms: number): string {
  return `${round(ms / 1000)} s`;
}

/** Down, so that what is too short never looks long enough. */
function round(value: number): number {
  return Math.floor(value * 10) / 10;
}
