/**
 * What people answered before, for the case that they do so again: when a carrier is back, or a stretch of dead numbers is
 * over, as many answer as did, all at once, and what is learned of late knows nothing of it. Remembered by answers and not
 * by time, so that a silence is never what has become normal, and 8 % are where they have been so for hours.
 */

// Looked up once: where tests run, each look at a global costs more than what it does.
const { max, min } = Math;

/** Chance that an attempt is answered: of one that does not ring yet, and of one that has just begun to. */
export interface Chances {
  readonly unrung: number;
  readonly rung: number;
}

/** Plain data that changes in place. */
export interface Return {
  /** As they were when answers came, and of how many answers that is the mean. */
  unrung: number;
  rung: number;
  answers: number;
  /** Probability that it is like that again, 0 to 1. */
  belief: number;
}

/** Answers after which an older one counts e⁻¹. */
const memory = 300;
/** At the least so much is believed of a return at any time, and at the most. */
const least = 0.005;
const most = 0.95;
/** Nothing is surer. */
const surest = 0.99;

export function freshReturn(): Return {
  return { unrung: 0, rung: 0, answers: 0, belief: least };
}

/** How many times as often people would answer, were it as before: 1 or more. */
export function timesOf(before: number, now: number): number {
  return max(1, before / max(now, Number.MIN_VALUE));
}

/** What an attempt has come to, and whether it rang before. */
export interface Step {
  readonly came: 'ringing' | 'answered' | 'failed';
  readonly rang: boolean;
}

/** By how an attempt goes on, one of both is believed in more: that it is as before, or as learned of late. */
export function weigh(memo: Return, { came, rang }: Step, now: Chances): void {
  const again = { unrung: max(memo.unrung, now.unrung), rung: max(memo.rung, now.rung) };
  const likely = likelihood(came, rang, again) / likelihood(came, rang, now);
  const odds = (memo.belief / (1 - memo.belief)) * likely;
  memo.belief = max(least, min(most, odds / (1 + odds)));
  if (came !== 'answered') return;
  memo.answers = min(memory, memo.answers + 1);
  // Were it as before, what is learned of late would be wrong.
  const step = (1 - memo.belief) / memo.answers;
  memo.unrung += step * (now.unrung - memo.unrung);
  memo.rung += step * (now.rung - memo.rung);
}

function likelihood(came: Step['came'], rang: boolean, { unrung, rung }: Chances): number {
  const rings = min(surest, unrung / rung);
  if (came === 'ringing') return rings;
  const answers = min(surest, rang ? rung : unrung);
  if (came === 'answered') return answers;
  return 1 - (rang ? answers : rings);
}

/** How probable it is, where an attempt is answered, that it is as before. */
export function shareOf({ unrung, belief }: Return, now: Chances): number {
  const before = belief * max(unrung, now.unrung);
  return before / (before + (1 - belief) * now.unrung);
}
