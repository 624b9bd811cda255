/** When a lead is called again. Pure: what is decided depends on the attempt, on those before it, and on the rules. */
import type { Outcome } from '#proto/generated/call.ts';
import type {
  FollowUp,
  Lead,
  LeadPolicy,
  PastAttempt,
  RetryRule,
  ScheduleCallback,
} from '#proto/generated/campaign.ts';

/** An attempt that is over. */
export interface OverAttempt {
  readonly lead: Lead;
  readonly outcome: Outcome;
  readonly atMs: number;
  /** When it may be tried again, where the outcome itself says so. */
  readonly retryAtMs?: number | undefined;
}

/** Never tried again by a rule: the person was reached, may have been, or an operator did not want the call. */
const final: readonly Outcome[] = ['unspecified', 'answered', 'unknown', 'canceled', 'refused', 'abandoned'];

const dayMs = 24 * 60 * 60_000;
/** A law that says "again at once" must not keep the machine busy. */
const shortestMs = 1000;
const mostAttemptsEver = 100;
/** Each claim goes by the filter. */
const mostValues = 500;
const longestValue = 100;
/** When somebody who was promised a call, and not reached, is called again where no rule says otherwise. */
const soonMs = 5 * 60_000;
/** So often more after each of these. */
const mostPromiseTries = 3;
const promiseTries: Readonly<Partial<Record<Outcome, number>>> = {
  ...{ busy: mostPromiseTries, 'no-answer': mostPromiseTries, failed: mostPromiseTries, unreachable: 1 },
};
/** How long a callback is kept for the agent who promised it. */
const ownMs = 15 * 60_000;

/** Attempts for one lead, in all; one where nobody said anything. */
export function mostAttempts(policy: LeadPolicy | undefined): number {
  return policy?.maxAttempts || 1;
}

/**
 * The next attempt, where there is to be one.
 * - `refused` by the law: at the time it gave, and never where it gave none.
 * - `abandoned`: at once, and for a human only, whatever the rules say: the contact answered, and nobody was there.
 * - a callback that reached nobody: as a callback, soon, some times.
 * - anything else: by its rule, while there are attempts left. `unknown` never, for it may have rung.
 * Where that would be one too many within 24 hours it waits until it is not.
 */
export function followUpOf(policy: LeadPolicy | undefined, over: OverAttempt): FollowUp | undefined {
  const { lead, outcome, atMs, retryAtMs } = over;
  const { row, attempt } = lead;
  const about = { row, attempt, outcome, endedAtMs: atMs };
  const humanOnly = lead.humanOnly === true || outcome === 'abandoned' ? { humanOnly: true } : {};
  const before = lead.history?.attempts ?? [];
  const history = outcome === 'refused' ? before : [...before, { attempt, outcome, atMs }];
  const whenAllowed = (wantedAtMs: number) => allowedAt(policy, history, wantedAtMs);
  if (outcome === 'refused') {
    if (retryAtMs === undefined) return undefined;
    const dueAtMs = whenAllowed(Math.max(retryAtMs, atMs + shortestMs));
    // A callback that the law put off is still a callback.
    if (lead.callbackAtMs === undefined) return { ...about, ...humanOnly, dueAtMs, reason: 'refused' };
    return { ...about, ...humanOnly, ...ownerOf(lead.agentId, dueAtMs), dueAtMs, reason: 'callback' };
  }
  if (outcome === 'abandoned') return { ...about, ...humanOnly, dueAtMs: whenAllowed(atMs), reason: 'abandoned' };
  const rule = final.includes(outcome) ? undefined : policy?.retry.find((each) => each.outcome === outcome);
  if (lead.callbackAtMs !== undefined && !final.includes(outcome) && isPromiseOpen(history, outcome, rule)) {
    const dueAtMs = whenAllowed(atMs + (rule?.afterMs ?? soonMs));
    return { ...about, ...humanOnly, ...ownerOf(lead.agentId, dueAtMs), dueAtMs, reason: 'callback' };
  }
  if (!rule) return undefined;
  // The fault of an abandoned one was ours: it does not use up an attempt.
  const used = history.filter((past) => past.outcome !== 'abandoned').length;
  const same = history.filter((past) => past.outcome === outcome).length;
  if (used >= mostAttempts(policy) || (rule.max > 0 && same > rule.max)) return undefined;
  return { ...about, ...humanOnly, dueAtMs: whenAllowed(atMs + rule.afterMs), reason: 'retry' };
}

/**
 * Whether somebody who was promised a call, and was not reached, is called again as promised: some times, counted from
 * the talk in which it was promised. After that it is a lead as any other.
 */
function isPromiseOpen(history: readonly PastAttempt[], outcome: Outcome, rule: RetryRule | undefined): boolean {
  const promisedAt = history.findLastIndex((past) => past.outcome === 'answered');
  const same = history.slice(promisedAt + 1).filter((past) => past.outcome === outcome).length;
  const most = promiseTries[outcome] ?? (rule ? rule.max || mostPromiseTries : 0);
  return same <= most;
}

/** An agent did not want the contact that it was shown: who was promised a call, or is for humans only, is shown later. */
export function skippedOf(lead: Lead, atMs: number): FollowUp | undefined {
  const { row, attempt, callbackAtMs, agentId } = lead;
  if ((callbackAtMs === undefined && !lead.humanOnly) || attempt >= mostAttemptsEver) return undefined;
  const dueAtMs = atMs + soonMs;
  const humanOnly = lead.humanOnly ? { humanOnly: true } : {};
  const about = { row, attempt, outcome: 'canceled', endedAtMs: atMs, dueAtMs, ...humanOnly } as const;
  return callbackAtMs === undefined
    ? { ...about, reason: 'abandoned' }
    : { ...about, ...ownerOf(agentId, dueAtMs), reason: 'callback' };
}

/** A promise holds whatever the rules say of further attempts; the law is asked before it is dialed. */
export function callbackOf(promise: ScheduleCallback, nowMs: number): FollowUp {
  const { row, attempt, dueAtMs, agentId, anyoneAtMs } = promise;
  const owner = ownerOf(agentId, dueAtMs, anyoneAtMs);
  return { row, attempt, dueAtMs, reason: 'callback', outcome: 'answered', endedAtMs: nowMs, ...owner };
}

/** Why these rules cannot be followed, to end a sentence with; undefined where they can. */
export function faultOf({ retry, where, maxAttempts }: LeadPolicy): string | undefined {
  const outcomes = retry.map(({ outcome }) => outcome);
  const never = outcomes.find((outcome) => final.includes(outcome));
  if (never !== undefined) return `no rule for the outcome ${never}, which is never retried by a rule`;
  const twice = outcomes.find((outcome, at) => outcomes.indexOf(outcome) !== at);
  if (twice !== undefined) return `one rule for the outcome ${twice}, not two`;
  if (retry.some(({ afterMs }) => afterMs < shortestMs)) return 'no rule that calls again within a second';
  if (maxAttempts > mostAttemptsEver) return `no more than ${mostAttemptsEver} attempts for a lead`;
  const values = where ? [where.languages, where.timezones, where.segments] : [];
  if (values.some(({ length }) => length > mostValues))
    return `no more than ${mostValues} values of a kind in its filter`;
  return values.flat().some(({ length }) => length > longestValue)
    ? `no value of more than ${longestValue} characters in its filter`
    : undefined;
}

function ownerOf(agentId: string | undefined, dueAtMs: number, anyoneAtMs = dueAtMs + ownMs): Partial<FollowUp> {
  return agentId === undefined ? {} : { agentId, anyoneAtMs };
}

/** The first time from then on that has room for one more within the 24 hours before it. */
function allowedAt(policy: LeadPolicy | undefined, history: readonly PastAttempt[], wantedAtMs: number): number {
  const most = policy?.maxAttemptsPerDay ?? 0;
  if (most === 0) return wantedAtMs;
  const ended = history.map(({ atMs }) => atMs);
  const last = ended.sort((one, other) => one - other).at(-most);
  return last === undefined ? wantedAtMs : Math.max(wantedAtMs, last + dayMs);
}
