/** What a bench prints: figures with units, and which of them the project promised. */

export interface Figure {
  readonly name: string;
  readonly value: number;
  /** `ratio`, `ms`, `µs`, `1/s`, `KB`, `%` … */
  readonly unit: string;
  /** The promise, where there is one. */
  readonly target?: { readonly atLeast: number } | { readonly atMost: number };
}

/** How a bench was asked to run. */
export interface BenchOptions {
  /** Added to each sync of the disk, ours and the raw one's. */
  readonly syncMs: number;
}

export interface BenchResult {
  readonly name: string;
  readonly figures: readonly Figure[];
  /** What a reader must know to compare: counts, peers, settings. */
  readonly notes: readonly string[];
}

/** Whether a figure keeps its promise; undefined where none was made. */
export function kept(figure: Figure): boolean | undefined {
  if (!figure.target) return undefined;
  return 'atLeast' in figure.target ? figure.value >= figure.target.atLeast : figure.value <= figure.target.atMost;
}

/** The promise beside a figure, and whether it is kept; empty where none was made. */
export function promiseOf(figure: Figure): string {
  const { target } = figure;
  if (!target) return '';
  const promised = 'atLeast' in target ? `at least ${target.atLeast}` : `at most ${target.atMost}`;
  return `  (promised: ${promised}, ${kept(figure) ? 'kept' : 'NOT KEPT'})`;
}

/** The middle of several runs; these machines are shared, so single runs say little. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
