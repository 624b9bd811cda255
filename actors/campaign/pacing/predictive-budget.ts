/**
 * What may still be abandoned: the credit is the limit's share of the answers less the abandoned, over the shift and over
 * the last day, whichever is less. It is spent as it comes in, but for a reserve; without credit there is no risk.
 */

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
    window += limit * answered - abandoned;
    // What is older than this hour leaves soon.
    if (hour <= since + 3 && window < least) least = window;
  }
  return min(least, window);
}

/** Credit that is kept back, in abandonments: chance takes more at once from a large team. */
export function reserveOf(signedOn: number, earned: number): number {
  const full = tune.reserveBase + tune.reserveRoot * sqrt(signedOn);
  return min(full, tune.early + tune.earlyShare * earned);
}

export const tune = {
  fixed: 0,
  reserveBase: 1.5,
  reserveRoot: 0.5,
  eta: 0.25,
  early: 1,
  earlyShare: 0.3,
  price0: 0.05,
  maxPrice: 0.6,
  power: 1.5,
  top: 3,
};

/** After an answer: credit above the reserve raises the price, and credit below it lowers it. */
export function steer(budget: Budget, credit: number, reserve: number, limit: number): void {
  const off = max(-1, min(1, credit / reserve - 1));
  budget.drive = max(-3, min(3, budget.drive + (tune.eta * limit * off) / reserve));
}

/** The risk that a further attempt may have: the chance that its answer, if one comes, finds no agent. 0: none. */
export function priceOf({ drive }: Budget, credit: number, reserve: number): number {
  if (tune.fixed > 0) return tune.fixed;
  if (credit <= 0) return 0;
  return min(tune.maxPrice, tune.price0 * exp(drive) * min(tune.top, (credit / reserve) ** tune.power));
}
