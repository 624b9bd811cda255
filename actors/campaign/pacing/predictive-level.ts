/**
 * How many times as often as learned the answers come of late. Answers seen against answers expected by the hazard is a
 * Poisson count against its compensator; with a gamma distribution before, its mean and its doubt are known at any time,
 * and a difference that is no chance any more is a jump: another list.
 */

// Looked up once: where tests run, each look at a global costs more than what it does.
const { exp, max, min, sqrt } = Math;

/** Plain data that changes in place. */
export interface Level {
  /** Whether the hazard is known well enough to compare with it; before, nothing is counted here. */
  begun: boolean;
  seen: number;
  /** By the lines that are over. */
  expected: number;
  /** Answers learned from since the beginning or the last jump, up to some: who knows little is careful. */
  answers: number;
  /** Expected answers after which an older one counts e⁻¹. */
  memory: number;
}

/** Expected answers after which an older one counts e⁻¹, at least; and how many times those of the lines that ring now. */
const shortestMemory = 60;
const memoryOfRunning = 3;
/** So many answers, as expected, stand against what was seen of late. */
const prior = 20;
/** So many answers' worth of doubt is left of what is of late, and of what was learned at all. */
const doubtOfLate = 30;
const doubtAtAll = 4;
/** Before so many answers the hazard itself learns as quickly: what it had let expect was no knowledge. */
const steady = 100;
/** Standard deviations that are no chance. */
const jump = 4;
const enough = 1e6;

export function freshLevel(): Level {
  return { begun: false, seen: 0, expected: 0, answers: 0, memory: shortestMemory };
}

/** A line that rang is over; `expected` is its share of the answers to be expected. */
export function countLine(level: Level, answered: boolean, expected: number): void {
  if (answered) level.answers = min(enough, level.answers + 1);
  if (!level.begun) return;
  const keeps = exp(-expected / level.memory);
  level.seen = level.seen * keeps + (answered ? 1 : 0);
  level.expected = level.expected * keeps + expected;
}

/** What the hazard is to be multiplied by, and the relative variance of that; `running`: to be expected of lines that ring. */
export function factorOf(
  { begun, seen, expected, answers }: Level,
  running: number,
): { readonly mean: number; readonly doubt: number } {
  const due = begun ? expected + running : 0;
  return { mean: (seen + prior) / (due + prior), doubt: 1 / (due + doubtOfLate) + 1 / (answers + doubtAtAll) };
}

/** How many times as often answers come since a jump, which is followed then; 1: none is to be seen. */
export function jumpOf(level: Level, running: number): number {
  // What is seen must not be forgotten before what was expected of the same lines has been counted.
  level.memory = max(shortestMemory, memoryOfRunning * running);
  if (!level.begun) {
    if (level.answers >= steady) begin(level, running);
    return 1;
  }
  const due = level.expected + running;
  const surprise = (level.seen - due) / sqrt(due + 1);
  if (surprise < jump && surprise > -jump) return 1;
  const times = (level.seen + 2) / (due + 2);
  level.answers = steady;
  begin(level, running * times);
  return times;
}

/** From here on: what rings already is to count neither for nor against what is expected. */
function begin(level: Level, running: number): void {
  level.begun = true;
  level.seen = running;
  level.expected = 0;
}
