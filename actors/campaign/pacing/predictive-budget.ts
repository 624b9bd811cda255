/**
 * What may still be abandoned: the credit is the limit's share of the answers less the abandoned, over the shift and over
 * the last day, whichever is less. It is spent as it comes in, but for a reserve; without credit there is no risk.
 */
import type { PacingConfig, PacingEvent } from './policy.ts';
import type { Team } from './team.ts';

// Looked up once: where tests run, each look at a global costs more than what it does.
const { exp, floor, max, min, sqrt } = Math;

interface Count {
  answered: number;
  abandoned: number;
}

/** Plain data that `answeredNow` and `abandonedNow` change in place. */
export interface Budget {
  /** Since the last long pause. */
  shift: Count;
  lastAtMs: number;
  /** Hour by hour since 1970, of the last day. */
  hours: (Count & { readonly hour: number })[];
  /** Logarithm of what the price is to be multiplied by, learned: whether predictions come true is seen by the credit. */
  drive: number;
}

const hourMs = 3_600_000;
/** Nobody has been called for so long: another shift. */
const pauseMs = 4 * hourMs;
const hoursKept = 24;
/** Hours of the last day that the credit does not lean on, for they leave it soon. */
const leavingSoon = 2;

export function freshBudget(): Budget {
  return { shift: { answered: 0, abandoned: 0 }, lastAtMs: Number.NEGATIVE_INFINITY, hours: [], drive: 0 };
}

export function countAnswer(budget: Budget, atMs: number): void {
  enter(budget, atMs);
  budget.shift.answered++;
  hourOf(budget, atMs).answered++;
}

export function countAbandoned(budget: Budget, atMs: number): void {
  enter(budget, atMs);
  budget.shift.abandoned++;
  hourOf(budget, atMs).abandoned++;
}

function enter(budget: Budget, atMs: number): void {
  if (atMs - budget.lastAtMs > pauseMs) budget.shift = { answered: 0, abandoned: 0 };
  budget.lastAtMs = max(budget.lastAtMs, atMs);
}

function hourOf(budget: Budget, atMs: number): Count {
  const hour = floor(atMs / hourMs);
  const newest = budget.hours.at(-1);
  if (newest && newest.hour >= hour) return newest;
  budget.hours = budget.hours.filter((each) => each.hour > hour - hoursKept);
  const fresh = { hour, answered: 0, abandoned: 0 };
  budget.hours.push(fresh);
  return fresh;
}

/**
 * Abandonments that may still come, a number with a fraction; below 0: too many have. The last day is also looked at as
 * it will be in an hour and in two, when the oldest answers have left it.
 */
export function creditOf({ shift, hours, lastAtMs }: Budget, limit: number, nowMs: number): number {
  let least = nowMs - lastAtMs > pauseMs ? 0 : limit * shift.answered - shift.abandoned;
  const since = floor(nowMs / hourMs) - hoursKept;
  let window = 0;
  for (let index = hours.length - 1; index >= 0; index--) {
    const { hour, answered, abandoned } = hours[index] as Budget['hours'][number];
    if (hour <= since) break;
    if (hour <= since + leavingSoon) least = min(least, window);
    window += limit * answered - abandoned;
  }
  return min(least, window);
}

/** Credit that is kept back, in abandonments: chance takes more at once from a large team. Less as long as little has come in. */
export function reserveOf({ shift }: Budget, limit: number, signedOn: number): number {
  return min(1 + 0.8 * sqrt(signedOn), 1 + 0.3 * limit * shift.answered);
}

/** Part of the reserve at which all risk ends. */
const lastPart = 0.2;
/** What is paid where the credit is the reserve: it abandoned the limit's 3 % on the days that were tuned on. */
const usualPrice = 0.05;
const highestPrice = 0.6;
const highestFactor = 3;
const steepness = 0.6;
/** How far the price moves while as many answers come as earn a reserve, at most. */
const driveSpeed = 0.1;
const longestDrive = 3;

/** After an answer: credit above the reserve raises the price for good, and credit below it lowers it. */
export function steer(budget: Budget, credit: number, reserve: number, limit: number): void {
  const off = max(-1, min(1, credit / reserve - 1));
  budget.drive = max(-longestDrive, min(longestDrive, budget.drive + (driveSpeed * limit * off) / reserve));
}

/** The risk that a further attempt may have: the chance that its answer, if one comes, finds no agent. 0: none. */
export function priceOf({ drive }: Budget, credit: number, reserve: number): number {
  const last = lastPart * reserve;
  if (credit <= last) return 0;
  const factor = min(highestFactor, ((credit - last) / (reserve - last)) ** steepness);
  return min(highestPrice, usualPrice * exp(drive) * factor);
}

/** Part of the limit that is spent: the later in the day, the less it may be chance whether the limit is kept. */
const spentPart = 0.98;

/** Follows an event, the team as it stood before it. */
export function followBudget(budget: Budget, config: PacingConfig, team: Team, { type, at }: PacingEvent): void {
  const limit = spentPart * config.maxAbandonRate;
  if (type === 'call-abandoned') countAbandoned(budget, at);
  if (type !== 'attempt-answered') return;
  countAnswer(budget, at);
  steer(budget, creditOf(budget, limit, at), reserveOf(budget, limit, team.signedOn.size), limit);
}

/** Whoever waits may be abandoned: the credit for it is not spent twice. */
export function priceNow(
  budget: Budget,
  config: PacingConfig,
  team: Team,
  nowMs: number,
): { readonly credit: number; readonly price: number } {
  const limit = spentPart * config.maxAbandonRate;
  const credit = creditOf(budget, limit, nowMs) - team.waiting.size;
  return { credit, price: priceOf(budget, credit, reserveOf(budget, limit, team.signedOn.size)) };
}
