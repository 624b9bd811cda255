/**
 * Proves from a journal that a campaign kept its law, or names the events that broke it. Everything is computed again from
 * what happened to the calls: what the campaign and the contacts believed when they dialed is not asked.
 */
import type { Law } from '#proto/generated/law.ts';
import type { AuditedCall, AuditRecord } from './audit-record.ts';
import {
  type Audited,
  alone,
  type Breach,
  type DialedCall,
  doNotCall,
  type Finding,
  findingOf,
  permitted,
} from './audit-rules.ts';
import { optOutList } from './ledger.ts';

export interface RuleReport extends Finding {
  readonly id: string;
  readonly citation: string;
  readonly kept: boolean;
}

export interface AuditReport {
  readonly campaignId: string;
  /** With their fingerprints, in the order in which the campaign was given them. */
  readonly profiles: readonly { readonly profile: string; readonly fingerprint: string }[];
  readonly kept: boolean;
  readonly attempts: number;
  readonly dialed: number;
  /** How many each rule refused. */
  readonly refused: Readonly<Record<string, number>>;
  /** When the first and the last were dialed; absent: none was. */
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly rules: readonly RuleReport[];
}

/** Where a law names no time an answer waits no longer than by the others. */
const deadlineMs = 2000;

export function audit(record: AuditRecord): AuditReport {
  const own = [...record.calls.values()].filter(({ campaignId }) => campaignId === record.campaignId);
  const dialed = byTime(own.filter(isDialed));
  const toContact = contactsOf(record);
  const deadlines = new Map([...record.laws.values()].map((law) => [law.fingerprint, deadlineIn(law)]));
  const deadlineOf = ({ law }: DialedCall) => deadlines.get(law) ?? deadlineMs;
  const under = (fingerprint: string) => dialed.filter(({ law }) => law === fingerprint);
  const lawful = [...record.laws.values()].flatMap((law) => {
    return reportsOn(law, { dialed: under(law.fingerprint), own: dialed, toContact, record, deadlineOf });
  });
  const rules = [...lawful, ...lawless(dialed, record)];
  const [first, last] = [dialed[0], dialed.at(-1)];
  return {
    campaignId: record.campaignId,
    profiles: [...record.laws.values()].map(({ profile, fingerprint }) => ({ profile, fingerprint })),
    kept: rules.every(({ kept }) => kept),
    attempts: own.length,
    dialed: dialed.length,
    refused: refusedOf(own),
    ...(first && last ? { fromMs: first.dialed.atMs, toMs: last.dialed.atMs } : {}),
    rules,
  };
}

function reportsOn(law: Law, audited: Audited): readonly RuleReport[] {
  const rules = law.rules.map(({ id, source, limit }) => reportOf(id, source.citation, findingOf(limit, audited)));
  const ofOurs = (name: string, why: string, finding: Finding) =>
    reportOf(`${law.profile}.${name}`, `ours: ${why}`, finding);
  const hasLists = law.rules.some(({ limit }) => limit.type === 'DoNotCall');
  const optedOut = hasLists
    ? []
    : [ofOurs('opted-out', 'whoever opted out is not called', doNotCall([optOutList], audited))];
  return [
    ...rules,
    ...optedOut,
    ofOurs('permit', 'every attempt asks its contact first', permitted(audited)),
    ofOurs('engaged', 'nobody is called during another call to them', alone(audited)),
  ];
}

function reportOf(id: string, citation: string, finding: Finding): RuleReport {
  return { id, citation, kept: finding.breaches.length === 0, ...finding };
}

/** What was dialed under no rules that the campaign was given, as older versions did. */
function lawless(dialed: readonly DialedCall[], { laws }: AuditRecord): readonly RuleReport[] {
  const breaches = dialed.flatMap(({ law, dialed: event }): Breach[] => {
    return laws.has(law) ? [] : [{ event, why: 'it was dialed under no law that the campaign was given' }];
  });
  if (breaches.length === 0) return [];
  return [reportOf('callboard.law', 'ours: nothing is dialed without a law', { checked: dialed.length, breaches })];
}

function deadlineIn({ rules }: Law): number {
  const waits = rules.flatMap(({ limit }) => (limit.type === 'ConnectDeadline' ? [limit.waitMs] : []));
  return Math.min(...waits, waits.length === 0 ? deadlineMs : Number.POSITIVE_INFINITY);
}

function contactsOf({ calls }: AuditRecord): ReadonlyMap<string, readonly DialedCall[]> {
  const toContact = new Map<string, DialedCall[]>();
  for (const call of byTime([...calls.values()].filter(isDialed))) {
    const others = toContact.get(call.contactId) ?? [];
    others.push(call);
    toContact.set(call.contactId, others);
  }
  return toContact;
}

function isDialed(call: AuditedCall): call is DialedCall {
  return call.dialed !== undefined;
}

function byTime(calls: DialedCall[]): DialedCall[] {
  return calls.sort((one, other) => one.dialed.atMs - other.dialed.atMs);
}

function refusedOf(calls: readonly AuditedCall[]): Readonly<Record<string, number>> {
  const refused: Record<string, number> = {};
  for (const { refusedBy } of calls) if (refusedBy) refused[refusedBy] = (refused[refusedBy] ?? 0) + 1;
  return refused;
}
