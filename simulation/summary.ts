/** What several days of one policy come to, against the best constant ratio of each of those days. */
import type { DayResult } from './result.ts';
import { bestLevel, bestRatio, type TaskResult } from './task.ts';

export interface PolicySummary {
  /** Index of the source of days. */
  readonly source: number;
  readonly policy: string;
  readonly days: number;
  /** Means over the days. */
  readonly talkMinutesPerHour: number;
  readonly utilisation: number;
  /** Talk minutes ÷ those of the best constant ratio of the same day: the mean, and the worst day. */
  readonly toBestRatio: number;
  readonly worstToBestRatio: number;
  /** Of all answers of all days, and of the worst day. */
  readonly abandonRate: number;
  readonly worstAbandonRate: number;
  /** The worst hour of all days; absent where no hour had enough answers. */
  readonly worstHour?: number;
  readonly attempts: number;
  readonly answered: number;
  readonly abandoned: number;
  readonly linesMax: number;
  readonly customerWaitMs: number;
  readonly agentWaitMs: number;
  /** The constants that were found, where the policy is one. */
  readonly ratios?: readonly number[];
}

/** A summary for each source and policy, in the order in which they come first. */
export function summarise(results: readonly TaskResult[]): readonly PolicySummary[] {
  const groups = new Map<string, TaskResult[]>();
  for (const result of results) {
    const key = `${result.task.source}/${result.task.policy}`;
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  const best = new Map(
    results
      .filter(({ task }) => task.policy === bestRatio)
      .map(({ task, result }) => [`${task.source}/${task.seed}`, result.talkMinutesPerHour]),
  );
  return [...groups.values()].map((group) => summaryOf(group, best));
}

function summaryOf(group: readonly TaskResult[], best: ReadonlyMap<string, number>): PolicySummary {
  const [first] = group as [TaskResult];
  const days = group.map(({ result }) => result);
  const total = (of: (day: DayResult) => number) => days.reduce((sum, day) => sum + of(day), 0);
  const mean = (of: (day: DayResult) => number) => total(of) / days.length;
  const toBest = group.map(({ task, result }) => {
    const talk = best.get(`${task.source}/${task.seed}`) ?? Number.NaN;
    return talk > 0 ? result.talkMinutesPerHour / talk : Number.NaN;
  });
  const hours = days.flatMap(({ worstHour }) => (worstHour ? [worstHour.rate] : []));
  const ratios = group.flatMap(({ ratio }) => (ratio === undefined ? [] : [ratio]));
  const answered = total((day) => day.answered);
  const abandoned = total((day) => day.abandoned);
  return {
    source: first.task.source,
    policy: first.task.policy,
    days: days.length,
    talkMinutesPerHour: mean((day) => day.talkMinutesPerHour),
    utilisation: mean((day) => day.utilisation),
    toBestRatio: toBest.reduce((sum, ratio) => sum + ratio, 0) / toBest.length,
    worstToBestRatio: Math.min(...toBest),
    abandonRate: answered === 0 ? 0 : abandoned / answered,
    worstAbandonRate: Math.max(...days.map(({ abandonRate }) => abandonRate)),
    ...(hours.length > 0 ? { worstHour: Math.max(...hours) } : {}),
    attempts: total((day) => day.attempts),
    answered,
    abandoned,
    linesMax: Math.max(...days.map(({ linesMax }) => linesMax)),
    customerWaitMs: mean((day) => day.customerWaitMs.mean),
    agentWaitMs: mean((day) => day.agentWaitMs.mean),
    ...(ratios.length > 0 ? { ratios } : {}),
  };
}

/** Whether it is a yardstick, not a policy that can be had. */
export function isHindsight(policy: string): boolean {
  return policy === bestRatio || policy === bestLevel;
}
