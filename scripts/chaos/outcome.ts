/** What came of a run, and whether the promises were kept. */
import type { FaultKind } from './schedule.ts';

/** Something that must not be, and of how many. */
export interface Count {
  readonly name: string;
  /** Must be none; the first of them are told. */
  readonly found: readonly string[];
  readonly of: number;
}

/** Times are since the kill, ms. */
export interface Recovery {
  /** How many actors the node had. */
  readonly actors: number;
  /** Until the nodes knew that it is lost. */
  readonly lostMs: number;
  /** Until half of its actors answered. */
  readonly medianMs: number;
  readonly lastMs: number;
  /** Which was the last. */
  readonly last: string;
}

export interface FaultTold {
  readonly kind: FaultKind;
  /** From the start of the first, s. */
  readonly atS: number;
  readonly what: string;
  /** Live calls before it. */
  readonly liveCalls: number;
  /** Absent where no node was killed. */
  readonly recovery?: Recovery;
}

export interface ChaosOutcome {
  readonly seed: number;
  readonly minutes: number;
  readonly calls: number;
  readonly faults: readonly FaultTold[];
  readonly counts: readonly Count[];
  readonly attempts: number;
  /** Attempts by what became of them. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Commands that the probe had acknowledged, and those that nobody acknowledged. */
  readonly commands: { readonly acknowledged: number; readonly unacknowledged: number };
  /** What a reader should know besides. */
  readonly notes: readonly string[];
}

/** From a kill to the last of its actors, ms. */
export const recoveryLimitMs = 8000;

/** Times from each kill to the last of its actors, ms. */
export function recoveriesOf({ faults }: ChaosOutcome): readonly number[] {
  return faults.flatMap(({ recovery }) => (recovery ? [recovery.lastMs] : []));
}

/** What was promised and not kept, a sentence each. */
export function broken(outcome: ChaosOutcome): readonly string[] {
  const found = outcome.counts
    .filter((count) => count.found.length > 0)
    .map((count) => `${count.name}: ${count.found.length}, such as ${count.found.slice(0, 3).join('; ')}.`);
  const slowest = Math.max(0, ...recoveriesOf(outcome));
  const late = `From a kill to the last of its actors it took ${Math.round(slowest)} ms, more than ${recoveryLimitMs}.`;
  return slowest < recoveryLimitMs ? found : [...found, late];
}
